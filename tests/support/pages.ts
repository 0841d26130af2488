/**
 * The pages of documentation.
 *
 * @module
 */

/** Every page, the first one first. */
export const PAGES: readonly string[] = [
  ...["README.md", "src/README.md", "src/codex/README.md", "src/codex/parity.md"],
  "src/errors/README.md",
  ...["src/notebook/README.md", "src/runtime/README.md", "src/testing/README.md"],
  ...["examples/README.md", "tests/README.md"],
];
