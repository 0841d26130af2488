/**
 * Pictures of all notebooks as they are committed, light and dark, wide and narrow: `deno task screenshots [folder]`.
 * It needs the system's packages `chromium` and `python3-nbconvert`. `--cell` takes the picture of the README instead.
 *
 * @module
 */
import { Browser } from "../support/browser.ts";
import { ROOT } from "../support/repository.ts";

const WIDTHS = [1200, 400];
const THEMES = ["light", "dark"] as const;

if (Deno.args.includes("--cell")) await takeCell();
else await takeAll(Deno.args[0] ?? await Deno.makeTempDir({ prefix: "screenshots-" }));

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
      ...["-m", "nbconvert", "--to", "html", "--template", "lab", "--theme", theme],
      ...["--output", output, path],
    ],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return output;
}

/** The first turn of the first notebook, cut out. */
async function takeCell(): Promise<void> {
  const folder = await Deno.makeTempDir();
  await using browser = await Browser.start();
  const html = await exported(`${ROOT}notebooks/01_quickstart.ipynb`, "light", folder);
  await using page = await browser.open(`file://${html}`, { width: 1000, height: 900 });
  await page.evaluate(`{
    const cell = document.querySelector('[aria-label^="Codex turn"]').closest(".jp-Cell");
    cell.id = "pictured";
    for (const details of cell.querySelectorAll('[aria-label^="Codex turn"] details')) details.open = true;
  }`);
  await Deno.writeFile(`${ROOT}notebooks/cell.png`, await page.screenshot("#pictured"));
  await Deno.remove(folder, { recursive: true });
}
