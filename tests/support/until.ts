/**
 * A wait for what reports no event, such as the end of another program's process.
 *
 * @module
 */

// Taken before any test can replace it with a fake one.
const { setTimeout } = globalThis;

/** Resolves once the condition holds. Only a test's time limit ends the wait. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  pauseMs = 10,
): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
