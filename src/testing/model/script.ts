/**
 * Chooses the reply of a request: rules, then the queue, then the fallback.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../options_check.ts";
import { failure, guardianVerdict, message } from "./reply.ts";
import type { ModelRequest, ModelRequestKind } from "./request.ts";
import type { ModelReply } from "./reply_part.ts";

/** Facts a request must have; absent ones match every request. */
export interface RequestFacts {
  /** Part of what the user wrote last, or a pattern for it. */
  readonly text?: string | RegExp;
  /** Thread that asks. */
  readonly threadId?: string;
  /** Why the runtime asks. */
  readonly kind?: ModelRequestKind;
  /** Model id asked for. */
  readonly model?: string;
}

const REQUEST_FACTS = {
  text: true,
  threadId: true,
  kind: true,
  model: true,
} as const satisfies OptionNames<RequestFacts>;

/**
 * Requests a rule is for: part of what the user wrote last, a pattern for it, facts, or a
 * predicate.
 */
export type RequestMatch = string | RegExp | RequestFacts | ((request: ModelRequest) => boolean);

/**
 * A reply, or a function that makes one from the request. No header is sent until its promise
 * settles.
 */
export type ReplySource =
  | ModelReply
  | ((request: ModelRequest) => ModelReply | Promise<ModelReply>);

/** Reply to a request that no rule matches when the queue is empty. */
export type Fallback =
  | "echo"
  | "fail"
  | ((request: ModelRequest) => ModelReply | Promise<ModelReply>);

/** A script that answers one turn more often than this repeats a tool call for ever. */
const MOST_REQUESTS_OF_A_TURN = 200;

/** More turns than any runtime has under way at once. */
const MOST_COUNTED_TURNS = 1000;

interface Rule {
  readonly matches: (request: ModelRequest) => boolean;
  readonly replies: readonly ReplySource[];
  readonly servedByTurn: Map<string, number>;
}

/** The replies that were prepared for an offline model. */
export class ReplyScript {
  readonly #fallback: Fallback;
  readonly #requestsByTurn = new Map<string, number>();
  #rules: Rule[] = [];
  #queue: ReplySource[] = [];

  constructor(fallback: Fallback) {
    this.#fallback = fallback;
  }

  /** Replies in the queue. */
  get queued(): number {
    return this.#queue.length;
  }

  enqueue(replies: readonly ReplySource[]): void {
    this.#queue.push(...replies);
  }

  addRule(match: RequestMatch, replies: readonly ReplySource[]): () => void {
    const rule: Rule = { matches: toPredicate(match), replies, servedByTurn: new Map() };
    this.#rules.unshift(rule);
    return () => void (this.#rules = this.#rules.filter((other) => other !== rule));
  }

  clear(): void {
    this.#rules = [];
    this.#queue = [];
  }

  /** Takes the reply for a request; must be called in order of arrival. */
  take(request: ModelRequest): ReplySource {
    const turn = request.turnId ?? `request ${request.index}`;
    if (count(this.#requestsByTurn, turn) > MOST_REQUESTS_OF_A_TURN) return endlessTurn();
    const rule = this.#rules.find((rule) => rule.matches(request));
    if (rule) {
      const nth = count(rule.servedByTurn, `${turn} ${request.kind}`);
      return rule.replies[Math.min(nth, rule.replies.length) - 1] as ReplySource;
    }
    // The reviewer asks between two requests of a turn; it must not take what was queued for the
    // turn.
    if (request.kind === "guardian" && this.#fallback !== "fail") return guardianVerdict("deny");
    if (request.kind !== "guardian" && this.#queue.length > 0) {
      return this.#queue.shift() as ReplySource;
    }
    return this.#unscripted(request);
  }

  #unscripted(request: ModelRequest): ReplySource {
    if (this.#fallback === "echo") return echo(request);
    if (this.#fallback !== "fail") return this.#fallback;
    return failure({
      status: 400,
      body:
        `Cannot answer the ${request.kind} request of the runtime: no rule matches and the queue ` +
        "is empty. Call model.reply() or model.on() before the turn starts",
    });
  }
}

/** Counts up and returns the new count; what was not counted for long is forgotten. */
function count(counts: Map<string, number>, key: string): number {
  const next = (counts.get(key) ?? 0) + 1;
  counts.delete(key);
  counts.set(key, next);
  if (counts.size > MOST_COUNTED_TURNS) counts.delete(counts.keys().next().value as string);
  return next;
}

function toPredicate(match: RequestMatch): (request: ModelRequest) => boolean {
  if (typeof match === "function") return match;
  if (typeof match === "string" || match instanceof RegExp) return toPredicate({ text: match });
  checkOptions("add the rule", match ?? null, REQUEST_FACTS);
  const { text, threadId, kind, model } = match;
  return (request) =>
    (text === undefined || includes(request.lastUserText, text)) &&
    (threadId === undefined || request.threadId === threadId) &&
    (kind === undefined || request.kind === kind) &&
    (model === undefined || request.model === model);
}

function includes(text: string | null, wanted: string | RegExp): boolean {
  if (text === null) return false;
  return typeof wanted === "string" ? text.includes(wanted) : text.search(wanted) >= 0;
}

function echo(request: ModelRequest): ModelReply {
  const text = request.lastUserText;
  return message(
    text === null
      ? "This is the offline model. You wrote nothing."
      : `This is the offline model. You wrote: ${
        text.length > 400 ? text.slice(0, 400) + "…" : text
      }`,
  );
}

function endlessTurn(): ModelReply {
  return failure({
    status: 400,
    body: `Cannot go on with the turn: it made ${MOST_REQUESTS_OF_A_TURN} requests. ` +
      "Let its rule end with a reply that calls no tool",
  });
}
