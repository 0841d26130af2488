/**
 * A separate program that ends a server after a time without clients: the runtime does not do that
 * itself.
 *
 * @module
 */
import { spawnApart, waitUntil } from "./process.ts";
import { ifUnlocked, type ServerRecord } from "./record.ts";
import { setupError } from "../setup_error.ts";

const PROGRAM = new URL("./keeper.ts", import.meta.url).href;

/** Name of the lock of a server's keeper, so that a server has at most one. */
export function keeperLock(name: string): string {
  return `${name}.keeper`;
}

const START_MS = 10_000;
/** How long a keeper may take to notice that its server has ended. */
const END_MS = 2000;

/**
 * Starts the keeper of a server that ends when it is idle, unless it has one, and resolves when it
 * runs.
 *
 * @throws {RuntimeSetupError} when it does not start.
 */
export async function startKeeper(serversDirectory: string, name: string): Promise<void> {
  if (!await hasNoKeeper(serversDirectory, name)) return;
  await spawnApart(PROGRAM, [serversDirectory, name]);
  const isThere = async (): Promise<boolean> => !await hasNoKeeper(serversDirectory, name);
  if (await waitUntil(isThere, START_MS)) return;
  throw setupError(
    "spawn",
    null,
    `Cannot watch the server ${name}: the program that ends it when it is idle did not start. ` +
      "Stop the server, or start it without a time limit",
  );
}

/** Resolves when the keeper of a server that has ended is gone too. */
export async function keeperEnded({ serversDirectory, name }: ServerRecord): Promise<void> {
  await waitUntil(() => hasNoKeeper(serversDirectory, name), END_MS);
}

function hasNoKeeper(serversDirectory: string, name: string): Promise<boolean> {
  return ifUnlocked(serversDirectory, keeperLock(name), () => Promise.resolve());
}
