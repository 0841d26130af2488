/** The arrays one after the other, as a new one. */
export function concat(arrays: Iterable<Uint8Array>): Uint8Array<ArrayBuffer>;
