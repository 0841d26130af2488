/**
 * The entries of a turn as HTML.
 *
 * @module
 */
import { codeBox } from "../text/code.ts";
import { changeTitle, diffHtml } from "../text/diff.ts";
import { commandLine, escapeHtml, head, nameLine, oneLine } from "../text/escape.ts";
import { escapeInvisible } from "../../plain_text.ts";
import type { Limits } from "../text/limits.ts";
import { markdownHtml, preformatted } from "../text/markdown.ts";
import { excerpt, noticeText, outcomeText, questionText, toolTitle } from "./phrases.ts";
import { signOf } from "./signs.ts";
import type {
  CommandEntry,
  FilesEntry,
  ImageEntry,
  MessageEntry,
  PromptEntry,
  ThoughtEntry,
  ToolEntry,
  ViewEntry,
} from "./entry.ts";

/** Classes that keep a page from reading `$` as mathematics, which could carry links. */
export const MATHS_AS_TEXT = 'class="tex2jax_ignore mathjax_ignore"';

const MUTED = "opacity:.8;font-size:90%";
/** Links in a message would be too faint. */
const ASIDE = "font-size:90%;border-left:2px solid rgba(128,128,128,.5);padding-left:8px";

/** A line that is not in the foreground. */
export function muted(text: string): string {
  return text === "" ? "" : `<div dir="auto" style="${MUTED}">${escapeHtml(text)}</div>`;
}

/** A body under a title that folds it; both are HTML. */
export function folded(title: string, body: string, isOpen = false): string {
  // The page of a notebook takes the triangle from summaries that do not ask for it.
  return `<details${
    isOpen ? " open" : ""
  }><summary style="display:list-item;cursor:pointer">${title}</summary>${body}</details>`;
}

/** One entry; empty when there is nothing to show of it. */
export function entryHtml(entry: ViewEntry, limits: Limits): string {
  switch (entry.kind) {
    case "prompt":
      return promptHtml(entry, limits);
    case "message":
      return messageHtml(entry, limits);
    case "reasoning":
      return thoughtHtml(entry, limits);
    case "proposal":
      return `<div>${markdownHtml(excerpt(entry, limits.message, limits), limits.isLive)}</div>`;
    case "command":
      return commandHtml(entry, limits);
    case "files":
      return filesHtml(entry, limits);
    case "tool":
      return toolHtml(entry, limits);
    case "image":
      return imageHtml(entry, limits);
    case "question":
      return `<div>${escapeHtml(questionText(entry))}</div>`;
    case "notice":
      return muted(noticeText(entry, limits));
  }
}

function promptHtml({ text, images }: PromptEntry, limits: Limits): string {
  const pictures = images.map((source) => pictureHtml(source, "picture", limits)).join("");
  return `${muted(`› ${head(text, limits.chars / 4)}`)}${pictures}`;
}

function messageHtml(entry: MessageEntry, limits: Limits): string {
  if (entry.text === "") return "";
  const html = markdownHtml(excerpt(entry, limits.message, limits), limits.isLive);
  return entry.commentary ? `<div style="${ASIDE}">${html}</div>` : `<div>${html}</div>`;
}

function thoughtHtml(entry: ThoughtEntry, limits: Limits): string {
  if (entry.text.trim() === "") return "";
  const topic = oneLine(entry.text.trimEnd().split("\n").at(-1)?.replaceAll("*", "") ?? "", 80);
  const title = entry.done ? "Reasoning" : `Reasoning: ${escapeHtml(topic)}`;
  return folded(title, markdownHtml(excerpt(entry, limits.chars, limits), limits.isLive));
}

function commandHtml(entry: CommandEntry, limits: Limits): string {
  const title = `${signHtml(entry.status)} <code dir="ltr">$ ${
    escapeHtml(commandLine(entry.command, 300))
  }</code> ${escapeHtml(outcomeText(entry))}`;
  const isCut = entry.command.length > 300 || entry.command.includes("\n");
  const whole = isCut ? preformatted(head(escapeInvisible(entry.command), limits.chars)) : "";
  if (entry.output.isEmpty && !whole) return `<div>${title}</div>`;
  const output = entry.output.isEmpty
    ? ""
    : preformatted(entry.output.lines(limits.lines, limits.chars));
  return folded(title, whole + output, !entry.done);
}

function signHtml(status: string): string {
  const label = escapeHtml(oneLine(status, 40));
  return `<span role="img" aria-label="${label}">${signOf(status)}</span>`;
}

function filesHtml({ status, changes }: FilesEntry, limits: Limits): string {
  return changes.map((change) =>
    folded(
      `${signHtml(status)} <code>${escapeHtml(changeTitle(change))}</code> ${escapeHtml(status)}`,
      diffHtml(change, limits),
    )
  ).join("\n");
}

function toolHtml(entry: ToolEntry, limits: Limits): string {
  const title = `${signHtml(entry.status)} <code>${escapeHtml(toolTitle(entry))}</code> ${
    escapeHtml(outcomeText(entry))
  }`;
  const note = muted(oneLine(entry.note, 500));
  const whole = entry.args.length > 200
    ? preformatted(head(escapeInvisible(entry.args), limits.chars))
    : "";
  const code = entry.code === ""
    ? ""
    : codeBox(head(escapeInvisible(entry.code), limits.chars), limits.isLive ? "" : "ts");
  const output = entry.output === "" ? "" : preformatted(head(entry.output, limits.chars));
  const images = entry.images.map((source) => pictureHtml(source, "picture", limits)).join("");
  const body = code + whole + output + images;
  // Code and pictures are what the reader wants to see of a call.
  const isOpen = code !== "" || images !== "";
  return body === "" ? `<div>${title}</div>${note}` : folded(title, body, isOpen) + note;
}

function imageHtml({ title, source }: ImageEntry, limits: Limits): string {
  const picture = source === null ? "" : pictureHtml(source, title, limits);
  return `<div>${escapeHtml(nameLine(title, 500))}</div>${picture}`;
}

const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

/** Whether an address is an embedded picture that is not too large. */
export function isPicture(source: string, limits: Limits): boolean {
  return source.length <= limits.image && PICTURE.test(source);
}

/** Only embedded pictures: a remote one would be fetched on opening the notebook. */
function pictureHtml(source: string, title: string, limits: Limits): string {
  if (!isPicture(source, limits)) return "";
  return `<img src="${source}" alt="${
    escapeHtml(nameLine(title, 100))
  }" style="max-width:100%;max-height:300px">`;
}
