/**
 * Labels that say what a connector can do to the world.
 *
 * @module
 */

/** What the tools of a connector do, coarsely; a thread's policy says what follows from it. */
export type PolicyLabel =
  | "read_only"
  | "write"
  | "destructive"
  | "external_send"
  | "network"
  | "secret_access"
  | "local_execution"
  | "sandbox_required";

/** Every label, in the order in which they are shown. */
export const POLICY_LABELS: readonly PolicyLabel[] = [
  "read_only",
  "write",
  "destructive",
  "external_send",
  "network",
  "secret_access",
  "local_execution",
  "sandbox_required",
];

/**
 * The labels, each once and in the order of {@linkcode POLICY_LABELS}.
 *
 * @throws {TypeError} for a word that is no label: one that nobody knows would protect nobody.
 */
export function toPolicyLabels(owner: string, labels: Iterable<unknown>): readonly PolicyLabel[] {
  const wanted = new Set(labels);
  for (const label of wanted) {
    if (POLICY_LABELS.includes(label as PolicyLabel)) continue;
    throw new TypeError(
      `Cannot label ${owner}: ${JSON.stringify(label)} is no policy label. ` +
        `Use some of ${POLICY_LABELS.join(", ")}`,
    );
  }
  return Object.freeze(POLICY_LABELS.filter((label) => wanted.has(label)));
}
