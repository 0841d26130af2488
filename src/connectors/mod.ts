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
export { ConnectorPlugin } from "./plugin.ts";
export type { PluginApp, PluginRecord } from "./plugin.ts";
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
export type { ConnectorMetadata } from "./metadata.ts";
export { POLICY_LABELS } from "./policy_label.ts";
export type { PolicyLabel } from "./policy_label.ts";
export type { ConnectorSkill } from "./skill_folder.ts";
export type { SkippedPart } from "./package.ts";
export { ConnectorPackageError } from "../errors.ts";
export type { SchemaIssue } from "../errors.ts";
