/**
 * The end of a run before that of its inputs.
 *
 * @module
 */
import { CodexError } from "../../../errors/mod.ts";
import type { MapResults } from "./results.ts";

/**
 * A run that was collected ended before its inputs; `cause` says why, such as a
 * {@linkcode RunBudgetError}, a {@linkcode CheckpointError} or a {@linkcode TransportClosedError}.
 * What was done is in `results`.
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
 *   await run.collect();
 * } catch (error) {
 *   if (!(error instanceof MapStoppedError)) throw error;
 *   console.log(error.results.rows.length, error.cause);
 * }
 * ```
 */
export class MapStoppedError extends CodexError {
  /** The inputs that are done. */
  readonly results: MapResults<unknown, unknown>;

  /** Takes the results so far and the reason of the end. */
  constructor(results: MapResults<unknown, unknown>, cause: unknown) {
    const done = results.rows.length;
    super(
      `Cannot complete the run: it ended after ${done === 1 ? "1 row" : `${done} rows`}. ` +
        "See cause; what is done is in results",
      { cause },
    );
    this.results = results;
  }
}
