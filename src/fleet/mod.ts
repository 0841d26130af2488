/**
 * Runs many prompts on many machines: a driver submits rows to Redis or Valkey, workers take them. For one machine,
 * `codex.map()` does the same without any of it.
 *
 * The page beside this module tells how to operate a fleet, and what is promised.
 *
 * @module
 */
export { Fleet } from "./fleet.ts";
export type { FleetMapOptions, FleetOptions, FleetResult, FleetRun } from "./fleet.ts";
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
export type { DeadLetter, FleetStatus, FleetWorkerStatus } from "./driver/status.ts";
export type { JobEnd } from "./job.ts";
export type { WorkerState } from "./worker/fleet_worker.ts";
