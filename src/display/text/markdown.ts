/**
 * Markdown of a model as HTML that can do nothing, and as Markdown that can do nothing.
 *
 * @module
 */
import { loadMarkdownIt, type MarkdownItClass } from "../../deps.ts";
import { escapeHtml } from "./escape.ts";
import { plain } from "../../plain_text.ts";

/** Links that lead to a page and nowhere else. */
const SAFE_URL = /^(?:https?:|mailto:|#)/i;

type MarkdownIt = InstanceType<MarkdownItClass>;

let parser: MarkdownIt | null = null;

/** Loads the Markdown library, once; {@linkcode markdownHtml} uses it from then on. */
export async function loadMarkdown(): Promise<void> {
  parser ??= makeParser(await loadMarkdownIt());
}

/** Markdown as HTML; as preformatted text until the library is loaded. */
export function markdownHtml(text: string): string {
  return parser ? parser.render(plain(text)) : preformatted(text);
}

/** Text as it is, in a box that wraps it. */
export function preformatted(text: string): string {
  return `<pre style="white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0">${
    escapeHtml(text)
  }</pre>`;
}

function makeParser(Parser: MarkdownItClass): MarkdownIt {
  const made = new Parser({ html: false, linkify: false });
  made.validateLink = (url) => SAFE_URL.test(url);
  const { rules } = made.renderer;
  rules.fence = rules.code_block = codeBlock;
  // A picture would be fetched by whoever opens the notebook; its address is enough.
  rules.image = (tokens, index) => picture(tokens[index]);
  // Notebooks align the cells of tables to the right.
  rules.th_open = (tokens, index) => cell("th", tokens[index]);
  rules.td_open = (tokens, index) => cell("td", tokens[index]);
  rules.table_open = () => '<table style="margin-left:0">';
  return made;
}

type Token = Parameters<NonNullable<MarkdownIt["renderer"]["rules"]["fence"]>>[0][number];

function codeBlock(tokens: readonly Token[], index: number): string {
  return `<pre style="overflow-x:auto"><code>${
    escapeHtml(tokens[index]?.content ?? "")
  }</code></pre>\n`;
}

function picture(token: Token | undefined): string {
  return escapeHtml(`[${token?.content || "image"}: ${token?.attrGet("src") ?? ""}]`);
}

function cell(tag: "th" | "td", token: Token | undefined): string {
  const [, side = "left"] =
    /^text-align:(left|center|right)$/.exec(String(token?.attrGet("style"))) ??
      [];
  return `<${tag} style="text-align:${side}">`;
}

/** Takes the meaning from what follows it, and is not seen. */
const JOINER = "\u2060";

/**
 * Markdown that any front end may render: raw HTML, entities and addresses of scripts in it are text. What is code
 * for one parser may be HTML for another, so it holds in code too.
 */
export function harmlessMarkdown(text: string): string {
  return plain(text).replace(/[<&]/g, `$&${JOINER}`)
    .replace(/(?:script|data|file|blob)(?=\W{0,40}:)/gi, `$&${JOINER}`);
}
