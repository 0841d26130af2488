/** Passes bytes on, up to a limit; with `error`, what goes beyond it is a `RangeError`. */
export class LimitedBytesTransformStream
  extends TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  constructor(size: number, options?: { error?: boolean });
}
/** All bytes of a stream. */
export function toBytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>>;
