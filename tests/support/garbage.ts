/**
 * The garbage collector, on demand.
 *
 * @module
 */
import v8 from "node:v8";
import vm from "node:vm";

v8.setFlagsFromString("--expose-gc");
const collect: () => void = vm.runInNewContext("gc");

/** Collects what is not held; finalizers have run when this resolves. */
export async function collectGarbage(): Promise<void> {
  // A promise that has just settled may hold its values until the next turn of the event loop.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve));
    collect();
  }
  await new Promise((resolve) => setTimeout(resolve));
}

/** Bytes of the heap in use, without what is not held. */
export async function heapInUse(): Promise<number> {
  await collectGarbage();
  return Deno.memoryUsage().heapUsed;
}
