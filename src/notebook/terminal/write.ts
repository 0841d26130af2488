/**
 * Where things are written outside a notebook.
 *
 * @module
 */

/** Takes plain text. */
export type TextSink = (text: string) => void;

/** Writes to standard output. */
export function writeStdout(text: string): void {
  writeAll(Deno.stdout, text);
}

/** Writes to standard error, where progress does not mix with results. */
export function writeStderr(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(target: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(target.writeSync(bytes));
}
