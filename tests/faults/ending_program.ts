/**
 * A program that does not close its Codex: `deno run -A tests/faults/ending_program.ts <options as JSON> <how>`. It
 * prints `done` when its own work is done.
 *
 * @module
 */
import { Codex, type CodexOptions } from "../../mod.ts";

const [options = "{}", how] = Deno.args;
const start = (): Promise<Codex> => Codex.start(JSON.parse(options) as CodexOptions);

/** Two turns, one after the other. */
async function run(): Promise<void> {
  const thread = await (await start()).startThread();
  await thread.run("One");
  await thread.run("Two");
}

/** Events of a thread, until its turn has completed. */
async function read(): Promise<void> {
  const thread = await (await start()).startThread();
  const events = thread.events();
  await thread.startTurn("One");
  for await (const { method } of events) if (method === "turn/completed") break;
}

async function close(): Promise<void> {
  const codex = await start();
  await codex.models();
  await codex.close();
}

/** The same as `run`, on a server. */
async function connect(): Promise<void> {
  const codex = await Codex.connect(JSON.parse(options).address);
  await (await codex.startThread()).run("One");
}

const works: Readonly<Record<string, () => Promise<void>>> = { run, read, close, connect };
// Not awaited: a module that is awaited keeps the program alive by itself.
void works[how ?? ""]?.().then(() => Deno.stdout.writeSync(new TextEncoder().encode("done")));
