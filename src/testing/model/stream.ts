/**
 * A reply as the bytes of a Responses API event stream.
 *
 * @module
 */
import type { JsonObject } from "../../json.ts";
import { present } from "../../json.ts";
import { Gate } from "./gate.ts";
import { message } from "./reply.ts";
import type { ModelRequestOutcome } from "./request.ts";
import type {
  EndPart,
  ItemPart,
  MessagePart,
  ModelResponse,
  ModelUsage,
  ReasoningPart,
  ReplyPart,
} from "./reply_part.ts";

/** Facts of the request that a reply needs. */
export interface ReplyPlace {
  /** Number of the request; the ids of items are made from it. */
  readonly index: number;
  /** Length of the request's body, for the estimate of its tokens. */
  readonly inputChars: number;
}

/** A piece of a stream: events as text, or a gate to stand at. */
export type Piece = string | Gate;

/** The events of a response, made when they are asked for: a million deltas cost no memory. */
export function* responseEvents(response: ModelResponse, place: ReplyPlace): Generator<Piece> {
  const id = `resp_${place.index}`;
  yield sse({ type: "response.created", response: { id } });
  for (const [position, part] of response.parts.entries()) {
    if (isEnd(part)) return yield* endEvents(part, id);
    yield* partEvents(part, position, `${place.index}_${position}`);
  }
  const usage = response.usage === undefined ? estimate(response, place) : response.usage;
  yield sse({ type: "response.completed", response: { id, usage: usage && wireUsage(usage) } });
}

/** Bytes of one chunk of a stream; fewer system calls than one write a delta. */
const BATCH_CHARS = 64 * 1024;

/**
 * Plays pieces to one reader, no faster than it reads.
 *
 * `onEnd` is called once. An aborted `signal` ends the stream where it is.
 */
export function streamPieces(
  pieces: Iterator<Piece>,
  options: { readonly signal: AbortSignal; readonly onEnd: (outcome: ModelRequestOutcome) => void },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let ended = false;
  let waiting: Gate | null = null;
  let controller: ReadableStreamDefaultController<Uint8Array>;

  const end = (outcome: ModelRequestOutcome): void => {
    if (ended) return;
    ended = true;
    options.signal.removeEventListener("abort", onAbort);
    if (outcome !== "cancelled") controller.close();
    options.onEnd(outcome);
  };
  const onAbort = (): void => end("closed");

  return new ReadableStream<Uint8Array>({
    start(streamController): void {
      controller = streamController;
      if (options.signal.aborted) end("closed");
      else options.signal.addEventListener("abort", onAbort);
    },
    async pull(): Promise<void> {
      // What stands before a gate was read by now, because a pull follows a read.
      await waiting?.pass();
      if (ended) return;
      const { text, done, gate } = nextBatch(pieces);
      waiting = gate;
      if (text) controller.enqueue(encoder.encode(text));
      if (done) end("sent");
    },
    cancel: (): void => end("cancelled"),
  }, { highWaterMark: 0 });
}

/** Text up to the next gate, the end, or a full batch. */
function nextBatch(
  pieces: Iterator<Piece>,
): { readonly text: string; readonly done: boolean; readonly gate: Gate | null } {
  let text = "";
  while (text.length < BATCH_CHARS) {
    const { done, value } = pieces.next();
    if (done) return { text, done: true, gate: null };
    if (value instanceof Gate) return { text, done: false, gate: value };
    text += value;
  }
  return { text, done: false, gate: null };
}

function isEnd(part: ReplyPart): part is EndPart {
  return typeof part === "object" && "part" in part && part.part === "end";
}

function* partEvents(
  part: Exclude<ReplyPart, EndPart>,
  position: number,
  id: string,
): Generator<Piece> {
  if (part instanceof Gate) return yield part;
  if (typeof part === "string") return yield* messageEvents(message(part), position, id);
  switch (part.part) {
    case "message":
      return yield* messageEvents(part, position, id);
    case "reasoning":
      return yield* reasoningEvents(part, position, id);
    case "item":
      return yield itemDone(withIds(part, id), position);
    case "event":
      return yield sse(part.event);
  }
}

function* messageEvents(part: MessagePart, position: number, id: string): Generator<Piece> {
  const itemId = part.id ?? `msg_${id}`;
  const item = {
    type: "message",
    role: "assistant",
    id: itemId,
    phase: part.phase || undefined,
  };
  yield itemAdded({ ...item, content: [] }, position);
  const place = { item_id: itemId, output_index: position, content_index: 0 };
  const delta = deltaWriter({ type: "response.output_text.delta", ...place });
  for (const chunk of part.chunks) yield typeof chunk === "string" ? delta(chunk) : chunk;
  if (part.unfinished) return;
  const text = textOf(part);
  yield itemDone({ ...item, content: [{ type: "output_text", text }] }, position);
}

function* reasoningEvents(part: ReasoningPart, position: number, id: string): Generator<Piece> {
  const itemId = part.id ?? `rs_${id}`;
  const place = { item_id: itemId, output_index: position };
  const item = { type: "reasoning", id: itemId };
  yield itemAdded({ ...item, summary: [], content: [] }, position);
  for (const [index, delta] of part.summary.entries()) {
    const summary = { ...place, summary_index: index };
    yield sse({ type: "response.reasoning_summary_part.added", ...summary });
    yield sse({ type: "response.reasoning_summary_text.delta", ...summary, delta });
  }
  for (const [index, delta] of part.text.entries()) {
    yield sse({ type: "response.reasoning_text.delta", ...place, content_index: index, delta });
  }
  const summary = part.summary.map((text) => ({ type: "summary_text", text }));
  const content = part.text.map((text) => ({ type: "reasoning_text", text }));
  yield itemDone({ ...item, summary, content }, position);
}

function* endEvents(part: EndPart, id: string): Generator<Piece> {
  if (part.end === "failed") {
    yield sse({ type: "response.failed", response: { id, status: "failed", error: part.details } });
  } else if (part.end === "incomplete") {
    const response = { id, status: "incomplete", incomplete_details: part.details };
    yield sse({ type: "response.incomplete", response });
  }
}

function withIds({ item }: ItemPart, id: string): JsonObject {
  const isCall = typeof item.type === "string" && item.type.endsWith("_call");
  return { id: `item_${id}`, call_id: isCall ? `call_${id}` : undefined, ...present(item) };
}

function itemAdded(item: JsonObject, position: number): string {
  return sse({ type: "response.output_item.added", output_index: position, item });
}

function itemDone(item: JsonObject, position: number): string {
  return sse({ type: "response.output_item.done", output_index: position, item });
}

function sse(event: JsonObject): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/**
 * Like {@linkcode sse} for many events that differ in their delta only; the rest is encoded once.
 */
function deltaWriter(event: JsonObject): (delta: string) => string {
  const before = `event: ${event.type}\ndata: ${JSON.stringify(event).slice(0, -1)},"delta":`;
  return (delta) => before + JSON.stringify(delta) + "}\n\n";
}

function textOf(part: MessagePart): string {
  return part.chunks.filter((chunk) => typeof chunk === "string").join("");
}

/** Four characters a token: plausible and deterministic. */
function estimate(response: ModelResponse, place: ReplyPlace): ModelUsage {
  let chars = 0;
  for (const part of response.parts) {
    if (typeof part === "string") chars += part.length;
    else if ("part" in part && part.part === "message") chars += textOf(part).length;
    else if ("part" in part && part.part === "item") chars += JSON.stringify(part.item).length;
  }
  return { inputTokens: Math.ceil(place.inputChars / 4), outputTokens: Math.ceil(chars / 4) };
}

function wireUsage(usage: ModelUsage): JsonObject {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningOutputTokens ?? 0 },
    total_tokens: usage.totalTokens ?? inputTokens + outputTokens,
  };
}
