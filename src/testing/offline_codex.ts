/**
 * A Codex with a scripted model: the pinned runtime, hermetic, without account or network.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../options_check.ts";
import { Codex } from "../codex/codex.ts";
import { CODEX_OPTIONS, type CodexOptions } from "../codex/session/options.ts";
import { launchRuntime } from "../codex/session/start/launch.ts";
import { checkSessionOptions, CodexSession } from "../codex/session/session.ts";
import type { OfflineModelInfo } from "./model/catalog.ts";
import { OfflineHome } from "./home.ts";
import {
  OFFLINE_MODEL_OPTIONS,
  OfflineModel,
  type OfflineModelOptions,
} from "./model/offline_model.ts";

/** Options of {@linkcode startOffline}: those of {@linkcode Codex.start}, and those of the home. */
export interface OfflineOptions extends Omit<CodexOptions, "clearEnv" | "isolated" | "label"> {
  /**
   * The model to use, which stays open when the Codex is closed. Default: a new one, closed with
   * it.
   */
  readonly model?: OfflineModel;
  /** Options of the model, if it is the Codex's own. */
  readonly modelOptions?: OfflineModelOptions;
  /**
   * The home to use, which stays when the Codex is closed; without `model` its own model answers
   * there. Default: a new one.
   */
  readonly home?: OfflineHome;
  /** Models to list. Default: the offline catalog. */
  readonly models?: readonly OfflineModelInfo[];
  /** Files to write into the working directory, by relative path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

const { clearEnv: _clearEnv, isolated: _isolated, label: _label, ...codexOptions } = CODEX_OPTIONS;
/** Names of {@linkcode OfflineOptions}. */
export const OFFLINE_OPTIONS = {
  ...codexOptions,
  model: true,
  modelOptions: true,
  home: true,
  models: true,
  files: true,
} as const satisfies OptionNames<OfflineOptions>;

/**
 * A Codex on an offline model. Closing it ends the runtime, then its own model and home.
 *
 * @example What it was asked
 * ```ts
 * await using codex = await startOffline({ files: { "a.txt": "one" } });
 * const thread = await codex.startThread({ cwd: codex.home.workspace });
 * await thread.run("Hello");
 * console.log(codex.model.requests[0]?.lastUserText); // Hello
 * ```
 */
export class OfflineCodex extends Codex {
  /** The model, to script its answers and see what it was asked. */
  readonly model: OfflineModel;
  /** The home: working directory, configuration, environment. */
  readonly home: OfflineHome;

  /** @ignore {@linkcode startOffline} is the way in. */
  constructor(session: CodexSession, model: OfflineModel, home: OfflineHome) {
    super(session);
    this.model = model;
    this.home = home;
  }
}

/**
 * Starts the pinned runtime on an offline model, in a temporary home.
 *
 * The server info says `offline model`, so its answers cannot pass for a real model's.
 *
 * @example Test an agent
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * codex.model.reply("It rains.");
 * const thread = await codex.startThread();
 * console.log((await thread.run("How is the weather?")).finalResponse); // It rains.
 * ```
 */
export async function startOffline(options: OfflineOptions = {}): Promise<OfflineCodex> {
  checkSessionOptions("start Codex offline", options, OFFLINE_OPTIONS);
  checkOptions("start the model", options.modelOptions, OFFLINE_MODEL_OPTIONS);
  const { models, files, config, env, ...launch } = options;
  await using cleanup = new AsyncDisposableStack();
  const model = options.model ?? cleanup.use(await OfflineModel.start(options.modelOptions));
  // As with a live Codex, only the work that is under way keeps the program alive.
  if (!options.model) model.unref();
  const home = options.home ?? cleanup.use(
    await OfflineHome.create({
      modelUrl: model.url,
      models,
      files,
    }),
  );
  // A home that was made for another model is pointed to this one.
  const address = options.home && !options.model
    ? { "model_providers.offline.base_url": model.url }
    : {};
  const connector = launchRuntime({
    ...launch,
    config: { ...config, ...address },
    cwd: options.cwd ?? home.workspace,
    clearEnv: true,
    env: { ...home.env, ...env },
  });
  // The home keeps no login, so that a killed test leaves no key on disk.
  const open: typeof connector = async (...args) => ({
    ...await connector(...args),
    forgetsLogin: true,
  });
  const session = await CodexSession.open(open, { ...launch, label: "offline model" });
  const owned = cleanup.move();
  session.defer(() => owned.disposeAsync());
  return new OfflineCodex(session, model, home);
}
