/**
 * Splits bytes into lines.
 *
 * @module
 */

/** Read at once at most; the system gives no more than a pipe holds. */
const BUFFER_BYTES = 65_536;

/**
 * Splits UTF-8 at line ends, however the bytes are cut. Invalid UTF-8 becomes U+FFFD, so that one
 * bad byte costs one line and not the stream. An abort ends the lines with its reason. The stream
 * must be one of bytes, as the output of a process is.
 *
 * The runtime writes each message separately, so every line is a read. One buffer for all reads,
 * without a stage of streams, halves the cost of a line.
 */
export function readLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<string, void> {
  // Not in the generator: an abort must also close a stream before its first line is read.
  const reader = bytes.getReader({ mode: "byob" });
  const cancel = (): void => void reader.cancel(signal?.reason).catch(() => {});
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  return untilDone(reader, signal, cancel);
}

async function* untilDone(
  reader: ReadableStreamBYOBReader,
  signal: AbortSignal | undefined,
  cancel: () => void,
): AsyncGenerator<string, void> {
  try {
    yield* splitLines(reader);
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }
}

async function* splitLines(reader: ReadableStreamBYOBReader): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  // Kept in pieces, since a line of many megabytes comes in many reads.
  let pieces: string[] = [];
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) break;
    buffer = value.buffer;
    const text = decoder.decode(value, { stream: true });
    let start = 0;
    for (let end; (end = text.indexOf("\n", start)) >= 0; start = end + 1) {
      yield withoutReturn(pieces.join("") + text.slice(start, end));
      if (pieces.length > 0) pieces = [];
    }
    if (start < text.length) pieces.push(text.slice(start));
  }
  const rest = pieces.join("") + decoder.decode();
  if (rest) yield withoutReturn(rest);
}

/** Windows ends lines with two characters. */
function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
