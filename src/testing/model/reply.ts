/**
 * Replies of an offline model: pure descriptions, built by the functions here and played by the
 * server.
 *
 * One reply answers one request of the runtime. It is a text, a part, or several parts in order;
 * parts are messages, reasoning, tool calls, gates, and the ways a stream may end other than well.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../options_check.ts";
import type { JsonObject } from "../../json.ts";
import { Gate } from "./gate.ts";
import type {
  EndPart,
  EventPart,
  HttpFailure,
  ItemPart,
  MessagePart,
  MessagePhase,
  ModelReply,
  ModelResponse,
  ModelUsage,
  ReasoningPart,
  ReplyPart,
} from "./reply_part.ts";

/** How a message is sent. */
export interface MessageOptions {
  /** Default: none, which the runtime passes on as no phase. */
  readonly phase?: MessagePhase;
  /** Number of deltas to cut the text into. Default: one a word, at most 256. */
  readonly deltas?: number;
  /** Item id. Default: one that is unique within the model. */
  readonly id?: string;
  /**
   * Sends the deltas but never the finished item, as a connection that breaks inside a message
   * does.
   */
  readonly unfinished?: boolean;
}

const MESSAGE_OPTIONS = {
  phase: true,
  deltas: true,
  id: true,
  unfinished: true,
} as const satisfies OptionNames<MessageOptions>;

/**
 * An assistant message.
 *
 * A list is sent as it is, one delta a string, and may hold gates between the deltas.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply([message("I look.", { phase: "commentary" }), message(["Fo", "und."])]);
 * const thread = await codex.startThread();
 * console.log((await thread.run("Search")).finalResponse); // Found.
 * ```
 */
export function message(
  text: string | readonly (string | Gate)[],
  options: MessageOptions = {},
): MessagePart {
  checkOptions("make the message", options, MESSAGE_OPTIONS);
  const chunks = typeof text === "string" ? cut(text, options.deltas) : [...text];
  return {
    part: "message",
    chunks,
    phase: options.phase ?? null,
    id: options.id ?? null,
    unfinished: options.unfinished ?? false,
  };
}

/**
 * Reasoning of the model; each string of `summary` and of `text` becomes a separate part.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply([reasoning({ summary: "Counting the words" }), message("Three.")]);
 * const thread = await codex.startThread();
 * console.log((await thread.run("How many words?")).finalResponse); // Three.
 * ```
 */
export function reasoning(
  options: {
    readonly summary?: string | readonly string[];
    readonly text?: string | readonly string[];
    readonly id?: string;
  },
): ReasoningPart {
  checkOptions("make the reasoning", options ?? null, { summary: true, text: true, id: true });
  return {
    part: "reasoning",
    summary: list(options.summary),
    text: list(options.text),
    id: options.id ?? null,
  };
}

/** How a tool call is addressed. */
export interface ToolCallOptions {
  /** Namespace of the tool, such as `mcp__files` for the tools of the MCP server `files`. */
  readonly namespace?: string;
  /** Id that the output of the call carries. Default: one that is unique within the model. */
  readonly callId?: string;
}

/**
 * A call of a tool: built in, a client tool, or one of an MCP server (with its namespace).
 *
 * Its output comes with the runtime's next request, so a reply to that should follow.
 * A string as `args` is sent as it is, which allows malformed JSON.
 *
 * @example A client tool is called, then the model answers
 * ```ts
 * import { defineTool } from "@codex-deno/codex";
 * import { startOffline } from "@codex-deno/codex/testing";
 * import { z } from "npm:zod@4.6.7";
 *
 * await using codex = await startOffline();
 * codex.model.reply(toolCall("add", { a: 2, b: 3 }), (request) => request.toolOutputs()[0]!.text);
 * const add = defineTool({
 *   name: "add",
 *   description: "Adds two numbers",
 *   input: z.object({ a: z.number(), b: z.number() }),
 *   run: ({ a, b }) => String(a + b),
 * });
 * const thread = await codex.startThread({ tools: [add] });
 * console.log((await thread.run("2 + 3?")).finalResponse); // 5
 * ```
 */
export function toolCall(
  name: string,
  args: JsonObject | string = {},
  options: ToolCallOptions = {},
): ItemPart {
  checkOptions("make the tool call", options, { namespace: true, callId: true });
  return item({
    type: "function_call",
    name,
    arguments: typeof args === "string" ? args : JSON.stringify(args),
    namespace: options.namespace,
    call_id: options.callId,
  });
}

/**
 * A call of a tool that takes free text instead of JSON.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const patch = "*** Begin Patch\n*** Add File: a.txt\n+one\n*** End Patch";
 * codex.model.reply(customToolCall("apply_patch", patch), "Written.");
 * const thread = await codex.startThread({ sandbox: "workspace-write" });
 * await thread.run("Write a.txt");
 * ```
 */
export function customToolCall(
  name: string,
  input: string,
  options: Pick<ToolCallOptions, "callId"> = {},
): ItemPart {
  checkOptions("make the tool call", options, CALL_ID);
  return item({
    type: "custom_tool_call",
    name,
    input,
    call_id: options.callId,
  });
}

const CALL_ID = { callId: true } as const;

/** How a command is run. */
export interface ExecCommandOptions {
  /** Working directory. Default: the thread's. */
  readonly workdir?: string;
  /** Asks to run outside the sandbox, which needs approval. */
  readonly escalate?: boolean;
  /** Why the command is needed; shown to who approves. */
  readonly justification?: string;
  /** Words a standing approval would cover, such as `["git", "push"]`. */
  readonly prefixRule?: readonly string[];
  /**
   * How long the runtime waits before it reports a running command, in milliseconds. Default
   * 10,000.
   */
  readonly yieldTimeMs?: number;
  /** Default: one that is unique within the model. */
  readonly callId?: string;
}

const EXEC_COMMAND_OPTIONS = {
  workdir: true,
  escalate: true,
  justification: true,
  prefixRule: true,
  yieldTimeMs: true,
  callId: true,
} as const satisfies OptionNames<ExecCommandOptions>;

/**
 * A shell command, really run by the runtime in its sandbox.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply(execCommand("echo hello"), (request) => request.toolOutputs()[0]!.text);
 * const thread = await codex.startThread();
 * console.log((await thread.run("Greet")).finalResponse);
 * ```
 */
export function execCommand(cmd: string, options: ExecCommandOptions = {}): ItemPart {
  checkOptions("make the command", options, EXEC_COMMAND_OPTIONS);
  const args = {
    cmd,
    workdir: options.workdir,
    sandbox_permissions: options.escalate ? "require_escalated" : undefined,
    justification: options.justification,
    prefix_rule: options.prefixRule,
    yield_time_ms: options.yieldTimeMs,
  };
  return toolCall("exec_command", args, { callId: options.callId });
}

/**
 * A patch in the `*** Begin Patch` format, really applied by the runtime.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply(
 *   applyPatch("*** Begin Patch\n*** Add File: a.txt\n+one\n*** End Patch"),
 *   "Written.",
 * );
 * const thread = await codex.startThread({ sandbox: "workspace-write" });
 * await thread.run("Write a.txt");
 * console.log(await Deno.readTextFile(`${codex.home.workspace}/a.txt`)); // one
 * ```
 */
export function applyPatch(patch: string, options: { readonly callId?: string } = {}): ItemPart {
  checkOptions("make the patch", options, CALL_ID);
  return customToolCall("apply_patch", patch, options);
}

/**
 * The verdict on an approval that the runtime's own reviewer asks the model for.
 *
 * Give it to `model.on({ kind: "guardian" }, …)`.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.on({ kind: "guardian" }, guardianVerdict("allow", { rationale: "It only reads" }));
 * codex.model.reply(execCommand("id", { escalate: true, justification: "Who am I?" }), "Done.");
 * const thread = await codex.startThread({ approvalMode: "auto-review" });
 * await thread.run("Who runs this?");
 * ```
 */
export function guardianVerdict(
  outcome: "allow" | "deny",
  options: { readonly rationale?: string } = {},
): MessagePart {
  checkOptions("make the verdict", options, { rationale: true });
  const risk = outcome === "allow" ? "low" : "high";
  return message([JSON.stringify({
    outcome,
    risk_level: risk,
    user_authorization: outcome === "allow" ? "high" : "low",
    rationale: options.rationale ?? `Scripted verdict: ${outcome}`,
  })]);
}

/**
 * An output item in the format of the Responses API; `id` and `call_id` are added where they are
 * missing.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const call = { type: "web_search_call", action: { type: "search", query: "deno" } };
 * codex.model.reply([item(call), message("Found.")]);
 * const thread = await codex.startThread();
 * await thread.run("Search the web");
 * ```
 */
export function item(item: JsonObject): ItemPart {
  return { part: "item", item };
}

/**
 * An event in the format of the Responses API, sent as it is.
 *
 * @example A detail that a live service sends
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply([event({ type: "response.in_progress" }), message("Well.")]);
 * const thread = await codex.startThread();
 * await thread.run("How are you?");
 * ```
 */
export function event(event: JsonObject): EventPart {
  return { part: "event", event };
}

/**
 * Ends the stream with `response.failed`, the way the service reports a failure after it began to
 * answer.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply([message("Half "), streamFailure({ code: "context_length_exceeded" })]);
 * const thread = await codex.startThread();
 * await thread.run("Read all of it").catch((error) => console.log(error.info.kind));
 * // contextWindowExceeded
 * ```
 */
export function streamFailure(
  error: { readonly code: string; readonly message?: string },
): EndPart {
  checkOptions("make the failure", error ?? null, { code: true, message: true });
  return { part: "end", end: "failed", details: { message: "Scripted failure", ...error } };
}

/**
 * Ends the stream with `response.incomplete`.
 *
 * @example An answer that was cut off
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply([message("Once upon a"), incomplete("max_output_tokens")]);
 * const thread = await codex.startThread();
 * await thread.run("Tell a long tale").catch((error) => console.log(error.info.message));
 * ```
 */
export function incomplete(reason: "max_output_tokens" | "content_filter"): EndPart {
  return { part: "end", end: "incomplete", details: { reason } };
}

/**
 * Ends the stream without an end event, as a broken connection does.
 *
 * @example A connection that breaks within a message
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply([message("Hal", { unfinished: true }), disconnect()]);
 * const thread = await codex.startThread();
 * await thread.run("Say it").catch((error) => console.log(error.info.message));
 * ```
 */
export function disconnect(): EndPart {
  return { part: "end", end: "disconnect", details: {} };
}

const MODEL_USAGE = {
  inputTokens: true,
  cachedInputTokens: true,
  outputTokens: true,
  reasoningOutputTokens: true,
  totalTokens: true,
} as const satisfies OptionNames<ModelUsage>;

/**
 * Options of a response besides its parts.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const usage = { inputTokens: 1000, cachedInputTokens: 200, outputTokens: 50 };
 * codex.model.reply(response(message("Short."), { usage }));
 * const thread = await codex.startThread();
 * console.log((await thread.run("Be brief")).usage?.totalTokens);
 * ```
 */
export function response(
  parts: ReplyPart | readonly ReplyPart[],
  options: {
    /** Default: an estimate from the length of the texts. `null`: the service does not say. */
    readonly usage?: ModelUsage | null;
    /** Response headers, such as {@linkcode rateLimits}. */
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): ModelResponse {
  checkOptions("make the response", options, { usage: true, headers: true });
  checkOptions("report the usage", options.usage ?? undefined, MODEL_USAGE);
  return {
    reply: "response",
    parts: isPart(parts) ? [parts] : [...parts],
    usage: options.usage,
    headers: { ...options.headers },
  };
}

/** Options of an HTTP failure. */
export interface FailureOptions {
  /** HTTP status from 400 to 599. */
  readonly status: number;
  /** The service's error code, such as `model_not_found`. */
  readonly code?: string;
  /** The service's error type, such as `usage_limit_reached`. */
  readonly type?: string;
  /** The error message. Default: `Scripted failure`. */
  readonly message?: string;
  /** Seconds for the `retry-after` header. */
  readonly retryAfter?: number;
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the JSON body. */
  readonly body?: string;
}

const FAILURE_OPTIONS = {
  status: true,
  code: true,
  type: true,
  message: true,
  retryAfter: true,
  headers: true,
  body: true,
} as const satisfies OptionNames<FailureOptions>;

/**
 * An HTTP error instead of a stream.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply(failure({ status: 400, code: "model_not_found" }));
 * const thread = await codex.startThread();
 * await thread.run("Hello").catch((error) => console.log(error.info.kind)); // modelNotFound
 * ```
 */
export function failure(options: FailureOptions): HttpFailure {
  checkOptions("make the failure", options ?? null, FAILURE_OPTIONS);
  const { status, code, type, message: text, retryAfter, headers } = options;
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new RangeError(
      `Cannot make a failure of HTTP status ${status}: it is not a failure. Use one from 400 to 599`,
    );
  }
  const error = { message: text ?? "Scripted failure", type: type ?? null, code: code ?? null };
  return {
    reply: "failure",
    status,
    body: options.body ?? JSON.stringify({ error }),
    headers: {
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      ...headers,
    },
  };
}

/** One window of a rate limit. */
export interface RateLimitWindow {
  /** How much of the window is used up, from 0 to 100. */
  readonly usedPercent: number;
  /** Length of the window. Default 300. */
  readonly windowMinutes?: number;
  /** Unix time in seconds. */
  readonly resetsAt?: number;
}

const RATE_LIMIT_WINDOW = {
  usedPercent: true,
  windowMinutes: true,
  resetsAt: true,
} as const satisfies OptionNames<RateLimitWindow>;

/**
 * The headers that tell the runtime about rate limits, for the `headers` of {@linkcode response}.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const headers = rateLimits({ primary: { usedPercent: 80, windowMinutes: 300 } });
 * codex.model.reply(response(message("Nearly spent."), { headers }));
 * const thread = await codex.startThread();
 * await thread.run("How much is left?");
 * ```
 */
export function rateLimits(
  windows: { readonly primary?: RateLimitWindow; readonly secondary?: RateLimitWindow },
): Record<string, string> {
  checkOptions("report the limits", windows ?? null, { primary: true, secondary: true });
  const headers: Record<string, string> = {};
  for (const name of ["primary", "secondary"] as const) {
    const window = windows[name];
    if (!window) continue;
    checkOptions(`report the ${name} limit`, window, RATE_LIMIT_WINDOW);
    headers[`x-codex-${name}-used-percent`] = String(window.usedPercent);
    headers[`x-codex-${name}-window-minutes`] = String(window.windowMinutes ?? 300);
    if (window.resetsAt !== undefined) {
      headers[`x-codex-${name}-reset-at`] = String(window.resetsAt);
    }
  }
  return headers;
}

/** The reply with its short forms spelled out. */
export function toFullReply(reply: ModelReply): ModelResponse | HttpFailure {
  return typeof reply === "object" && "reply" in reply ? reply : response(reply);
}

function isPart(reply: ModelReply): reply is ReplyPart {
  return typeof reply === "string" || reply instanceof Gate || "part" in reply;
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : [...value];
}

const MOST_WORDS = 256;

function cut(text: string, deltas: number | undefined): string[] {
  if (text === "") return [];
  if (deltas !== undefined) return cutEvenly(text, deltas);
  const words = text.match(/\s*\S+\s*$|\s*\S+|\s+$/g) ?? [text];
  return words.length <= MOST_WORDS ? words : cutEvenly(text, MOST_WORDS);
}

function cutEvenly(text: string, count: number): string[] {
  if (!Number.isInteger(count) || count < 1 || count > text.length) {
    throw new RangeError(
      `Cannot cut a message of ${text.length} characters into ${count} deltas: ` +
        "each delta needs a character. Ask for fewer",
    );
  }
  const chunks: string[] = [];
  let start = 0;
  for (let n = 1; n <= count; n++) {
    let end = Math.floor(text.length * n / count);
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++;
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
