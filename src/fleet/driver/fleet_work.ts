/**
 * Does the rows of a run by jobs of a fleet.
 *
 * @module
 */
import type { KeyedInput } from "../../codex/map/inputs.ts";
import { priceOf } from "../../codex/map/ledger.ts";
import type { MapOptions } from "../../codex/map/options.ts";
import type { RowOutcome, RowWork } from "../../codex/map/row.ts";
import { OutputContract } from "../../codex/output/typed_output.ts";
import { costOf } from "../../domain/turn_result.ts";
import type { TokenUsageBreakdown } from "../../protocol/mod.ts";
import { FleetTaskError } from "../errors.ts";
import { type JobEnd, jobIdOf, type JobProgress, type JobResult } from "../job.ts";
import type { FleetTask } from "../task.ts";
import type { Collector, JobOutcome } from "./collector.ts";

/** Facts of a row that only a fleet has. */
export interface FleetFacts {
  /**
   * Id of its job in the queue, or `null` when it was restored from the checkpoint or refused
   * before.
   */
  readonly jobId: string | null;
  /** Worker that did it, or had it last; `null` when none had it. */
  readonly worker: string | null;
  /** How it ended, or `null` when it did not complete in this fleet. */
  readonly end: JobEnd | null;
}

/** The state that the rows of a run share. */
export interface FleetWorkParts<Input, Output> {
  readonly task: FleetTask<Input, Output>;
  readonly run: string;
  readonly prices: MapOptions["prices"];
  readonly collector: Collector;
  /** Whether the store may forget a row that is kept in the checkpoint. */
  readonly hasCheckpoint: boolean;
  /** Ids of the jobs of the run that have not ended, by key. */
  readonly open: Map<string, string>;
}

/** {@linkcode RowWork} by jobs. */
export class FleetWork<Input, Output> implements RowWork<Input, Output> {
  readonly #parts: FleetWorkParts<Input, Output>;
  #contract: Promise<OutputContract<Output> | null> | null = null;

  constructor(parts: FleetWorkParts<Input, Output>) {
    this.#parts = parts;
  }

  /** Submits the row and waits for its end, however long that takes. */
  async run({ input, key }: KeyedInput<Input>, signal: AbortSignal): Promise<RowOutcome<Output>> {
    const { task, run, collector, open } = this.#parts;
    if (key === null) {
      throw new TypeError("Cannot submit the row: it has no key. Return one from the option key");
    }
    const jobId = await jobIdOf(run, task.name, key);
    open.set(key, jobId);
    try {
      const data = { run, key, input };
      const { name, attempts } = task;
      const outcome = await collector.run({ jobId, task: name, attempts, data }, signal);
      return outcome.status === "completed"
        ? await this.#completed(jobId, outcome.result)
        : this.#failed(jobId, outcome);
    } finally {
      open.delete(key);
    }
  }

  /** A driver that was killed may have kept a row that the store still has. */
  skip(key: string): void {
    const { run, task, collector } = this.#parts;
    collector.removeSoon(jobIdOf(run, task.name, key));
  }

  async #completed(jobId: string, result: JobResult): Promise<RowOutcome<Output>> {
    const { worker, end, attempts, usage, model, durationMs } = result;
    const cost = this.#cost(usage, model);
    const facts: FleetFacts = { jobId, worker, end };
    const spent = { attempts, usage, cost, durationMs, facts };
    const contract = await (this.#contract ??= this.#readContract());
    const read = contract ? await contract.decode(result.output) : null;
    if (contract && !read) {
      const detail = "The output in the store does not fit the schema of the task";
      const error = new FleetTaskError({ reason: "task", jobId, worker, threadId: null, detail });
      return { error, ...spent };
    }
    const { collector, hasCheckpoint } = this.#parts;
    const onKept = hasCheckpoint ? () => collector.remove(jobId) : undefined;
    const output = read ? read.output : result.output as Output;
    return { output, ...spent, onKept };
  }

  #failed(
    jobId: string,
    outcome: Exclude<JobOutcome, { status: "completed" }>,
  ): RowOutcome<Output> {
    const isMissing = outcome.status === "missing";
    const progress: JobProgress | null = isMissing ? null : outcome.progress;
    const { worker = null, threadId = null, usage = null } = progress ?? {};
    const detail = isMissing ? "" : outcome.detail;
    const stalled = detail.startsWith("job stalled") ? "stalled" : "task";
    const reason = isMissing ? "missing" : progress?.reason ?? stalled;
    return {
      error: new FleetTaskError({ reason, jobId, worker, threadId, detail }),
      attempts: isMissing ? 0 : outcome.attempts,
      usage,
      cost: this.#cost(usage, null),
      durationMs: 0,
      facts: { jobId, worker, end: null } satisfies FleetFacts,
    };
  }

  #cost(usage: TokenUsageBreakdown | null, model: string | null): number | null {
    const { prices } = this.#parts;
    if (!prices) return null;
    if (!usage) return 0;
    const price = model === null ? undefined : priceOf(prices, model);
    return price ? costOf(usage, price) : null;
  }

  async #readContract(): Promise<OutputContract<Output> | null> {
    const { output } = this.#parts.task;
    return output ? await OutputContract.of(output) : null;
  }
}
