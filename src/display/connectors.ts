/**
 * Connectors and plugins in a notebook.
 *
 * @module
 */
import type { DescribedConnector, DescribedPlugin, MountedConnector } from "../domain/connector.ts";
import type { MimeBundle } from "./bundle.ts";
import { renderTable } from "./table.ts";

/** A connector as a table of its parts. */
export function renderConnector(connector: DescribedConnector): MimeBundle {
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

/** Plugins as a table. */
export function renderPlugins(plugins: readonly DescribedPlugin[]): MimeBundle {
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

/** The connectors of a thread, and what its policy does with each part. */
export function renderMounted(mounted: Iterable<MountedConnector>): MimeBundle {
  const connectors = [...mounted];
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
