/**
 * Plots of turns that are ready to look at.
 *
 * @module
 */
import { costOf, type ModelPrice, type TurnResult } from "../../domain/turn_result.ts";
import { type Chart, chart, type PlotOptions } from "./chart.ts";

const WIDTH = 640;
const HEIGHT = 240;
const [IN, OUT] = ["#4269d0", "#e36209"];

/**
 * Plots of turns: pass the results in the order in which they are to be shown.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * const results = [await thread.run("One"), await thread.run("Two")];
 * console.log((await plots.tokens(results)).description); // Tokens by turn. …
 * ```
 */
export const plots: {
  /** Tokens that each turn read, and those that it wrote. */
  tokens(results: readonly TurnResult[]): Promise<Chart>;
  /** Cost of each turn at this price, in its currency. */
  cost(results: readonly TurnResult[], price: ModelPrice): Promise<Chart>;
  /** Seconds that each turn took. */
  time(results: readonly TurnResult[]): Promise<Chart>;
  /** How many turns ran at each moment. */
  inFlight(results: readonly TurnResult[]): Promise<Chart>;
} = { tokens, cost, time, inFlight };

async function tokens(results: readonly TurnResult[]): Promise<Chart> {
  const rows = results.flatMap(({ usage }, index) => [
    { turn: index + 1, kind: "in", tokens: usage?.inputTokens ?? 0 },
    { turn: index + 1, kind: "out", tokens: usage?.outputTokens ?? 0 },
  ]);
  const total = rows.reduce((sum, row) => sum + row.tokens, 0);
  return await chart((Plot) => ({
    ...byTurn("Tokens by turn", `${total.toLocaleString("en-US")} in all; blue in, orange out`),
    color: { domain: ["in", "out"], range: [IN, OUT] },
    y: { grid: true },
    marks: [Plot.barY(rows, { x: "turn", y: "tokens", fill: "kind" }), Plot.ruleY([0])],
  }));
}

async function cost(results: readonly TurnResult[], price: ModelPrice): Promise<Chart> {
  const rows = results.map(({ usage }, index) => ({
    turn: index + 1,
    cost: usage ? costOf(usage, price) : 0,
  }));
  const total = rows.reduce((sum, row) => sum + row.cost, 0);
  return await chart((Plot) => ({
    ...byTurn("Cost by turn", `${total.toPrecision(3)} in all`),
    y: { grid: true },
    marks: [Plot.barY(rows, { x: "turn", y: "cost", fill: IN }), Plot.ruleY([0])],
  }));
}

async function time(results: readonly TurnResult[]): Promise<Chart> {
  const rows = results.map(({ durationMs }, index) => ({
    turn: index + 1,
    seconds: (durationMs ?? 0) / 1000,
  }));
  const total = rows.reduce((sum, row) => sum + row.seconds, 0);
  return await chart((Plot) => ({
    ...byTurn("Time by turn", `${total.toFixed(1)} s in all`),
    y: { grid: true },
    marks: [Plot.barY(rows, { x: "turn", y: "seconds", fill: IN }), Plot.ruleY([0])],
  }));
}

async function inFlight(results: readonly TurnResult[]): Promise<Chart> {
  const rows = running(results);
  const most = Math.max(0, ...rows.map((row) => row.turns));
  return await chart((Plot) => ({
    title: "Turns in flight",
    subtitle: `${results.length} turns, at most ${most} at a time`,
    width: WIDTH,
    height: HEIGHT,
    x: { label: "seconds since the first" },
    y: { grid: true, domain: [0, Math.max(1, most)] },
    marks: [
      Plot.areaY(rows, { x: "seconds", y: "turns", curve: "step-after", fill: IN }),
      Plot.ruleY([0]),
    ],
  }));
}

/** The number of running turns after each start and end. */
export function running(
  results: readonly Pick<TurnResult, "startedAt" | "completedAt" | "durationMs">[],
): { seconds: number; turns: number }[] {
  const changes = results.flatMap((result) => {
    const end = result.completedAt?.getTime();
    const start = result.startedAt?.getTime();
    if (end === undefined || start === undefined) return [];
    // The runtime gives times in whole seconds, and the duration exactly.
    return [{ at: start, by: 1 }, { at: start + (result.durationMs ?? end - start), by: -1 }];
  }).sort((a, b) => a.at - b.at || a.by - b.by);
  const first = changes[0]?.at ?? 0;
  let turns = 0;
  return changes.map(({ at, by }) => ({ seconds: (at - first) / 1000, turns: turns += by }));
}

function byTurn(title: string, subtitle: string): PlotOptions {
  return {
    title,
    subtitle,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 60,
    x: { type: "band" },
  };
}
