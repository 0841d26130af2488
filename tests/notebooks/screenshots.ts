/**
 * Pictures of all notebooks as they are committed, light and dark, wide and narrow: `deno task screenshots [folder]`.
 * It needs the system's packages `chromium` and `python3-nbconvert`. `--cell` takes the picture of the README instead.
 *
 * @module
 */
import {
  DENO_METADATA,
  describeFailure,
  runNotebook,
  withOutputs,
  writeNotebook,
} from "../../src/notebook/runner/mod.ts";
import { Browser } from "../support/browser.ts";
import { ROOT } from "../support/repository.ts";

const WIDTHS = [1200, 400];
const THEMES = ["light", "dark"] as const;

async function takeAll(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await using browser = await Browser.start();
  const names = [...Deno.readDirSync(`${ROOT}notebooks`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb")).sort();
  for (const name of names) {
    for (const theme of THEMES) {
      const html = await exported(`${ROOT}notebooks/${name}`, theme, folder);
      for (const width of WIDTHS) {
        await using page = await browser.open(`file://${html}`, { width, height: 900 }, theme);
        // The exported page cannot load its fonts without a network, and says so.
        await page.evaluate("document.querySelector('#MathJax_Message')?.remove()");
        const stem = `${folder}/${name.replace(".ipynb", "")}-${theme}-${width}`;
        await Deno.writeFile(`${stem}.png`, await page.screenshot());
        const wide = await page.evaluate("document.documentElement.scrollWidth");
        console.log(`${stem}.png${Number(wide) > width ? ` is ${wide} px wide` : ""}`);
      }
      await Deno.remove(html);
    }
  }
}

/** The notebook as a page in a theme of JupyterLab. */
async function exported(path: string, theme: string, folder: string): Promise<string> {
  const output = `${folder}/${crypto.randomUUID()}.html`;
  const { success, stderr } = await new Deno.Command("/usr/bin/python3", {
    args: [
      "-m",
      "nbconvert",
      "--to",
      "html",
      "--template",
      "lab",
      "--theme",
      theme,
      "--output",
      output,
      path,
    ],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return output;
}

/** A turn that reads, changes and tests a file, in a cell that is cut out of its notebook. */
const PICTURED: readonly string[] = [
  `import { notebook, show } from "@codex-deno/codex/notebook";
import { applyPatch, execCommand, reasoning, response, startOffline } from "@codex-deno/codex/testing";
const codex = await notebook({
  start: (options) => startOffline({ ...options, files: { "greet.ts": GREET } }),
});
codex.model.reply(
  response([
    reasoning({ summary: "The greeting lacks the name. I read the file first." }),
    execCommand("cat greet.ts"),
  ]),
  applyPatch(PATCH),
  ANSWER,
);`,
  `const thread = await codex.startThread({ sandbox: "workspace-write" });
await show(thread, "Greet people by their name");`,
];
const ANSWER = '`greet` now takes a **name**:\n\n```ts\ngreet("Ada"); // Hello, Ada!\n```';
const GREET = "export function greet(): string {\n  return `Hello!`;\n}\n";
const PATCH = [
  "*** Begin Patch",
  "*** Update File: greet.ts",
  "@@",
  "-export function greet(): string {",
  "-  return `Hello!`;",
  "+export function greet(name: string): string {",
  "+  return `Hello, ${name}!`;",
  " }",
  "*** End Patch",
].join("\n");

async function takeCell(): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ importMap: `${ROOT}deno.json` }),
  );
  const texts = `const GREET = ${JSON.stringify(GREET)}, PATCH = ${
    JSON.stringify(PATCH)
  }, ANSWER = ${JSON.stringify(ANSWER)};`;
  const cells = [texts, ...PICTURED].map((source) => ({
    cell_type: "code" as const,
    source,
    metadata: {},
  }));
  const path = `${folder}/cell.ipynb`;
  const notebook = { cells, metadata: { ...DENO_METADATA }, nbformat: 4, nbformat_minor: 5 };
  await writeNotebook(path, notebook);
  const { cells: ran, failure, notebook: read } = await runNotebook(path);
  if (failure) throw new Error(describeFailure(failure));
  await writeNotebook(path, withOutputs(read, ran));
  await using browser = await Browser.start();
  const html = await exported(path, "light", folder);
  await using page = await browser.open(`file://${html}`, { width: 1000, height: 900 });
  await page.evaluate(`{
    const card = document.querySelector('[aria-label^="Codex turn"]');
    card.closest(".jp-Cell").id = "pictured";
    for (const details of card.querySelectorAll("details")) details.open = true;
  }`);
  await Deno.writeFile(`${ROOT}notebooks/cell.png`, await page.screenshot("#pictured"));
  await Deno.remove(folder, { recursive: true });
}

if (Deno.args.includes("--cell")) await takeCell();
else await takeAll(Deno.args[0] ?? await Deno.makeTempDir({ prefix: "screenshots-" }));
