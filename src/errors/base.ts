/**
 * The base of all errors.
 *
 * @module
 */
import { asRecord } from "../json.ts";
import { plain } from "../plain_text.ts";
import { maskSecrets } from "../secrets.ts";
import { type ErrorFacts, FaultReport } from "./report.ts";

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

  /**
   * `cause` is the underlying error, where that is known. A message may quote the runtime, a server
   * or a log: control characters in it are spelled out, and what looks like a secret is masked.
   */
  constructor(message: string, options?: { cause?: unknown }) {
    super(
      maskSecrets(plain(message)),
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = new.target.name;
    if (this.cause !== undefined) this.stack = stackWithCauses(this);
  }

  /**
   * The text for a bug report: this error, the versions, the last messages and the end of stderr at
   * the time of the error. It contains no prompts, outputs or secrets.
   */
  report(): FaultReport {
    const beneath = this.cause instanceof CodexError ? this.cause.report().connection : null;
    return new FaultReport(
      factsOf(this, this.contentFreeMessage),
      this.#report?.connection ?? beneath,
    );
  }

  /** @ignore The message of the report. */
  protected get contentFreeMessage(): string {
    return this.message;
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
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : typeof cause;
    causes.push(`\nCaused by ${maskSecrets(plain(what))}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  const frames = stack.indexOf("\n    at ");
  const end = frames < 0 ? stack.length : frames;
  return stack.slice(0, end) + causes.join("") + stack.slice(end);
}

/** Fields that a report may show; all others may hold what the user or the model wrote. */
const REPORTED_FIELDS: readonly string[] = [
  "step",
  "version",
  "platform",
  "exitCode",
  "signal",
  "method",
  "timeoutMs",
  "code",
  "threadId",
  "turnId",
  "reason",
  "provider",
  "attempts",
  "limit",
  "allowed",
  "used",
];

function factsOf(error: CodexError, message: string): ErrorFacts {
  const { info, issues, data } = error as { info?: unknown; issues?: unknown; data?: unknown };
  const shown = Object.entries(error).filter(([name]) => REPORTED_FIELDS.includes(name));
  const { kind, httpStatusCode } = asRecord(info);
  const paths = Array.isArray(issues) ? issues.map(({ path }) => path).join(", ") : undefined;
  const dataKeys = data ? Object.keys(asRecord(data)).join(", ") : undefined;
  const facts = [...shown, ...Object.entries({ kind, httpStatusCode, paths, dataKeys })]
    .filter((entry): entry is [string, string | number] =>
      typeof entry[1] === "string" || typeof entry[1] === "number"
    );
  return { name: error.name, message, facts: Object.fromEntries(facts) };
}
