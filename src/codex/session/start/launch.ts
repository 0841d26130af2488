/**
 * Starts a runtime process and connects to it. Loaded by a program that does so.
 *
 * @module
 */
import { tell } from "../../../callback.ts";
import { AppServerClient } from "../../../client/app_server_client.ts";
import { checkSecret } from "../secret.ts";
import { RequestTimeoutError, TransportClosedError } from "../../../errors/mod.ts";
import { divideConfig } from "../../../runtime/config_overrides.ts";
import { runtimeEnvironment } from "../../../runtime/environment.ts";
import { resolveRuntime } from "../../../runtime/install.ts";
import { chosenRelease } from "../../../runtime/release/choice.ts";
import { releaseOptions } from "../../../runtime/release/options.ts";
import { checkLaunchArguments } from "../../../runtime/release/arguments.ts";
import type { ProgressHandler, RuntimeInfo } from "../../../domain/runtime_info.ts";
import { StdioTransport } from "../../../rpc/stdio.ts";
import { clientOptions, type OpenConnection } from "../connection.ts";
import type { CodexOptions } from "../options.ts";
import { setupError } from "../../../runtime/setup_error.ts";

/** Finds or installs the runtime, starts it and connects; can be called again after it ended. */
export function launchRuntime(options: CodexOptions): OpenConnection {
  const { apiKey } = options;
  if (apiKey !== undefined) checkSecret("API key", apiKey);
  const config = apiKey === undefined ? options.config : { ...options.config, ...IN_MEMORY_LOGIN };
  const { args, secrets } = divideConfig(config ?? {});
  const release = releaseOptions(options);
  chosenRelease(release);
  const launchArgs = checkLaunchArguments(options.launchArgs ?? []);
  const login = apiKey === undefined
    ? {}
    : { login: { type: "apiKey" as const, apiKey }, forgetsLogin: true };
  return async (onServerRequest, signal) => {
    const { onDiagnostic } = options;
    const report = (error: unknown): void =>
      tell(onDiagnostic, { kind: "handlerError", handler: "onProgress", error });
    const onProgress: ProgressHandler = (progress) => tell(options.onProgress, progress, report);
    const runtime = await resolveRuntime({ ...release, onProgress, signal });
    const transport = spawn(runtime, ["app-server", ...args, ...launchArgs], options);
    try {
      const client = await AppServerClient.connect(transport, {
        ...clientOptions(options),
        onServerRequest,
        runtime,
        signal,
        threadConfig: secrets || undefined,
      });
      return { client, runtime, processId: transport.pid, cwd: options.cwd ?? ".", ...login };
    } catch (error) {
      throw asHandshakeError(error, runtime);
    }
  };
}

/** Keeps credentials in the memory of the runtime's process. */
const IN_MEMORY_LOGIN = { cli_auth_credentials_store: "ephemeral" };

function spawn(runtime: RuntimeInfo, args: string[], options: CodexOptions): StdioTransport {
  const { onDiagnostic } = options;
  const env = runtimeEnvironment(runtime, options);
  try {
    return StdioTransport.spawn({
      executable: runtime.executable,
      args,
      cwd: options.cwd,
      env,
      onStderr: onDiagnostic && ((line) => onDiagnostic({ kind: "stderr", line })),
    });
  } catch (cause) {
    throw setupError(
      "spawn",
      runtime.version,
      `Cannot start the runtime ${runtime.executable}: ${spawnFailure(cause, runtime)}`,
      cause,
    );
  }
}

function spawnFailure(cause: unknown, runtime: RuntimeInfo): string {
  if (cause instanceof Deno.errors.NotCapable) {
    return `running it is not permitted. Add --allow-run=${runtime.executable}`;
  }
  if (cause instanceof Deno.errors.NotFound) {
    return "the file or the cwd does not exist. Check both paths";
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return "it is not executable. Check the file's mode";
  }
  return "the system refuses to run it. Check that it is made for this platform";
}

function asHandshakeError(error: unknown, runtime: RuntimeInfo): unknown {
  const how = handshakeFailure(error);
  if (!how) return error;
  return setupError(
    "handshake",
    runtime.version,
    `Cannot connect to the runtime ${runtime.executable}: ${how}. ` +
      "Check that it is the Codex runtime and that its home directory exists",
    error,
  );
}

function handshakeFailure(error: unknown): string | null {
  if (error instanceof RequestTimeoutError) return `no answer within ${error.timeoutMs} ms`;
  if (!(error instanceof TransportClosedError)) return null;
  const lines = error.stderrTail.split("\n");
  const words = (lines.findLast((line) => /^error\b/i.test(line)) ?? lines.at(-1))?.slice(0, 300);
  const how = error.signal
    ? `it was ended by ${error.signal}`
    : `it ended with exit code ${error.exitCode}`;
  return words ? `${how}, saying: ${words}` : how;
}
