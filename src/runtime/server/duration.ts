/**
 * Durations as text.
 *
 * @module
 */

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Milliseconds of a text such as `"90s"`, `"1h"` or `"1.5d"`.
 *
 * @throws {TypeError} for any other text, or a duration of 0.
 */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const ms = Number(count) * (UNITS_MS[unit ?? ""] ?? NaN);
  if (ms > 0) return ms;
  throw new TypeError(
    `Cannot read ${
      JSON.stringify(text)
    } as a time: it has another form. Use a number and ms, s, m, h or d, as in "1h"`,
  );
}
