/**
 * The dashboard of a fleet, by exact version. Only its command loads it.
 *
 * @module
 */
const load = (name: string): Promise<unknown> => import(`npm:${name}`);
const hono = await load("hono@4.13.19") as typeof import("npm:hono@4.13.19");
const serveStaticModule = await load("hono@4.13.19/deno") as typeof import("npm:hono@4.13.19/deno");
const api = await load("@bull-board/api@9.10.1") as typeof import("npm:@bull-board/api@9.10.1");
const adapter = await load(
  "@bull-board/api@9.10.1/bullMQAdapter",
) as typeof import("npm:@bull-board/api@9.10.1/bullMQAdapter");
const board = await load("@bull-board/hono@9.10.1") as typeof import("npm:@bull-board/hono@9.10.1");

/** Makes a dashboard. */
export const { createBullBoard } = api;
/** A queue of BullMQ for it. */
export const { BullMQAdapter } = adapter;
/** The dashboard as a part of a web server. */
export const { HonoAdapter } = board;
/** The web server. */
export const { Hono } = hono;
/** Serves its files. */
export const { serveStatic } = serveStaticModule;
