import { describe, expect, it, vi } from "vitest";
import { DENO_METADATA, type Notebook, writeNotebook } from "../../src/notebook/runner/mod.ts";
import { Browser, type Page } from "../support/browser.ts";
import { exists } from "../support/exists.ts";
import { freePort } from "../support/free_port.ts";
import { ROOT } from "../support/repository.ts";

/**
 * Notebook 6.4 and Chromium, as Debian packages them; without them the tests of the page are left
 * out.
 */
// Starts Jupyter, a kernel and a browser.
vi.setConfig({ testTimeout: 60_000 });

const JUPYTER = "/usr/bin/jupyter-notebook";
const isThere = await Promise.all([JUPYTER, "/usr/bin/chromium"].map((path) => exists(path)));

const CELLS = [
  `import { askApproval, chart, notebook, show } from "@codex-deno/codex/notebook";
import { execCommand, startOffline } from "@codex-deno/codex/testing";
const codex = await notebook({ start: startOffline });`,
  `codex.model.reply(
  execCommand("touch made", { escalate: true, justification: "to make it" }),
  "Done, see https://example.com/x and $x$",
);
const thread = await codex.startThread({ approvalMode: "ask", sandbox: "read-only", onApproval: askApproval() });
await show(thread, "Make it");`,
  'await chart((Plot) => ({ title: "Drawn", marks: [Plot.barY([1, 2, 3])] }))',
];

describe.skipIf(isThere.includes(false))("in the page of Notebook", () => {
  it("a click answers an approval; the saved copy is readable without trust", async () => {
    await using cleanup = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir();
    cleanup.defer(() => Deno.remove(folder, { recursive: true }));
    await write(folder, "live.ipynb", CELLS.map((source) => ({ source })));
    const url = cleanup.use(await startJupyter(folder)).url;
    const browser = cleanup.use(await Browser.start());

    const page = await browser.open(`${url}/notebooks/live.ipynb`, { width: 1000, height: 900 });
    await page.until("globalThis.Jupyter?.notebook?.kernel?.is_connected?.() === true");
    await page.evaluate("Jupyter.notebook.execute_all_cells()");
    await page.until(`document.querySelectorAll("button[onclick]").length === 4`);
    await page.evaluate(`[...document.querySelectorAll("button[onclick]")]
      .find((button) => button.textContent === "Yes").click()`);
    await page.until(`document.querySelector("img[alt=Drawn]")?.naturalWidth === 640`);
    await page.until(`document.querySelectorAll("button[onclick]").length === 0`);
    expect(await textOf(page)).toContain("approval of the command: accept after");
    // In the same tab the link would replace the notebook.
    expect(await page.evaluate(`document.querySelector("a[href='https://example.com/x']").target`))
      .toBe("_blank");
    await page.evaluate("Jupyter.notebook.save_notebook().then(() => true)");

    const saved = JSON.parse(await Deno.readTextFile(`${folder}/live.ipynb`)) as Notebook;
    await write(folder, "copy.ipynb", saved.cells.map((cell) => ({ ...cell, id: undefined })));
    const copy = await browser.open(`${url}/notebooks/copy.ipynb`, { width: 1000, height: 900 });
    await copy.until("globalThis.Jupyter?.notebook?._fully_loaded === true");
    expect(await copy.evaluate("Jupyter.notebook.trusted")).toBe(false);
    expect(await copy.evaluate(`document.querySelector("img[alt=Drawn]").naturalWidth`)).toBe(640);
    const text = await textOf(copy);
    for (const part of ["Run this command?", "touch made", "Done, see", "$x$"]) {
      expect(text).toContain(part);
    }
  });
});

async function textOf(page: Page): Promise<string> {
  return String(await page.evaluate("document.body.innerText"));
}

async function write(
  folder: string,
  name: string,
  cells: readonly { readonly source: string | string[] }[],
): Promise<void> {
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ importMap: `${ROOT}deno.json` }),
  );
  await writeNotebook(`${folder}/${name}`, {
    cells: cells.map((cell) => ({ cell_type: "code", metadata: {}, ...cell })),
    metadata: { ...DENO_METADATA },
    nbformat: 4,
    nbformat_minor: 5,
  } as Notebook);
}

/** A server on a free port, with Deno's kernel and without a password. */
async function startJupyter(folder: string): Promise<AsyncDisposable & { readonly url: string }> {
  const data = await Deno.makeTempDir();
  await new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--install", "--force"],
    env: { XDG_DATA_HOME: data },
    stdout: "null",
    stderr: "null",
  }).output();
  const port = freePort();
  const server = new Deno.Command(JUPYTER, {
    args: [
      "--no-browser",
      "--allow-root",
      "--ip=127.0.0.1",
      `--port=${port}`,
      "--NotebookApp.token=",
      "--NotebookApp.password=",
      `--notebook-dir=${folder}`,
    ],
    env: { XDG_DATA_HOME: data, JUPYTER_RUNTIME_DIR: data, JUPYTER_CONFIG_DIR: data },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = new TextDecoderStream();
  const drained = server.stderr.pipeTo(log.writable);
  const url = Promise.withResolvers<string>();
  const reading = (async () => {
    let text = "";
    for await (const part of log.readable) {
      text += part;
      if (text.includes("is running at")) url.resolve(`http://127.0.0.1:${port}`);
    }
    url.reject(new Error(text));
  })();
  return {
    url: await url.promise,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGTERM");
      await Promise.all([server.status, drained, reading]);
      await Deno.remove(data, { recursive: true });
    },
  };
}
