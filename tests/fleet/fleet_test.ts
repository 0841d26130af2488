import { describe, expect, it } from "vitest";
import type { FleetResult } from "../../src/fleet/mod.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect, instant } from "../support/fleet_tasks.ts";

function rows(count: number): { readonly n: number }[] {
  return Array.from({ length: count }, (_, n) => ({ n }));
}

function outputs(results: readonly FleetResult<unknown, unknown>[]): unknown[] {
  return results.map((result) => result.status === "completed" ? result.output : result.error);
}

describe("a fleet", () => {
  it("does rows on several workers, in order, and tells who did them", async () => {
    await using rig = await FleetRig.start();
    await Promise.all([rig.startWorker(), rig.startWorker()]);
    await using fleet = await rig.connect();
    const results: FleetResult<{ n: number }, string | null>[] = [];
    for await (const result of fleet.map(rows(12), effect, { run: "a" })) results.push(result);
    expect(outputs(results)).toEqual(rows(12).map(({ n }) => `answer ${n}`));
    expect(results.every(({ end, attempts }) => end === "ran" && attempts === 1)).toBe(true);
    expect(new Set(results.map(({ worker }) => worker)).size).toBe(2);
    expect(results[0]?.usage?.totalTokens).toBeGreaterThan(0);
    expect([...(await rig.effects()).values()]).toEqual(Array(12).fill(1));
  });

  it("does the instant task", async () => {
    await using rig = await FleetRig.start();
    await rig.startWorker({ concurrency: 16 });
    await using fleet = await rig.connect();
    const { rows: results } = await fleet.map(rows(200), instant).collect();
    expect(outputs(results)).toEqual(rows(200).map(({ n }) => ({ twice: 2 * n })));
  });
});
