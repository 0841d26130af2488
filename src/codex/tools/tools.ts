/**
 * Client tools: functions of yours that the model can call.
 *
 * @module
 */
import { asRecord } from "../../json.ts";
import type { LocalEvent } from "../../domain/events.ts";
import type { ServerRequest } from "../../client/server_requests.ts";
import { loadZod, type ZodType } from "../../deps.ts";
import type { DynamicToolCallParams, DynamicToolSpec } from "../../protocol/mod.ts";
import { imageTypeOf } from "../image_type.ts";
import {
  checkToolName,
  checkTools,
  type ClientTool,
  type SchemaIssue,
  type ToolContext,
  type ToolGate,
} from "../../domain/tool.ts";

/** All texts of a tool result together; what is beyond this many characters is cut, with a notice to the model. */
export const MAX_TOOL_TEXT_CHARS = 1_000_000;

/** All pictures of a tool result together; one that goes beyond this many bytes is left out, with a notice. */
export const MAX_TOOL_IMAGE_BYTES = 5 * 1024 * 1024;

/** One text that a tool yields on the way; the rest is cut. */
const MAX_PROGRESS_CHARS = 10_000;

/**
 * Defines a client tool. The arguments are checked with the schema before `run` sees them; where they do not
 * fit, the model is told why and the tool does not run.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 * import { z } from "npm:zod@4.6.7";
 *
 * const weather = defineTool({
 *   name: "weather",
 *   description: "Tells the weather of a city",
 *   input: z.object({ city: z.string() }),
 *   run: ({ city }) => `It rains in ${city}`,
 * });
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ tools: [weather] });
 * ```
 */
export function defineTool<Input>(tool: ClientTool<Input>): ClientTool {
  checkToolName(tool.name);
  checkParts(tool);
  return { ...tool } as unknown as ClientTool;
}

function checkParts<Input>({ name, description, input, run }: ClientTool<Input>): void {
  const faults = [
    typeof run === "function" ? null : "run is not a function. Pass one",
    typeof description === "string" ? null : "its description is not a string. Say what it does",
    isZodSchema(input) ? null : "its input is not a schema of Zod 4. Pass a z.object",
  ];
  const fault = faults.find((fault) => fault !== null);
  if (fault) throw new TypeError(`Cannot define the tool ${name}: ${fault}`);
}

function isZodSchema(input: unknown): boolean {
  const { _zod, safeParseAsync } = asRecord(input);
  return _zod !== undefined && typeof safeParseAsync === "function";
}

/** The tools as the protocol has them. */
export async function toToolSpecs(tools: readonly ClientTool[]): Promise<DynamicToolSpec[]> {
  if (tools.length === 0) return [];
  const z = await loadZod();
  return tools.map(({ name, description, input }) => {
    const { $schema: _, ...inputSchema } = z.toJSONSchema(input as unknown as ZodType, {
      io: "input",
      unrepresentable: "any",
    });
    if (inputSchema.type !== "object") {
      throw new TypeError(`Cannot use the tool ${name}: its input is no object. Pass a z.object`);
    }
    return { type: "function", name, description, inputSchema } as DynamicToolSpec;
  });
}

/** The tools of one thread. They can be switched off and on while it lives. */
export class ThreadTools {
  readonly #tools = new Map<string, ClientTool>();
  readonly #disabled = new Set<string>();
  readonly #guard: ToolGate | undefined;

  /** Made by the thread. */
  constructor(tools: readonly ClientTool[], guard?: ToolGate) {
    checkTools(tools);
    for (const tool of tools) this.#tools.set(tool.name, tool);
    this.#guard = guard;
  }

  /** Names of the tools, in order. */
  get names(): readonly string[] {
    return [...this.#tools.keys()];
  }

  /** Whether a tool is there and not switched off. */
  isEnabled(name: string): boolean {
    return this.#tools.has(name) && !this.#disabled.has(name);
  }

  /** Refuses calls of a tool from now on; the model still sees it and is told that it is switched off. */
  disable(name: string): void {
    this.#required(name);
    this.#disabled.add(name);
  }

  /** Lets a tool be called again. */
  enable(name: string): void {
    this.#required(name);
    this.#disabled.delete(name);
  }

  /** @ignore The tool, or the refusal that the model is told. */
  find(name: string): { tool: ClientTool } | { refusal: string } {
    const tool = this.#tools.get(name);
    if (!tool) return { refusal: `The tool ${name} is not available in this program` };
    if (this.#disabled.has(name)) return { refusal: `The tool ${name} is switched off` };
    return { tool };
  }

  /** @ignore Asks the guard, if there is one. */
  async refusal(tool: ClientTool, input: unknown, context: ToolContext): Promise<string | null> {
    return await this.#guard?.(tool, input, context) ?? null;
  }

  #required(name: string): void {
    if (this.#tools.has(name)) return;
    const known = this.names.join(", ") || "none";
    throw new RangeError(`Cannot switch the tool ${name}: there is no such tool. Known: ${known}`);
  }
}

/** One part of a reply to the runtime. */
type ContentItem = { type: "inputText"; text: string } | { type: "inputImage"; imageUrl: string };

interface ToolReply {
  readonly contentItems: readonly ContentItem[];
  readonly success: boolean;
}

/** What the dispatcher needs of its session. */
export interface ToolDispatcherOptions {
  /** The tools of a thread, if it is open here. */
  readonly toolsOf: (threadId: string) => ThreadTools | undefined;
  /** Adds an event to the turn it concerns. */
  readonly announce: (event: LocalEvent) => void;
}

/** Answers the runtime's tool calls. A tool that fails is reported to the model, never to the connection. */
export class ToolDispatcher {
  readonly #options: ToolDispatcherOptions;

  constructor(options: ToolDispatcherOptions) {
    this.#options = options;
  }

  /** The reply to one call. */
  async answer(
    request: ServerRequest,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<ToolReply> {
    const call = request.params as DynamicToolCallParams;
    const { threadId, turnId, callId } = call;
    try {
      return await this.#run(call, { signal, threadId, turnId, callId });
    } catch (error) {
      return failure(messageOf(error));
    }
  }

  async #run(call: DynamicToolCallParams, context: ToolContext): Promise<ToolReply> {
    // A call can be void before its turn has come; nothing must be done for it any more.
    context.signal.throwIfAborted();
    const tools = this.#options.toolsOf(call.threadId) ?? new ThreadTools([]);
    const found = tools.find(call.tool);
    if ("refusal" in found) return failure(found.refusal);
    const { tool } = found;
    const parsed = await tool.input.safeParseAsync(call.arguments);
    if (!parsed.success) return failure(issuesText(tool.name, parsed.error.issues));
    const refusal = await tools.refusal(tool, parsed.data, context);
    if (refusal !== null) return failure(refusal);
    // A tool that never returns holds nothing but itself: a call that is withdrawn is settled without it.
    const output = await this.#output(tool, parsed.data, context);
    return { contentItems: await toContent(output), success: true };
  }

  async #output(tool: ClientTool, input: unknown, context: ToolContext): Promise<unknown> {
    const output = await tool.run(input, context);
    if (!isIterable(output)) return output;
    const steps = output[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return value;
      // Nobody wants more of it; its cleanup runs, and no further step.
      if (context.signal.aborted) return await steps.return?.();
      this.#progress(textOf(value), context);
    }
  }

  #progress(text: string, { threadId, turnId, callId }: ToolContext): void {
    const params = { threadId, turnId, callId, text: text.slice(0, MAX_PROGRESS_CHARS) };
    this.#options.announce({ method: "local/toolProgress", params });
  }
}

/** A blob is none, though a stream of one is. */
function isIterable(value: unknown): value is AsyncIterable<unknown, unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function failure(text: string): ToolReply {
  return { contentItems: [new ContentBudget().text(text)], success: false };
}

/** Whatever was thrown, the model is told something; a stack is none of its business. */
function messageOf(error: unknown): string {
  try {
    if (error instanceof Error) return String(error.message || error.name);
    return error === undefined ? "The tool failed" : textOf(error);
  } catch {
    return "The tool failed";
  }
}

function issuesText(
  name: string,
  issues: readonly SchemaIssue[],
): string {
  const lines = issues.slice(0, 20).map(({ path, message }) =>
    `- ${path.map(String).join(".") || "arguments"}: ${message}`
  );
  return `The arguments of ${name} do not fit its schema:\n${lines.join("\n")}`;
}

async function toContent(output: unknown): Promise<ContentItem[]> {
  const isMixed = Array.isArray(output) && output.some(isImage);
  const budget = new ContentBudget();
  const content: ContentItem[] = [];
  for (const part of isMixed ? output : [output]) {
    content.push(isImage(part) ? await budget.image(part) : budget.text(textOf(part)));
  }
  return content;
}

function isImage(value: unknown): value is Uint8Array | Blob {
  return value instanceof Uint8Array || value instanceof Blob;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "done" : JSON.stringify(value) ?? String(value);
}

/** What still fits into one result. */
class ContentBudget {
  #chars = MAX_TOOL_TEXT_CHARS;
  #bytes = MAX_TOOL_IMAGE_BYTES;

  text(text: string): ContentItem {
    const cut = text.length - this.#chars;
    const kept = cut > 0 ? text.slice(0, this.#chars) : text;
    this.#chars -= kept.length;
    return toText(cut > 0 ? `${kept}\n[${cut} more characters were cut]` : kept);
  }

  async image(image: Uint8Array | Blob): Promise<ContentItem> {
    const size = image instanceof Blob ? image.size : image.length;
    if (size > this.#bytes) return toText(`[a picture of ${size} bytes was left out]`);
    const bytes = image instanceof Blob ? new Uint8Array(await image.arrayBuffer()) : image;
    const type = imageTypeOf(bytes);
    if (!type) return toText(`[${size} bytes that are no PNG, JPEG, GIF or WebP were left out]`);
    this.#bytes -= size;
    return { type: "inputImage", imageUrl: `data:${type};base64,${bytes.toBase64()}` };
  }
}

function toText(text: string): ContentItem {
  return { type: "inputText", text };
}
