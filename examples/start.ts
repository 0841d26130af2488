/**
 * Starts the Codex of an example: live with `--live`, else on an offline model with the script in
 * `offline/` that has the example's name. A program without the offline model calls
 * `Codex.start()`.
 */
import { Codex, type CodexOptions } from "../mod.ts";
import type { ServerOptions } from "../src/runtime/mod.ts";
import {
  OfflineHome,
  OfflineModel,
  type OfflineOptions,
  startOffline,
} from "../src/testing/mod.ts";

/** What a file in `offline/` exports. */
export interface OfflineScript {
  /** Tells the model what to answer. */
  readonly script?: (model: OfflineModel) => void;
  /** More for the start. */
  readonly options?: OfflineOptions;
  /** Ends what the script has started itself. */
  readonly close?: () => Promise<void>;
}

/** `Codex.start()`, or the same on an offline model. */
export async function startCodex(options: CodexOptions = {}): Promise<Codex> {
  if (Deno.args.includes("--live")) return await Codex.start(options);
  const { script, options: offline, close } = await offlineScript();
  const codex = await startOffline({ ...options, ...offline, home: await sharedHome(offline) });
  script?.(codex.model);
  if (close) void codex.client.closed.then(close);
  return codex;
}

/** Options for `startServer()`: none, or those of a server on an offline model. */
export async function serverOptions(): Promise<ServerOptions> {
  if (Deno.args.includes("--live")) return {};
  const { script } = await offlineScript();
  const model = await OfflineModel.start();
  model.unref();
  script?.(model);
  const { env, workspace } = await sharedHome({}, model.url);
  return { env, clearEnv: true, cwd: workspace };
}

async function offlineScript(): Promise<OfflineScript> {
  const program = new URL(Deno.mainModule).pathname.split("/").at(-1);
  return await import(`./offline/${program}`);
}

let home: Promise<OfflineHome> | undefined;

/**
 * One home for all starts of a program, so that a later one finds the threads of an earlier one.
 */
function sharedHome(
  { files }: OfflineOptions = {},
  modelUrl = "http://127.0.0.1/v1",
): Promise<OfflineHome> {
  return home ??= OfflineHome.create({ modelUrl, files }).then((home) => {
    addEventListener("unload", () => Deno.removeSync(home.root, { recursive: true }));
    return home;
  });
}
