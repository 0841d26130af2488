/**
 * What a run of a fleet lost, finished twice or did twice.
 *
 * @module
 */
import type { FleetResult } from "../../src/fleet/mod.ts";
import { Redis } from "../../src/deps/fleet.ts";
import { disconnect } from "../../src/fleet/store.ts";
import type { FleetRig } from "./fleet_rig.ts";

/** A row of these tests. */
export interface Numbered {
  readonly n: number;
}

/** Rows with consecutive numbers. */
export function numbered(count: number, from = 0): Numbered[] {
  return Array.from({ length: count }, (_, index) => ({ n: from + index }));
}

/** Counts that are 0 in a run that kept every promise. */
export interface Faults {
  /** Rows without the answer to their prompt. */
  readonly lost: number;
  /** Jobs whose result the store accepted more than once. */
  readonly twice: number;
  /** Rows whose command did not run exactly once. */
  readonly doubled: number;
}

/** No fault at all. */
export const FAULTLESS: Faults = { lost: 0, twice: 0, doubled: 0 };

/** Counts the faults of a run over prompts with an effect. */
export async function faultsOf(
  rig: FleetRig,
  results: readonly FleetResult<Numbered, unknown>[],
  rows: readonly Numbered[],
): Promise<Faults> {
  const answers = new Map(results.map((result) => [
    result.input.n,
    result.status === "completed" ? result.output : result.error,
  ]));
  const effects = await rig.effects();
  return {
    lost: rows.filter(({ n }) => answers.get(n) !== `answer ${n}`).length,
    twice: await countCompletedTwice(rig.redis.url),
    doubled: rows.filter(({ n }) => effects.get(n) !== 1).length,
  };
}

/** The store keeps the last ten thousand events of a queue. */
async function countCompletedTwice(url: string): Promise<number> {
  const redis = new Redis(url);
  try {
    const seen = new Map<string, number>();
    for (const [, fields] of await redis.xrange("bull:codex:events", "-", "+")) {
      const { event, jobId = "" } = Object.fromEntries(pairsOf(fields));
      if (event === "completed") seen.set(jobId, (seen.get(jobId) ?? 0) + 1);
    }
    return [...seen.values()].filter((times) => times > 1).length;
  } finally {
    await disconnect(redis);
  }
}

function pairsOf(fields: readonly string[]): [string, string][] {
  return fields.flatMap((name, index) => index % 2 === 0 ? [[name, fields[index + 1] ?? ""]] : []);
}

/** How the rows ended: `{ ran: 20, continued: 4 }`. */
export function endsOf(
  results: readonly FleetResult<Numbered, unknown>[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { end } of results) counts[`${end}`] = (counts[`${end}`] ?? 0) + 1;
  return counts;
}
