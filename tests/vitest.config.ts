/**
 * Runs the same test files under Vitest itself: `deno task test:vitest`.
 *
 * Deno evaluates what is imported (`npm:` specifiers, permissions, `Deno`); Vitest does the rest.
 * Its caches go to the system's temporary directory, so the repository gets no `node_modules`.
 *
 * @module
 */

import { join } from "node:path";
import { tmpdir } from "node:os";

const cacheDir = join(tmpdir(), "codex-deno-vitest");

export default {
  root: join(import.meta.dirname ?? ".", ".."),
  cacheDir,
  plugins: [denoSpecifiers()],
  test: {
    include: ["tests/**/*_test.ts"],
    exclude: [],
    testTimeout: 60_000,
    fsModuleCachePath: cacheDir,
  },
};

/** Leaves `npm:` specifiers to Deno, through a module that only forwards. */
function denoSpecifiers(): object {
  return {
    name: "deno-specifiers",
    enforce: "pre",
    resolveId(specifier: string): { id: string; external: true } | undefined {
      if (!specifier.startsWith("npm:")) return undefined;
      const from = JSON.stringify(specifier);
      const forward =
        `import * as all from ${from}; export * from ${from}; export default all.default;`;
      return { id: `data:text/javascript,${encodeURIComponent(forward)}`, external: true };
    },
  };
}
