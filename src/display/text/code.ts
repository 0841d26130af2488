/**
 * Code in colours.
 *
 * @module
 */
import { type Highlighter, loadHighlighter } from "../../deps.ts";
import { plain } from "../../plain_text.ts";
import { escapeHtml } from "./escape.ts";

/** Longer code is shown without colours: the time to find them grows with it. */
const MAX_CHARS = 20_000;

/**
 * Styles by the highlighter's classes. JupyterLab names the colours of the reader's theme; the
 * others follow the colour scheme of the page and have a contrast of at least 4.5 on its
 * background. Comments are slanted, because themes make their colour faint.
 */
const STYLES: readonly (readonly [RegExp, string])[] = [
  [/comment|quote/, "font-style:italic"],
  [
    /keyword|literal|selector-tag/,
    "color:var(--jp-mirror-editor-keyword-color,light-dark(#0b6125,#7ee787))",
  ],
  [/string|regexp|char/, "color:var(--jp-mirror-editor-string-color,light-dark(#a31515,#ffa198))"],
  [
    /number|symbol|bullet/,
    "color:var(--jp-mirror-editor-number-color,light-dark(#0550ae,#79c0ff))",
  ],
  [/title|section|name/, "color:var(--jp-mirror-editor-def-color,light-dark(#6639ba,#d2a8ff))"],
  [
    /built_in|type|attr|property|variable/,
    "color:var(--jp-mirror-editor-builtin-color,light-dark(#953800,#ffa657))",
  ],
  [/addition|strong/, "font-weight:bold"],
];

let highlighter: Highlighter | null = null;

/** Loads the highlighter, once; {@linkcode codeHtml} uses it from then on. */
export async function loadCodeColours(): Promise<void> {
  highlighter ??= await loadHighlighter();
}

/** Code as HTML, in colours if the language is named and known. */
export function codeHtml(code: string, info: string): string {
  const [language = ""] = info.trim().toLowerCase().split(/[\s{,]/);
  if (!highlighter?.getLanguage(language) || code.length > MAX_CHARS) return escapeHtml(code);
  const { value } = highlighter.highlight(plain(code), { language, ignoreIllegals: true });
  return value.replace(/<span class="([^"]*)">/g, (_, name: string) => `<span${styleOf(name)}>`)
    .replaceAll("`", "&#96;");
}

/** Code in a box that wraps it, in colours where these are loaded. */
export function codeBox(code: string, info: string): string {
  return `<pre dir="ltr" style="white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0"><code>${
    codeHtml(code, info)
  }</code></pre>`;
}

function styleOf(className: string): string {
  const style = STYLES.find(([name]) => name.test(className))?.[1];
  return style === undefined ? "" : ` style="${style}"`;
}
