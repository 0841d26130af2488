import { describe, expect, it, vi } from "vitest";
import {
  restartRounds,
  resumeRounds,
  startAnswering,
  unarchiveRounds,
} from "../support/opening_rounds.ts";

// Eight rounds of turns, one after the other.
vi.setConfig({ testTimeout: 60_000 });

/** The soak runs fifty. */
const ROUNDS = 8;

describe("the tokens of the last stored turn, which opening a thread brings", () => {
  it.each([
    ["a resume: five turns follow each", resumeRounds],
    ["an unarchiving: a compaction, turns and a shell command follow each", unarchiveRounds],
    ["a restart: the same handle runs turns after each", restartRounds],
  ])("make no turn after %s", async (_name, run) => {
    await using codex = await startAnswering();
    expect(await run(codex, ROUNDS)).toBeGreaterThanOrEqual(2 * ROUNDS);
  });
});
