/**
 * Parts of a reply of the offline model. The functions in `reply.ts` make these values.
 *
 * @module
 */
import type { JsonObject } from "../../json.ts";
import type { Gate } from "./gate.ts";

/**
 * A reply to one request: a text, a part, parts in order, a whole response, or an HTTP failure.
 */
export type ModelReply = ReplyPart | readonly ReplyPart[] | ModelResponse | HttpFailure;

/**
 * One piece of a reply. A string is a message in one delta a word; a gate holds what follows it.
 */
export type ReplyPart =
  | string
  | Gate
  | MessagePart
  | ReasoningPart
  | ItemPart
  | EventPart
  | EndPart;

/** A streamed reply with all its options. */
export interface ModelResponse {
  /** Distinguishes it from an HTTP failure. */
  readonly reply: "response";
  /** The streamed parts, in order. */
  readonly parts: readonly ReplyPart[];
  /** Token counts; `undefined` means an estimate, `null` no counts. */
  readonly usage: ModelUsage | null | undefined;
  /** Response headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A reply that is an HTTP error. */
export interface HttpFailure {
  /** Distinguishes it from a streamed response. */
  readonly reply: "failure";
  /** HTTP status. */
  readonly status: number;
  /** Response body. */
  readonly body: string;
  /** Response headers. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Token counts of one response. Absent ones are 0. */
export interface ModelUsage {
  /** Tokens of the request, cached ones included. */
  readonly inputTokens?: number;
  /** How many of the input tokens came from the cache. */
  readonly cachedInputTokens?: number;
  /** Tokens of the response, reasoning included. */
  readonly outputTokens?: number;
  /** How many of the output tokens were reasoning. */
  readonly reasoningOutputTokens?: number;
  /** Default: input plus output. */
  readonly totalTokens?: number;
}

/**
 * Whether a message is the answer or remarks on the way to it; without phase the last message is
 * the answer.
 */
export type MessagePhase = "commentary" | "final_answer";

/** An assistant message, streamed as deltas. */
export interface MessagePart {
  /** Distinguishes it from other parts. */
  readonly part: "message";
  /** The deltas, and gates between them. */
  readonly chunks: readonly (string | Gate)[];
  /** `null` for none. */
  readonly phase: MessagePhase | null;
  /** Item id; `null` for one that is made when it is sent. */
  readonly id: string | null;
  /** Whether the finished item is left out. */
  readonly unfinished: boolean;
}

/** A reasoning item, streamed as deltas. */
export interface ReasoningPart {
  /** Distinguishes it from other parts. */
  readonly part: "reasoning";
  /** Parts of the summary, one delta each. */
  readonly summary: readonly string[];
  /** Parts of the raw text, one delta each. */
  readonly text: readonly string[];
  /** Item id; `null` for one that is made when it is sent. */
  readonly id: string | null;
}

/** A tool call, or any other output item. */
export interface ItemPart {
  /** Distinguishes it from other parts. */
  readonly part: "item";
  /** The item in the words of the Responses API. */
  readonly item: JsonObject;
}

/** One event of the stream, sent as it is. */
export interface EventPart {
  /** Distinguishes it from other parts. */
  readonly part: "event";
  /** The event in the words of the Responses API. */
  readonly event: JsonObject;
}

/** An end of the stream other than `response.completed`; parts after it are not sent. */
export interface EndPart {
  /** Distinguishes it from other parts. */
  readonly part: "end";
  /** How the stream ends. */
  readonly end: "failed" | "incomplete" | "disconnect";
  /** The error, or the reason, in the words of the Responses API. */
  readonly details: JsonObject;
}
