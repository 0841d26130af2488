/** Bytes as base64 text. */
export function encodeBase64(data: ArrayBuffer | Uint8Array | string): string;
/** The bytes of a base64 text; throws `TypeError` for any other text. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer>;
