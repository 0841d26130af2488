/**
 * Stop, seen from code that does not give control back.
 *
 * @module
 */
import { kernel } from "../../kernel_display.ts";

/** A thread gets the signal while this one is in a loop; element 1 says that it listens. */
const PROGRAM = `self.onmessage = ({ data }) => {
  const counts = new Int32Array(data);
  Deno.addSignalListener("SIGINT", () => Atomics.add(counts, 0, 1));
  Atomics.store(counts, 1, 1);
}`;

let counts: Int32Array | null = null;

/**
 * Starts the thread that sees Stop, once in a kernel. It is listening after about a second (2.9.6),
 * so it is started when values are shared and not when code runs. A loop that never waits is ended
 * before that by its time limit alone.
 */
export function startInterruptWatch(): void {
  if (counts || !kernel()) return;
  counts = new Int32Array(new SharedArrayBuffer(8));
  const source = `data:application/javascript,${encodeURIComponent(PROGRAM)}`;
  const worker = new Worker(source, { type: "module" });
  worker.onerror = (event) => event.preventDefault();
  worker.postMessage(counts.buffer);
}

/** Whether Stop was pressed since this call. Outside a notebook it never is. */
export function interruptWatch(): () => boolean {
  const before = pressed();
  return () => pressed() !== before;
}

function pressed(): number {
  return counts ? Atomics.load(counts, 0) : 0;
}
