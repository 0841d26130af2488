/**
 * A chat in the terminal: lines can be edited and called back with the arrow keys, the answer
 * streams, `/commands` control the thread, and Ctrl-C interrupts the turn and not the program.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { type Thread, type Turn, TurnFailedError } from "../mod.ts";
import { startCodex } from "./start.ts";

const HELP = `/help      this text
/model [M] the model in use, or another one from the next turn on
/usage     tokens of the thread
/new       a new thread
/quit      the end; so is Ctrl-D, and Ctrl-C when nothing runs`;

await using codex = await startCodex();
let thread: Thread = await codex.startThread({ sandbox: "read-only" });
let model: string | undefined;
let tokens: number | null = null;
let running: Promise<Turn> | null = null;

const terminal = createInterface({
  input: process.stdin,
  output: process.stdout,
  terminal: Deno.stdin.isTerminal(),
  prompt: "> ",
});
let isOpen = true;
terminal.on("close", () => isOpen = false);
// While lines are edited the terminal sends Ctrl-C as a key; otherwise it is a signal.
terminal.on("SIGINT", interrupt);
Deno.addSignalListener("SIGINT", interrupt);

const { version, label } = codex.server;
console.log(`Codex ${version}, ${label ?? thread.model}. /help helps.`);
terminal.prompt();
for await (const line of terminal) {
  const text = line.trim();
  if (text === "/quit") break;
  if (text.startsWith("/")) await command(text);
  else if (text !== "") await say(text);
  if (isOpen) terminal.prompt();
}
terminal.close();
Deno.removeSignalListener("SIGINT", interrupt);
console.log("Bye.");

async function say(text: string): Promise<void> {
  try {
    running = thread.startTurn(text, { model });
    const turn = await running;
    for await (const piece of turn.text()) process.stdout.write(piece);
    const { status, usage } = await turn.result();
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
      console.log(model ?? thread.model);
      return;
    case "/usage":
      console.log(tokens === null ? "no turn yet" : `${tokens} tokens on this thread`);
      return;
    case "/new":
      thread = await codex.startThread({ sandbox: "read-only" });
      tokens = null;
      console.log(`thread ${thread.id}`);
      return;
    default:
      console.log(HELP);
  }
}

/** When nothing runs, it ends the chat. */
function interrupt(): void {
  if (running) void running.then((turn) => turn.interrupt()).catch(() => {});
  else terminal.close();
}
