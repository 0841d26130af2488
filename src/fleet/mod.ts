/**
 * Runs many prompts on many machines: a driver submits rows to Redis or Valkey, workers take them.
 * For one machine, `codex.map()` does the same without any of it.
 *
 * The README of this folder describes how to operate a fleet, and its guarantees.
 *
 * ```ts
 * // A task, in a module that driver and workers import.
 * export const tone = defineTask({
 *   name: "tone",
 *   run: async ({ text }: { text: string }, { thread, signal }) =>
 *     (await thread.run(`How does this sound? ${text}`, { signal })).finalResponse,
 * });
 *
 * // The driver, where the store runs:
 * async function drive(rows: { text: string }[]) {
 *   await using fleet = await Fleet.connect("redis://127.0.0.1:6379");
 *   for await (const row of fleet.map(rows, tone, { run: "2026-11" })) console.log(row.status);
 * }
 * console.log(tone.name, drive.name);
 * ```
 *
 * @module
 */
export { Fleet } from "./fleet.ts";
export type {
  FleetMapOptions,
  FleetOptions,
  FleetResult,
  FleetResults,
  FleetRun,
} from "./fleet.ts";
export { defineTask } from "./task.ts";
export type {
  FleetContext,
  FleetTask,
  FleetTaskOptions,
  FleetThread,
  OnInterrupted,
} from "./task.ts";
export { FleetStoreError, FleetTaskError } from "./errors.ts";
export type { FleetFacts } from "./driver/fleet_work.ts";
export type { FleetStatus, FleetWorkerStatus, WorkerState } from "../domain/runs/fleet_status.ts";
export type { DeadLetter } from "./driver/status.ts";
export type { JobEnd } from "./job.ts";
