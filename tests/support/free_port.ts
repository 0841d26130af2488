/**
 * A port for a program that is told where to listen.
 *
 * @module
 */

/** Below the range that systems take ports from by themselves; Linux begins at 32768. */
const FIRST = 20_000, COUNT = 10_000;

/**
 * A TCP port of 127.0.0.1 that is free now. Another test that runs at the same time would be given
 * a port of the system's own range at once when it is freed; one of this range only by an equal
 * draw.
 */
export function freePort(): number {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
