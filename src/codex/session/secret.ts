/**
 * Keys and tokens, checked without being shown.
 *
 * @module
 */

/** @throws {TypeError} for a value that no service would take; the value is not in the message. */
export function checkSecret(what: string, value: unknown): void {
  const wrong = typeof value !== "string" || value === ""
    ? `the ${what} must be a non-empty string. Pass one`
    : /\s/.test(value)
    ? `the ${what} has white space in it, perhaps a line end. Trim it`
    : null;
  if (wrong) throw new TypeError(`Cannot log in: ${wrong}`);
}
