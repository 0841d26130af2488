/**
 * Runs the same test files under Vitest itself: `deno task test:vitest` with `--project live` or
 * `--project pure`, those that start no process; `--project sample` is a part of these.
 *
 * Deno evaluates what is imported (`npm:` specifiers, permissions, `Deno`); Vitest does the rest.
 * Its caches go to the system's temporary directory, so the repository gets no `node_modules`.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { tmpdir } from "node:os";

const TESTS = import.meta.dirname ?? ".";
const STARTS_PROCESS =
  /\bDeno\.Command\b|\bStdioTransport\.spawn\b|\bstartOffline\b|\bAppServerHarness\b|\bCodex\.start\(|\bKernel(Process)?\.(start|spawn)\(|\brunNotebook\(|\bkeepOffline\(|\bstartServer\(/;

const COMPUTED_IMPORT = /\bimport\((?=[A-Z`])/g;

const cacheDir = join(tmpdir(), "codex-deno-vitest");
const files = listTests(TESTS);
const live = files.filter((file) => startsProcess(file));
const pure = files.filter((file) => !live.includes(file));
/** What the gate runs: the tests of the shim itself, and the rooms that use most of it. */
const SAMPLE = /^(?:vitest_test\.ts|(?:domain|errors|rpc)\/)/;

export default {
  root: join(TESTS, ".."),
  cacheDir,
  plugins: [denoSpecifiers()],
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fsModuleCachePath: cacheDir,
    projects: [
      project("sample", pure.filter((file) => SAMPLE.test(relative(TESTS, file)))),
      project("pure", pure),
      project("live", live),
    ],
  },
};

function project(name: string, include: readonly string[]): object {
  return { extends: true, test: { name, include, exclude: [] } };
}

function listTests(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return listTests(join(folder, name));
    return name.endsWith("_test.ts") ? [join(folder, name)] : [];
  });
}

/** Whether the file, or a file of the tests that it imports, starts a process. */
function startsProcess(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file) || !file.startsWith(TESTS) || !file.endsWith(".ts")) return false;
  // A test of programs that read sources has imports in its texts.
  if (!existsSync(file)) return false;
  seen.add(file);
  const text = Deno.readTextFileSync(file);
  const imported = [...text.matchAll(/ from "(\.[^"]+)"/g)]
    .map(([, specifier]) => join(dirname(file), specifier ?? ""));
  return STARTS_PROCESS.test(text) || imported.some((path) => startsProcess(path, seen));
}

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
    // A computed specifier is not seen by `resolveId`: Deno itself imports it.
    transform(code: string): string | undefined {
      const loaded = code.replaceAll(COMPUTED_IMPORT, "denoImport(");
      if (loaded === code) return undefined;
      const load = "data:text/javascript,export const load = (name) => import(name);";
      return `import { load as denoImport } from ${JSON.stringify(load)};\n${loaded}`;
    },
  };
}
