/**
 * Keys and tokens, checked without being shown.
 *
 * @module
 */

/** @throws {TypeError} for a value that no service would take; the value is not in the message. */
export function checkSecret(what: string, value: unknown): void {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(`Cannot log in: the ${what} must be a non-empty string. Pass one`);
  }
  if (/\s/.test(value)) {
    throw new TypeError(
      `Cannot log in: the ${what} has white space in it, perhaps a line end. Trim it`,
    );
  }
}
