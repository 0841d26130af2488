/**
 * A notebook whose runtime outlives the kernel.
 *
 * @module
 */
import { Codex } from "../codex/codex.ts";
import type { CodexOptions } from "../codex/session/options.ts";
import { parseDuration } from "../runtime/server/duration.ts";
import { startServer } from "../runtime/server/start_server.ts";

/**
 * How long the runtime keeps running: until it is stopped, or until it had no client for a time
 * such as `"1h"`.
 */
export type Keep = true | string;

/** Name of the server among those of its `CODEX_HOME`. */
const NAME = "notebook";

/**
 * Connects to the notebook's server, which is started if it does not run.
 *
 * @throws {TypeError} for options that only a runtime started here can have.
 */
export async function openKept(keep: Keep, options: CodexOptions): Promise<Codex> {
  const { isolated, apiKey, restart, ...rest } = options;
  if (isolated || apiKey !== undefined || restart !== undefined) {
    throw new TypeError(
      "Cannot keep the runtime: isolated, apiKey and restart are for one that ends with the kernel. " +
        "Leave them out, or leave keep out",
    );
  }
  const { executable, cwd, env, clearEnv, config, onProgress, ...connection } = rest;
  const server = await startServer({
    name: NAME,
    reuse: true,
    endWhenIdleMs: keep === true ? undefined : parseDuration(keep),
    executable,
    cwd,
    env,
    clearEnv,
    config,
    onProgress,
    signal: connection.signal,
  });
  return Codex.connect(server.address, { ...connection, token: server.token });
}
