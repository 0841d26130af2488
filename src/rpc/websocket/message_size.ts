/**
 * The largest message a server accepts over a WebSocket.
 *
 * @module
 */
import { MessageTooLargeError } from "../../errors/mod.ts";

/**
 * Over this size per frame the server resets the connection without an error, and every turn on it
 * ends.
 */
export const MAX_MESSAGE_BYTES = 16_777_216;

const encoder = new TextEncoder();

/**
 * The message as UTF-8.
 *
 * @throws {MessageTooLargeError} when the server does not accept its size; it names the largest
 * part.
 */
export function encodeWithinLimit(
  message: string,
  maxBytes: number = MAX_MESSAGE_BYTES,
): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(message);
  if (bytes.length <= maxBytes) return bytes;
  const content = JSON.parse(message) as { readonly method?: unknown };
  const { path, value, owner } = largestPart(content);
  throw new MessageTooLargeError({
    action: typeof content.method === "string" ? content.method : "an answer",
    bytes: bytes.length,
    maxBytes,
    part: path,
    partBytes: sizeOf(value),
    what: kindOf(value, owner),
  });
}

interface Part {
  readonly path: string;
  readonly value: unknown;
  /** The object that has it. */
  readonly owner: object | null;
}

/** Follows the largest member down, as long as it holds more than half of what it is in. */
function largestPart(content: unknown): Part {
  let part: Part = { path: "", value: content, owner: null };
  for (let size = sizeOf(content);;) {
    const largest = members(part)
      .map((member) => ({ member, size: sizeOf(member.value) }))
      .reduce((best, next) => next.size > best.size ? next : best, { member: part, size: -1 });
    if (largest.size * 2 <= size) return part;
    part = largest.member;
    size = largest.size;
  }
}

function members({ path, value }: Part): Part[] {
  if (value === null || typeof value !== "object") return [];
  const isList = Array.isArray(value);
  return Object.entries(value).map(([name, member]) => ({
    path: isList ? `${path}[${name}]` : `${path}${path && "."}${name}`,
    value: member,
    owner: value,
  }));
}

function sizeOf(value: unknown): number {
  return typeof value === "string"
    ? encoder.encode(value).length
    : JSON.stringify(value)?.length ?? 0;
}

function kindOf(value: unknown, owner: object | null): string {
  const type = owner && "type" in owner ? owner.type : undefined;
  const isPicture = typeof value === "string" && value.startsWith("data:image/");
  if (isPicture || type === "image" || type === "inputImage") return "a picture";
  return typeof value === "string" ? "a text" : "a value";
}
