/**
 * JSON-RPC over a transport: correlates replies, passes on messages of the server, settles every
 * request.
 *
 * @module
 */
import { asRecord } from "../json.ts";
import {
  JsonRpcError,
  type JsonRpcErrorFacts,
  MessageTooLargeError,
  RequestTimeoutError,
  TransportClosedError,
} from "../errors/mod.ts";
import type { Transport } from "./transport.ts";

/**
 * Past about 200 requests at once the server answers -32001 or not at all; 64 was never refused.
 */
const MAX_IN_FLIGHT = 64;

/** Id of a request that the server made. */
export type RequestId = string | number;

/** Kinds of message. */
export type FrameKind = "request" | "notification" | "response" | "error";

/**
 * Receives messages. Every function is called synchronously from the read loop and must not throw.
 */
export interface PeerHandlers {
  /** A notification of `size` characters arrived. */
  onNotification(method: string, params: unknown, size: number): void;
  /**
   * The server asks something; answer with {@linkcode JsonRpcPeer.reply} or
   * {@linkcode JsonRpcPeer.refuse}.
   */
  onRequest(id: RequestId, method: string, params: unknown): void;
  /** An unusable message of that many characters, which belongs to no request. */
  onMalformed(reason: string, length: number): void;
  /**
   * A message other than a notification of the server passed, in either direction; reported before
   * it is processed. The method of an answer that was sent is `null`: the question under that id
   * has it.
   */
  onFrame?(
    direction: "sent" | "received",
    kind: FrameKind,
    method: string | null,
    id: RequestId | null,
    size: number,
  ): void;
  /** The connection ended. Called once, after every pending request was rejected with `error`. */
  onClose(error: Error): void;
}

/** Limits of one request. */
export interface RequestOptions {
  /** Rejects the call with `signal.reason`; the server may still carry it out. */
  readonly signal?: AbortSignal;
  /**
   * Time for the answer from the moment the request is written, in milliseconds; 0 means no limit.
   */
  readonly timeoutMs: number;
}

interface PendingRequest {
  readonly method: string;
  settle(outcome: { result: unknown } | { error: Error }): void;
}

interface IncomingMessage {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** One end of a JSON-RPC connection. */
export class JsonRpcPeer {
  readonly #transport: Transport;
  readonly #handlers: PeerHandlers;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #window = new InFlightWindow(MAX_IN_FLIGHT);
  #nextId = 1;
  #failure: Error | null = null;

  /** Starts reading at once. */
  constructor(transport: Transport, handlers: PeerHandlers) {
    this.#transport = transport;
    this.#handlers = handlers;
    void this.#readLoop();
  }

  /** Why the connection ended, or `null` while it is open. */
  get failure(): Error | null {
    return this.#failure;
  }

  /**
   * Sends a request and resolves with its result. At most 64 are under way; more wait their turn.
   *
   * @throws {JsonRpcError} when the server refuses; {@linkcode RequestTimeoutError} when it stays
   * silent; the connection's one {@linkcode TransportClosedError} when it ends.
   */
  request(method: string, params: unknown, options: RequestOptions): Promise<unknown> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener("abort", withdraw);
        this.#start(method, params, options, resolve, reject);
      };
      const withdraw = (): void => {
        cancelWait();
        reject(signal?.reason);
      };
      let cancelWait = (): void => {};
      if (this.#window.tryEnter()) return start();
      cancelWait = this.#window.wait(start);
      signal?.addEventListener("abort", withdraw, { once: true });
    });
  }

  /** Sends a notification. */
  async notify(method: string, params?: unknown): Promise<void> {
    await this.#send(
      params === undefined ? { method } : { method, params },
      "notification",
      method,
      null,
    );
  }

  /** Answers a request of the server. */
  async reply(id: RequestId, result: unknown): Promise<void> {
    await this.#send({ id, result }, "response", null, id);
  }

  /** Refuses a request of the server. */
  async refuse(id: RequestId, error: JsonRpcErrorFacts): Promise<void> {
    await this.#send({ id, error }, "error", null, id);
  }

  /** Ends the connection; everything pending rejects. Idempotent. */
  async close(): Promise<void> {
    this.#fail(
      new TransportClosedError("Cannot use the connection: it was closed here. Start a new one"),
    );
    await this.#transport.close();
  }

  /**
   * Holds a place in the window from here until the answer, the time limit or the end of the
   * connection.
   */
  #start(
    method: string,
    params: unknown,
    { signal, timeoutMs }: RequestOptions,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.#failure) {
      reject(this.#failure);
      return;
    }
    const id = this.#nextId++;
    // An aborted call keeps its place: the server is still busy with it.
    const onAbort = (): void => reject(signal?.reason);
    const settle: PendingRequest["settle"] = (outcome) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#pending.delete(id);
      this.#window.leave();
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.result);
    };
    const timer = timeoutMs > 0
      ? setTimeout(() => settle({ error: new RequestTimeoutError(method, timeoutMs) }), timeoutMs)
      : undefined;
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#pending.set(id, { method, settle });
    this.#send({ method, id, params }, "request", method, id)
      .catch((error) => this.#pending.get(id)?.settle({ error }));
  }

  async #send(
    message: unknown,
    kind: FrameKind,
    method: string | null,
    id: RequestId | null,
  ): Promise<void> {
    if (this.#failure) throw this.#failure;
    const text = encodeMessage(message);
    this.#handlers.onFrame?.("sent", kind, method, id, text.length);
    try {
      await this.#transport.send(text);
    } catch (error) {
      // It was not sent, so the connection is as good as before.
      if (error instanceof MessageTooLargeError) throw error;
      this.#fail(asClosedError(error));
      throw this.#failure;
    }
  }

  async #readLoop(): Promise<void> {
    try {
      for await (const text of this.#transport.messages) this.#receive(text);
      this.#fail(
        new TransportClosedError(
          "Cannot use the connection: the other side closed it. Start a new one",
        ),
      );
    } catch (error) {
      this.#fail(asClosedError(error));
    }
  }

  #receive(text: string): void {
    let message: IncomingMessage;
    try {
      message = JSON.parse(text);
    } catch {
      this.#malformed("not JSON", text);
      return;
    }
    if (message === null || typeof message !== "object") {
      this.#malformed("not an object", text);
      return;
    }
    const { method, id } = message;
    // Ids of both sides collide, so the presence of `method` decides.
    if (typeof method !== "string") {
      this.#settle(message, text);
      return;
    }
    if (id === undefined) {
      this.#handlers.onNotification(method, message.params, text.length);
      return;
    }
    if (!isRequestId(id)) {
      this.#malformed("unusable request id", text);
      return;
    }
    this.#handlers.onFrame?.("received", "request", method, id, text.length);
    this.#handlers.onRequest(id, method, message.params);
  }

  #settle(message: IncomingMessage, text: string): void {
    const pending = typeof message.id === "number" ? this.#pending.get(message.id) : undefined;
    if (!pending) {
      this.#malformed("answer to no request of ours", text);
      return;
    }
    const isResult = message.error === undefined || message.error === null;
    this.#handlers.onFrame?.(
      "received",
      isResult ? "response" : "error",
      pending.method,
      message.id as number,
      text.length,
    );
    if (isResult) {
      pending.settle({ result: message.result });
      return;
    }
    pending.settle({ error: JsonRpcError.from(pending.method, errorFacts(message.error)) });
  }

  #malformed(reason: string, text: string): void {
    this.#handlers.onMalformed(reason, text.length);
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#window.open();
    for (const pending of [...this.#pending.values()]) pending.settle({ error });
    this.#handlers.onClose(error);
  }
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === "string" || typeof id === "number";
}

function errorFacts(error: unknown): JsonRpcErrorFacts {
  const { code, message, data } = asRecord(error);
  return {
    code: typeof code === "number" ? code : -32603,
    message: typeof message === "string" ? message : "the server gave no reason",
    data,
  };
}

function asClosedError(error: unknown): Error {
  if (error instanceof TransportClosedError) return error;
  return new TransportClosedError(
    "Cannot use the connection: its transport failed. Start a new one",
    { cause: error },
  );
}

/** Lets at most `size` holders in at once; the others wait in order of arrival. */
export class InFlightWindow {
  #size: number;
  #held = 0;
  #waiting = new Set<() => void>();

  constructor(size: number) {
    this.#size = size;
  }

  /** Enters at once when there is room: `true`. Otherwise nothing happens: `false`. */
  tryEnter(): boolean {
    if (this.#held >= this.#size) return false;
    this.#held++;
    return true;
  }

  /** Calls `enter` as soon as there is room; the returned function withdraws from the queue. */
  wait(enter: () => void): () => void {
    this.#waiting.add(enter);
    return () => this.#waiting.delete(enter);
  }

  /** Gives one place back, to the first in the queue if there is one. */
  leave(): void {
    const next = this.#waiting.values().next();
    if (next.done) {
      this.#held--;
      return;
    }
    this.#waiting.delete(next.value);
    next.value();
  }

  /** Removes the limit and admits all waiting requests. */
  open(): void {
    this.#size = Infinity;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const enter of waiting) enter();
  }
}

/**
 * How JSON.stringify writes a lone surrogate; also matches some harmless texts, which then cost a
 * second pass.
 */
const LONE_SURROGATE = /\\ud[89a-f]/i;

/**
 * Encodes one message. Lone surrogates in any string become U+FFFD: the server drops a line that
 * holds one without a reply, so the call would hang.
 */
export function encodeMessage(message: unknown): string {
  const text = jsonOf(message);
  return LONE_SURROGATE.test(text) ? JSON.stringify(message, wellFormed) : text;
}

function jsonOf(message: unknown): string {
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new TypeError(
      "Cannot send the message: JSON cannot express it. Leave out bigints and cycles",
      { cause },
    );
  }
}

function wellFormed(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), member]),
  );
}
