/**
 * Signs for the outcome of a step.
 *
 * @module
 */

const SIGNS: ReadonlyMap<string, string> = new Map([
  ["completed", "✓"],
  ["failed", "✗"],
  ["declined", "⊘"],
  ["interrupted", "■"],
  ["inProgress", "…"],
  ["running", "…"],
]);

/** The sign of a status; an unknown status has no sign. */
export function signOf(status: string): string {
  return SIGNS.get(status) ?? "·";
}

const TICKS: ReadonlyMap<string, string> = new Map([["completed", "☑"], ["inProgress", "▶"]]);

/** The tick of a step of a plan. */
export function tickOf(status: string): string {
  return TICKS.get(status) ?? "☐";
}
