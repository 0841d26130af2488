/**
 * The moment at which rejections that code left alone are reported.
 *
 * @module
 */
import { setImmediate, setTimeout } from "node:timers/promises";

/**
 * Resolves when the rejections of what ran before were reported. They are at the end of a turn of
 * the event loop, and a timer that is due may run before that end: so it takes a whole turn more.
 */
export async function rejectionsKnown(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate();
    await setTimeout(1);
  }
}
