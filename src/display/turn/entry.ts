/**
 * The entries of a turn: one for each item, and for other events.
 *
 * @module
 */
import { maskSecrets } from "../../secrets.ts";
import { asRecord } from "../../json.ts";
import type { FileUpdateChange, ThreadItem } from "../../protocol/types.ts";
import { duration } from "../text/escape.ts";
import { TextTail } from "./text_tail.ts";

/** A message of the model. */
export interface MessageEntry {
  kind: "message";
  text: string;
  /** Whether it is commentary and not the answer. */
  commentary: boolean;
  done: boolean;
}

/** Reasoning of the model, or the plan it proposes. */
export interface ThoughtEntry {
  kind: "reasoning" | "proposal";
  text: string;
  done: boolean;
}

/** A command. */
export interface CommandEntry {
  kind: "command";
  command: string;
  cwd: string;
  status: string;
  output: TextTail;
  exitCode: number | null;
  durationMs: number | null;
  done: boolean;
}

/** Changes of files. */
export interface FilesEntry {
  kind: "files";
  status: string;
  changes: readonly FileUpdateChange[];
  done: boolean;
}

/** A call of a tool. */
export interface ToolEntry {
  kind: "tool";
  /** Whose tool, and which. */
  name: string;
  /** Arguments as JSON, without the code. */
  args: string;
  /** The argument `code`: TypeScript that a client tool ran, or empty. */
  code: string;
  status: string;
  /** Its last progress text, or the reason of its failure. */
  note: string;
  /** Its result as text. */
  output: string;
  /** Pictures it gave back, as addresses. */
  images: readonly string[];
  durationMs: number | null;
  done: boolean;
}

/** A picture that the model made or looked at. */
export interface ImageEntry {
  kind: "image";
  title: string;
  /** Its address, or `null` when only its title is known. */
  source: string | null;
  done: boolean;
}

/** A question of the runtime, and how it was answered. */
export interface QuestionEntry {
  kind: "question";
  subject: string;
  /** `null` while it waits. */
  answer: string | null;
  done: boolean;
}

/** The user's text. */
export interface PromptEntry {
  kind: "prompt";
  /** The text, with a word in brackets for each other part. */
  text: string;
  /** Pictures as addresses; one in a file as its path, until it is read. */
  images: readonly string[];
  done: true;
}

/** The event in one sentence. */
export interface NoteEntry {
  kind: "notice";
  text: string;
  /** How often it happened in a row; absent for once. */
  times?: number;
  done: true;
}

/** One thing to show, a union on `kind`. */
export type ViewEntry =
  | MessageEntry
  | ThoughtEntry
  | CommandEntry
  | FilesEntry
  | ToolEntry
  | ImageEntry
  | QuestionEntry
  | PromptEntry
  | NoteEntry;

/** Something that happened, in one sentence. */
export function notice(text: string): NoteEntry {
  return { kind: "notice", text: maskSecrets(text), done: true };
}

/**
 * The item as it is to be shown; `null` when there is nothing to show. `known` is how it was shown
 * before: what has been streamed is kept where the item does not repeat it.
 */
export function toEntry(
  item: ThreadItem,
  done: boolean,
  known: ViewEntry | undefined,
): ViewEntry | null {
  switch (item.type) {
    case "userMessage":
      return promptEntry(item);
    case "agentMessage":
      return { kind: "message", text: item.text, commentary: item.phase === "commentary", done };
    case "reasoning": {
      const text = [...item.summary ?? [], ...item.content ?? []].join("\n\n");
      return { kind: "reasoning", text: text || streamed(known), done };
    }
    case "plan":
      return { kind: "proposal", text: item.text || streamed(known), done };
    case "commandExecution":
      return commandEntry(item, done, known);
    case "fileChange":
      return { kind: "files", status: item.status, changes: item.changes, done };
    case "mcpToolCall":
    case "dynamicToolCall":
    case "functionCallOutput":
    case "collabAgentToolCall":
    case "webSearch":
      return toToolEntry(item, done);
    case "imageView":
      return { kind: "image", title: `looked at ${item.path}`, source: null, done };
    case "imageGeneration":
      return imageEntry(item, done);
    default:
      return noteEntry(item);
  }
}

type Item<T extends ThreadItem["type"]> = Extract<ThreadItem, { type: T }>;

function streamed(known: ViewEntry | undefined): string {
  return known?.kind === "reasoning" || known?.kind === "proposal" ? known.text : "";
}

function promptEntry({ content }: Item<"userMessage">): PromptEntry {
  const images = content.flatMap((part) => {
    if (part.type === "localImage") return [part.path];
    return part.type === "image" && "url" in part ? [part.url] : [];
  });
  return { kind: "prompt", text: content.map(inputText).join(" "), images, done: true };
}

function inputText(input: Item<"userMessage">["content"][number]): string {
  switch (input.type) {
    case "text":
      return input.text;
    case "localImage":
    case "localAudio":
      return `[${input.path}]`;
    case "skill":
    case "mention":
      return `[${input.type} ${input.name}]`;
    default:
      return `[${input.type}]`;
  }
}

function commandEntry(
  item: Item<"commandExecution">,
  done: boolean,
  known: ViewEntry | undefined,
): CommandEntry {
  const streamed = known?.kind === "command" ? known.output : new TextTail();
  const { aggregatedOutput: whole } = item;
  const output = typeof whole === "string" ? new TextTail(whole) : streamed;
  return {
    kind: "command",
    command: item.command,
    cwd: item.cwd,
    status: item.status,
    output,
    exitCode: item.exitCode ?? null,
    durationMs: item.durationMs ?? null,
    done,
  };
}

type ToolItem = Item<
  | "mcpToolCall"
  | "dynamicToolCall"
  | "functionCallOutput"
  | "collabAgentToolCall"
  | "webSearch"
>;

function toToolEntry(item: ToolItem, done: boolean): ToolEntry {
  return {
    kind: "tool",
    args: "",
    code: "",
    status: done ? "completed" : "inProgress",
    note: "",
    output: "",
    images: [],
    durationMs: null,
    done,
    ...toolFacts(item),
  };
}

function toolFacts(item: ToolItem): Partial<ToolEntry> & { name: string } {
  switch (item.type) {
    case "mcpToolCall":
      return {
        name: `${item.server}.${item.tool}`,
        args: json(item.arguments),
        status: item.status,
        note: item.error?.message ?? "",
        ...contentOf(item.result?.content ?? []),
        durationMs: item.durationMs ?? null,
      };
    case "dynamicToolCall":
      return {
        name: [item.namespace, item.tool].filter(Boolean).join("."),
        ...codeAndArgs(item.arguments),
        status: item.success === false ? "failed" : item.status,
        ...contentOf(item.contentItems ?? []),
        durationMs: item.durationMs ?? null,
      };
    case "functionCallOutput":
      return {
        name: [item.namespace, item.name].filter(Boolean).join("."),
        ...(typeof item.output === "string" ? { output: item.output } : contentOf(item.output)),
      };
    case "collabAgentToolCall":
      return { name: item.tool, args: item.prompt ?? "", status: item.status };
    case "webSearch":
      return { name: "web search", args: item.query };
  }
}

/**
 * Texts and pictures among the parts of a tool's output, which every kind of tool names
 * differently.
 */
function contentOf(parts: readonly unknown[]): { output: string; images: readonly string[] } {
  const facts = parts.map((part) => asRecord(part));
  const texts = facts.map(({ text }) => text).filter((text) => typeof text === "string");
  const images = facts.map(imageAddress).filter((address) => address !== null);
  return { output: texts.join("\n"), images };
}

function imageAddress(part: Record<string, unknown>): string | null {
  const address = part.imageUrl ?? part.image_url;
  if (typeof address === "string") return address;
  if (part.type !== "image" || typeof part.data !== "string") return null;
  return `data:${part.mimeType};base64,${part.data}`;
}

function imageEntry(item: Item<"imageGeneration">, done: boolean): ImageEntry {
  const base64 = "result" in item && typeof item.result === "string" ? item.result : "";
  const title = item.failure ? `no picture: ${item.failure.type}` : item.revisedPrompt ?? "picture";
  return {
    kind: "image",
    title: item.savedPath ? `${title} (${item.savedPath})` : title,
    source: base64 === "" ? null : `data:image/png;base64,${base64}`,
    done,
  };
}

/** The items that one sentence describes. One of a newer runtime is described by its type. */
function noteEntry(item: Exclude<ThreadItem, ToolItem>): ViewEntry | null {
  switch (item.type) {
    case "hookPrompt":
      return notice(`a hook says: ${item.fragments.map(({ text }) => text).join(" ")}`);
    case "subAgentActivity":
      return notice(`agent ${item.agentPath} ${item.kind}`);
    case "sleep":
      return notice(`waits ${duration(item.durationMs)}`);
    case "enteredReviewMode":
      return notice(`reviews ${item.review}`);
    case "exitedReviewMode":
      return { kind: "message", text: item.review, commentary: false, done: true };
    case "contextCompaction":
      return notice("the history was compacted");
    default:
      return notice(String(item.type));
  }
}

/** Code is read line by line, so it stands apart from the other arguments. */
function codeAndArgs(value: unknown): Pick<ToolEntry, "args" | "code"> {
  const { code, ...others } = asRecord(value);
  if (typeof code !== "string") return { args: json(value), code: "" };
  return { args: Object.keys(others).length > 0 ? json(others) : "", code };
}

/** JSON of a tool's arguments; large ones are cut where they are shown. */
function json(value: unknown): string {
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
