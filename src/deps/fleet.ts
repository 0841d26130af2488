/**
 * The engine of a fleet, by exact version. Its import costs 150 ms, so only `./fleet` has it.
 *
 * @module
 */
export type * as MessagePackParts from "npm:msgpackr-extract@3.0.4";

// BullMQ's serializer takes the release of its parts that is loaded already; the latest one cannot be had everywhere.
await import("npm:msgpackr-extract@3.0.4").catch(() => {});
// BullMQ looks for ioredis, which it does not load by itself.
const ioredis = await import("npm:ioredis@5.8.2");
const bullmq = await import("npm:bullmq@6.5.4");

/** Connections to the store. */
export const Redis: typeof ioredis.Redis = ioredis.Redis;
/** A connection to the store. */
export type Redis = import("npm:ioredis@5.8.2").Redis;
/** How to connect to the store. */
export type RedisOptions = import("npm:ioredis@5.8.2").RedisOptions;
/** The classes of BullMQ. */
export const { DelayedError, Queue, QueueEvents, UnrecoverableError, Worker } = bullmq;
/** One job. */
export type Job<Data, Result> = import("npm:bullmq@6.5.4").Job<Data, Result>;
/** The jobs of a fleet. */
export type Queue<Data, Result> = import("npm:bullmq@6.5.4").Queue<Data, Result>;
/** What happens to jobs. */
export type QueueEvents = import("npm:bullmq@6.5.4").QueueEvents;
/** Takes jobs. */
export type Worker<Data, Result> = import("npm:bullmq@6.5.4").Worker<Data, Result>;
