/**
 * Metadata of a connector, made safe to display.
 *
 * @module
 */

/**
 * Facts of a connector that nothing depends on, as they were found; values of secret-looking names
 * are hidden.
 */
export type ConnectorMetadata = Readonly<Record<string, unknown>>;

const SECRET_NAME =
  /token|secret|passw|authori[sz]ation|credential|api[-_]?key|private[-_]?key|cookie|^(env|headers|http_headers|auth)$/i;

const HIDDEN = "[hidden]";

/** Deeper nesting is cut, so that it cannot exhaust the stack. */
const MAX_DEPTH = 20;

/** A frozen copy in which no value of a secret-looking name is left, and no cycle. */
export function toMetadata(facts: Readonly<Record<string, unknown>>): ConnectorMetadata {
  return clean(facts, new Set()) as ConnectorMetadata;
}

function clean(value: unknown, around: ReadonlySet<object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (around.has(value) || around.size > MAX_DEPTH) return "[cut]";
  const within = new Set(around).add(value);
  if (Array.isArray(value)) return Object.freeze(value.map((part) => clean(part, within)));
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    SECRET_NAME.test(name) ? HIDDEN : clean(part, within),
  ]);
  return Object.freeze(Object.fromEntries(entries));
}
