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
export type { ConnectorTool, ConnectorToolContext, ConnectorToolSchema } from "./connector_tool.ts";
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
export { POLICY_LABELS } from "./policy_label.ts";
export type { PolicyLabel } from "./policy_label.ts";
export type { ConnectorSkill } from "./package/skills.ts";
export type { SkippedPart } from "./package/package.ts";
export { ConnectorPackageError } from "../errors/mod.ts";
export type { SchemaIssue } from "../errors/mod.ts";
