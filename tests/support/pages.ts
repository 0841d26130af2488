/**
 * The pages of documentation.
 *
 * @module
 */

import { readText, ROOT } from "./repository.ts";

/** Every page, the first one first. */
export const PAGES: readonly string[] = [
  "README.md",
  "src/README.md",
  "src/codex/README.md",
  "src/codex/parity.md",
  "src/codex/tutorial.md",
  "src/connectors/README.md",
  "src/errors/README.md",
  "src/notebook/README.md",
  "src/notebook/share/README.md",
  "src/runtime/README.md",
  "src/testing/README.md",
  "examples/README.md",
  "tests/README.md",
  "tests/release.md",
];

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

/** One block of TypeScript on a page. */
export interface Program {
  readonly page: string;
  readonly place: number;
  readonly text: string;
}

/** The blocks of TypeScript on a page, in order. */
export function programsOf(page: string): Program[] {
  return [...readText(page).matchAll(/^```ts\n([^]*?)^```$/gm)]
    .map(([, text], place) => ({ page, place, text: text ?? "" }));
}

/** The program with what it takes for granted, and its imports by their absolute paths. */
export function complete({ page, text }: Program): string {
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
