/**
 * Notes that somebody is there, so that a server that ends when it is idle does not.
 *
 * @module
 */
import { recordAt } from "./record.ts";

/** How often it is noted at least, in milliseconds. */
const NOTE_MS = 20_000;

/** Somebody is at the server of this address from here on until the returned function is called. */
export async function visitServer(address: string): Promise<() => Promise<void>> {
  const record = recordAt(address);
  const idleMs = (await record?.readFacts())?.endWhenIdleMs;
  if (!record || !idleMs) return () => Promise.resolve();
  const note = (): Promise<void> =>
    Deno.utime(record.visitFile, new Date(), new Date()).catch(() => {});
  await note();
  const timer = setInterval(note, Math.min(NOTE_MS, idleMs / 4));
  Deno.unrefTimer(timer);
  return async () => {
    clearInterval(timer);
    await note();
  };
}
