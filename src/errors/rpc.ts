/**
 * A call that the runtime refused: one class for each code that a caller would treat differently.
 *
 * @module
 */
import { CodexError } from "./base.ts";

/** The facts of one JSON-RPC error reply. */
export interface JsonRpcErrorFacts {
  /** JSON-RPC error code. */
  readonly code: number;
  /** The runtime's message. */
  readonly message: string;
  /** Structured details; the runtime sends them for few errors only. */
  readonly data?: unknown;
}

/** The runtime refused a call. */
export class JsonRpcError extends CodexError {
  /** JSON-RPC error code, such as -32600. */
  readonly code: number;
  /** Structured details, where the runtime sent any. */
  readonly data: unknown;
  /** Method of the refused call. */
  readonly method: string;

  constructor(method: string, facts: JsonRpcErrorFacts) {
    super(`Cannot complete ${method}: ${facts.message}`);
    this.method = method;
    this.code = facts.code;
    this.data = facts.data;
  }

  /** The class for a refusal. The runtime uses -32600 for nearly everything it refuses. */
  static from(method: string, facts: JsonRpcErrorFacts): JsonRpcError {
    const Class = serverErrorClass(facts) ?? CLASS_BY_CODE.get(facts.code) ?? JsonRpcError;
    return new Class(method, { ...facts, message: withoutValues(facts.message) });
  }
}

/** -32700: the runtime could not parse what was sent. */
export class ParseError extends JsonRpcError {}

/**
 * -32600: unknown id, wrong parameter, or a precondition that does not hold.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * try {
 *   await codex.resumeThread("00000000-0000-7000-8000-000000000000");
 * } catch (error) {
 *   if (!(error instanceof InvalidRequestError)) throw error;
 *   console.log(error.method, error.code); // thread/resume -32600
 * }
 * ```
 */
export class InvalidRequestError extends JsonRpcError {}

/** -32601: the method exists but not for this thread or configuration. */
export class MethodNotFoundError extends JsonRpcError {}

/**
 * -32602: a value the runtime understands but does not take, such as an input that is too large.
 */
export class InvalidParamsError extends JsonRpcError {}

/** -32603: the runtime failed itself: input/output, network, start of a required server. */
export class InternalRpcError extends JsonRpcError {}

/**
 * The runtime is overloaded and did not execute the call; it is safe to call again. Code -32001, or
 * a code from -32099 to -32000 with `server_overloaded` anywhere in `data`, as other runtimes send
 * it.
 */
export class ServerBusyError extends JsonRpcError {}

/**
 * Attempts were used up. Either `retryOnOverload` gave up, then `attempts` is their number and
 * `cause` the last `ServerBusyError`; or the runtime itself did, which says so with a code from
 * -32099 to -32000.
 *
 * @example
 * ```ts
 * import { retryOnOverload } from "@codex-deno/codex";
 *
 * const busy = new ServerBusyError("model/list", { code: -32001, message: "Server overloaded" });
 * try {
 *   await retryOnOverload(() => Promise.reject(busy), { attempts: 2 });
 * } catch (error) {
 *   if (!(error instanceof RetryLimitExceededError)) throw error;
 *   console.log(error.attempts, error.cause === busy); // 2 true
 * }
 * ```
 */
export class RetryLimitExceededError extends ServerBusyError {
  /** Number of attempts that `retryOnOverload` made, or `null` when the runtime gave up. */
  readonly attempts: number | null;

  constructor(method: string, facts: JsonRpcErrorFacts, attempts: number | null = null) {
    super(method, facts);
    this.attempts = attempts;
  }

  /** @ignore The end of `retryOnOverload`. */
  static after(last: ServerBusyError, attempts: number): RetryLimitExceededError {
    const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    const message = `the server is still overloaded after ${tries}. Try again later`;
    const { method, code, data } = last;
    const error = new RetryLimitExceededError(method, { code, message, data }, attempts);
    error.cause = last;
    return error;
  }
}

/** The class of a code that JSON-RPC leaves to the server, by its message or its data. */
function serverErrorClass({ code, message, data }: JsonRpcErrorFacts): typeof JsonRpcError | null {
  if (code < -32099 || code > -32000) return null;
  if (/retry limit|too many failed attempts/i.test(message)) return RetryLimitExceededError;
  return saysOverloaded(data) ? ServerBusyError : null;
}

const MAX_DATA_DEPTH = 20;

function saysOverloaded(data: unknown, depth = 0): boolean {
  if (typeof data === "string") return /^server_?overloaded$/i.test(data);
  if (typeof data !== "object" || data === null || depth === MAX_DATA_DEPTH) return false;
  return Object.entries(data).some(([key, value]) =>
    saysOverloaded(key) || saysOverloaded(value, depth + 1)
  );
}

/**
 * The runtime quotes values it does not take, and they may be prompts or keys; its longest texts
 * list all methods.
 */
function withoutValues(message: string): string {
  const text = message
    .replaceAll(/\b(string|map|sequence) "(?:[^"\\]|\\.)*"/g, '$1 "…"')
    .replaceAll(/\bunknown (variant|field) `[^`]*`/g, "unknown $1 `…`");
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

const CLASS_BY_CODE: ReadonlyMap<number, typeof JsonRpcError> = new Map([
  [-32700, ParseError],
  [-32600, InvalidRequestError],
  [-32601, MethodNotFoundError],
  [-32602, InvalidParamsError],
  [-32603, InternalRpcError],
  [-32001, ServerBusyError],
]);

/** For a call whose refusal by the runtime is an answer; other errors are thrown again. */
export function nullIfRefused(error: unknown): null {
  if (error instanceof JsonRpcError) return null;
  throw error;
}
