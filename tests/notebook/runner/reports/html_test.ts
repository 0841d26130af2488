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

  it("lets no script run, and names the page", async () => {
    const html = await page(display({ "text/html": "<script>alert(1)</script>" }));
    expect(html).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none';`);
    expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<script>"));
    expect(html).toContain("<title>&lt;n&gt;</title>");
  });
});
