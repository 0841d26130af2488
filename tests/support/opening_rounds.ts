/**
 * Threads that are opened again and again, with turns after each opening. The runtime then reports
 * the tokens of the last stored turn, which does not run.
 *
 * @module
 */
import type { Codex, Thread, TurnOptions } from "../../mod.ts";
import { message, type OfflineCodex, response, startOffline } from "../../src/testing/mod.ts";

/** A Codex whose model answers at once, and reports tokens. */
export async function startAnswering(): Promise<OfflineCodex> {
  const codex = await startOffline({ modelOptions: { keepRequests: 1 } });
  const usage = { inputTokens: 10, outputTokens: 5 };
  codex.model.on(/./, response([message("hi")], { usage }));
  return codex;
}

/** Resumes the thread and runs five turns, `rounds` times; resolves with how many completed. */
export async function resumeRounds(codex: Codex, rounds: number): Promise<number> {
  const { id } = await threadWithTurn(codex);
  let completed = 0;
  for (let round = 0; round < rounds; round++) {
    completed += await runTurns(await codex.resumeThread(id), 5);
  }
  return completed;
}

/**
 * Archives the thread, brings it back, compacts it, runs a turn and a shell command, `rounds`
 * times; resolves with how many turns completed.
 */
export async function unarchiveRounds(codex: Codex, rounds: number): Promise<number> {
  let thread = await threadWithTurn(codex);
  let completed = 0;
  for (let round = 0; round < rounds; round++) {
    await codex.archiveThread(thread.id);
    thread = await codex.unarchiveThread(thread.id);
    const compaction = await (await thread.compact()).result();
    expectItems(compaction.items, "contextCompaction");
    completed += await runTurns(thread, 1);
    const command = await (await thread.runShellCommand("true")).result();
    expectItems(command.items, "commandExecution");
    completed += await runTurns(thread, 1, "wait");
  }
  return completed;
}

/**
 * Restarts the runtime and runs two turns with the same handle, `rounds` times; resolves with how
 * many completed.
 */
export async function restartRounds(codex: Codex, rounds: number): Promise<number> {
  const thread = await threadWithTurn(codex);
  let completed = 0;
  for (let round = 0; round < rounds; round++) {
    const { resumedThreadIds } = await codex.restart();
    if (!resumedThreadIds.includes(thread.id)) throw new Error("the thread was lost");
    completed += await runTurns(thread, 2);
  }
  return completed;
}

async function threadWithTurn(codex: Codex): Promise<Thread> {
  const thread = await codex.startThread();
  await runTurns(thread, 1);
  return thread;
}

/** One turn after the other, each of which fails on a busy thread unless it waits. */
async function runTurns(
  thread: Thread,
  count: number,
  whenBusy: TurnOptions["whenBusy"] = "reject",
): Promise<number> {
  for (let turn = 0; turn < count; turn++) {
    const { status } = await thread.run("Hello", { whenBusy });
    if (status !== "completed") throw new Error(`the turn is ${status}`);
  }
  return count;
}

function expectItems(items: readonly { type: string }[], type: string): void {
  if (items.length === 1 && items[0]?.type === type) return;
  throw new Error(`the items are not a ${type}: ${items.map((item) => item.type)}`);
}
