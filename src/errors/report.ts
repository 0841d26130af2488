/**
 * The text of a bug report: facts of a connection, without any content.
 *
 * @module
 */
import { plain } from "../plain_text.ts";
import { maskSecrets } from "../secrets.ts";

/**
 * One message of the connection, or several of the same method in a row. Its content is never kept.
 */
export interface FrameFacts {
  /** Which way it went. */
  readonly direction: "sent" | "received";
  /** Kind of the message. */
  readonly kind: "request" | "notification" | "response" | "error";
  /** Its method; of a response that of its request. */
  readonly method: string;
  /** Its id, or `null` for notifications. */
  readonly id: string | number | null;
  /** Length of its text in characters, of all of them together. */
  readonly size: number;
  /** How many of them came in a row. */
  readonly count: number;
  /** When the first one came, in milliseconds since the connection was made. */
  readonly atMs: number;
}

/** Facts of a connection. */
export interface ConnectionFacts {
  /** Release of this module. */
  readonly moduleVersion: string;
  /** Release of the runtime that the protocol was made from. */
  readonly protocolVersion: string;
  /** What the server reported in the handshake, or `null` before it. */
  readonly userAgent: string | null;
  /** Release of the runtime and where it came from, or `null` when the transport is foreign. */
  readonly runtime: { readonly version: string | null; readonly source: string } | null;
  /** Deno, operating system and processor. */
  readonly platform: string;
  /** Whether the connection was open. */
  readonly state: "open" | "closed";
  /** Why it ended, or `null`. */
  readonly closeReason: string | null;
  /** Exit code of the runtime, or `null`. */
  readonly exitCode: number | null;
  /** Signal that ended the runtime, or `null`. */
  readonly signal: string | null;
  /** The last lines the runtime wrote to stderr, secrets masked. */
  readonly stderrTail: string;
  /** Age of the connection in milliseconds. */
  readonly ageMs: number;
  /** The last messages, the oldest first. */
  readonly frames: readonly FrameFacts[];
  /** Number of malformed lines. */
  readonly malformedMessages: number;
  /** Methods that this version does not know, with their counts. */
  readonly unknownMethods: Readonly<Record<string, number>>;
  /**
   * Fields that this version does not know, as `method: path`, seen in the first messages of each
   * method.
   */
  readonly unknownFields: Readonly<Record<string, number>>;
  /** Messages that differ from the protocol, as `method: path`, with their counts. */
  readonly invalidFields: Readonly<Record<string, number>>;
}

/** The facts of an error. */
export interface ErrorFacts {
  /** Its class. */
  readonly name: string;
  /** Its message, which never holds prompts, outputs or secrets. */
  readonly message: string;
  /** Its plain fields, such as `code` and `method`. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

/**
 * An error, the connection it happened on, or both. `String(report)` is the text to paste.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const report = codex.diagnostics();
 * console.log(report.connection?.protocolVersion, String(report));
 * ```
 */
export class FaultReport {
  /** The error, or `null` when the report is of a connection alone. */
  readonly error: ErrorFacts | null;
  /** The connection, or `null` when the error is not about one. */
  readonly connection: ConnectionFacts | null;

  constructor(error: ErrorFacts | null, connection: ConnectionFacts | null) {
    this.error = error;
    this.connection = connection;
  }

  /**
   * The report as text: control characters are spelled out, and what looks like a secret is masked.
   */
  toString(): string {
    const lines = [...errorLines(this.error), ...connectionLines(this.connection)];
    return maskSecrets(plain(lines.join("\n")));
  }
}

function errorLines(error: ErrorFacts | null): string[] {
  if (!error) return [];
  const facts = Object.entries(error.facts).map(([name, value]) => `  ${name}: ${value}`);
  return [`${error.name}: ${error.message}`, ...facts];
}

function connectionLines(connection: ConnectionFacts | null): string[] {
  if (!connection) return ["connection: not known"];
  const { runtime, stderrTail, frames } = connection;
  const runtimeText = runtime ? `${runtime.version ?? "unknown"} (${runtime.source})` : "foreign";
  return [
    `module ${connection.moduleVersion}, protocol ${connection.protocolVersion}, ` +
    `runtime ${runtimeText}, ${connection.platform}`,
    `server: ${connection.userAgent ?? "no handshake"}`,
    `connection: ${stateText(connection)}`,
    `malformed messages: ${connection.malformedMessages}`,
    ...countLines("unknown methods", connection.unknownMethods),
    ...countLines("unknown fields", connection.unknownFields),
    ...countLines("invalid fields", connection.invalidFields),
    `stderr:${stderrTail ? `\n${indented(stderrTail)}` : " nothing"}`,
    `last messages:${frames.length === 0 ? " none" : ""}`,
    ...frames.map(frameLine),
  ];
}

function stateText({ state, ageMs, closeReason, exitCode, signal }: ConnectionFacts): string {
  const age = `${state} after ${Math.round(ageMs)} ms`;
  if (state === "open") return age;
  const code = exitCode === null ? "" : `exit code ${exitCode}`;
  const how = signal ? `signal ${signal}` : code;
  return [age, how, closeReason].filter(Boolean).join(", ");
}

function countLines(title: string, counts: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(counts);
  if (entries.length === 0) return [];
  return [`${title}:`, ...entries.map(([name, count]) => `  ${count} × ${name}`)];
}

function frameLine({ direction, kind, method, id, size, count, atMs }: FrameFacts): string {
  const arrow = direction === "sent" ? "->" : "<-";
  const times = count > 1 ? ` × ${count}` : "";
  const number = id === null ? "" : ` #${id}`;
  return `  ${
    atMs.toFixed(1).padStart(9)
  } ms ${arrow} ${kind} ${method}${number}${times}, ${size} characters`;
}

function indented(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}
