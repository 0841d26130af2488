/**
 * A notebook as one HTML file, made without Python.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { loadMarkdownIt } from "../../../deps.ts";
import { asRecord } from "../../../json.ts";
import { checkOptions } from "../../../options_check.ts";
import { type Notebook, type NotebookCell, sourceOf } from "../notebook_file.ts";
import { escapeMarkup } from "./markup.ts";

/** Scripts of outputs do not run, and the page loads nothing but pictures. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:";

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
.source { padding: .75rem; border: 1px solid #8886; border-radius: 4px; background: #8881 }
.output { padding: .25rem .75rem; overflow-x: auto }
.error, .stderr { border-left: 3px solid #c33 }
.cell { margin: 1rem 0 } img { max-width: 100% }`;

/**
 * The notebook with its outputs as one HTML page that needs no other file. Of each output it has
 * the richest form: HTML, a picture, Markdown or text. Scripts do not run in it.
 *
 * @example
 * ```ts
 * import { readNotebook, toHtml } from "../mod.ts";
 *
 * const page = await toHtml(await readNotebook("notebooks/05_models_and_parameters.ipynb"));
 * console.log(page.startsWith("<!doctype html>")); // true
 * ```
 */
export async function toHtml(
  notebook: Notebook,
  options: { readonly title?: string } = {},
): Promise<string> {
  checkOptions("make the page", options, { title: true });
  const { title = "Notebook" } = options;
  const MarkdownIt = await loadMarkdownIt();
  const parser = new MarkdownIt({ html: false, linkify: true });
  const markdown = (text: string): string => parser.render(text);
  const cells = notebook.cells.map((cell) => cellHtml(cell, markdown)).join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(title)}</title><style>${STYLE}</style></head>
<body>
${cells}
</body></html>
`;
}

type Render = (markdown: string) => string;

function cellHtml(cell: NotebookCell, markdown: Render): string {
  const source = sourceOf(cell);
  if (cell.cell_type === "markdown") return `<div class="cell">${markdown(source)}</div>`;
  if (cell.cell_type === "raw") return `<pre class="cell">${escapeMarkup(source)}</pre>`;
  const outputs = (cell.outputs ?? []).map((output) => outputHtml(asRecord(output), markdown));
  const code = `<pre class="source"><code>${escapeMarkup(source)}</code></pre>`;
  return `<div class="cell">${code}${outputs.join("")}</div>`;
}

function outputHtml(output: Record<string, unknown>, markdown: Render): string {
  const { output_type, name, text, traceback } = output;
  switch (output_type) {
    case "stream":
      return block(name === "stderr" ? "stderr" : "stream", pre(textOf(text)));
    case "error": {
      const lines = Array.isArray(traceback) ? traceback.map(String) : [];
      return block("error", pre(lines.join("\n")));
    }
    default:
      return block("display", dataHtml(asRecord(output.data), markdown));
  }
}

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function dataHtml(data: Record<string, unknown>, markdown: Render): string {
  if ("text/html" in data) return textOf(data["text/html"]);
  if ("image/svg+xml" in data) {
    const svg = encodeURIComponent(textOf(data["image/svg+xml"]));
    return `<img alt="" src="data:image/svg+xml,${svg}">`;
  }
  const picture = PICTURES.find((type) => type in data);
  if (picture !== undefined) {
    const base64 = textOf(data[picture]).replace(/\s/g, "");
    return `<img alt="" src="data:${picture};base64,${escapeMarkup(base64)}">`;
  }
  if ("text/markdown" in data) return markdown(textOf(data["text/markdown"]));
  if ("text/plain" in data) return pre(textOf(data["text/plain"]));
  return pre(JSON.stringify(data["application/json"] ?? data, null, 2));
}

function block(kind: string, html: string): string {
  return `<div class="output ${kind}">${html}</div>`;
}

function pre(text: string): string {
  return `<pre>${escapeMarkup(stripVTControlCharacters(text))}</pre>`;
}

/** Texts are stored whole or by lines. */
function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value ?? "");
}
