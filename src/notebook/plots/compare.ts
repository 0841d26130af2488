/**
 * Models side by side.
 *
 * @module
 */
import type { Codex } from "../../codex/codex.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import {
  checkPrices,
  costOf,
  type ModelPrice,
  type TokenUsage,
  type TurnResult,
} from "../../domain/turn_result.ts";
import { displayable } from "../../display/displayable.ts";
import { count, duration, oneLine } from "../../display/mod.ts";
import { checkOptions, type OptionNames } from "../../options_check.ts";
import type { Model, ReasoningEffort } from "../../protocol/mod.ts";
import { type Chart, chart } from "./chart.ts";

/** Options of {@linkcode compare}. */
export interface CompareOptions extends CallSignal {
  /** Ids of the models. */
  readonly models: readonly string[];
  /**
   * Efforts of each model; one that a model does not support is left out. Default: the model's own.
   */
  readonly efforts?: readonly ReasoningEffort[];
  /** How many turns run at the same time. Default 4. */
  readonly concurrency?: number;
  /** Prices by model id, for the costs. */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
}

const COMPARE_OPTIONS = {
  models: true,
  efforts: true,
  concurrency: true,
  prices: true,
  signal: true,
} as const satisfies OptionNames<CompareOptions>;

/** The answer of one model to one prompt. */
export interface ComparedAnswer {
  /** The prompt. */
  readonly prompt: string;
  /** Id of the model. */
  readonly model: string;
  /** Its effort, or `null` for the model's own. */
  readonly effort: ReasoningEffort | null;
  /** The answer, or `null` when the turn failed. */
  readonly answer: string | null;
  /** Tokens of the turn, or `null` when none were reported. */
  readonly usage: TokenUsage | null;
  /** Its cost, or `null` without usage or price. */
  readonly cost: number | null;
  /** Time of the turn, in milliseconds, or `null` when it failed. */
  readonly durationMs: number | null;
  /** Why the turn failed, or `null`. */
  readonly error: unknown;
}

/** The answers of all models to all prompts. In a notebook it is a table. */
export class Comparison {
  /** By prompt, then model, then effort, in the order that was given. */
  readonly answers: readonly ComparedAnswer[];

  /** @ignore {@linkcode compare} is the way in. */
  constructor(answers: readonly ComparedAnswer[]) {
    this.answers = answers;
  }

  /** Output tokens and seconds of each model with each effort, as the means over all prompts. */
  async plot(): Promise<Chart> {
    const rows = meansOf(this.answers);
    return await chart((Plot) => ({
      title: "Models side by side",
      subtitle: `Means of ${count(this.answers.length, "answer")}: left is fast, low is short`,
      width: 640,
      height: 320,
      marginLeft: 60,
      marginRight: 180,
      x: { grid: true, zero: true },
      y: { label: "output tokens", grid: true, zero: true },
      marks: [
        Plot.dot(rows, { x: "seconds", y: "tokens", fill: "#4269d0", r: 5 }),
        // Above and below in turn, or the names of near dots lie on each other.
        ...[-9, 9].map((dy, side) =>
          Plot.text(rows.filter((_, index) => index % 2 === side), {
            x: "seconds",
            y: "tokens",
            text: "name",
            textAnchor: "start",
            dx: 6,
            dy,
            fill: "black",
          })
        ),
      ],
    }));
  }
}

displayable(Comparison.prototype, "table", ({ answers }) => ({
  title: `Models side by side (${count(answers.length, "answer")})`,
  columns: ["prompt", "model", "answer", "tokens", "cost", "time"],
  rows: answers.map((answer) => [
    oneLine(answer.prompt, 60),
    nameOf(answer),
    answer.answer ?? oneLine(String(answer.error), 200),
    answer.usage?.totalTokens.toLocaleString("en-US") ?? "",
    answer.cost === null ? "" : answer.cost.toPrecision(3),
    answer.durationMs === null ? "" : duration(answer.durationMs),
  ]),
}));

/**
 * Asks each model each prompt, each on a new thread that is not stored, and puts answers, tokens,
 * time and cost side by side. A turn that fails is an answer with an error.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const [model] = await codex.models();
 * const compared = await compare(codex, ["Two and two?"], { models: [model?.id ?? ""] });
 * console.log(compared.answers[0]?.answer, (await compared.plot()).description);
 * ```
 *
 * @throws {RangeError} when the runtime does not list a model, before anything is sent;
 * `signal.reason`.
 */
export async function compare(
  codex: Codex,
  prompts: readonly string[],
  options: CompareOptions,
): Promise<Comparison> {
  checkOptions("compare models", options ?? null, COMPARE_OPTIONS);
  const { models, efforts, prices = {}, signal, concurrency = 4 } = options;
  checkPrices(prices);
  const known = await codex.models({ signal, includeHidden: true });
  const columns = models.flatMap((id) => effortsOf(known, id, efforts));
  const inputs = prompts.flatMap((prompt) => columns.map((column) => ({ prompt, ...column })));
  const run = codex.map(inputs, async ({ prompt, model, effort }, { thread, signal }) => {
    return await thread.run(prompt, { model, effort: effort ?? undefined, signal });
  }, { concurrency, signal });
  const answers: ComparedAnswer[] = [];
  for await (const row of run) {
    answers.push(
      row.status === "completed"
        ? answered(row.input, row.output, prices)
        : { ...row.input, ...NO_ANSWER, error: row.error },
    );
  }
  return new Comparison(answers);
}

type Input = Pick<ComparedAnswer, "prompt" | "model" | "effort">;

const NO_ANSWER = { answer: null, usage: null, cost: null, durationMs: null, error: null };

function answered(
  input: Input,
  { finalResponse, usage, durationMs }: TurnResult,
  prices: Readonly<Record<string, ModelPrice>>,
): ComparedAnswer {
  const price = prices[input.model];
  const cost = usage && price ? costOf(usage, price) : null;
  return { ...input, ...NO_ANSWER, answer: finalResponse, usage, cost, durationMs };
}

function effortsOf(
  known: readonly Model[],
  id: string,
  efforts: readonly ReasoningEffort[] | undefined,
): Pick<Input, "model" | "effort">[] {
  const model = known.find((each) => each.id === id);
  if (!model) {
    const ids = known.map((each) => each.id).join(", ");
    throw new RangeError(`Cannot compare models: ${id} is not listed. Use some of ${ids}`);
  }
  if (!efforts) return [{ model: id, effort: null }];
  const supported = model.supportedReasoningEfforts.map(({ reasoningEffort }) => reasoningEffort);
  return efforts.filter((effort) => supported.includes(effort))
    .map((effort) => ({ model: id, effort }));
}

function nameOf({ model, effort }: Input): string {
  return effort === null ? model : `${model} (${effort})`;
}

/** A row for each model and effort that gave an answer. */
function meansOf(
  answers: readonly ComparedAnswer[],
): { name: string; seconds: number; tokens: number }[] {
  const groups = Map.groupBy(answers.filter(({ error }) => error === null), nameOf);
  return [...groups].map(([name, group]) => ({
    name,
    seconds: mean(group.map(({ durationMs }) => (durationMs ?? 0) / 1000)),
    tokens: mean(group.map(({ usage }) => usage?.outputTokens ?? 0)),
  }));
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
