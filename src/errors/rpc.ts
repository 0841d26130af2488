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
  /** The runtime's own words. */
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

  /** Made by the module; the facts become the fields. */
  constructor(method: string, facts: JsonRpcErrorFacts) {
    super(`Cannot complete ${method}: ${facts.message}`);
    this.method = method;
    this.code = facts.code;
    this.data = facts.data;
  }

  /** The class for a code. The runtime uses -32600 for nearly everything it refuses. */
  static from(method: string, facts: JsonRpcErrorFacts): JsonRpcError {
    const Class = CLASS_BY_CODE.get(facts.code) ?? JsonRpcError;
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

/** -32001: the runtime is overloaded and did not execute the call; it is safe to call again. */
export class ServerBusyError extends JsonRpcError {}

/**
 * `retryOnOverload` gave up; `cause` is the last `ServerBusyError`.
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
  /** Number of attempts made. */
  readonly attempts: number;

  /** Made by the module; the facts become the fields. */
  constructor(last: ServerBusyError, attempts: number) {
    const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
    super(last.method, {
      code: last.code,
      message: `the server is still overloaded after ${tries}. Try again later`,
      data: last.data,
    });
    this.cause = last;
    this.attempts = attempts;
  }
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
