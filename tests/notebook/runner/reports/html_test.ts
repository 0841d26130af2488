import { describe, expect, it } from "vitest";
import { type Notebook, type NotebookCell, toHtml } from "../../../../src/notebook/runner/mod.ts";

function page(cell: Partial<NotebookCell>): Promise<string> {
  const cells = [{ cell_type: "code" as const, metadata: {}, source: "", ...cell }];
  const notebook: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  return toHtml(notebook, { title: "<n>" });
}

function display(data: Record<string, unknown>): Partial<NotebookCell> {
  return { outputs: [{ output_type: "display_data", data, metadata: {} }] };
}

describe("toHtml()", () => {
  it.each<[string, Partial<NotebookCell>, string]>([
    ["code", { source: ["a <\n", "b"] }, "<code>a &lt;\nb</code>"],
    ["Markdown", { cell_type: "markdown", source: "# T <b>" }, "<h1>T &lt;b&gt;</h1>"],
    ["HTML before text", display({ "text/plain": "t", "text/html": ["<i>", "h</i>"] }), "<i>h</i>"],
    [
      "a picture",
      display({ "image/png": "AA\n==", "text/plain": "t" }),
      "data:image/png;base64,AA==",
    ],
    ["a drawing", display({ "image/svg+xml": "<svg/>" }), "data:image/svg+xml,%3Csvg%2F%3E"],
    ["Markdown shown", display({ "text/markdown": "*m*" }), "<em>m</em>"],
    ["JSON", display({ "application/json": { a: 1 } }), "&quot;a&quot;: 1"],
    [
      "a stream without colours",
      { outputs: [{ output_type: "stream", name: "stderr", text: "\x1b[31mred\x1b[0m" }] },
      '<div class="output stderr"><pre>red</pre>',
    ],
    [
      "an error",
      {
        outputs: [{
          output_type: "error",
          ename: "E",
          evalue: "m",
          traceback: ["E: m", " at <x>"],
        }],
      },
      "<pre>E: m\n at &lt;x&gt;</pre>",
    ],
  ])("has %s", async (_, cell, html) => {
    expect(await page(cell)).toContain(html);
  });

  it.each<[string, Partial<NotebookCell>, string]>([
    [
      "code with its outputs",
      {
        source: "1",
        outputs: [{ output_type: "stream", name: "stdout", text: ["a\n", "b"] }],
      },
      '<div class="cell"><pre class="source"><code>1</code></pre><div class="output stream"><pre>a\nb</pre></div></div>',
    ],
    ["code without outputs", { source: "1" }, '<pre class="source"><code>1</code></pre></div>'],
    ["raw text", { cell_type: "raw", source: "<r>" }, '<pre class="cell">&lt;r&gt;</pre>'],
    [
      "Markdown of a cell",
      { cell_type: "markdown", source: "a" },
      '<div class="cell"><p>a</p>\n</div>',
    ],
    ["links", { cell_type: "markdown", source: "https://x.test" }, '<a href="https://x.test">'],
    [
      "a drawing before a picture",
      display({ "image/svg+xml": "<svg/>", "image/png": "AA" }),
      '<div class="output display"><img alt="" src="data:image/svg+xml,%3Csvg%2F%3E"></div>',
    ],
    [
      "a picture before Markdown",
      display({ "image/jpeg": "AA", "text/markdown": "m" }),
      '<img alt="" src="data:image/jpeg;base64,AA">',
    ],
    ["Markdown before text", display({ "text/markdown": "m", "text/plain": "t" }), "<p>m</p>"],
    [
      "text before JSON",
      display({ "text/plain": "t<", "application/json": 1 }),
      "<pre>t&lt;</pre>",
    ],
    [
      "other data as JSON",
      display({ "x/y": "<" }),
      "<pre>{\n  &quot;x/y&quot;: &quot;&lt;&quot;\n}</pre>",
    ],
    ["nothing of no data", { outputs: [{ output_type: "display_data" }] }, "<pre>{}</pre>"],
    [
      "an error without a traceback",
      { outputs: [{ output_type: "error" }] },
      '<div class="output error"><pre></pre></div>',
    ],
    ["a stream without text", { outputs: [{ output_type: "stream" }] }, "<pre></pre>"],
  ])("has all of %s", async (_, cell, html) => {
    expect(await page(cell)).toContain(html);
  });

  it("is called Notebook by default, and refuses options that are not there", async () => {
    const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    expect(await toHtml(notebook)).toContain("<title>Notebook</title>");
    await expect(toHtml(notebook, { titel: "" } as never)).rejects.toThrow("titel");
  });

  it("lets no script run, and names the page", async () => {
    const html = await page(display({ "text/html": "<script>alert(1)</script>" }));
    expect(html).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none';`);
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<script>"));
    expect(html).toContain("<title>&lt;n&gt;</title>");
  });
});
