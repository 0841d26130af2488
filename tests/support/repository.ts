/**
 * Where the repository is and what its configuration says.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The repository, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** What `deno task generate` writes. */
export const GENERATED: readonly string[] = [
  "src/protocol/types.ts",
  "src/protocol/methods.ts",
  "src/protocol/method_definitions.ts",
];

/** Reads a text file of the repository. */
export function readText(path: string): string {
  return Deno.readTextFileSync(`${ROOT}${path}`);
}

/** Reads `deno.json`. */
export function readConfig(): {
  version: string;
  exports: Record<string, string>;
  tasks: Record<string, { command: string }>;
  lock: unknown;
} {
  return JSON.parse(readText("deno.json"));
}
