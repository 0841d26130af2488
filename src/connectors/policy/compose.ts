/**
 * Composes the tools and connectors of one thread.
 *
 * @module
 */
import { asRecord } from "../../json.ts";
import {
  plainSettings,
  type PlainThreadSettings,
  type SandboxName,
  type ThreadSettings,
} from "../../domain/settings.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import type {
  ConnectorParts,
  ConnectorSource,
  McpServerSource,
  MountedConnector,
  MountedPart,
  PolicyAction,
  Verdict,
} from "../../domain/connector.ts";
import { checkTools, type ClientTool } from "../../domain/tool.ts";
import { displayable } from "../../display/displayable.ts";
import type { AppServerClient } from "../../client/app_server_client.ts";
import type { SelectedCapabilityRoot } from "../../protocol/mod.ts";
import { type EnforcedPart, PolicyEnforcer } from "./enforce.ts";
import { allowsMore, type ConnectorPolicy, ResolvedPolicy } from "./policy.ts";

/** The parts of a thread. */
export interface CompositionRequest extends PlainThreadSettings {
  /** Tools given directly; they come first and keep their names. */
  readonly tools?: readonly ClientTool[];
  /** Connectors, in order. */
  readonly connectors?: readonly ConnectorSource[];
  /** The meaning of their labels. */
  readonly policy?: ConnectorPolicy;
}

/** Facts that only the runtime has. */
export interface RuntimeConfig {
  /** NameAllocator of the MCP servers in its configuration. */
  readonly serverNames: readonly string[];
  /** The sandbox in its configuration, or `null`. */
  readonly sandbox: SandboxName | null;
}

/** The connectors of a thread; in a notebook a table with what the policy does. */
export class MountedConnectors implements Iterable<MountedConnector> {
  /** @ignore The connectors as they were given. */
  readonly sources: readonly ConnectorSource[];
  readonly #connectors: readonly MountedConnector[];

  constructor(
    connectors: readonly MountedConnector[] = [],
    sources: readonly ConnectorSource[] = [],
  ) {
    this.#connectors = connectors;
    this.sources = sources;
  }

  /** Number of connectors. */
  get length(): number {
    return this.#connectors.length;
  }

  /** One after the other. */
  [Symbol.iterator](): Iterator<MountedConnector> {
    return this.#connectors.values();
  }
}

displayable(MountedConnectors.prototype, "mounted");

/** How the request changes. */
export interface Composition {
  /** Direct tools, then those of connectors. */
  readonly tools: readonly ClientTool[];
  /** Settings of the thread, with the additions of connectors. */
  readonly settings: PlainThreadSettings;
  /** Skills, as `thread/start` has them. */
  readonly skillRoots: readonly SelectedCapabilityRoot[];
  /** For the thread's handle. */
  readonly mounted: MountedConnectors;
  /** Enforces the policy. */
  readonly enforcer: PolicyEnforcer;
  /** Whether facts of the runtime would change the result. */
  readonly needsConfig: boolean;
}

/** The result before the runtime is asked. */
export const UNREAD_CONFIG: RuntimeConfig = { serverNames: [], sandbox: null };

/**
 * Composes tools and connectors: direct tools, tools of connectors, then MCP servers. Of two
 * connectors with one name for a tool or server, the later gets `_2`, `_3` and so on; the order of
 * the connectors decides.
 *
 * @throws {TypeError} when a connector clashes with what is given directly, or with the settings of
 * the thread.
 */
export function composeConnectors(
  request: CompositionRequest,
  facts: RuntimeConfig = UNREAD_CONFIG,
): Composition {
  const { tools = [], connectors = [] } = request;
  const policy = new ResolvedPolicy(request.policy);
  checkConnectors(connectors);
  const names = new NameAllocator(request, facts);
  const mounts = connectors.map((source) => new MountedSource(source, policy));
  // All tools get their names before any server, so that the order is that of the parts.
  for (const mount of mounts) mount.nameTools(names);
  for (const mount of mounts) mount.nameServers(names, request);
  const labels = [...new Set(mounts.flatMap((mount) => mount.parts.policyLabels))];
  const limits = { sandbox: policy.sandbox(labels), network: policy.network(labels) };
  const enforcer = new PolicyEnforcer({
    tools: new Map(mounts.flatMap((mount) => mount.enforcedTools)),
    servers: new Map(mounts.flatMap((mount) => mount.enforcedServers)),
    ...limits,
    refusesAll: request.approvalMode === "deny-all",
  });
  return {
    tools: [...tools, ...mounts.flatMap((mount) => mount.tools)],
    settings: composeSettings(request, mounts, { ...limits, facts }),
    skillRoots: toSkillRoots(mounts),
    mounted: new MountedConnectors(mounts.map((mount) => mount.summary()), connectors),
    enforcer,
    needsConfig: limits.sandbox !== null || mounts.some((mount) => mount.servers.length > 0),
  };
}

/** Options of a thread that opening it needs. */
type MountRequest =
  & Omit<CompositionRequest, "sandbox" | "approvalMode">
  & Pick<ThreadSettings, "sandbox" | "approvalMode">
  & CallSignal;

/**
 * Composes a thread's tools and connectors. Errors are thrown before any request; the runtime's
 * configuration is read only where it matters, so that a server of a connector is never merged with
 * one of the user's.
 */
export async function mountConnectors(
  client: AppServerClient,
  { signal, ...options }: MountRequest,
): Promise<Composition> {
  const request = plainSettings(options);
  const composition = composeConnectors(request);
  checkTools(composition.tools);
  if (!composition.needsConfig) return composition;
  return composeConnectors(request, await readFacts(client, { cwd: options.cwd, signal }));
}

async function readFacts(
  client: AppServerClient,
  { cwd, signal }: CallSignal & { readonly cwd?: string },
): Promise<RuntimeConfig> {
  const { config } = await client.call("config/read", { cwd: cwd ?? null }, { signal });
  const { mcp_servers, default_permissions, sandbox_mode } = config as Record<string, unknown>;
  const profile = default_permissions === ":danger-full-access" ? "full-access" : null;
  return {
    serverNames: Object.keys(asRecord(mcp_servers)),
    sandbox: toSandboxName(sandbox_mode) ?? profile,
  };
}

function checkConnectors(connectors: readonly ConnectorSource[]): void {
  for (const [index, connector] of connectors.entries()) {
    if (typeof connector?.name !== "string" || typeof connector.components !== "function") {
      throw new TypeError(
        `Cannot use the connectors: number ${
          index + 1
        } is not a connector. Make one with Connector.from…`,
      );
    }
    if (connectors.indexOf(connector) === index) continue;
    throw new TypeError(
      `Cannot use the connectors: ${connector.name} is given twice. Give it once`,
    );
  }
}

/** A server under its name on the thread. */
interface NamedServer extends Verdict {
  readonly name: string;
  readonly server: McpServerSource;
}

/** One connector while it is composed. */
class MountedSource {
  readonly name: string;
  readonly parts: ConnectorParts;
  readonly verdict: Verdict;
  /** Its tools under their names on the thread. */
  readonly tools: ClientTool[] = [];
  /** Its servers, denied ones included. */
  readonly servers: NamedServer[] = [];
  readonly #toolVerdicts = new Map<string, Verdict>();
  readonly #policy: ResolvedPolicy;

  constructor(source: ConnectorSource, policy: ResolvedPolicy) {
    this.name = source.name;
    this.parts = source.components();
    this.verdict = policy.verdict(this.parts.policyLabels);
    this.#policy = policy;
  }

  nameTools(names: NameAllocator): void {
    for (const tool of this.parts.tools) {
      const name = names.tool(tool.name, this.name);
      this.tools.push(name === tool.name ? tool : { ...tool, name });
      this.#toolVerdicts.set(name, this.#policy.verdict(labelsOf(tool, this.parts.policyLabels)));
    }
  }

  nameServers(names: NameAllocator, { approvalMode }: CompositionRequest): void {
    for (const server of this.parts.mcpServers) {
      const verdict = this.#serverVerdict(approvalMode);
      this.servers.push({ ...verdict, server, name: names.server(server.name, this.name) });
    }
  }

  get mountedServers(): readonly NamedServer[] {
    return this.servers.filter(({ action }) => action !== "deny");
  }

  get enforcedTools(): [string, EnforcedPart][] {
    return [...this.#toolVerdicts].map(([name, verdict]) => [name, this.#guarded(verdict)]);
  }

  get enforcedServers(): [string, EnforcedPart][] {
    return this.mountedServers.map((server) => [server.name, this.#guarded(server)]);
  }

  summary(): MountedConnector {
    const { name, verdict, parts: { policyLabels } } = this;
    const part = (kind: MountedPart["kind"], name: string, { action, because }: Verdict) => {
      return { kind, name, action, because };
    };
    const skillAction: PolicyAction = verdict.action === "deny" ? "deny" : "allow";
    const skillVerdict = {
      action: skillAction,
      because: skillAction === "deny" ? verdict.because : [],
    };
    return {
      name,
      policyLabels,
      parts: [
        ...[...this.#toolVerdicts].map(([name, verdict]) => part("tool", name, verdict)),
        ...this.servers.map((server) => part("MCP server", server.name, server)),
        ...this.parts.skills.map((skill) => part("skill", skill.name, skillVerdict)),
      ],
    };
  }

  #guarded({ action, because }: Verdict): EnforcedPart {
    return { action, because, connector: this.name, labels: this.parts.policyLabels };
  }

  /**
   * A call of an MCP server can be stopped only when the runtime asks this client. In approval mode
   * `deny-all` it does not ask, and in `auto-review` it asks its own reviewer.
   */
  #serverVerdict(approvalMode: PlainThreadSettings["approvalMode"]): Verdict {
    const { action, because } = this.verdict;
    if (action !== "ask") return this.verdict;
    if (approvalMode === "deny-all") return { action: "deny", because };
    if (approvalMode === undefined || approvalMode === "ask") return this.verdict;
    throw new TypeError(
      `Cannot use the connector ${this.name} in approvalMode ${approvalMode}: its calls must be asked for ` +
        `(${
          because.join(", ")
        }), and that mode does not ask you. Use approvalMode "ask", or let the policy ` +
        "allow them",
    );
  }
}

/** A read-only tool does not get the labels `write` and `destructive` of its connector. */
function labelsOf({ readOnly }: ClientTool, labels: readonly string[]): readonly string[] {
  return readOnly ? labels.filter((label) => label !== "write" && label !== "destructive") : labels;
}

const MAX_TOOL_NAME = 64;

/** Longer names are cut, so that a tool's full name stays within what models take. */
const MAX_SERVER_NAME = 48;

/** NameAllocator that are taken, with their owners. */
class NameAllocator {
  readonly #tools = new Map<string, string | null>();
  readonly #servers = new Set<string>();
  readonly #directServers: ReadonlySet<string>;

  constructor({ tools = [], config = {} }: CompositionRequest, { serverNames }: RuntimeConfig) {
    for (const { name } of tools) this.#tools.set(name, null);
    this.#directServers = new Set(directServers(config).map(namespaceOf));
    // Reserved by the runtime.
    for (const name of [...serverNames, "codex_apps"]) this.#servers.add(namespaceOf(name));
  }

  /** A name for a tool of a connector. */
  tool(name: string, connector: string): string {
    if (this.#tools.get(name) === null) {
      throw new TypeError(
        `Cannot use the connector ${connector}: its tool ${name} and the tool ${name} of the thread have ` +
          "one name. Rename one of them",
      );
    }
    const free = firstFree(name, MAX_TOOL_NAME, (name) => this.#tools.has(name));
    this.#tools.set(free, connector);
    return free;
  }

  /** A name for an MCP server of a connector, of letters, digits, `_` and `-`. */
  server(name: string, connector: string): string {
    const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_SERVER_NAME);
    if (this.#directServers.has(namespaceOf(plain))) {
      throw new TypeError(
        `Cannot use the connector ${connector}: its MCP server ${name} and the server of that name in the ` +
          "thread's config clash. Rename one of them",
      );
    }
    const free = firstFree(plain, MAX_SERVER_NAME, (name) => this.#servers.has(namespaceOf(name)));
    this.#servers.add(namespaceOf(free));
    return free;
  }
}

/** The runtime takes servers that differ in `-` and `_` only for one. */
function namespaceOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_");
}

function firstFree(name: string, maxLength: number, isTaken: (name: string) => boolean): string {
  for (let number = 1;; number++) {
    const suffix = number === 1 ? "" : `_${number}`;
    const candidate = name.slice(0, maxLength - suffix.length) + suffix;
    if (!isTaken(candidate)) return candidate;
  }
}

type Config = Readonly<Record<string, unknown>>;

/** NameAllocator of the servers in the thread's own overrides, dotted or nested. */
function directServers(config: Config): string[] {
  const dotted = Object.keys(config).flatMap((key) =>
    key.startsWith("mcp_servers.") ? [key.split(".")[1] ?? ""] : []
  );
  return [...dotted, ...Object.keys(asRecord(config.mcp_servers))];
}

interface ThreadLimits {
  readonly sandbox: ReturnType<ResolvedPolicy["sandbox"]>;
  readonly network: ReturnType<ResolvedPolicy["network"]>;
  readonly facts: RuntimeConfig;
}

function composeSettings(
  request: CompositionRequest,
  mounts: readonly MountedSource[],
  limits: ThreadLimits,
): PlainThreadSettings {
  const { tools: _t, connectors: _c, policy: _p, ...settings } = request;
  const servers = mounts.flatMap((mount) => mount.mountedServers);
  const asks = servers.some(({ action }) => action === "ask");
  const instructions = [
    settings.developerInstructions,
    ...mounts.filter(({ verdict }) => verdict.action !== "deny")
      .map(({ parts }) => parts.developerInstructions),
  ].filter((text) => typeof text === "string" && text !== "");
  const sandbox = composeSandbox(settings, limits);
  const config = withNetwork(withServers(settings.config ?? {}, servers), limits);
  return {
    ...settings,
    approvalMode: asks ? "ask" : settings.approvalMode,
    sandbox,
    config: Object.keys(config).length > 0 ? config : settings.config,
    developerInstructions: instructions.join("\n\n") || settings.developerInstructions,
  };
}

/** The sandbox to ask for, or `undefined` to leave it to the runtime. */
function composeSandbox(
  { sandbox, config = {} }: PlainThreadSettings,
  { sandbox: limit, facts }: ThreadLimits,
): SandboxName | undefined {
  const wanted = sandbox ?? toSandboxName(config.sandbox_mode);
  if (!limit) return sandbox;
  if (wanted && allowsMore(wanted, limit.value)) {
    throw new TypeError(
      `Cannot use sandbox ${wanted}: a connector is labelled ${limit.label}, which allows ` +
        `${limit.value} at most. Choose that, or change the policy`,
    );
  }
  if (wanted) return sandbox;
  // Without a configured sandbox the runtime never grants full access by default.
  const configured = facts.sandbox ?? (limit.value === "read-only" ? "workspace-write" : null);
  return configured && allowsMore(configured, limit.value) ? limit.value : undefined;
}

/** A sandbox of the runtime's configuration by our name. */
export function toSandboxName(mode: unknown): SandboxName | null {
  if (mode === "danger-full-access") return "full-access";
  return mode === "read-only" || mode === "workspace-write" ? mode : null;
}

function withServers(config: Config, servers: readonly NamedServer[]): Config {
  const ours = servers.map(({ name, server, action }): [string, Config] => [
    name,
    action === "ask" ? asking(server.toConfig()) : server.toConfig(),
  ]);
  return withEntries(config, "mcp_servers", ours);
}

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/**
 * Adds entries to a table of the configuration. A table as a whole would replace what was given for
 * it elsewhere, such as on the command line; dotted keys add up.
 */
function withEntries(
  config: Config,
  table: string,
  entries: readonly (readonly [string, unknown])[],
): Config {
  if (entries.length === 0) return config;
  const { [table]: whole, ...rest } = config;
  const given = Object.entries(asRecord(whole));
  if (!given.every(([name]) => BARE_KEY.test(name))) {
    return { [table]: Object.fromEntries([...given, ...entries]), ...rest };
  }
  const dotted = [...given, ...entries].map(([name, value]) => [`${table}.${name}`, value]);
  return { ...Object.fromEntries(dotted), ...rest };
}

/** Every call needs an approval, even of tools that the server marks read-only. */
function asking({ tools: _, ...config }: Config): Config {
  return { ...config, default_tools_approval_mode: "prompt" };
}

function withNetwork(config: Config, { network: limit }: ThreadLimits): Config {
  if (!limit) return config;
  const { sandbox_workspace_write: table } = config;
  const wanted = config["sandbox_workspace_write.network_access"] ?? asRecord(table).network_access;
  if (wanted === true && !limit.value) {
    throw new TypeError(
      `Cannot use network access: a connector is labelled ${limit.label}, which allows none. ` +
        "Switch it off, or change the policy",
    );
  }
  if (wanted !== undefined) return config;
  return withEntries(config, "sandbox_workspace_write", [["network_access", limit.value]]);
}

/** Each skill is a separate root, so that the runtime does not find its siblings. */
function toSkillRoots(mounts: readonly MountedSource[]): SelectedCapabilityRoot[] {
  const ids = new Set<string>();
  return mounts.filter(({ verdict }) => verdict.action !== "deny").flatMap(({ name, parts }) =>
    parts.skills.map((skill) => {
      const id = firstFree(
        `${name}-${skill.name}`.replaceAll(/[^A-Za-z0-9_-]/g, "_"),
        MAX_TOOL_NAME,
        (id) => ids.has(id),
      );
      ids.add(id);
      return { id, location: { type: "environment", environmentId: "local", path: skill.path } };
    })
  );
}
