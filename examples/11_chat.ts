/**
 * A chat in the terminal: lines are edited as the terminal does, the answer streams, `/commands` control the
 * thread, and Ctrl-C interrupts the turn and not the program.
 */
import { type Thread, type Turn, TurnFailedError } from "../mod.ts";
import { live, print, startCodex } from "./setup.ts";

const HELP = `/help      this text
/model [M] the model in use, or another one from the next turn on
/usage     tokens of the thread
/new       a new thread
/quit      the end; so is Ctrl-D`;

await using codex = await startCodex();
let thread: Thread = await codex.startThread({ sandbox: "read-only" });
let model: string | undefined;
let tokens: number | null = null;
let running: Turn | null = null;

Deno.addSignalListener("SIGINT", interrupt);
console.log(
  `Codex ${codex.server.version}, ${live ? thread.model : "offline model"}. /help helps.`,
);
for await (const line of lines()) {
  if (line === "/quit") break;
  if (line.startsWith("/")) await command(line);
  else if (line !== "") await say(line);
}
Deno.removeSignalListener("SIGINT", interrupt);
console.log("Bye.");

async function say(text: string): Promise<void> {
  try {
    running = await thread.startTurn(text, model ? { model } : {});
    for await (const piece of running.text()) await print(piece);
    const { status, usage } = await running.result();
    tokens = usage?.thread.totalTokens ?? tokens;
    console.log(`\n[${status}, ${usage?.totalTokens ?? 0} tokens]`);
  } catch (error) {
    if (!(error instanceof TurnFailedError)) throw error;
    console.log(`\n[${error.info.kind}: ${error.info.message}]`);
  } finally {
    running = null;
  }
}

async function command(line: string): Promise<void> {
  const [name, argument] = line.split(/\s+/);
  switch (name) {
    case "/model":
      model = argument ?? model;
      return console.log(model ?? thread.model);
    case "/usage":
      return console.log(tokens === null ? "no turn yet" : `${tokens} tokens on this thread`);
    case "/new":
      thread = await codex.startThread({ sandbox: "read-only" });
      tokens = null;
      return console.log(`thread ${thread.id}`);
    default:
      return console.log(HELP);
  }
}

/** A second Ctrl-C, when nothing runs, ends the program as usual. */
function interrupt(): void {
  if (running) void running.interrupt().catch(() => {});
  else Deno.exit(130);
}

/** Lines of standard input; the prompt is shown before each. */
async function* lines(): AsyncGenerator<string> {
  let rest = "";
  await print("> ");
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      yield line.trim();
      await print("> ");
    }
  }
}
