/**
 * HTML as a browser would read it, searched for what could do harm.
 *
 * @module
 */
import { type DefaultTreeAdapterTypes, parseFragment } from "npm:parse5@8.1.1";

type Element = DefaultTreeAdapterTypes.Element;

/** All elements of a fragment, in document order. */
export function elementsOf(html: string): Element[] {
  return [...elements(parseFragment(html))];
}

/** The text of a fragment. */
export function textOf(html: string): string {
  return [...texts(parseFragment(html))].join("");
}

/** The elements and attributes that no output may have; empty is good. */
export function harmIn(html: string): string[] {
  return elementsOf(html).flatMap(({ tagName, attrs }) => [
    ...ALLOWED.has(tagName) ? [] : [`<${tagName}>`],
    ...attrs.filter(({ name, value }) => !isAllowed(tagName, name, value))
      .map(({ name, value }) => `<${tagName} ${name}="${value}">`),
  ]);
}

/** Everything that the views and the Markdown of a model may make. */
const ALLOWED = new Set([
  "div",
  "p",
  "br",
  "hr",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "blockquote",
  "ul",
  "ol",
  "li",
  "b",
  "strong",
  "em",
  "s",
  "code",
  "pre",
  "span",
  "a",
  "img",
  "details",
  "summary",
  "table",
  "thead",
  "tbody",
  "tr",
  "th",
  "td",
  "progress",
]);

const STYLE =
  /^(?:(?:border(?:-left|-radius)?|padding(?:-left)?|margin(?:-left)?|opacity|font-size|display|cursor|overflow-x|overflow-wrap|white-space|color|background|font-style|font-weight|list-style|text-align|vertical-align|max-width|max-height|user-select):[\w\s#%.,()-]+;?)+$/;

function isAllowed(tag: string, name: string, value: string): boolean {
  switch (name) {
    case "href":
      return tag === "a" && /^(?:https?:|mailto:|#)/i.test(value);
    case "src":
      return tag === "img" && /^data:image\/(?:png|jpeg|gif|webp);base64,[\w+/=]+$/.test(value);
    case "style":
      return STYLE.test(value);
    case "class":
      return value === "tex2jax_ignore mathjax_ignore";
    case "open":
      return tag === "details" && value === "";
    case "role":
      return value === "group" || value === "img";
    case "aria-label":
      return true;
    case "dir":
      return value === "auto" || value === "ltr";
    case "target":
      return tag === "a" && value === "_blank";
    case "rel":
      return tag === "a" && value === "noopener noreferrer";
    case "title":
      return tag === "a" || tag === "code" && /^A click selects all of it[\w ,]*$/.test(value);
    case "alt":
      return tag === "img";
    case "start":
      return tag === "ol" && /^\d+$/.test(value);
    case "value":
    case "max":
      return tag === "progress" && /^[\d.]+$/.test(value);
    default:
      return false;
  }
}

function* elements(node: DefaultTreeAdapterTypes.ParentNode): Generator<Element> {
  for (const child of node.childNodes) {
    if (!("tagName" in child)) continue;
    yield child;
    yield* elements(child);
  }
}

function* texts(node: DefaultTreeAdapterTypes.ParentNode): Generator<string> {
  for (const child of node.childNodes) {
    if ("value" in child) yield child.value;
    else if ("childNodes" in child) yield* texts(child);
  }
}
