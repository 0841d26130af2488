/**
 * Errors of a turn that could not start, or did not deliver its result. Its thread stays usable.
 *
 * @module
 */
import { jupyterOrNull } from "../jupyter.ts";
import { plain } from "../plain_text.ts";
import type { TurnFailure, TurnResult } from "../domain/turn_result.ts";
import type { SchemaIssue } from "../domain/tool.ts";
import { type TurnErrorInfo, turnErrorInfo } from "../domain/turn_error.ts";
import type { ThreadItem, TokenUsageBreakdown } from "../protocol/types.ts";
import { CodexError } from "./base.ts";
import { serviceWords } from "./service_words.ts";
import { hasOwnWords, reasonOf } from "./turn_reason.ts";

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

/** Why a thread is closed. */
export type ThreadEnd =
  | { readonly reason: Exclude<ThreadClosedError["reason"], "lost"> }
  | { readonly reason: "lost"; readonly detail: string };

/**
 * The thread is closed: this handle can no longer be used.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * await thread.run("Hello");
 * await thread.close();
 * try {
 *   await thread.run("Are you there?");
 * } catch (error) {
 *   if (!(error instanceof ThreadClosedError)) throw error;
 *   console.log(error.reason); // closed
 * }
 * const again = await codex.resumeThread(thread.id);
 * ```
 */
export class ThreadClosedError extends CodexError {
  /** The thread. */
  readonly threadId: string;
  /**
   * Why it is closed. `closed`: by `thread.close()`, or the program dropped its handle. `archived`:
   * `codex.unarchiveThread` opens it again. `deleted`: for good. `unloaded`: by the runtime itself;
   * `codex.resumeThread` opens it again. `lost`: it could not be opened again after a restart or a
   * broken connection.
   */
  readonly reason: "closed" | "archived" | "deleted" | "unloaded" | "lost";

  constructor(threadId: string, end: ThreadEnd) {
    super(`Cannot use thread ${threadId}: ${stateOf(end)}`);
    this.threadId = threadId;
    this.reason = end.reason;
  }
}

function stateOf(end: ThreadEnd): string {
  switch (end.reason) {
    case "closed":
      return "it is closed. Open it again with codex.resumeThread, or start a new one";
    case "archived":
      return "it is archived. Open it again with codex.unarchiveThread";
    case "deleted":
      return "it is deleted. Start a new one";
    case "unloaded":
      return "the runtime unloaded it. Open it again with codex.resumeThread";
    case "lost":
      return `it could not be opened again: ${end.detail}. Start a new one`;
  }
}

/**
 * A turn failed. Its thread stays usable, and what was completed before stays in `items`.
 *
 * The message says what happened, with at most 200 characters of the model service's own words:
 * secrets are masked, and what they repeat of the turn's inputs and items is left out. `report()`
 * has none of these words, `info.message` all of them.
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
  /** Tokens used before the failure, or `null` without a report. */
  readonly usage: TokenUsageBreakdown | null;
  readonly #contentFree: string;
  #resetsAt: Date | null = null;

  constructor(facts: Omit<TurnFailure, "status">) {
    const info = turnErrorInfo(facts.error);
    const { reason, nextStep } = reasonOf(info);
    const words = hasOwnWords(info) ? serviceWords(info.message, facts.items) : null;
    const message = (reason: string) =>
      `Cannot complete turn ${facts.turnId}: ${reason}. ${nextStep}`;
    super(message(words === null ? reason : `${reason}: ${words}`));
    this.#contentFree = message(reason);
    this.threadId = facts.threadId;
    this.turnId = facts.turnId;
    this.info = info;
    this.items = facts.items;
    this.usage = facts.usage;
  }

  /**
   * When a usage or rate limit that was reached lets the account go on, or `null` when that is
   * unknown.
   */
  get resetsAt(): Date | null {
    return this.#resetsAt;
  }

  /** @ignore The message of the report. */
  protected override get contentFreeMessage(): string {
    return this.#contentFree;
  }

  /** @ignore Adds what the account says about the limit. */
  withReset(resetsAt: Date | null): this {
    this.#resetsAt = resetsAt;
    return this;
  }
}

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
  readonly limit: "tokens" | "turnMs" | "idleMs" | "steps" | "offlineMs";
  /** Its value: tokens, milliseconds or steps. */
  readonly allowed: number;
  /** Usage when the limit was noticed, in the same unit. */
  readonly used: number;
  /** Items completed before, in order. */
  readonly items: readonly ThreadItem[];

  constructor(
    facts: {
      threadId: string;
      turnId: string | null;
      limit: BudgetExceededError["limit"];
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
      facts.limit === "offlineMs"
        ? `Cannot ${what}: no connection to the model service for ${used} ms. ` +
          "Check the network and the proxy, or raise limits.offlineMs"
        : `Cannot ${what}: the limit ${facts.limit} is ${facts.allowed} and ${used} were used. ` +
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

/**
 * An answer does not fit its schema, or is missing because the turn was interrupted. The thread
 * stays usable.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 * import { z } from "npm:zod@4.6.7";
 *
 * await using codex = await startOffline();
 * codex.model.reply("about seven");
 * const thread = await codex.startThread();
 * try {
 *   await thread.run("How many?", { output: z.object({ count: z.number() }) });
 * } catch (error) {
 *   if (!(error instanceof OutputValidationError)) throw error;
 *   console.log(error.text, error.issues.length); // about seven 1
 * }
 * ```
 */
export class OutputValidationError extends CodexError {
  /** The unchanged answer, or `null` when it is missing. */
  readonly text: string | null;
  /** The places where it does not fit the schema. */
  readonly issues: readonly SchemaIssue[];
  /** The turn that gave it. */
  readonly result: TurnResult;
  #rejected: readonly OutputValidationError[] = [];

  constructor(
    facts: {
      text: string | null;
      issues: readonly SchemaIssue[];
      result: TurnResult;
    },
  ) {
    super(
      facts.result.status === "interrupted"
        ? `Cannot read the output of turn ${facts.result.turnId}: the turn was interrupted. Run it again`
        : `Cannot read the output of turn ${facts.result.turnId}: the answer does not fit the schema ` +
          `(${firstIssue(facts.issues)}). Look at text, or set repair to ask for it again`,
    );
    this.text = facts.text;
    this.issues = [...facts.issues];
    this.result = facts.result;
    if (jupyterOrNull()) this.stack = stackWithAnswer(this);
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

/** Place and problem, without the text of the answer. */
function firstIssue([first, ...others]: readonly SchemaIssue[]): string {
  if (!first) return "no issue is named";
  const place = first.path.length > 0 ? first.path.map(String).join(".") : "the whole";
  const more = others.length > 0 ? `; ${others.length} more` : "";
  return `${place}: ${first.message}${more}`;
}

const SHOWN_CHARS = 300;

/**
 * A cell shows only the stack of an error that was thrown, and the reader of the cell has to see
 * the answer.
 */
function stackWithAnswer({ name, message, text }: OutputValidationError): string {
  const answer = text === null ? "There is no answer" : `The answer begins: ${headOf(text)}`;
  return `${name}: ${message}\n${answer}`;
}

function headOf(text: string): string {
  const shown = plain(text.slice(0, SHOWN_CHARS)).replace(/\s+/g, " ");
  return text.length > SHOWN_CHARS ? `${shown} …` : shown;
}
