/**
 * JSON texts as the server can read them.
 *
 * @module
 */

/**
 * How JSON.stringify writes a lone surrogate; also matches some harmless texts, which then cost a
 * second pass.
 */
const LONE_SURROGATE = /\\ud[89a-f]/i;

/**
 * Encodes one message. Lone surrogates in any string become U+FFFD: the server drops a line that
 * holds one without a reply, so the call would hang.
 */
export function encodeMessage(message: unknown): string {
  const text = jsonOf(message);
  return LONE_SURROGATE.test(text) ? JSON.stringify(message, wellFormed) : text;
}

function jsonOf(message: unknown): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new TypeError(
      "Cannot send the message: JSON cannot express it. Pass no bigint and nothing that holds itself",
      { cause },
    );
  }
}

function wellFormed(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), member]),
  );
}
