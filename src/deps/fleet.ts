/**
 * The engine of a fleet, by exact version. Its import costs 150 ms, so only `./fleet` has it.
 *
 * @module
 */
export type * as MessagePackParts from "npm:msgpackr-extract@3.0.4";

// Packages named in the text of a program are chosen together, and the latest parts of BullMQ's
// serializer cannot be had everywhere. One after the other, each is chosen with what is there
// already; so the names are not in the text. BullMQ looks for ioredis, too, which it does not load
// by itself.
const load = (name: string): Promise<unknown> => import(`npm:${name}`);
await load("msgpackr-extract@3.0.4").catch(() => {});
const ioredis = await load("ioredis@5.8.2") as typeof import("npm:ioredis@5.8.2");
const bullmq = await load("bullmq@6.5.4") as typeof import("npm:bullmq@6.5.4");

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
/** Events of jobs. */
export type QueueEvents = import("npm:bullmq@6.5.4").QueueEvents;
/** Takes jobs. */
export type Worker<Data, Result> = import("npm:bullmq@6.5.4").Worker<Data, Result>;
