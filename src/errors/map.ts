/**
 * Errors that end a run over many inputs, or fail one of them.
 *
 * @module
 */
import { CodexError } from "./base.ts";

/**
 * The checkpoint of a run cannot be used, or no longer be written.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const checkpoint = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(checkpoint, "name,age\nAda,36\n");
 * try {
 *   await codex.map(["one"], (text) => text, { checkpoint }).collect();
 * } catch (error) {
 *   if (!(error instanceof CheckpointError)) throw error;
 *   console.log(error.reason, error.path === checkpoint); // notACheckpoint true
 * } finally {
 *   await Deno.remove(checkpoint);
 * }
 * ```
 */
export class CheckpointError extends CodexError {
  /** The file. */
  readonly path: string;
  /** Why the checkpoint cannot be used. */
  readonly reason: "inUse" | "notACheckpoint" | "otherTask" | "write";

  constructor(
    message: string,
    facts: {
      readonly path: string;
      readonly reason: CheckpointError["reason"];
      readonly cause?: unknown;
    },
  ) {
    super(message, facts);
    this.path = facts.path;
    this.reason = facts.reason;
  }
}

/**
 * The output of one input is not plain data, so a checkpoint cannot keep it. The input counts as
 * failed; what its task returned is in `output`.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const checkpoint = await Deno.makeTempFile();
 * const { failed } = await codex.map([1], () => ({ size: 10n }), { checkpoint }).collect();
 * const error = failed[0]?.error;
 * // UnkeptOutputError: output.size { size: 10n }
 * if (error instanceof UnkeptOutputError) console.log(error.place, error.output);
 * await Deno.remove(checkpoint);
 * ```
 */
export class UnkeptOutputError extends CodexError {
  /** Place of the input, from 0. */
  readonly index: number;
  /** Where in the output, such as `output.size`. */
  readonly place: string;
  /** What the task returned. */
  readonly output: unknown;

  constructor(
    facts: {
      readonly index: number;
      readonly place: string;
      readonly what: string;
      readonly output: unknown;
    },
  ) {
    super(
      `Cannot keep the output of row ${facts.index}: ${facts.place} is ${facts.what}. ` +
        "Return plain data, or describe the output with a schema in the option output",
    );
    this.index = facts.index;
    this.place = facts.place;
    this.output = facts.output;
  }
}

/**
 * The budget of a run has no room for a further input. What was done before is delivered, and kept
 * in the checkpoint.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const run = codex.map(["one", "two", "three"], async (text, { thread }) => {
 *   return (await thread.run(text)).finalResponse;
 * }, { budget: { tokens: 20 } });
 * try {
 *   for await (const { index } of run) console.log(index);
 * } catch (error) {
 *   if (!(error instanceof RunBudgetError)) throw error;
 *   console.log(error.limit, error.allowed); // tokens 20
 * }
 * ```
 */
export class RunBudgetError extends CodexError {
  /** Which limit. */
  readonly limit: "usd" | "tokens";
  /** Its value. */
  readonly allowed: number;
  /** Usage when the run ended, in the same unit. */
  readonly used: number;

  constructor(
    facts: {
      readonly limit: "usd" | "tokens";
      readonly allowed: number;
      readonly used: number;
    },
  ) {
    super(
      `Cannot start a further row: the budget is ${facts.allowed} ${facts.limit}, ` +
        `${Number(facts.used.toPrecision(6))} are used, and the next row would pass it. ` +
        "Raise the budget and run again; with a checkpoint, only the rest is run",
    );
    this.limit = facts.limit;
    this.allowed = facts.allowed;
    this.used = facts.used;
  }
}
