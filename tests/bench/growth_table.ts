/**
 * Whether an event costs more where there is more of everything.
 *
 * @module
 */
import type { Shape } from "./growth.ts";
import type { Rig } from "./rig.ts";
import { count, type Effort, warmsUp } from "./rows.ts";
import { summarize, type Summary } from "./statistics.ts";

const SIZES = [1, 10, 100, 1000];
const ROUNDS = 5;

/** What grows, and what a turn looks like meanwhile. */
const DIMENSIONS: Readonly<Record<string, (size: number) => Omit<Shape, "events">>> = {
  "turns in flight": (size) => ({ turns: size, items: 2, deltas: 20 }),
  "items in a turn": (size) => ({ turns: 1, items: size, deltas: 20 }),
  "deltas in an item": (size) => ({ turns: 1, items: 2, deltas: size }),
};

/** Microseconds an event, by what grows and by size. */
export type Growth = Record<string, Record<string, Summary>>;

/** Measures all sizes of all dimensions. */
export async function measureAllGrowth(rig: Rig, effort: Effort): Promise<Growth> {
  const { events, rounds } = effort;
  const growth: Growth = {};
  for (const [dimension, shapeOf] of Object.entries(DIMENSIONS)) {
    const figures: Record<string, number[]> = {};
    await using owned = new AsyncDisposableStack();
    const worker = rig.workers.take("toolkit", owned);
    // Sizes alternate, and a round before the first only warms up.
    for (let round = warmsUp(effort) ? 0 : 1; round <= Math.max(1, ROUNDS * rounds); round++) {
      for (const size of SIZES) {
        const shape = shapeOf(size);
        const { us = NaN } = await worker.run({ task: "growth", shape: { ...shape, events } });
        if (round > 0) (figures[count(size)] ??= []).push(us);
      }
    }
    growth[dimension] = Object.fromEntries(
      Object.entries(figures).map(([size, series]) => [size, summarize(series)]),
    );
  }
  return growth;
}
