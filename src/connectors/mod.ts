/**
 * Connectors: tools, MCP servers and plugin packages as bundles for a thread.
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
export type { ClientTool, SchemaIssue, ToolContext, ZodSchema } from "../domain/tool.ts";
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
export { POLICY_LABELS } from "../domain/connector.ts";
export type {
  ConnectorParts,
  ConnectorSkill,
  ConnectorSource,
  McpServerSource,
  MountedPart,
  PolicyAction,
  PolicyLabel,
  SkippedPart,
  Verdict,
} from "../domain/connector.ts";
export type { PolicyRule } from "./policy/policy.ts";
export { ConnectorPackageError } from "../errors/mod.ts";
