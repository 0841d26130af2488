import { describe, expect, it, vi } from "vitest";
import { runDeno } from "./support/deno_command.ts";
import { complete, PAGES, programsOf } from "./support/pages.ts";
import { ROOT } from "./support/repository.ts";

// Type checks what it runs.
vi.setConfig({ testTimeout: 60_000 });

const PROGRAMS = PAGES.flatMap(programsOf);
/** A run of them all. */
const LIMIT_MS = 240_000;

describe("the pages", () => {
  it("have programs that run", async () => {
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
      const preload = `--preload=${ROOT}tests/support/warm_home.ts`;
      const args = ["run", "-A", "--no-check", "--quiet", preload, "all.ts"];
      const run = await runDeno(args, { cwd: folder });
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

  // That it works from a URL is the matter of import_by_url_test.
  it("works from a folder and from an import map", async () => {
    const folder = await Deno.makeTempDir();
    const imports = {
      "codex": `file://${ROOT}mod.ts`,
      "codex/testing": `file://${ROOT}src/testing/mod.ts`,
    };
    const from = {
      folder: program(`${ROOT}mod.ts`, `${ROOT}src/testing/mod.ts`),
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
