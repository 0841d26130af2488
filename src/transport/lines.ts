/**
 * Lines out of bytes.
 *
 * @module
 */
import { TextLineStream } from "../deps.ts";

/**
 * Splits UTF-8 at line ends, however the bytes are cut. What is no UTF-8 becomes U+FFFD, so that one bad
 * byte costs one line and not the stream. An abort ends the stream with an error.
 */
export function readLines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): ReadableStream<string> {
  return bytes.pipeThrough(new TextDecoderStream(), { signal }).pipeThrough(new TextLineStream());
}
