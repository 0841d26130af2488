import { describe, expect, it } from "vitest";
import { runDeno } from "./support/deno_command.ts";
import { serveRepository } from "./support/file_server.ts";
import { PAGES } from "./support/pages.ts";
import { readText, ROOT } from "./support/repository.ts";

/** Where `Codex.start()` leads in a program of a page, and what the offline model answers there. */
const PRELUDE = `import { Codex as AnyCodex, type Thread as AnyThread } from "${ROOT}mod.ts";
import { startOffline as startForPage } from "${ROOT}src/testing/mod.ts";
const offline = await startForPage({ files: { "reviews.csv": "text\\nGood\\nBad\\n" } });
offline.model.on(/Norway/, JSON.stringify({ name: "Oslo", people: 700000 }));
offline.model.on(/review/, JSON.stringify({ tone: "good", why: "it is" }));
Deno.chdir(offline.home.workspace);
AnyCodex.start = () => Promise.resolve(offline);`;

/** A server of a page is one of the offline home, and ends behind the program. */
const SERVER_PRELUDE = `import { listServers as serversOfPage } from "${ROOT}src/runtime/mod.ts";
const { CODEX_HOME: homeOfPage, TMPDIR: tmpOfPage } = offline.home.env;
Deno.env.set("CODEX_HOME", homeOfPage ?? "");
Deno.env.set("TMPDIR", tmpOfPage ?? "");`;
const SERVER_END = `await Promise.all((await serversOfPage()).map((server) => server.stop()));
Deno.env.delete("CODEX_HOME");
Deno.env.delete("TMPDIR");`;

/** What a program of a page takes for granted. */
const GIVEN: Readonly<Record<string, string>> = {
  Codex: `import { Codex } from "${ROOT}mod.ts";`,
  defineTool: `import { defineTool } from "${ROOT}mod.ts";`,
  z: 'import { z } from "npm:zod@4.6.7";',
  codex: "const codex: AnyCodex = offline;",
  thread: "const thread: AnyThread = await offline.startThread();",
  rows: 'const rows = [{ text: "Good" }, { text: "Bad" }];',
  Tone:
    `const Tone = (await import("npm:zod@4.6.7")).z.object({ tone: (await import("npm:zod@4.6.7")).z.string() });`,
};

interface Program {
  readonly page: string;
  readonly place: number;
  readonly text: string;
}

function programsOf(page: string): Program[] {
  return [...readText(page).matchAll(/^```ts\n([^]*?)^```$/gm)]
    .map(([, text], place) => ({ page, place, text: text ?? "" }));
}

/** The program with what it takes for granted, and its imports by their absolute paths. */
function complete({ page, text }: Program): string {
  const program = text.replaceAll("gpt-6.1-sol", "offline-model").replaceAll(
    /from "(\.[^"]+)"/g,
    (_, path) => `from "${new URL(path, `file://${ROOT}${page}`).href}"`,
  );
  const given = Object.entries(GIVEN)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(program))
    .filter(([name]) => !new RegExp(`(const|using|of|import \\{[^}]*) ${name}\\b`).test(program))
    .map(([, declaration]) => declaration);
  const [begin, end] = program.includes("startServer(")
    ? [[SERVER_PRELUDE], [SERVER_END]]
    : [[], []];
  return [PRELUDE, ...begin, ...given, program, ...end, "await offline.close();", ""].join("\n");
}

const PROGRAMS = PAGES.flatMap(programsOf);
/** A type check and a run of them all. */
const LIMIT_MS = 240_000;

describe("the pages", () => {
  it("have programs that type-check and run", async () => {
    expect(PROGRAMS.length).toBeGreaterThan(12);
    const folder = await Deno.makeTempDir();
    try {
      const files = PROGRAMS.map(({ page, place }) =>
        `${page.replaceAll("/", "_").replace(".md", "")}_${place + 1}.ts`
      );
      for (const [index, program] of PROGRAMS.entries()) {
        await Deno.writeTextFile(`${folder}/${files[index]}`, complete(program));
      }
      const all = files.map((file) => `await import("./${file}");\nconsole.log("ran ${file}");`);
      await Deno.writeTextFile(`${folder}/all.ts`, [...all, "Deno.exit(0);"].join("\n"));
      const check = await runDeno(["check", "--quiet", ...files], { cwd: folder });
      expect(check.code, check.stderr).toBe(0);
      const run = await runDeno(["run", "-A", "--no-check", "--quiet", "all.ts"], { cwd: folder });
      expect(run.code, run.stdout + run.stderr).toBe(0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }, LIMIT_MS);
});

describe("an import", () => {
  const program = (codex: string, testing: string): string =>
    `import { Codex } from "${codex}";
import { startOffline } from "${testing}";
const codex: Codex = await startOffline();
console.log((await codex.run("Hello")).finalResponse);
await codex.close();`;

  it("works from a folder, a URL and an import map", async () => {
    await using server = serveRepository();
    const folder = await Deno.makeTempDir();
    const imports = {
      "codex": `${server.url}mod.ts`,
      "codex/testing": `${server.url}src/testing/mod.ts`,
    };
    const from = {
      folder: program(`${ROOT}mod.ts`, `${ROOT}src/testing/mod.ts`),
      url: program(imports.codex, imports["codex/testing"]),
      map: program("codex", "codex/testing"),
    };
    try {
      await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
      for (const [name, text] of Object.entries(from)) {
        await Deno.writeTextFile(`${folder}/${name}.ts`, text);
        const { stdout, stderr } = await runDeno(
          ["run", "-A", "--quiet", `${name}.ts`],
          { cwd: folder },
        );
        expect(stdout, stderr).toContain("You wrote: Hello");
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
