/**
 * Every error this module raises. A class exists where a caller's `catch` would differ; the facts
 * are fields, so no code needs to read a message, and no message carries a prompt, an output or a
 * secret.
 *
 * @module
 */
import type { ProtocolIssue } from "../protocol/validate.ts";
import type { ThreadItem } from "../protocol/types.ts";
import { CodexError } from "./base.ts";

export { CodexError } from "./base.ts";
export { ConnectError, MessageTooLargeError } from "./connection.ts";
export {
  InternalRpcError,
  InvalidParamsError,
  InvalidRequestError,
  JsonRpcError,
  MethodNotFoundError,
  nullIfRefused,
  ParseError,
  RetryLimitExceededError,
  ServerBusyError,
} from "./rpc.ts";
export type { JsonRpcErrorFacts } from "./rpc.ts";
export { CheckpointError, RunBudgetError, UnkeptOutputError } from "./map.ts";
export { NotLoggedInError } from "./login.ts";
export {
  BudgetExceededError,
  OutputValidationError,
  ThreadBusyError,
  ThreadClosedError,
  TurnFailedError,
} from "./turn.ts";
export type { ThreadEnd } from "./turn.ts";

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
  readonly step: "locate" | "platform" | "download" | "verify" | "spawn" | "handshake";
  /** Runtime version that was wanted, or `null` when an executable of unknown version was given. */
  readonly version: string | null;
  /** Platform in npm's words, such as `linux-x64`. */
  readonly platform: string;

  constructor(
    message: string,
    facts: {
      step: RuntimeSetupError["step"];
      version: string | null;
      platform: string;
      cause?: unknown;
    },
  ) {
    super(message, facts);
    this.step = facts.step;
    this.version = facts.version;
    this.platform = facts.platform;
  }
}

/**
 * The process or transport ended; every pending call, turn and iterator rejects with this one
 * error.
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
  /** Exit code of the runtime, or `null` when it was killed or is not a child process. */
  readonly exitCode: number | null;
  /** Signal that ended the runtime, or `null`. */
  readonly signal: string | null;
  /** The last lines the runtime wrote to stderr, at most 8 KiB, with secrets masked. */
  readonly stderrTail: string;

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

/** The runtime sent a message that this version of the protocol does not allow. */
export class ProtocolError extends CodexError {
  /** Method of the call or notification. */
  readonly method: string;
  /** The differences, at most 20 entries. */
  readonly issues: readonly ProtocolIssue[];
  /** Items that had completed, in order, when the end of a turn was lost; otherwise empty. */
  readonly items: readonly ThreadItem[];

  constructor(
    method: string,
    issues: readonly ProtocolIssue[],
    items: readonly ThreadItem[] = [],
  ) {
    const first = issues[0];
    const detail = first ? `${first.path || "the message"}: ${first.message}` : "unexpected shape";
    super(
      `Cannot read the runtime's ${method} message: ${detail}. ` +
        "Check that the runtime is the pinned version",
    );
    this.method = method;
    this.issues = issues.slice(0, 20);
    this.items = [...items];
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
 * A connector package is invalid. No part of it was used.
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
  /**
   * File of the package in which it was found, relative to it, or `null` when it is the package as
   * a whole.
   */
  readonly file: string | null;

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
  /** The end of its stderr, at most 2,000 characters. */
  readonly stderrTail: string;

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
