/**
 * Turns aborted at random moments, by hand: `deno run -A tests/soak/aborts.ts [rounds]`.
 *
 * Forty times each, a run, a started turn, a review and a goal are aborted within their first 30 ms. Each must reject
 * with the reason of its signal, and the thread must be free for the next turn at once.
 *
 * @module
 */
import { Gate, message, startOffline } from "../../src/testing/mod.ts";

const [rounds = 40] = Deno.args.map(Number);

await using codex = await startOffline();
const gate = new Gate();
codex.model.on(/hold/, message(["half ", gate]));
codex.model.on({ kind: "review" }, message(["half ", gate]));
codex.model.on(/after/, "free");
const thread = await codex.startThread();
await thread.run("after");

const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
  run: (signal) => thread.run("hold", { signal }),
  startTurn: async (signal) => {
    await using turn = await thread.startTurn("hold", { signal });
    return await turn.result({ signal });
  },
  review: async (signal) => {
    await using turn = await thread.review({ instructions: "hold" }, { signal });
    return await turn.result({ signal });
  },
  startGoal: async (signal) => {
    const turn = await thread.startGoal("hold", { signal });
    try {
      return await turn.result({ signal });
    } finally {
      await turn.interrupt();
      await thread.clearGoal();
    }
  },
};

for (const [name, call] of Object.entries(calls)) {
  let slowest = 0;
  for (let round = 0; round < rounds; round++) {
    const abort = new AbortController();
    const outcome = call(abort.signal).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    const abortedAt = performance.now();
    abort.abort(new Error(`round ${round}`));
    const error = await outcome;
    slowest = Math.max(slowest, performance.now() - abortedAt);
    if (error !== abort.signal.reason) fail(`${name} gave ${error}`);
    const { finalResponse } = await thread.run("after");
    if (finalResponse !== "free") fail(`the turn after ${name} gave ${finalResponse}`);
  }
  print(`${name}: ${rounds} aborts, the slowest settled after ${slowest.toFixed(0)} ms`);
}
gate.open();

function fail(message: string): never {
  throw new Error(message);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
