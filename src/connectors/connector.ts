/**
 * Connectors: named bundles of tools, MCP servers, instructions and skills for a thread.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../options_check.ts";
import type { ClientTool } from "../domain/tool.ts";
import { fromFileUrl } from "../paths.ts";
import { displayable } from "../display/displayable.ts";
import { toConnectorTools } from "./tools.ts";
import { HOSTED_APP_OPTIONS, type HostedAppOptions, toHostedServer } from "./hosted_app.ts";
import {
  type ConnectorMcpServer,
  httpHeaders,
  MCP_SERVER_OPTIONS,
  MCP_SERVER_SETTINGS,
  type McpServerOptions,
  type McpServerSettings,
  toMcpServer,
} from "./mcp_server.ts";
import { type ConnectorMetadata, toMetadata } from "./package/metadata.ts";
import { labelsOf, openApps, type PackageParts, readPackage } from "./package/package.ts";
import type { ConnectorSkill, PolicyLabel, SkippedPart } from "../domain/connector.ts";
import { ConnectorPlugin, mountPackage, type PluginRecord } from "./package/plugin.ts";
import { toPolicyLabels } from "./policy/policy.ts";

/** Options of every connector. */
export interface ConnectorOptions {
  /** Description. */
  readonly description?: string;
  /** Added to the developer instructions of the thread. */
  readonly instructions?: string;
  /** Facts to keep with it; values of secret-looking names are hidden. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What its tools do, in addition to the labels that follow from its servers. */
  readonly policyLabels?: Iterable<PolicyLabel>;
}

/** Options of {@linkcode Connector.fromHostedMcp}. */
export interface HostedMcpOptions extends ConnectorOptions, McpServerSettings {
  /** Where it is, `http:` or `https:`. */
  readonly serverUrl: string | URL;
  /** Token to send as `Authorization: Bearer`. */
  readonly authorization?: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Name for its tools. Default: the name of the connector. */
  readonly serverLabel?: string;
}

/** Options of {@linkcode Connector.fromHostedConnector}. */
export interface HostedConnectorOptions extends Omit<HostedMcpOptions, "serverUrl" | "headers"> {
  /** Id of the connector at its host. */
  readonly connectorId: string;
  /** Token to send as `Authorization: Bearer`. */
  readonly authorization: string;
  /** Where it is served; without it no thread can have the connector. */
  readonly serverUrl?: string | URL;
}

/** Options of {@linkcode Connector.fromPackage}. */
export interface PackageOptions extends HostedAppOptions, Omit<ConnectorOptions, "description"> {
  /** Ends the reading; rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode Connector.fromInstalledPlugin}. */
export interface InstalledPluginOptions extends PackageOptions {
  /** Directory in which the packages of plugins are. */
  readonly packageRoot?: string;
}

const CONNECTOR_OPTIONS = {
  description: true,
  instructions: true,
  metadata: true,
  policyLabels: true,
} as const satisfies OptionNames<ConnectorOptions>;

const HOSTED_MCP_OPTIONS = {
  ...CONNECTOR_OPTIONS,
  ...MCP_SERVER_SETTINGS,
  serverUrl: true,
  authorization: true,
  headers: true,
  serverLabel: true,
} as const satisfies OptionNames<HostedMcpOptions>;

const { headers: _headers, ...hostedOptions } = HOSTED_MCP_OPTIONS;
const HOSTED_CONNECTOR_OPTIONS = {
  ...hostedOptions,
  connectorId: true,
} as const satisfies OptionNames<HostedConnectorOptions>;

const { description: _description, ...commonOptions } = CONNECTOR_OPTIONS;
/** Names of {@linkcode PackageOptions}. */
export const PACKAGE_OPTIONS = {
  ...HOSTED_APP_OPTIONS,
  ...commonOptions,
  signal: true,
} as const satisfies OptionNames<PackageOptions>;

const PLUGIN_OPTIONS = {
  ...PACKAGE_OPTIONS,
  packageRoot: true,
} as const satisfies OptionNames<InstalledPluginOptions>;

/** The parts of a connector, frozen. */
export interface ConnectorComponents {
  /** Client tools. */
  readonly tools: readonly ClientTool[];
  /** MCP servers. */
  readonly mcpServers: readonly ConnectorMcpServer[];
  /** Skills. */
  readonly skills: readonly ConnectorSkill[];
  /** Developer instructions, or `null`. */
  readonly developerInstructions: string | null;
  /** Facts that nothing depends on. */
  readonly metadata: ConnectorMetadata;
  /** What its tools do. */
  readonly policyLabels: readonly PolicyLabel[];
}

interface ConnectorFields extends ConnectorComponents {
  readonly name: string;
  readonly description: string | null;
  readonly skipped: readonly SkippedPart[];
}

const NOTHING: Omit<ConnectorFields, "name"> = {
  description: null,
  tools: [],
  mcpServers: [],
  skills: [],
  skipped: [],
  developerInstructions: null,
  metadata: {},
  policyLabels: [],
};

/**
 * A named bundle of tools, MCP servers, instructions and skills. Give it to a thread with
 * `startThread({ connectors: [connector] })`; it starts nothing and fetches nothing by itself.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const shop = await Connector.fromPackage("./examples/shop_plugin");
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ connectors: [shop] });
 * ```
 */
export class Connector implements ConnectorComponents {
  /** Name of the bundle. */
  readonly name: string;
  /** Description, or `null`. */
  readonly description: string | null;
  /** Client tools. */
  readonly tools: readonly ClientTool[];
  /** MCP servers. */
  readonly mcpServers: readonly ConnectorMcpServer[];
  /** Skills. */
  readonly skills: readonly ConnectorSkill[];
  /** Developer instructions, or `null`. */
  readonly developerInstructions: string | null;
  /** Facts that nothing depends on; what looks secret is hidden. */
  readonly metadata: ConnectorMetadata;
  /** What its tools do: what was said, and what its servers need. */
  readonly policyLabels: readonly PolicyLabel[];
  /** Servers and apps that were left out, and why. */
  readonly skipped: readonly SkippedPart[];

  private constructor(facts: ConnectorFields) {
    this.name = checkName(facts.name);
    this.description = facts.description;
    this.tools = facts.tools;
    this.mcpServers = Object.freeze([...facts.mcpServers]);
    this.skills = Object.freeze([...facts.skills]);
    this.developerInstructions = facts.developerInstructions;
    this.metadata = facts.metadata;
    this.policyLabels = facts.policyLabels;
    this.skipped = Object.freeze([...facts.skipped]);
    Object.freeze(this);
  }

  /** A connector of client tools. */
  static fromTools(
    name: string,
    tools: Iterable<ClientTool>,
    options: ConnectorOptions = {},
  ): Connector {
    checkOptions("make the connector", options, CONNECTOR_OPTIONS);
    return Connector.#make(name, options, { tools: toConnectorTools(name, tools) });
  }

  /** A connector of one MCP server, by the name of the connector. */
  static fromMcpServer(
    name: string,
    server: McpServerOptions,
    options: ConnectorOptions = {},
  ): Connector {
    return Connector.fromMcpServers(name, { [name]: server }, options);
  }

  /** A connector of MCP servers by their names. */
  static fromMcpServers(
    name: string,
    servers: Readonly<Record<string, McpServerOptions>>,
    options: ConnectorOptions = {},
  ): Connector {
    checkOptions("make the connector", options, CONNECTOR_OPTIONS);
    const mcpServers = Object.entries(servers).map(([name, server]) => {
      checkOptions(`make the MCP server ${name}`, server ?? null, MCP_SERVER_OPTIONS);
      return toMcpServer(name, server);
    });
    return Connector.#make(name, options, { mcpServers });
  }

  /** A connector of an app that is hosted under a connector id and opened by a token. */
  static fromHostedConnector(name: string, options: HostedConnectorOptions): Connector {
    checkOptions("make the connector", options ?? null, HOSTED_CONNECTOR_OPTIONS);
    const { connectorId, authorization, serverUrl = null, serverLabel = name } = options;
    checkToken(name, authorization);
    const server = toHostedServer(serverLabel, {
      ...options,
      serverUrl,
    });
    return Connector.#make(name, options, {
      mcpServers: [server],
      metadata: { hostedConnector: { connectorId, serverLabel } },
    });
  }

  /** A connector of a hosted MCP server. */
  static fromHostedMcp(name: string, options: HostedMcpOptions): Connector {
    checkOptions("make the connector", options ?? null, HOSTED_MCP_OPTIONS);
    const { serverUrl, serverLabel = name, authorization, headers = {} } = options;
    if (authorization !== undefined) checkToken(name, authorization);
    const token = authorization === undefined ? {} : { Authorization: `Bearer ${authorization}` };
    const server = toMcpServer(serverLabel, {
      ...options,
      url: serverUrl,
      headers: httpHeaders(serverLabel, { ...headers, ...token }),
    });
    return Connector.#make(name, options, {
      mcpServers: [server],
      metadata: { hostedMcp: { server: server.target, serverLabel } },
    });
  }

  /**
   * A connector from a package: a directory with `.codex-plugin/plugin.json` or
   * `.claude-plugin/plugin.json`.
   *
   * @throws {ConnectorPackageError} when the package is invalid.
   */
  static async fromPackage(path: string | URL, options: PackageOptions = {}): Promise<Connector> {
    checkOptions("read the package", options, PACKAGE_OPTIONS);
    const { name, description, ...parts } = await readPackage(pathOf(path), options);
    return Connector.#make(name, { ...options, description: description || undefined }, parts);
  }

  /**
   * A connector from the record of an installed plugin: its package, its hosted apps, or both.
   *
   * @throws {TypeError} when the record is wrong, is disabled, or holds nothing;
   * {@linkcode ConnectorPackageError} when its package is.
   */
  static async fromInstalledPlugin(
    record: PluginRecord | ConnectorPlugin,
    options: InstalledPluginOptions = {},
  ): Promise<Connector> {
    checkOptions("load the plugin", options, PLUGIN_OPTIONS);
    const plugin = record instanceof ConnectorPlugin ? record : ConnectorPlugin.fromRecord(record);
    const parts = await readPlugin(plugin, options);
    const { description } = parts;
    return Connector.#make(
      plugin.name,
      { ...options, description: description || undefined },
      parts,
    );
  }

  /** Its parts, frozen. */
  components(): ConnectorComponents {
    const { tools, mcpServers, skills, developerInstructions, metadata, policyLabels } = this;
    return Object.freeze({
      tools,
      mcpServers,
      skills,
      developerInstructions,
      metadata,
      policyLabels,
    });
  }

  /** Parts win over options where both say something, except that labels and metadata add up. */
  static #make(
    name: string,
    { description, instructions, metadata = {}, policyLabels = [] }: ConnectorOptions,
    parts: Partial<ConnectorFields>,
  ): Connector {
    checkTexts(name, description, instructions);
    const { mcpServers = [], policyLabels: known = [] } = parts;
    return new Connector({
      ...NOTHING,
      ...parts,
      name,
      description: description ?? null,
      developerInstructions: instructions ?? null,
      metadata: toMetadata({ ...metadata, ...parts.metadata }),
      policyLabels: toPolicyLabels(name, [
        ...policyLabels,
        ...known,
        ...labelsOf(name, mcpServers),
      ]),
    });
  }
}

displayable(Connector.prototype, "connector");

/** The package of a plugin, and the apps of its record. */
async function readPlugin(
  plugin: ConnectorPlugin,
  { packageRoot, ...options }: InstalledPluginOptions,
): Promise<Omit<PackageParts, "name">> {
  const { id, name, apps, packagePath } = plugin;
  if (!plugin.enabled) {
    throw new TypeError(
      `Cannot load the plugin ${id}: it is disabled. Enable it where it comes from`,
    );
  }
  if (packagePath === null && apps.length === 0) {
    throw new TypeError(
      `Cannot load the plugin ${id}: it has neither a package nor apps. Correct its record`,
    );
  }
  const parts = packagePath === null
    ? null
    : await readPackage(await mountPackage(plugin, packageRoot), options);
  const skipped = [...parts?.skipped ?? []];
  // An app that the package also has is taken from the package.
  const known = new Set([...parts?.mcpServers ?? [], ...skipped].map(({ name }) => name));
  const more = await openApps(apps.filter(({ appName }) => !known.has(appName)), skipped, options);
  return {
    description: plugin.description ?? parts?.description ?? null,
    metadata: { ...parts?.metadata, plugin: { ...plugin.metadata, id, name } },
    mcpServers: [...parts?.mcpServers ?? [], ...more],
    skills: parts?.skills ?? [],
    skipped,
    policyLabels: plugin.policyLabels,
  };
}

function pathOf(path: string | URL): string {
  return path instanceof URL ? fromFileUrl(path) : path;
}

function checkName(name: unknown): string {
  if (typeof name === "string" && name.trim() !== "") return name;
  throw new TypeError("Cannot make a connector: its name must be a non-empty string. Pass one");
}

function checkToken(name: string, token: unknown): void {
  if (typeof token === "string" && token !== "") return;
  throw new TypeError(
    `Cannot make the connector ${name}: its authorization must be a non-empty string. Pass the token`,
  );
}

function checkTexts(name: string, description: unknown, instructions: unknown): void {
  for (const [field, value] of Object.entries({ description, instructions })) {
    if (value === undefined || typeof value === "string") continue;
    throw new TypeError(
      `Cannot make the connector ${name}: its ${field} is not a string. Pass one`,
    );
  }
}
