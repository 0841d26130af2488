/**
 * Parts of outputs that differ from run to run without meaning.
 *
 * @module
 */

/** Replaced in this order; what is left is compared. */
const NOISE: readonly (readonly [RegExp, string])[] = [
  [/data:image\/[\w+.-]+;base64,[A-Za-z0-9+/=]+/g, "(image)"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "(id)"],
  [/(?:file:\/\/)?(?:\/private)?\/(?:tmp|var|root|home|Users|work)\/[^\s"'<>()\\]*/g, "(path)"],
  [/\b(?:127\.0\.0\.1|localhost):\d+/g, "(address)"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?/g, "(time)"],
  [/\b\d+ min \d+ s\b|\b\d[\d,]*(?:\.\d+)? (?:ms|s|sec|seconds|min)\b/g, "(duration)"],
  [/\bjust now\b|\b\d+ (?:minute|hour|day)s? ago\b/g, "(age)"],
  [/\b\d+(?:\.\d+)?(?:e\+\d+)?\/s\b/g, "(rate)"],
  [/(\bprocess id\W+(?:<[^>]*>)*)\d+/g, "$1(number)"],
  [/(\bChunk ID: )\w+/g, "$1(id)"],
  [/\bDeno \d+\.\d+\.\d+/g, "Deno (version)"],
  [/\b(?:unix|windows)\/(?:linux|macos|windows)\b/g, "(platform)"],
  [/\b(?:linux|darwin|windows)-(?:x86_64|aarch64)\b/g, "(platform)"],
  [/\bcontext \d+ %/g, "context (share)"],
  // Token counts depend on the length of paths and the time in the prompt.
  [/\b\d{1,3}(?:,\d{3})+\b|\b\d{4,}\b/g, "(number)"],
  [/\s+/g, " "],
];

/** The text without times, ids, paths, addresses, rates, large numbers and pictures. */
export function withoutNoise(text: string): string {
  return NOISE.reduce((rest, [pattern, sign]) => rest.replace(pattern, sign), text);
}
