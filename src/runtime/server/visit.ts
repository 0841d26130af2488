/**
 * Marks a server as used, so that its idle time restarts.
 *
 * @module
 */
import { recordAt } from "./record.ts";

/** Longest time between two marks, in milliseconds. */
const NOTE_MS = 20_000;

/** Marks the server of this address as used until the returned function is called. */
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
