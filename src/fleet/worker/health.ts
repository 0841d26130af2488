/**
 * The health report of a worker over HTTP on the loopback interface.
 *
 * @module
 */
import type { WorkerState } from "../../domain/runs/fleet_status.ts";
import type { FleetWorker } from "./fleet_worker.ts";

/** Serves `/healthz` and `/metrics`; port 0 takes a free one. */
export function serveHealth(
  worker: FleetWorker,
  isRuntimeUp: () => boolean,
  port: number,
): AsyncDisposable & { readonly port: number } {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    (request) => answer(new URL(request.url).pathname, worker, isRuntimeUp),
  );
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function answer(
  path: string,
  worker: FleetWorker,
  isRuntimeUp: () => boolean,
): Promise<Response> {
  if (path === "/metrics") {
    const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
    return new Response(metricsText(worker.state), { headers });
  }
  if (path !== "/healthz") return new Response("Use /healthz or /metrics\n", { status: 404 });
  const health = { store: await worker.isConnected(), runtime: isRuntimeUp() };
  const status = health.store && health.runtime ? 200 : 503;
  return Response.json({ ...health, state: worker.state.state }, { status });
}

/** The counts in the text format of Prometheus. */
export function metricsText(state: WorkerState): string {
  const label = `{worker="${state.name.replaceAll(/["\\\n]/g, "_")}"}`;
  const lines = ([
    ["jobs_active", "gauge", "Jobs under way", state.active.length],
    ["jobs_concurrency", "gauge", "Jobs that may be under way", state.concurrency],
    ["jobs_completed_total", "counter", "Jobs completed", state.completed],
    ["jobs_continued_total", "counter", "Jobs that went on after an interruption", state.continued],
    ["jobs_found_total", "counter", "Jobs found complete in their record", state.found],
    ["jobs_failed_total", "counter", "Jobs that became dead letters", state.failed],
    ["tokens_total", "counter", "Tokens of completed jobs", state.tokens],
    ["start_time_seconds", "gauge", "When the worker started", state.startedAt / 1000],
  ] as const).map(([name, type, help, value]) =>
    `# HELP codex_fleet_${name} ${help}\n# TYPE codex_fleet_${name} ${type}\n` +
    `codex_fleet_${name}${label} ${value}\n`
  );
  return lines.join("");
}
