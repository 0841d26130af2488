/**
 * Every error this module raises. A class exists where a caller's `catch` would differ; the facts are
 * fields, so no code needs to read a message, and no message carries a prompt, an output or a secret.
 *
 * @module
 */

import { type ErrorFacts, FaultReport } from "./errors/fault_report.ts";
import type { ThreadItem, TokenUsageBreakdown, TurnError } from "./protocol/types.ts";

/**
 * Base of every error of this module that is not a caller's mistake (`TypeError`, `RangeError`).
 *
 * @example Text for a bug report
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * try {
 *   await codex.resumeThread("00000000-0000-7000-8000-000000000000");
 * } catch (error) {
 *   if (!(error instanceof CodexError)) throw error;
 *   console.log(String(error.report())); // versions, last messages; no prompts, no secrets
 * }
 * ```
 */
export class CodexError extends Error {
  #report: FaultReport | null = null;

  /** `cause` is what went wrong beneath, where that is known. */
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    if (this.cause !== undefined) this.stack = stackWithCauses(this);
  }

  /**
   * What to paste into a bug report: this error, the versions, the last messages and the runtime's last words,
   * as they were when it happened. Prompts, outputs and secrets are not in it.
   */
  report(): FaultReport {
    const beneath = this.cause instanceof CodexError ? this.cause.report().connection : null;
    return new FaultReport(factsOf(this), this.#report?.connection ?? beneath);
  }

  /** @ignore Notes the state of the connection when the error is first seen. */
  attachReport(connection: () => FaultReport): void {
    this.#report ??= connection();
  }
}

/** A notebook shows only the stack of an error that was thrown, so the causes have to be in it. */
function stackWithCauses(error: Error): string {
  const { stack = `${error.name}: ${error.message}` } = error;
  const causes: string[] = [];
  for (let cause = error.cause; cause !== undefined && causes.length < 5;) {
    causes.push(
      `\nCaused by ${cause instanceof Error ? `${cause.name}: ${cause.message}` : typeof cause}`,
    );
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  const frames = stack.indexOf("\n    at ");
  const end = frames < 0 ? stack.length : frames;
  return stack.slice(0, end) + causes.join("") + stack.slice(end);
}

/** Fields that a report may show; all others may hold what the user or the model wrote. */
const REPORTED_FIELDS: readonly string[] = [
  ...["step", "version", "platform", "exitCode", "signal", "method", "timeoutMs", "code"],
  ...["threadId", "turnId", "attempts", "limit", "allowed", "used"],
];

function factsOf(error: CodexError): ErrorFacts {
  const { info, issues, data } = error as { info?: unknown; issues?: unknown; data?: unknown };
  const shown = Object.entries(error).filter(([name]) => REPORTED_FIELDS.includes(name));
  const { kind, httpStatusCode } = Object(info) as Record<string, unknown>;
  const paths = Array.isArray(issues) ? issues.map(({ path }) => path).join(", ") : undefined;
  const dataKeys = data ? Object.keys(Object(data)).join(", ") : undefined;
  const facts = [...shown, ...Object.entries({ kind, httpStatusCode, paths, dataKeys })]
    .filter((entry): entry is [string, string | number] =>
      typeof entry[1] === "string" || typeof entry[1] === "number"
    );
  return { name: error.name, message: error.message, facts: Object.fromEntries(facts) };
}

/** What was being done when the runtime could not be provided. */
export type RuntimeSetupStep =
  | "locate"
  | "platform"
  | "download"
  | "verify"
  | "spawn"
  | "handshake";

/**
 * The runtime cannot be found, installed, verified or started. The message ends with the next step.
 *
 * @example
 * ```ts
 * import { Codex } from "@codex-deno/codex";
 *
 * try {
 *   await Codex.start({ executable: "/nowhere/codex" });
 * } catch (error) {
 *   if (!(error instanceof RuntimeSetupError)) throw error;
 *   console.log(error.step); // locate
 * }
 * ```
 */
export class RuntimeSetupError extends CodexError {
  /** The step that failed. */
  readonly step: RuntimeSetupStep;
  /** Runtime version that was wanted, or `null` when an executable of unknown version was given. */
  readonly version: string | null;
  /** Platform in npm's words, such as `linux-x64`. */
  readonly platform: string;

  /** Made by the module; the facts become the fields. */
  constructor(
    message: string,
    facts: { step: RuntimeSetupStep; version: string | null; platform: string; cause?: unknown },
  ) {
    super(message, facts);
    this.step = facts.step;
    this.version = facts.version;
    this.platform = facts.platform;
  }
}

/**
 * The process or transport ended; every pending call, turn and iterator rejects with this one error.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * Deno.kill(codex.server.processId!, "SIGKILL");
 * try {
 *   await codex.models();
 * } catch (error) {
 *   if (!(error instanceof TransportClosedError)) throw error;
 *   console.log(error.signal, error.stderrTail); // SIGKILL, and what the runtime said before
 * }
 * ```
 */
export class TransportClosedError extends CodexError {
  /** Exit code of the runtime, or `null` when it was killed or is no child of ours. */
  readonly exitCode: number | null;
  /** Signal that ended the runtime, or `null`. */
  readonly signal: string | null;
  /** The last lines the runtime wrote to stderr, at most 8 KiB, with secrets masked. */
  readonly stderrTail: string;

  /** Made by the module; the facts become the fields. */
  constructor(
    message: string,
    facts: {
      exitCode?: number | null;
      signal?: string | null;
      stderrTail?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, facts);
    this.exitCode = facts.exitCode ?? null;
    this.signal = facts.signal ?? null;
    this.stderrTail = facts.stderrTail ?? "";
  }
}

/** One place where a message differs from the protocol. */
export interface ProtocolIssue {
  /** Path to the value, such as `thread.id`. */
  readonly path: string;
  /** What is wrong with it, without the value. */
  readonly message: string;
}

/** The runtime sent something this version of the protocol does not allow where our API reads it. */
export class ProtocolError extends CodexError {
  /** Method of the call or notification. */
  readonly method: string;
  /** What differs, at most 20 entries. */
  readonly issues: readonly ProtocolIssue[];

  /** Made by the module; the facts become the fields. */
  constructor(method: string, issues: readonly ProtocolIssue[]) {
    const first = issues[0];
    const detail = first ? `${first.path || "the message"}: ${first.message}` : "unexpected shape";
    super(
      `Cannot read the runtime's ${method} message: ${detail}. ` +
        "Check that the runtime is the pinned version",
    );
    this.method = method;
    this.issues = issues.slice(0, 20);
  }
}

/**
 * No answer came within the time limit. The request may still be carried out.
 *
 * @example
 * ```ts
 * import { AppServerClient, createTransportPair } from "@codex-deno/codex/client";
 *
 * const [silent] = createTransportPair();
 * try {
 *   await AppServerClient.connect(silent, { requestTimeoutMs: 20 });
 * } catch (error) {
 *   if (!(error instanceof RequestTimeoutError)) throw error;
 *   console.log(error.method, error.timeoutMs); // initialize 20
 * }
 * ```
 */
export class RequestTimeoutError extends CodexError {
  /** Method of the call. */
  readonly method: string;
  /** The limit, in milliseconds. */
  readonly timeoutMs: number;

  /** Made by the module; the facts become the fields. */
  constructor(method: string, timeoutMs: number) {
    super(
      `Cannot complete ${method}: no answer within ${timeoutMs} ms. ` +
        "Raise requestTimeoutMs if the machine is slow",
    );
    this.method = method;
    this.timeoutMs = timeoutMs;
  }
}

/**
 * The thread runs a turn already.
 *
 * @example
 * ```ts
 * import { Gate, message, startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const gate = new Gate();
 * codex.model.reply(message(["One ", gate, "moment"]), "Done");
 * const thread = await codex.startThread();
 * const first = await thread.startTurn("Begin");
 * try {
 *   await thread.run("And at once another");
 * } catch (error) {
 *   if (!(error instanceof ThreadBusyError)) throw error;
 *   console.log(error.turnId === first.id); // true
 * }
 * const second = thread.run("After the first", { whenBusy: "wait" });
 * gate.open();
 * console.log((await second).finalResponse); // Done
 * ```
 */
export class ThreadBusyError extends CodexError {
  /** The busy thread. */
  readonly threadId: string;
  /** The turn that runs on it, or `null` when its id is not known yet. */
  readonly turnId: string | null;

  /** Made by the module; the facts become the fields. */
  constructor(threadId: string, turnId: string | null) {
    super(
      `Cannot start a turn on thread ${threadId}: turn ${
        turnId ?? "(starting)"
      } is still running. ` +
        'Await its result, steer it, or pass whenBusy: "wait"',
    );
    this.threadId = threadId;
    this.turnId = turnId;
  }
}

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

/** -32602: a value the runtime understands but does not take, such as an input that is too large. */
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

/** The runtime quotes values it does not take, and they may be prompts or keys; its longest texts list all methods. */
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

/** Kinds of turn failure that the runtime knows. */
export type TurnErrorKind =
  | "contextWindowExceeded"
  | "sessionBudgetExceeded"
  | "usageLimitExceeded"
  | "rateLimitExceeded"
  | "flexUnavailable"
  | "serverOverloaded"
  | "modelNotFound"
  | "policyCapacityUnavailable"
  | "inferenceHookDenied"
  | "cyberPolicy"
  | "misalignmentPolicyViolation"
  | "tooManyDenials"
  | "httpConnectionFailed"
  | "responseStreamConnectionFailed"
  | "internalServerError"
  | "unauthorized"
  | "badRequest"
  | "threadRollbackFailed"
  | "sandboxError"
  | "responseStreamDisconnected"
  | "responseTooManyFailedAttempts"
  | "activeTurnNotSteerable"
  | "other";

/** Why a turn failed, as the runtime tells it. */
export interface TurnErrorInfo {
  /** The kind; a runtime newer than this module may send one that is not listed. */
  readonly kind: TurnErrorKind | (string & Record<never, never>);
  /** HTTP status of the model service, where the kind carries one. */
  readonly httpStatusCode: number | null;
  /** The runtime's own words. They may quote the model service's answer, so they are not in the error's message. */
  readonly message: string;
  /** More of the same, where there is more. */
  readonly additionalDetails: string | null;
}

/**
 * A turn failed. Its thread stays usable, and what was completed before stays in `items`.
 *
 * @example
 * ```ts
 * import { failure, startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply(failure({ status: 429, type: "usage_limit_reached" }), "Here again");
 * const thread = await codex.startThread();
 * try {
 *   await thread.run("Hello?");
 * } catch (error) {
 *   if (!(error instanceof TurnFailedError)) throw error;
 *   console.log(error.info.kind); // usageLimitExceeded
 * }
 * console.log((await thread.run("And now?")).finalResponse); // Here again
 * ```
 */
export class TurnFailedError extends CodexError {
  /** Thread the turn ran on. */
  readonly threadId: string;
  /** The turn. */
  readonly turnId: string;
  /** Why it failed. */
  readonly info: TurnErrorInfo;
  /** Items completed before the failure, in order. */
  readonly items: readonly ThreadItem[];
  /** Tokens used before the failure, or `null` when none were reported. */
  readonly usage: TokenUsageBreakdown | null;

  /** Made by the module; the facts become the fields. */
  constructor(
    facts: {
      threadId: string;
      turnId: string;
      error: TurnError | null;
      items: readonly ThreadItem[];
      usage: TokenUsageBreakdown | null;
    },
  ) {
    const info = turnErrorInfo(facts.error);
    const status = info.httpStatusCode === null ? "" : ` (HTTP ${info.httpStatusCode})`;
    super(
      `Cannot complete turn ${facts.turnId}: ${info.kind}${status}. ${nextStepAfter(info.kind)}`,
    );
    this.threadId = facts.threadId;
    this.turnId = facts.turnId;
    this.info = info;
    this.items = facts.items;
    this.usage = facts.usage;
  }
}

/** The runtime's error as plain facts. It sends the kind as a string or as an object with one key. */
export function turnErrorInfo(error: TurnError | null): TurnErrorInfo {
  const raw: unknown = error?.codexErrorInfo ?? "other";
  const [kind, detail] = typeof raw === "string"
    ? [raw, null]
    : Object.entries(Object(raw))[0] ?? ["other"];
  const { httpStatusCode } = Object(detail) as { httpStatusCode?: unknown };
  return {
    kind,
    httpStatusCode: typeof httpStatusCode === "number" ? httpStatusCode : null,
    message: error?.message ?? "the runtime gave no reason",
    additionalDetails: error?.additionalDetails ?? null,
  };
}

function nextStepAfter(kind: string): string {
  switch (kind) {
    case "contextWindowExceeded":
      return "Compact the thread or start a new one";
    case "usageLimitExceeded":
      return "Check the plan and billing of the account";
    case "rateLimitExceeded":
    case "serverOverloaded":
    case "responseTooManyFailedAttempts":
      return "Wait, then run the turn again";
    case "modelNotFound":
      return "Choose a model from codex.models()";
    case "unauthorized":
      return "Log in again";
    case "httpConnectionFailed":
    case "responseStreamConnectionFailed":
    case "responseStreamDisconnected":
      return "Check the network and the model provider, then run the turn again";
    default:
      return "See info.message for the runtime's own words";
  }
}

/** Name of a limit. */
export type BudgetName = "tokens" | "turnMs" | "idleMs" | "steps";

/**
 * A turn went over one of its limits and was interrupted. Its thread stays usable.
 *
 * @example
 * ```ts
 * import { execCommand, startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply(execCommand("echo 1"), execCommand("echo 2"), execCommand("echo 3"), "Done");
 * const thread = await codex.startThread();
 * try {
 *   await thread.run("Count to three", { limits: { steps: 1 } });
 * } catch (error) {
 *   if (!(error instanceof BudgetExceededError)) throw error;
 *   console.log(error.limit, error.allowed); // steps 1
 * }
 * ```
 */
export class BudgetExceededError extends CodexError {
  /** Thread the turn ran on. */
  readonly threadId: string;
  /** The turn, or `null` when the thread's budget was spent before it could start. */
  readonly turnId: string | null;
  /** Which limit. */
  readonly limit: BudgetName;
  /** Its value: tokens, milliseconds or steps. */
  readonly allowed: number;
  /** What was used when it was noticed, in the same unit. */
  readonly used: number;
  /** Items completed before, in order. */
  readonly items: readonly ThreadItem[];

  /** Made by the module; the facts become the fields. */
  constructor(
    facts: {
      threadId: string;
      turnId: string | null;
      limit: BudgetName;
      allowed: number;
      used: number;
      items: readonly ThreadItem[];
    },
  ) {
    const used = Math.round(facts.used);
    const what = facts.turnId === null
      ? `start a turn on thread ${facts.threadId}`
      : `complete turn ${facts.turnId}`;
    super(
      `Cannot ${what}: the limit ${facts.limit} is ${facts.allowed} and ${used} were used. ` +
        "Raise the limit or ask for less",
    );
    this.threadId = facts.threadId;
    this.turnId = facts.turnId;
    this.limit = facts.limit;
    this.allowed = facts.allowed;
    this.used = facts.used;
    this.items = [...facts.items];
  }
}

/** One place where a value does not fit a schema. */
export interface SchemaIssue {
  /** Where, from the outside in. */
  readonly path: readonly PropertyKey[];
  /** What is wrong there. */
  readonly message: string;
}

/** A turn whose answer was refused: the facts of its result. */
export interface RefusedTurn {
  /** Id of the turn. */
  readonly turnId: string;
  /** Thread the turn ran on. */
  readonly threadId: string;
  /** `interrupted` when it was stopped before it could answer. */
  readonly status: "completed" | "interrupted";
  /** The answer, word for word, or `null` when there is none. */
  readonly finalResponse: string | null;
  /** Completed items in order. */
  readonly items: readonly ThreadItem[];
  /** Tokens used, or `null` when the model service reported none. */
  readonly usage: TokenUsageBreakdown | null;
  /** How long it took, in milliseconds, or `null` if the runtime did not say. */
  readonly durationMs: number | null;
}

/** An answer does not fit the schema it was asked for in. The turn itself was well; its thread stays usable. */
export class OutputValidationError extends CodexError {
  /** The answer, word for word, or `null` when there is none. */
  readonly text: string | null;
  /** What is wrong with it. */
  readonly issues: readonly SchemaIssue[];
  /** The turn that gave it. */
  readonly result: RefusedTurn;
  #rejected: readonly OutputValidationError[] = [];

  /** Made by the module; the facts become the fields. */
  constructor(
    facts: {
      text: string | null;
      issues: readonly SchemaIssue[];
      result: RefusedTurn;
    },
  ) {
    super(
      `Cannot read the output of turn ${facts.result.turnId}: the answer does not fit the schema. ` +
        "See issues, or let it be asked for again with repair",
    );
    this.text = facts.text;
    this.issues = [...facts.issues];
    this.result = facts.result;
  }

  /** Answers before this one that did not fit either and were asked for again. */
  get rejected(): readonly OutputValidationError[] {
    return this.#rejected;
  }

  /** @ignore This error as the last of several. */
  after(rejected: readonly OutputValidationError[]): this {
    this.#rejected = [...rejected];
    return this;
  }
}

/**
 * A connector package is not what it should be. Nothing of it was used.
 *
 * @example
 * ```ts
 * import { Connector } from "@codex-deno/codex/connectors";
 *
 * try {
 *   await Connector.fromPackage("./nowhere");
 * } catch (error) {
 *   if (!(error instanceof ConnectorPackageError)) throw error;
 *   console.log(error.packagePath); // ./nowhere
 * }
 * ```
 */
export class ConnectorPackageError extends CodexError {
  /** Directory of the package, as it was given. */
  readonly packagePath: string;
  /** File of the package in which it was found, relative to it, or `null` when it is the package as a whole. */
  readonly file: string | null;

  /** Made by the module; the facts become the fields. */
  constructor(problem: string, facts: { packagePath: string; file?: string | null }) {
    const where = facts.file ? `${facts.file}: ` : "";
    super(`Cannot load the connector package ${facts.packagePath}: ${where}${problem}`);
    this.packagePath = facts.packagePath;
    this.file = facts.file ?? null;
  }
}

/** The notebook kernel ended while it was needed. */
export class KernelDiedError extends CodexError {
  /** Exit code of the kernel, or `null` when a signal ended it. */
  readonly exitCode: number | null;
  /** Signal that ended it, or `null`. */
  readonly signal: string | null;
  /** The last it wrote to stderr, at most 2,000 characters: why it did not start, for one. */
  readonly stderrTail: string;

  /** Made by the module; the facts become the fields. */
  constructor(facts: { exitCode: number | null; signal: string | null; stderrTail: string }) {
    const how = facts.signal === null
      ? `exited with code ${facts.exitCode}`
      : `was ended by ${facts.signal}`;
    super(
      `Cannot go on with the notebook: its kernel ${how}. ` +
        (facts.stderrTail ? "stderrTail has its last words" : "Look for Deno.exit() or close()"),
    );
    this.exitCode = facts.exitCode;
    this.signal = facts.signal;
    this.stderrTail = facts.stderrTail;
  }
}
