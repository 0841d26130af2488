/**
 * Runs the pinned runtime's own command line, which this module does not put on the PATH: `login`,
 * `logout`, `--help`.
 *
 * ```sh
 * deno run -A src/runtime/cli.ts login
 * ```
 *
 * @module
 */
import { CodexError } from "../errors/mod.ts";
import { runtimeEnvironment } from "./environment.ts";
import { resolveRuntime } from "./install.ts";

if (import.meta.main) Deno.exitCode = await runProgram(Deno.args);

/** Resolves with the exit code of the program. */
export async function runProgram(
  args: readonly string[],
  resolve: typeof resolveRuntime = resolveRuntime,
): Promise<number> {
  try {
    const runtime = await resolve({ onProgress: ({ phase }) => note(phase) });
    const child = new Deno.Command(runtime.executable, {
      args: [...args],
      env: runtimeEnvironment(runtime, {}),
    }).spawn();
    return (await child.status).code;
  } catch (error) {
    if (!(error instanceof CodexError)) throw error;
    console.error(error.message);
    return 1;
  }
}

let isNoted = false;

function note(phase: string): void {
  if (phase !== "download" || isNoted) return;
  isNoted = true;
  console.error("Downloading the Codex runtime (about 170 MB, once) …");
}
