/**
 * The pinned Codex runtime: find it, install it, describe it. `Codex.start` does all of this by
 * itself; this entry is for programs that install ahead of time or show progress.
 *
 * ```ts
 * import { findRuntime, installRuntime } from "@codex-deno/codex/runtime";
 *
 * const runtime = await findRuntime() ?? await installRuntime();
 * console.log(runtime.version, runtime.executable);
 * ```
 *
 * @module
 */

export { inheritedEnvironment, systemEnvironment } from "./environment.ts";
export { findRuntime, installRuntime, resolveRuntime } from "./install.ts";
export type {
  FindRuntimeOptions,
  InstallRuntimeOptions,
  ReleaseOptions,
  ResolveRuntimeOptions,
  RuntimeOptions,
} from "./release/options.ts";
export { listServers, startServer } from "./server/start_server.ts";
export type { ServerFilter, ServerOptions } from "./server/start_server.ts";
export type { Server, StopServerOptions } from "./server/running_server.ts";
export type { EnvironmentOptions } from "./environment.ts";
export { RUNTIME_VERSION } from "./about.ts";
export { currentPlatform, RUNTIME_PACKAGES } from "./release/pin.ts";
export type { PackageFile, RuntimePackage, RuntimePlatform } from "./release/pin.ts";
export type { ProgressHandler, RuntimeInfo, RuntimeProgress } from "../domain/runtime_info.ts";
