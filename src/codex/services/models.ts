/**
 * The models that the runtime offers, and the choice of one.
 *
 * @module
 */
import { EFFORTS } from "../../domain/settings.ts";
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { MethodCaller } from "../../client/app_server_client.ts";
import { displayable } from "../../display/displayable.ts";
import type { Model, ReasoningEffort } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { PagedList } from "../paged_list.ts";

/** Options of {@linkcode Codex.models}. */
export interface ModelsOptions extends CallSignal {
  /** Also those that are not offered in pickers. Default `false`. */
  readonly includeHidden?: boolean;
  /** Name of a provider of the configuration. Default: the one that new threads use. */
  readonly modelProvider?: string;
}

const MODELS_OPTIONS = {
  ...CALL_SIGNAL,
  includeHidden: true,
  modelProvider: true,
} as const satisfies OptionNames<ModelsOptions>;

export async function listModels(
  client: MethodCaller,
  options: ModelsOptions,
): Promise<Model[]> {
  checkOptions("list the models", options, MODELS_OPTIONS);
  const { includeHidden = false, modelProvider, signal } = options;
  const fetch = async (cursor: string | null) => {
    const params = { includeHidden, modelProvider, cursor };
    const page = await client.call("model/list", params, { signal });
    return { data: page.data, nextCursor: page.nextCursor ?? null };
  };
  const models = await Array.fromAsync(new PagedList(fetch, (model) => model.id));
  return displayable(models, "models");
}

/** Options of {@linkcode pickModel}. */
export interface PickModelOptions {
  /** Model ids or display names in order of preference; the first that is listed wins. */
  readonly prefer?: string | readonly string[];
  /** Input that the model must accept. Default: text. */
  readonly input?: "text" | "image";
}

const PICK_MODEL_OPTIONS = {
  prefer: true,
  input: true,
} as const satisfies OptionNames<PickModelOptions>;

/**
 * Chooses a model: the first preferred one that is listed, else the highest visible one, else the
 * highest hidden one.
 *
 * The runtime lists models from highest to lowest; a model for which the list names an upgrade that
 * is also listed is superseded and not chosen by itself.
 *
 * @throws {RangeError} when no model fits.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const model = pickModel(await codex.models(), { prefer: "gpt-6.1-sol" });
 * ```
 */
export function pickModel(models: readonly Model[], options: PickModelOptions = {}): Model {
  checkOptions("pick a model", options, PICK_MODEL_OPTIONS);
  const { prefer = [], input = "text" } = options;
  const fitting = models.filter((model) =>
    model.inputModalities?.includes(input) ?? input === "text"
  );
  for (const name of typeof prefer === "string" ? [prefer] : prefer) {
    const preferred = fitting.find(({ id, model, displayName }) =>
      id === name || model === name || displayName === name
    );
    if (preferred) return preferred;
  }
  const listed = new Set(fitting.flatMap(({ id, model }) => [id, model]));
  const current = fitting.filter(({ upgrade }) => !(upgrade && listed.has(upgrade)));
  const isVisible = ({ hidden }: Model): boolean => !hidden;
  const chosen = current.find(isVisible) ?? fitting.find(isVisible) ?? current[0] ?? fitting[0];
  if (chosen) return chosen;
  const count = models.length === 0 ? "the list is empty" : `no model of the list takes ${input}`;
  throw new RangeError(
    `Cannot pick a model: ${count}. List the hidden ones too, with ` +
      "codex.models({ includeHidden: true }), or name a model of the provider by its id",
  );
}

/**
 * Chooses a reasoning effort: the highest the model supports, or a wish clamped to what it
 * supports, that is the highest supported one not above the wish, else the lowest.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const effort = pickEffort(pickModel(await codex.models()), "high");
 * ```
 */
export function pickEffort(model: Model, wish?: ReasoningEffort): ReasoningEffort {
  const supported = model.supportedReasoningEfforts
    .map(({ reasoningEffort }, index) => ({
      effort: reasoningEffort,
      rank: rankOf(reasoningEffort, index),
    }))
    .sort((a, b) => a.rank - b.rank);
  const highest = supported.at(-1);
  if (!highest) return model.defaultReasoningEffort;
  if (wish === undefined) return highest.effort;
  const wished = supported.find(({ effort }) => effort === wish);
  if (wished) return wished.effort;
  const limit = rankOf(wish, supported.length);
  return (supported.findLast(({ rank }) => rank <= limit) ?? supported[0] ?? highest).effort;
}

/** Unknown efforts rank by their place in the model's list. */
function rankOf(effort: ReasoningEffort, index: number): number {
  const rank = EFFORTS.indexOf(effort);
  return rank >= 0 ? rank : index;
}
