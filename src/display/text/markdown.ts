/**
 * Markdown of a model as inert HTML, and as inert Markdown.
 *
 * @module
 */
import { loadMarkdownIt, type MarkdownItClass } from "../../deps.ts";
import { codeHtml, loadCodeColours } from "./code.ts";
import { escapeHtml } from "./escape.ts";
import { plain } from "../../plain_text.ts";

/** Links to web pages only. */
const SAFE_URL = /^(?:https?:|mailto:|#)/i;

/** Scrolls in itself what is wider than the page. */
export const WIDE = '<div style="overflow-x:auto;overflow-wrap:normal">';

type MarkdownIt = InstanceType<MarkdownItClass>;

let parser: MarkdownIt | null = null;

/**
 * Loads the libraries for Markdown and for code, once; {@linkcode markdownHtml} uses them from then
 * on.
 */
export async function loadMarkdown(): Promise<void> {
  const [Parser] = await Promise.all([loadMarkdownIt(), loadCodeColours()]);
  parser ??= makeParser(Parser);
}

/**
 * Markdown as HTML; as preformatted text until the library is loaded. Text that still grows gets no
 * colours.
 */
export function markdownHtml(text: string, isGrowing = false): string {
  return parser ? parser.render(plain(text), { isGrowing }) : preformatted(text);
}

/** Preformatted text in a box that wraps it. */
export function preformatted(text: string): string {
  return `<pre dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0">${
    escapeHtml(text)
  }</pre>`;
}

function makeParser(Parser: MarkdownItClass): MarkdownIt {
  const made = new Parser({ html: false, linkify: true });
  // A word with a dot, such as a file's name, is not an address.
  made.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  made.validateLink = (url) => SAFE_URL.test(url);
  const { rules } = made.renderer;
  rules.fence = rules.code_block = codeBlock;
  // A picture would be fetched on opening the notebook, so only its address is shown.
  rules.image = (tokens, index) => picture(tokens[index]);
  // Notebooks align the cells of tables to the right.
  rules.th_open = (tokens, index) => cell("th", tokens[index]);
  rules.td_open = (tokens, index) => cell("td", tokens[index]);
  rules.table_open = () => `${WIDE}<table style="margin-left:0">`;
  rules.table_close = () => "</table></div>\n";
  rules.link_open = (tokens, index, options, _env, self) => {
    // In the same tab the link would replace the notebook.
    tokens[index]?.attrSet("target", "_blank");
    tokens[index]?.attrSet("rel", "noopener noreferrer");
    return self.renderToken(tokens, index, options);
  };
  for (const block of ["paragraph", "heading", "bullet_list", "ordered_list", "blockquote"]) {
    rules[`${block}_open`] = (tokens, index, options, _env, self) => {
      tokens[index]?.attrSet("dir", "auto");
      return self.renderToken(tokens, index, options);
    };
  }
  return made;
}

type Token = Parameters<NonNullable<MarkdownIt["renderer"]["rules"]["fence"]>>[0][number];

function codeBlock(
  tokens: readonly Token[],
  index: number,
  _options: unknown,
  env: Record<string, unknown> = {},
): string {
  const { content = "", info = "" } = tokens[index] ?? {};
  const code = env.isGrowing ? escapeHtml(content) : codeHtml(content, info);
  return `<pre dir="ltr" style="overflow-x:auto;overflow-wrap:normal"><code${
    CELL_CODE.test(info) ? SELECTED_BY_CLICK : ""
  }>${code}</code></pre>\n`;
}

/** Code for a cell of the notebook. */
const CELL_CODE = /^(?:ts|typescript|js|javascript)\b/i;
/** Copying by a button needs a script, which a page that does not trust the notebook removes. */
const SELECTED_BY_CLICK =
  ' style="user-select:all" title="A click selects all of it, to copy it into a cell"';

function picture(token: Token | undefined): string {
  return escapeHtml(`[${token?.content || "image"}: ${token?.attrGet("src") ?? ""}]`);
}

function cell(tag: "th" | "td", token: Token | undefined): string {
  const [, side = "left"] =
    /^text-align:(left|center|right)$/.exec(String(token?.attrGet("style"))) ??
      [];
  return `<${tag} dir="auto" style="text-align:${
    side === "left" ? "left;text-align:start" : side
  }">`;
}

/** An invisible character that disables the markup after it. */
const JOINER = "\u2060";

/**
 * Markdown that any front end may render: raw HTML, entities and addresses of scripts in it are
 * text. What is code for one parser may be HTML for another, so it holds in code too.
 */
export function harmlessMarkdown(text: string): string {
  return plain(text).replace(/[<&]/g, `$&${JOINER}`)
    .replace(/(?:script|data|file|blob)(?=\W{0,40}:)/gi, `$&${JOINER}`);
}
