/**
 * An offline model, a home and a raw runtime on it, for one test.
 *
 * @module
 */
import { OfflineHome, type OfflineHomeOptions, OfflineModel } from "../../src/testing/mod.ts";
import type { OfflineModelOptions } from "../../src/testing/mod.ts";
import { RawRuntime } from "./raw_runtime.ts";

export interface OfflineRig extends AsyncDisposable {
  readonly model: OfflineModel;
  readonly home: OfflineHome;
  readonly runtime: RawRuntime;
}

export async function startRig(
  options: OfflineModelOptions & Omit<OfflineHomeOptions, "modelUrl"> = {},
): Promise<OfflineRig> {
  await using started = new AsyncDisposableStack();
  const model = started.use(await OfflineModel.start(options));
  const home = started.use(await OfflineHome.create({ ...options, modelUrl: model.url }));
  const runtime = started.use(await RawRuntime.start(home));
  const owned = started.move();
  return { model, home, runtime, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
