/**
 * Markdown of a model as HTML that can do nothing.
 *
 * @module
 */
import { loadMarked } from "../deps.ts";
import { escapeHtml, plain } from "./escape.ts";

const SAFE_URL = /^(?:https?:|mailto:|#)/i;

let render: ((text: string) => string) | null = null;

/** Loads the Markdown library, once; {@linkcode markdownHtml} uses it from then on. */
export async function loadMarkdown(): Promise<void> {
  const { Marked } = await loadMarked();
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      link({ href, tokens }) {
        const label = this.parser.parseInline(tokens);
        if (!SAFE_URL.test(href)) return label;
        return `<a href="${escapeHtml(href)}" rel="noopener noreferrer">${label}</a>`;
      },
      // A picture would be fetched by whoever opens the notebook; its address is enough.
      image: ({ href, text }) => escapeHtml(`[${text || "image"}: ${href}]`),
      code: ({ text }) => `<pre style="overflow-x:auto"><code>${escapeHtml(text)}</code></pre>`,
      codespan: ({ text }) => `<code>${escapeHtml(text)}</code>`,
    },
  });
  render = (text) => marked.parse(text, { async: false });
}

/** Markdown as HTML; as preformatted text until the library is loaded. */
export function markdownHtml(text: string): string {
  return render
    ? render(plain(text))
    : `<pre style="white-space:pre-wrap">${escapeHtml(text)}</pre>`;
}
