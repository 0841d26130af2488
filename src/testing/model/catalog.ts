/**
 * The models an offline home lists.
 *
 * @module
 */

/** Id of the default model of offline homes. */
export const OFFLINE_MODEL = "offline-model";

/** One model of an offline home's catalog. */
export interface OfflineModelInfo {
  /** Model id. */
  readonly slug: string;
  /** Name for people. */
  readonly displayName: string;
  /** One sentence for people. */
  readonly description: string;
  /** Reasoning efforts on offer. */
  readonly efforts: readonly string[];
  /** Default: the first of `efforts`. */
  readonly defaultEffort?: string;
  /** Lower comes first; the first visible one is the default model of the list. */
  readonly priority: number;
  /** Whether images are taken. */
  readonly images?: boolean;
  /** Whether lists leave it out unless asked. */
  readonly hidden?: boolean;
  /** In tokens. Default 272,000. */
  readonly contextWindow?: number;
}

/**
 * The catalog of an offline home: one model for every difference that client code may have to
 * handle.
 */
export const OFFLINE_CATALOG: readonly OfflineModelInfo[] = [
  {
    slug: OFFLINE_MODEL,
    displayName: "Offline model",
    description: "Answers from a script on this machine.",
    efforts: ["low", "medium", "high"],
    defaultEffort: "medium",
    priority: 1,
    images: true,
  },
  {
    slug: "offline-model-large",
    displayName: "Offline model (large)",
    description: "The same script under a name with more reasoning efforts.",
    efforts: ["minimal", "low", "medium", "high", "xhigh"],
    defaultEffort: "high",
    priority: 2,
    images: true,
  },
  {
    slug: "offline-model-small",
    displayName: "Offline model (small)",
    description: "The same script under a name with one reasoning effort and no images.",
    efforts: ["low"],
    priority: 3,
    contextWindow: 32_000,
  },
  {
    slug: "offline-model-hidden",
    displayName: "Offline model (hidden)",
    description: "Listed only when hidden models are asked for.",
    efforts: ["low", "medium"],
    priority: 4,
    hidden: true,
  },
];

/** The catalog as `model_catalog_json` has it. */
export function catalogJson(models: readonly OfflineModelInfo[]): string {
  return JSON.stringify({ models: models.map(catalogEntry) }, null, 2);
}

function catalogEntry(model: OfflineModelInfo): Record<string, unknown> {
  return {
    slug: model.slug,
    display_name: model.displayName,
    description: model.description,
    supported_reasoning_levels: model.efforts.map((effort) => ({
      effort,
      description: `${effort} reasoning`,
    })),
    default_reasoning_level: model.defaultEffort ?? model.efforts[0],
    shell_type: "unified_exec",
    visibility: model.hidden ? "hide" : "list",
    supported_in_api: true,
    priority: model.priority,
    support_verbosity: false,
    truncation_policy: { mode: "tokens", limit: 10_000 },
    context_window: model.contextWindow ?? 272_000,
    experimental_supported_tools: [],
    base_instructions: "You are a scripted model that runs offline.",
    apply_patch_tool_type: "freeform",
    input_modalities: model.images ? ["text", "image"] : ["text"],
  };
}
