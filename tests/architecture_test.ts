import { describe, expect, it } from "vitest";
import { GENERATED, readConfig, readText, ROOT } from "./support/repository.ts";
import { findCycles, listFiles, readSourceTree, type SourceFile } from "./support/source_tree.ts";

/**
 * The floors, from the bottom. A room imports itself and the floors below; what two rooms of one
 * floor share is plain data and lies below both.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["deps", "paths", "json", "callback", "plain_text", "secrets", "options_check"],
  ["async", "command_arguments", "log_text", "jupyter"],
  ["stop"],
  ["protocol"],
  ["domain"],
  ["errors"],
  ["display", "rpc"],
  ["runtime"],
  ["client/routing"],
  ["client"],
  ["connectors"],
  ["codex/image_type", "codex/guarded_fetch"],
  ["codex/inputs", "codex/paged_list"],
  ["codex/approvals", "codex/output", "codex/tools"],
  ["codex/session"],
  ["codex/services", "codex/turns"],
  ["codex/threads"],
  ["codex/map"],
  ["codex"],
  ["fleet", "notebook", "testing"],
];
/** Files that belong to the folder of that name. */
const HANDLES: Readonly<Record<string, string>> = {
  "codex/turn": "codex/turns",
  "codex/thread": "codex/threads",
};
const LAYERS = FLOORS.flat().map((room) => room.split("/")[0] ?? room);
const MOST_FILES = 12;
/** Programs for maintainers: they may import what they need and print. */
const TOOLS = [
  "src/protocol/tools/generate.ts",
  "src/protocol/tools/move_pin.ts",
  "src/protocol/tools/pin_update.ts",
];
const COMMANDS = [
  ...TOOLS,
  "src/fleet/board.ts",
  "src/fleet/worker.ts",
  "src/notebook/runner/cli.ts",
  "src/runtime/cli.ts",
  "src/runtime/server/serve.ts",
];
const TOP_LEVEL = [
  "deno.json",
  "deno.lock",
  "mod.ts",
  "src",
  "notebooks",
  "examples",
  "tests",
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
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

  it("of third parties are in src/deps.ts and src/deps/ alone, by exact version", () => {
    const thirdParty = library.flatMap((file) =>
      file.imports.filter(({ path, specifier }) => !path && !specifier.startsWith("node:"))
        .map(({ specifier }) => ({ file: file.path, specifier }))
    );
    // The other entry points do not load the engine of a fleet.
    const allowed = ["src/deps.ts", "src/deps/fleet.ts", "src/deps/fleet_board.ts"];
    expect(thirdParty.filter(({ file }) => !allowed.includes(file))).toEqual([]);
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

describe("a floor", () => {
  it("is a row of the table of layers", () => {
    const rows = readText("src/README.md").split("\n");
    expect(pictured(rows, /`src\/(\w+)`/g)).toEqual(topFloors());
    expect(pictured(rows, /`src\/codex\/(\w+)`/g)).toEqual(floorsOfCodex());
  });

  it("has rooms that exist", () => {
    const rooms = FLOORS.flat();
    const missing = rooms.filter((room) =>
      !source.some(({ path }) => path === `src/${room}.ts` || path.startsWith(`src/${room}/`))
    );
    expect(missing).toEqual([]);
  });

  it("without a fleet loads none of its engine", () => {
    const entries = Object.values(config.exports).filter((entry) => !entry.includes("/fleet/"));
    const loading = entries.filter((entry) => loadedBy(entry.slice(2)).has("src/deps/fleet.ts"));
    expect(loading).toEqual([]);
  });

  it("without a notebook loads no renderer", () => {
    const eager = ["mod.ts", "src/runtime/mod.ts", "src/client/mod.ts", "src/connectors/mod.ts"];
    for (const entry of eager) {
      const renderers = [...loadedBy(entry)].filter((path) =>
        path.startsWith("src/display/") && path !== "src/display/displayable.ts"
      );
      expect([entry, renderers]).toEqual([entry, []]);
    }
  });

  it("without a runtime process loads nothing that starts one, and no module of Node", () => {
    const loaded = [...loadedBy("mod.ts")];
    expect(loaded).toContain("src/codex/codex.ts");
    expect(loaded.filter((path) => /session\/start\/|rpc\/stdio|runtime\/locate/.test(path)))
      .toEqual([]);
    const ofNode = source.filter(({ path }) => loaded.includes(path))
      .flatMap(({ path, values }) =>
        values.filter(({ specifier }) => specifier.startsWith("node:")).map(() => path)
      );
    expect(ofNode).toEqual([]);
  });

  it("has a notebook runner that knows nothing of Codex", () => {
    const runner = source.filter(({ path }) => path.startsWith("src/notebook/runner/"));
    const allowed =
      /^src\/(notebook\/runner\/|deps\.ts|paths\.ts|json\.ts|async\.ts|callback\.ts|options_check\.ts|command_arguments\.ts|errors\/)/;
    const wrong = runner.flatMap((file) =>
      file.imports.flatMap(({ path }) =>
        path && !allowed.test(path) ? [`${file.path} -> ${path}`] : []
      )
    );
    expect(wrong).toEqual([]);
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

  it("has no file over 600 lines and no function over 60", () => {
    const long = written.filter(({ lines }) => lines > 600).map(({ path, lines }) => [path, lines]);
    const longFunctions = written.flatMap(({ path, functions }) =>
      functions.filter(({ lines }) => lines > 60).map(({ name, lines }) => [path, name, lines])
    );
    expect([...long, ...longFunctions]).toEqual([]);
  });
});

describe("a folder", () => {
  it("holds no more than a reader takes in at once", () => {
    const counts = new Map<string, number>();
    for (const path of listFiles("src").filter((path) => !path.endsWith(".md"))) {
      const folder = path.slice(0, path.lastIndexOf("/"));
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, files]) => files > MOST_FILES)).toEqual([]);
  });
});

describe("the repository", () => {
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
    const tests = listFiles("tests").filter((path) => path.endsWith("_test.ts"))
      .filter((path) => LAYERS.includes(path.split("/")[1] ?? ""));
    expect(tests.filter((test) => !source.some((file) => isAbout(test, file.path)))).toEqual([]);
  });
});

function mayImport(importer: string, imported: string): boolean {
  const [from, to] = [roomOf(importer), roomOf(imported)];
  if (importer === "mod.ts" || from === to) return true;
  return floorOf(to) < floorOf(from);
}

/** The rooms that each row of a table names. */
function pictured(rows: readonly string[], room: RegExp): string[][] {
  return rows.filter((row) => row.startsWith("| `src/"))
    .map((row) => [...row.matchAll(room)].map(([, name = ""]) => name))
    .filter((rooms) => rooms.length > 0);
}

/** The folders of `src/codex` on each floor. */
function floorsOfCodex(): string[][] {
  return FLOORS.map((rooms) =>
    rooms.filter((room) => room.startsWith("codex/") && isFolder(room))
      .map((room) => room.slice("codex/".length))
  ).filter((rooms) => rooms.length > 0);
}

/** The floors by the folders of `src`. */
function topFloors(): string[][] {
  const floors = FLOORS.map((
    rooms,
  ) => [...new Set(rooms.map((room) => room.split("/")[0] ?? room))]);
  const folders = floors.map((rooms) => rooms.filter((room) => isFolder(room)));
  return folders.filter((rooms, index) =>
    rooms.length > 0 && rooms.join() !== folders[index - 1]?.join()
  );
}

function isFolder(room: string): boolean {
  return source.some(({ path }) => path.startsWith(`src/${room}/`));
}

/**
 * The files that importing an entry point runs: what is imported as a type, or when it is needed,
 * is not.
 */
function loadedBy(entry: string, loaded = new Set<string>()): Set<string> {
  loaded.add(entry);
  for (const { path } of source.find(({ path }) => path === entry)?.values ?? []) {
    if (path !== undefined && !loaded.has(path)) loadedBy(path, loaded);
  }
  return loaded;
}

/**
 * The longest room that holds the file: `src/client/routing/event_log.ts` is in `client/routing`.
 */
function roomOf(path: string): string {
  const inside = path.replace(/^src\//, "").replace(/\.ts$/, "");
  const ofHandle = HANDLES[inside];
  if (ofHandle !== undefined) return ofHandle;
  const rooms = FLOORS.flat().filter((room) => inside === room || inside.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0] ?? inside;
}

function floorOf(room: string): number {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(room));
  return floor < 0 ? Infinity : floor;
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
