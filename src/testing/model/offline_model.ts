/**
 * A model service on loopback with scripted replies.
 *
 * @module
 */
import { anySignal } from "../../async.ts";
import { LoopbackServer } from "../loopback.ts";
import { checkOptions, type OptionNames, signalOf } from "../../options_check.ts";
import { abortable } from "../../deps.ts";
import { failure, toFullReply } from "./reply.ts";
import { ModelRequest, type ModelRequestOutcome } from "./request.ts";
import type { HttpFailure, ModelResponse } from "./reply_part.ts";
import { type Fallback, ReplyScript, type ReplySource, type RequestMatch } from "./script.ts";
import { responseEvents, streamPieces } from "./stream.ts";

/** Settings of an {@linkcode OfflineModel}. */
export interface OfflineModelOptions {
  /**
   * What answers a request that no rule matches when the queue is empty: `"echo"` (default) repeats
   * what the user wrote and says that it is the offline model; `"fail"` fails the turn with the
   * next step; a function makes the reply.
   */
  readonly fallback?: Fallback;
  /**
   * How many captured requests are kept, the latest ones. Default: all. A request has the whole
   * conversation in it, so a program that runs thousands of turns should set a limit.
   */
  readonly keepRequests?: number;
}

/** Names of {@linkcode OfflineModelOptions}. */
export const OFFLINE_MODEL_OPTIONS = {
  fallback: true,
  keepRequests: true,
} as const satisfies OptionNames<OfflineModelOptions>;

/**
 * A real HTTP server on loopback that implements the Responses API and plays prepared replies.
 *
 * Rules are asked first, the newest first; then the queue; then the fallback. Requests of the
 * runtime's own approval reviewer (`kind` is `guardian`) never take from the queue: without a rule
 * they are denied.
 *
 * @example Two requests of one turn: a command, then the answer
 * ```ts
 * import { execCommand, OfflineModel } from "@codex-deno/codex/testing";
 *
 * await using model = await OfflineModel.start();
 * model.reply(execCommand("ls"), "The directory is empty.");
 * ```
 *
 * @example Replies by what the user wrote
 * ```ts
 * import { failure, OfflineModel } from "@codex-deno/codex/testing";
 *
 * await using model = await OfflineModel.start({ fallback: "fail" });
 * model.on("weather", "It rains.");
 * model.on(/quota/i, failure({ status: 429, code: "insufficient_quota" }));
 * model.on({ kind: "compaction" }, (request) => `${request.userTexts().length} messages so far`);
 * ```
 */
export class OfflineModel implements AsyncDisposable {
  /** Base URL for the runtime's configuration, such as `http://127.0.0.1:40123/v1`. */
  readonly url: string;
  readonly #server: LoopbackServer;
  readonly #script: ReplyScript;
  readonly #keepRequests: number;
  readonly #requests: ModelRequest[] = [];
  #arrival = Promise.withResolvers<void>();
  #arrived = 0;
  #nextUnread = 0;

  private constructor(options: OfflineModelOptions) {
    this.#script = new ReplyScript(options.fallback ?? "echo");
    this.#keepRequests = options.keepRequests ?? Infinity;
    this.#server = new LoopbackServer(
      "The offline model",
      (request, body) => this.#handle(request, body),
    );
    this.url = `${this.#server.url}/v1`;
  }

  /** Starts a server on a free port of 127.0.0.1. */
  // deno-lint-ignore require-await -- a server that starts elsewhere would have to wait
  static async start(options: OfflineModelOptions = {}): Promise<OfflineModel> {
    checkOptions("start the model", options, OFFLINE_MODEL_OPTIONS);
    return new OfflineModel(options);
  }

  /** @ignore Lets the program end although the model still listens. */
  unref(): void {
    this.#server.unref();
  }

  /** The requests of the runtime so far, in order of arrival. */
  get requests(): readonly ModelRequest[] {
    return this.#requests;
  }

  /** Number of replies left in the queue. */
  get queued(): number {
    return this.#script.queued;
  }

  /** Puts replies at the end of the queue, one for each request to come. */
  reply(...replies: readonly [ReplySource, ...ReplySource[]]): void {
    this.#script.enqueue(replies);
  }

  /**
   * Adds a rule. The requests of one turn get the replies in order and the last one again and
   * again; the next turn starts with the first. Returns a function that removes the rule.
   */
  on(match: RequestMatch, ...replies: readonly [ReplySource, ...ReplySource[]]): () => void {
    return this.#script.addRule(match, replies);
  }

  /** Removes all rules and empties the queue; captured requests stay. */
  clear(): void {
    this.#script.clear();
  }

  /**
   * The next request that no call of this method has returned yet, in order of arrival, whether it
   * is there already or comes later. Rejects with `signal.reason` when aborted, and when the model
   * is closed.
   */
  async nextRequest(options: { signal?: AbortSignal } = {}): Promise<ModelRequest> {
    const signal = signalOf("wait for a request", options);
    return await this.#when(() => {
      const oldest = this.#arrived - this.#requests.length;
      const request = this.#requests[Math.max(0, this.#nextUnread - oldest)];
      if (request) this.#nextUnread = request.index + 1;
      return request;
    }, signal);
  }

  /**
   * The first request that matches, whether it is there already or comes later. Rejects like
   * `nextRequest`.
   */
  async waitForRequest(
    matches: (request: ModelRequest) => boolean,
    options: { signal?: AbortSignal } = {},
  ): Promise<ModelRequest> {
    const signal = signalOf("wait for a request", options);
    return await this.#when(() => this.#requests.find(matches), signal);
  }

  /**
   * Ends every stream where it is, stops the server and frees its port, in at most a second.
   * Idempotent.
   */
  async close(): Promise<void> {
    await this.#server.close(new Error("The offline model is closed"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #when<T>(find: () => T | undefined, signal?: AbortSignal): Promise<T> {
    const { closing } = this.#server;
    const ended = anySignal(signal, closing);
    ended.throwIfAborted();
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await abortable(this.#arrival.promise, ended);
    }
  }

  async #handle(http: Request, text: string): Promise<Response> {
    if (http.method !== "POST" || !new URL(http.url).pathname.endsWith("/responses")) {
      return new Response("The offline model answers POST /v1/responses only", { status: 404 });
    }
    const { promise, resolve: end } = Promise.withResolvers<ModelRequestOutcome>();
    const request = new ModelRequest(this.#arrived, http, JSON.parse(text), promise);
    this.#capture(request);
    const reply = await this.#makeReply(this.#script.take(request), request);
    if (reply.reply === "failure") {
      end(this.#server.closing.aborted ? "closed" : "sent");
      return failureResponse(reply);
    }
    return this.#stream(reply, { index: request.index, inputChars: text.length }, end);
  }

  /**
   * The reply in full. A reply function that fails, or that the close overtakes, fails the request.
   */
  async #makeReply(
    source: ReplySource,
    request: ModelRequest,
  ): Promise<ModelResponse | HttpFailure> {
    try {
      if (typeof source !== "function") return toFullReply(source);
      const making = Promise.resolve(source(request));
      return toFullReply(await abortable(making, this.#server.closing));
    } catch (error) {
      // The runtime does not retry a 400 and passes its message on unchanged.
      return failure({ status: 400, body: `Cannot make the reply: ${error}` });
    }
  }

  #capture(request: ModelRequest): void {
    this.#arrived++;
    this.#requests.push(request);
    if (this.#requests.length > this.#keepRequests) this.#requests.shift();
    const { resolve } = this.#arrival;
    this.#arrival = Promise.withResolvers();
    resolve();
  }

  #stream(
    reply: ModelResponse,
    place: { index: number; inputChars: number },
    onEnd: (outcome: ModelRequestOutcome) => void,
  ): Response {
    const body = streamPieces(responseEvents(reply, place), {
      signal: this.#server.closing,
      onEnd,
    });
    return new Response(body, {
      headers: { "content-type": "text/event-stream", ...reply.headers },
    });
  }
}

function failureResponse(reply: HttpFailure): Response {
  return new Response(reply.body, {
    status: reply.status,
    headers: { "content-type": "application/json", ...reply.headers },
  });
}
