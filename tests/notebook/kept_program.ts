/**
 * Starts a turn in a notebook that keeps its runtime, prints the thread's id and dies at once.
 *
 * @module
 */
import { notebook } from "../../src/notebook/mod.ts";

const [cwd = ""] = Deno.args;
const codex = await notebook({ keep: true, banner: false, cwd });
const thread = await codex.startThread();
const turn = await thread.startTurn("Go");
for await (const piece of turn.text()) if (piece) break;
Deno.stdout.writeSync(new TextEncoder().encode(thread.id));
Deno.kill(Deno.pid, "SIGKILL");
