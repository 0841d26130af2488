/**
 * Answering the runtime's calls of client tools.
 *
 * @module
 */
import type { ServerRequest } from "../../client/server_requests.ts";
import type { LocalEvent } from "../../domain/events.ts";
import {
  checkTools,
  type ClientTool,
  type SchemaIssue,
  schemaOf,
  type ToolContext,
  type ToolGate,
} from "../../domain/tool.ts";
import type { DynamicToolCallParams } from "../../protocol/mod.ts";
import { ContentBudget, type ContentItem, textOf, toContent } from "./content.ts";

/** One text that a tool yields on the way; the rest is cut. */
const MAX_PROGRESS_CHARS = 10_000;

/** The tools of one thread. They can be switched off and on while it lives. */
export class ThreadTools {
  readonly #tools = new Map<string, ClientTool>();
  readonly #disabled = new Set<string>();
  readonly #guard: ToolGate | undefined;

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

  /**
   * Refuses calls of a tool from now on; the model still sees it and gets the answer that it is
   * switched off.
   */
  disable(name: string): void {
    this.#required(name);
    this.#disabled.add(name);
  }

  /** Lets a tool be called again. */
  enable(name: string): void {
    this.#required(name);
    this.#disabled.delete(name);
  }

  /** @ignore The tool, or the refusal that the model gets. */
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

interface ToolReply {
  readonly contentItems: readonly ContentItem[];
  readonly success: boolean;
}

/** The parts of the session that the dispatcher uses. */
export interface ToolDispatcherOptions {
  /** The tools of a thread, if it is open here. */
  readonly toolsOf: (threadId: string) => ThreadTools | undefined;
  /** Adds an event to the turn it concerns. */
  readonly announce: (event: LocalEvent) => void;
}

/**
 * Answers the runtime's tool calls. A tool that fails is reported to the model, never to the
 * connection.
 */
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
    // A call can be withdrawn before its tool has been run.
    context.signal.throwIfAborted();
    const tools = this.#options.toolsOf(call.threadId) ?? new ThreadTools([]);
    const found = tools.find(call.tool);
    if ("refusal" in found) return failure(found.refusal);
    const { tool } = found;
    const parsed = await (await schemaOf(tool)).safeParseAsync(call.arguments);
    if (!parsed.success) return failure(issuesText(tool.name, parsed.error.issues));
    const refusal = await tools.refusal(tool, parsed.data, context);
    if (refusal !== null) return failure(refusal);
    // A call that is withdrawn is settled without its tool, which may never return.
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
      // Its result is not needed any more: its cleanup runs, and no further step.
      if (context.signal.aborted) return await steps.return?.();
      this.#progress(textOf(value), context);
    }
  }

  #progress(text: string, { threadId, turnId, callId }: ToolContext): void {
    const params = { threadId, turnId, callId, text: text.slice(0, MAX_PROGRESS_CHARS) };
    this.#options.announce({ method: "local/toolProgress", params });
  }
}

/** A blob is not iterable; its stream is. */
function isIterable(value: unknown): value is AsyncIterable<unknown, unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function failure(text: string): ToolReply {
  return { contentItems: [new ContentBudget().text(text)], success: false };
}

/** An error for the model: its message, without the stack. */
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
