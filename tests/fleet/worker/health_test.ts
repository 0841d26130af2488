import { describe, expect, it } from "vitest";
import type { WorkerState } from "../../../src/domain/runs/fleet_status.ts";
import type { FleetWorker } from "../../../src/fleet/worker/fleet_worker.ts";
import { metricsText, serveHealth } from "../../../src/fleet/worker/health.ts";
import { freePort } from "../../support/free_port.ts";

const STATE: WorkerState = {
  name: 'a"b\\c\nd',
  host: "h",
  pid: 1,
  startedAt: 1_500,
  concurrency: 4,
  active: [{ jobId: "a", since: 1 }, { jobId: "b", since: 2 }],
  completed: 10,
  failed: 20,
  continued: 30,
  found: 40,
  tokens: 50,
  state: "draining",
};

/** The answers to paths by a worker in that health. */
async function answers(
  store: boolean,
  runtime: boolean,
  paths: readonly string[],
): Promise<{ status: number; type: string | null; text: string }[]> {
  const worker = { state: STATE, isConnected: () => Promise.resolve(store) };
  const port = freePort();
  await using health = serveHealth(worker as unknown as FleetWorker, () => runtime, port);
  expect(health.port).toBe(port);
  return await Promise.all(paths.map(async (path) => {
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
    const { status, headers } = response;
    return { status, type: headers.get("content-type"), text: await response.text() };
  }));
}

describe("the health of a worker", () => {
  it.each([[true, true, 200], [true, false, 503], [false, true, 503], [false, false, 503]])(
    "with the store: %s and the runtime: %s is status %d",
    async (store, runtime, status) => {
      const [health] = await answers(store, runtime, ["/healthz"]);
      expect(health).toMatchObject({ status });
      expect(JSON.parse(health?.text ?? "")).toEqual({ store, runtime, state: "draining" });
    },
  );

  it("has its figures beside it, and no other page", async () => {
    const [metrics, other] = await answers(true, true, ["/metrics?x=1", "/"]);
    expect(metrics).toEqual({
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8",
      text: metricsText(STATE),
    });
    expect(other).toMatchObject({ status: 404, text: "Use /healthz or /metrics\n" });
  });

  it("is in the text format of Prometheus", () => {
    const lines = metricsText(STATE).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "# HELP codex_fleet_jobs_active Jobs under way",
      "# TYPE codex_fleet_jobs_active gauge",
      'codex_fleet_jobs_active{worker="a_b_c_d"} 2',
    ]);
    const values = lines.filter((line) => line && !line.startsWith("#"))
      .map((line) => [line.split("{")[0]?.replace("codex_fleet_", ""), line.split(" ").at(-1)]);
    expect(Object.fromEntries(values)).toEqual({
      jobs_active: "2",
      jobs_concurrency: "4",
      jobs_completed_total: "10",
      jobs_continued_total: "30",
      jobs_found_total: "40",
      jobs_failed_total: "20",
      tokens_total: "50",
      start_time_seconds: "1.5",
    });
  });
});
