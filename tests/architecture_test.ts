import { describe, expect, it } from "vitest";
import { GENERATED, readConfig, readText, ROOT } from "./support/repository.ts";
import { findCycles, listFiles, readSourceTree, type SourceFile } from "./support/source_tree.ts";

/** Which layer may import which; a layer may always import itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  deps: [],
  protocol: ["deps", "errors"],
  errors: ["protocol"],
  display: ["deps", "errors", "protocol"],
  runtime: ["deps", "errors", "display"],
  transport: ["deps", "errors"],
  rpc: ["deps", "errors", "transport"],
  client: ["deps", "errors", "protocol", "runtime", "rpc", "transport"],
  codex: ["deps", "errors", "protocol", "runtime", "display", "transport", "rpc", "client"],
  connectors: ["deps", "errors", "protocol", "display", "transport", "rpc", "client"],
  testing: ["*"],
  notebook: ["*"],
};
/** Programs for maintainers: they may import what they need and print. */
const TOOLS = ["src/protocol/generate.ts", "src/protocol/move_pin.ts", "src/runtime/pin_update.ts"];
const COMMANDS = [...TOOLS, "src/notebook/runner/cli.ts"];
const TOP_LEVEL = [
  ...["deno.json", "deno.lock", "mod.ts", "src", "notebooks", "examples", "tests"],
  ...["README.md", "LICENSE", "CHANGELOG.md"],
];

const source = readSourceTree("mod.ts", "src");
const written = source.filter(({ path }) => !GENERATED.includes(path));
const library = source.filter(({ path }) => !TOOLS.includes(path));
const config = readConfig();

describe("imports", () => {
  it("go one way between the layers", () => {
    const wrong = library.flatMap((file) =>
      file.imports.filter(({ path }) => path !== undefined && !mayImport(file.path, path))
        .map(({ path }) => `${file.path} -> ${path}`)
    );
    expect(wrong).toEqual([]);
  });

  it("form no cycle, type imports included", () => {
    expect(findCycles(source)).toEqual([]);
  });

  it("of third parties are in src/deps.ts alone, by exact version", () => {
    const thirdParty = library.flatMap((file) =>
      file.imports.filter(({ path, specifier }) => !path && !specifier.startsWith("node:"))
        .map(({ specifier }) => ({ file: file.path, specifier }))
    );
    expect(thirdParty.filter(({ file }) => file !== "src/deps.ts")).toEqual([]);
    const exact = /^npm:(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(\/|$)/;
    expect(thirdParty.filter(({ specifier }) => !exact.test(specifier))).toEqual([]);
  });

  it("name a file that exists, with its extension", () => {
    const files = new Set(listFiles("src"));
    const missing = library.flatMap((file) =>
      file.imports.filter(({ path }) => path !== undefined && !files.has(path))
        .map(({ specifier }) => `${file.path}: ${specifier}`)
    );
    expect(missing).toEqual([]);
  });
});

describe("the library", () => {
  it("prints nothing", () => {
    expect(
      paths(source.filter((file) => file.usesConsole && !COMMANDS.includes(file.path))),
    ).toEqual([]);
  });

  it("reads the environment in one place", () => {
    expect(paths(library.filter((file) => file.readsEnvironment)).length).toBeLessThanOrEqual(1);
  });

  it("has entry points that exist and export what is written by hand by name", () => {
    const entries = Object.values(config.exports).map((entry) => entry.replace("./", ""));
    expect(entries.filter((entry) => !paths(source).includes(entry))).toEqual([]);
    const stars = source.filter(({ path }) => entries.includes(path))
      .flatMap((file) => file.starExports.map(({ path }) => path ?? ""));
    expect(stars.filter((path) => !GENERATED.includes(path))).toEqual([]);
  });

  it("has a mod.ts that defines nothing", () => {
    expect(source.find(({ path }) => path === "mod.ts")?.ownStatements).toBe(0);
  });

  it("has no file over 600 lines and no function over 80", () => {
    const long = written.filter(({ lines }) => lines > 600).map(({ path, lines }) => [path, lines]);
    const longFunctions = written.flatMap(({ path, functions }) =>
      functions.filter(({ lines }) => lines > 80).map(({ name, lines }) => [path, name, lines])
    );
    expect([...long, ...longFunctions]).toEqual([]);
  });
});

describe("the repository", () => {
  it("documents every entry point", () => {
    const { command } = config.tasks.docs as { command: string };
    const named = command.split(" ");
    expect(Object.values(config.exports).filter((entry) => !named.includes(entry.slice(2))))
      .toEqual([]);
  });

  it("has no lock file that `deno task` would download all of", () => {
    expect(config.lock).toBe(false);
  });

  it("has nothing else at its top", () => {
    const names = [...Deno.readDirSync(ROOT)].map(({ name }) => name)
      .filter((name) => !name.startsWith(".") && !["docs", "coverage"].includes(name));
    expect(names.filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
    expect(TOP_LEVEL.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("names its version once more, on top of the changelog", () => {
    expect(/^## (\S+)/m.exec(readText("CHANGELOG.md"))?.[1]).toBe(config.version);
  });

  it("has a source for every test of a layer", () => {
    const layers = Object.keys(MAY_IMPORT);
    const tests = listFiles("tests").filter((path) => path.endsWith("_test.ts"))
      .filter((path) => layers.includes(path.split("/")[1] ?? ""));
    expect(tests.filter((test) => !source.some((file) => isAbout(test, file.path)))).toEqual([]);
  });
});

function mayImport(importer: string, imported: string): boolean {
  const [from, to] = [layerOf(importer), layerOf(imported)];
  if (importer === "mod.ts" || from === to) return true;
  const allowed = MAY_IMPORT[from] ?? [];
  const isTop = to === "testing" || to === "notebook";
  return !isTop && (allowed.includes("*") || allowed.includes(to));
}

/** `src/rpc/peer.ts` and `src/errors.ts` are in layers `rpc` and `errors`. */
function layerOf(path: string): string {
  return path.split("/")[1]?.replace(/\.ts$/, "") ?? path;
}

/** `tests/rpc/peer_flood_test.ts` is about `src/rpc/peer.ts`, or about `src/rpc/peer/…`. */
function isAbout(test: string, file: string): boolean {
  const subject = test.replace(/^tests\//, "src/").replace(/_test\.ts$/, "");
  const noun = file.replace(/\.ts$/, "");
  return subject === noun || subject.startsWith(`${noun}_`) || file.startsWith(`${subject}/`);
}

function paths(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path);
}
