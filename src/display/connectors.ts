/**
 * Connectors and plugins, as they look in a notebook.
 *
 * @module
 */
import type { MimeBundle } from "./bundle.ts";
import { renderTable } from "./table.ts";

/** The least of a connector. No part of it can hold a secret. */
export interface ConnectorFacts {
  readonly name: string;
  readonly description: string | null;
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  readonly mcpServers: readonly {
    readonly name: string;
    readonly transport: string;
    readonly target: string | null;
  }[];
  readonly skills: readonly { readonly name: string }[];
  readonly policyLabels: readonly string[];
  readonly skipped: readonly {
    readonly kind: string;
    readonly name: string;
    readonly reason: string;
  }[];
}

/** A connector as a table of its parts. */
export function renderConnector(connector: ConnectorFacts): MimeBundle {
  const { name, description, tools, mcpServers, skills, policyLabels, skipped } = connector;
  return renderTable({
    title: `Connector ${name}${description ? `: ${description}` : ""}`,
    columns: ["part", "name", "what it is"],
    rows: [
      ...tools.map((tool) => ["tool", tool.name, tool.description]),
      ...mcpServers.map(({ name, transport, target }) => [
        "MCP server",
        name,
        `${transport} ${target ?? "(no URL yet)"}`,
      ]),
      ...skills.map(({ name }) => ["skill", name, ""]),
      ...policyLabels.map((label) => ["label", label, ""]),
      ...skipped.map(({ kind, name, reason }) => [
        "left out",
        name,
        `${kind === "app" ? "hosted app" : "MCP server"}, ${REASONS[reason] ?? reason}`,
      ]),
    ],
  });
}

const REASONS: Readonly<Record<string, string>> = {
  disabled: "disabled",
  noAuthorization: "not authorized",
};

/** The least of a plugin. */
export interface PluginFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly packagePath: string | null;
  readonly apps: readonly { readonly appName: string }[];
  readonly policyLabels: readonly string[];
  readonly enabled: boolean;
}

/** Plugins as a table. */
export function renderPlugins(plugins: readonly PluginFacts[]): MimeBundle {
  return renderTable({
    title: `Plugins (${plugins.length})`,
    columns: ["id", "name", "description", "package", "hosted apps", "labels", ""],
    rows: plugins.map((plugin) => [
      plugin.id,
      plugin.name,
      plugin.description,
      plugin.packagePath,
      plugin.apps.map(({ appName }) => appName).join(", "),
      plugin.policyLabels.join(", "),
      plugin.enabled ? "" : "disabled",
    ]),
  });
}

/** The least of a connector that a thread has. */
export interface MountedFacts {
  readonly name: string;
  readonly policyLabels: readonly string[];
  readonly parts: readonly {
    readonly kind: string;
    readonly name: string;
    readonly action: string;
    readonly because: readonly string[];
  }[];
}

/** The connectors of a thread, and what its policy does with each part. */
export function renderMounted(connectors: readonly MountedFacts[]): MimeBundle {
  return renderTable({
    title: `Connectors (${connectors.length})`,
    columns: ["connector", "labels", "part", "name", "policy"],
    rows: connectors.flatMap(({ name, policyLabels, parts }) =>
      parts.map((part) => [
        name,
        policyLabels.join(", "),
        part.kind,
        part.name,
        part.because.length > 0 ? `${part.action}: ${part.because.join(", ")}` : part.action,
      ])
    ),
  });
}
