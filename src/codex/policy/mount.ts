/**
 * From the options of a thread to what the runtime is asked for.
 *
 * @module
 */
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { CallSignal } from "../call_signal.ts";
import type { ReadConfigOptions } from "../services/config.ts";
import {
  composeConnectors,
  type Composition,
  type CompositionRequest,
  type RuntimeFacts,
  toSandboxName,
} from "./compose.ts";
import { plainSettings, type ThreadSettings } from "../options.ts";
import { checkTools } from "../tools/tools.ts";

/** Options of a thread that opening it needs. */
type MountRequest =
  & Omit<CompositionRequest, "sandbox" | "approvalMode">
  & Pick<ThreadSettings, "sandbox" | "approvalMode">
  & CallSignal;

/**
 * Puts a thread's tools and connectors together. Mistakes show before anything is asked; the runtime is asked for
 * its configuration only where that matters, so that no server of a connector mixes with one of the user's.
 */
export async function mountConnectors(
  client: AppServerClient,
  { signal, ...options }: MountRequest,
): Promise<Composition> {
  const request = plainSettings(options);
  const composition = composeConnectors(request);
  checkTools(composition.tools);
  if (!composition.needsFacts) return composition;
  return composeConnectors(request, await readFacts(client, { cwd: options.cwd, signal }));
}

async function readFacts(
  client: AppServerClient,
  { cwd, signal }: ReadConfigOptions,
): Promise<RuntimeFacts> {
  const { config } = await client.call("config/read", { cwd: cwd ?? null }, { signal });
  const { mcp_servers, default_permissions, sandbox_mode } = config as Record<string, unknown>;
  const profile = default_permissions === ":danger-full-access" ? "full-access" : null;
  return {
    serverNames: Object.keys(Object(mcp_servers)),
    sandbox: toSandboxName(sandbox_mode) ?? profile,
  };
}
