/**
 * Connectors: tools, MCP servers and plugin packages as bundles for a thread.
 *
 * ```ts
 * import { defineTool } from "@codex-deno/codex";
 * import { startOffline } from "@codex-deno/codex/testing";
 * import { z } from "npm:zod@4.6.7";
 *
 * const clock = Connector.fromTools("clock", [
 *   defineTool({
 *     name: "today",
 *     description: "Tells the date",
 *     input: z.object({}),
 *     run: () => "2026-01-01",
 *   }),
 * ], { policyLabels: ["read_only"] });
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ connectors: [clock] });
 * for (const { name, parts } of thread.connectors) console.log(name, parts);
 * ```
 *
 * @module
 */
export { Connector } from "./connector.ts";
export type {
  ConnectorComponents,
  ConnectorOptions,
  HostedConnectorOptions,
  HostedMcpOptions,
  InstalledPluginOptions,
  PackageOptions,
} from "./connector.ts";
export type {
  ClientTool,
  SchemaIssue,
  ToolConsent,
  ToolContext,
  ZodSchema,
} from "../domain/tool.ts";
export { ConnectorRegistry } from "./registry.ts";
export type { RegistryOptions } from "./registry.ts";
export { ConnectorPlugin } from "./package/plugin.ts";
export type { PluginApp, PluginRecord } from "./package/plugin.ts";
export type {
  HostedApp,
  HostedAppOptions,
  HostedConnectorAuthorization,
  HostedUrl,
} from "./hosted_app.ts";
export { ConnectorMcpServer } from "./mcp_server.ts";
export type {
  HttpServerOptions,
  McpServerOptions,
  McpServerSettings,
  McpTransport,
  RequireApproval,
  ServerConfig,
  StdioServerOptions,
} from "./mcp_server.ts";
export type { ConnectorMetadata } from "./package/metadata.ts";
export { DEFAULT_POLICY, POLICY_LABELS } from "../domain/connector.ts";
export type {
  ConnectorParts,
  ConnectorSkill,
  ConnectorSource,
  McpServerSource,
  MountedConnector,
  MountedPart,
  PolicyAction,
  PolicyLabel,
  SkippedPart,
  Verdict,
} from "../domain/connector.ts";
export type { ConnectorPolicy, PolicyRule } from "./policy/policy.ts";
export type { MountedConnectors } from "./policy/compose.ts";
export { ConnectorPackageError } from "../errors/mod.ts";
