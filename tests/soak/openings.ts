/**
 * Threads opened again and again, by hand: `deno run -A tests/soak/openings.ts [rounds]`.
 *
 * Fifty rounds of a resume with five turns, of an unarchiving with turns, a compaction and a shell command, and of a
 * restart with turns. None may find its thread busy.
 *
 * @module
 */
import {
  restartRounds,
  resumeRounds,
  startAnswering,
  unarchiveRounds,
} from "../support/opening_rounds.ts";

const [rounds = 50] = Deno.args.map(Number);

for (const [name, run] of Object.entries({ resumeRounds, unarchiveRounds, restartRounds })) {
  await using codex = await startAnswering();
  const startedAt = performance.now();
  await run(codex, rounds);
  const seconds = (performance.now() - startedAt) / 1000;
  print(`${name}: ${rounds} rounds, no failure, ${seconds.toFixed(0)} s`);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
