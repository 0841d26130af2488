/**
 * MCP servers of a connector.
 *
 * @module
 */
import { asRecord, present } from "../json.ts";
import type { OptionNames } from "../options_check.ts";

/** How a server is reached: a process of this machine, or HTTP. */
export type McpTransport = "stdio" | "http";

/**
 * Whether a person must approve calls: all, none, or by name of the tool. Absent means what the
 * runtime does by itself: it asks for tools that are not marked read-only. A thread's policy can
 * only make it stricter.
 */
export type RequireApproval =
  | "always"
  | "never"
  | { readonly always?: readonly string[]; readonly never?: readonly string[] };

/** Options of every server. */
export interface McpServerSettings {
  /** Tools the model sees. Default: all. */
  readonly allowedTools?: readonly string[];
  /** Tools the model does not see. Default: none. */
  readonly disabledTools?: readonly string[];
  /** Which calls must be approved. */
  readonly requireApproval?: RequireApproval;
  /**
   * Requests that the tools be listed only in searches. Runtime 0.169.0 ignores this and lists
   * them.
   */
  readonly deferLoading?: boolean;
  /**
   * Whether the thread cannot start without it, and waits for it. Default `false`: its first turn
   * waits about a second (0.169.0) and goes on without the tools of a server that is slower;
   * `await codex.mcpServers({ threadId })` waits for all.
   */
  readonly required?: boolean;
  /** Time limit of its start, in milliseconds. Default: the runtime's. */
  readonly startupTimeoutMs?: number;
  /** Time limit of one call, in milliseconds. Default: the runtime's. */
  readonly toolTimeoutMs?: number;
}

/**
 * A server that is a program of this machine. The runtime starts it for each thread, outside the
 * sandbox.
 */
export interface StdioServerOptions extends McpServerSettings {
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args?: readonly string[];
  /** Variables added to the few that the runtime passes on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of variables of the runtime's environment to pass on. */
  readonly envVars?: readonly string[];
  /** Working directory. Default: the thread's. */
  readonly cwd?: string;
}

/** A server behind a URL, over streamable HTTP. */
export interface HttpServerOptions extends McpServerSettings {
  /** Where it is, `http:` or `https:`. */
  readonly url: string | URL;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Variable of the runtime's environment that holds the bearer token. */
  readonly bearerTokenEnvVar?: string;
}

/** A server of either kind. */
export type McpServerOptions = StdioServerOptions | HttpServerOptions;

/** Names of {@linkcode McpServerSettings}. */
export const MCP_SERVER_SETTINGS = {
  allowedTools: true,
  disabledTools: true,
  requireApproval: true,
  deferLoading: true,
  required: true,
  startupTimeoutMs: true,
  toolTimeoutMs: true,
} as const satisfies OptionNames<McpServerSettings>;

const STDIO_OPTIONS = {
  ...MCP_SERVER_SETTINGS,
  command: true,
  args: true,
  env: true,
  envVars: true,
  cwd: true,
} as const satisfies OptionNames<StdioServerOptions>;

const HTTP_OPTIONS = {
  ...MCP_SERVER_SETTINGS,
  url: true,
  headers: true,
  bearerTokenEnvVar: true,
} as const satisfies OptionNames<HttpServerOptions>;

/** Names of {@linkcode McpServerOptions}. */
export const MCP_SERVER_OPTIONS = { ...STDIO_OPTIONS, ...HTTP_OPTIONS } as const;

/** A table of the runtime's configuration. */
export type ServerConfig = Readonly<Record<string, unknown>>;

/**
 * An MCP server that a thread can have. What may be secret, such as arguments, variables and
 * headers, leaves it only through {@linkcode ConnectorMcpServer.toConfig}.
 */
export class ConnectorMcpServer {
  /** Name under which its tools are shown, unless another server has it. */
  readonly name: string;
  /** How it is reached. */
  readonly transport: McpTransport;
  /** The program, or the origin of the URL; `null` when a hosted app has no URL yet. */
  readonly target: string | null;
  /** Whether its tools should be listed only in searches. */
  readonly deferLoading: boolean;
  /** Gives the runtime's configuration of it, secrets included. */
  readonly toConfig: () => ServerConfig;

  /** @ignore Made by a connector. */
  constructor(
    facts: { name: string; transport: McpTransport; target: string | null; deferLoading?: boolean },
    toConfig: () => ServerConfig,
  ) {
    this.name = facts.name;
    this.transport = facts.transport;
    this.target = facts.target;
    this.deferLoading = facts.deferLoading ?? false;
    this.toConfig = toConfig;
    Object.freeze(this);
  }
}

/**
 * A server from its options.
 *
 * @throws {TypeError} when an option is wrong; the message names it and not its value.
 */
export function toMcpServer(name: string, options: McpServerOptions): ConnectorMcpServer {
  checkText(name, name, "name");
  const settings = settingsConfig(name, options);
  const { deferLoading = false } = options;
  if ("command" in options && "url" in options) {
    throw misfit(name, "it has both a command and a url. Pass one of them");
  }
  if ("command" in options) {
    const config = { ...stdioConfig(name, options), ...settings };
    return new ConnectorMcpServer(
      { name, transport: "stdio", target: options.command, deferLoading },
      () => structuredClone(config),
    );
  }
  if (!("url" in options)) throw misfit(name, "it has neither a command nor a url. Pass one");
  const config = { ...httpConfig(name, options), ...settings };
  const target = new URL(options.url).origin;
  return new ConnectorMcpServer(
    { name, transport: "http", target, deferLoading },
    () => structuredClone(config),
  );
}

function stdioConfig(name: string, options: StdioServerOptions): ServerConfig {
  const { command, args, env, envVars, cwd } = options;
  checkText(name, command, "command");
  if (cwd !== undefined) checkText(name, cwd, "cwd");
  return present({
    command,
    args: optional(args, (args) => textList(name, args, "args")),
    env: optional(env, (env) => textMap(name, env, "env")),
    env_vars: optional(envVars, (names) => textList(name, names, "envVars")),
    cwd,
  });
}

function httpConfig(name: string, options: HttpServerOptions): ServerConfig {
  const { url, headers, bearerTokenEnvVar } = options;
  return present({
    url: webUrl(name, url).href,
    http_headers: optional(headers, (headers) => httpHeaders(name, headers)),
    bearer_token_env_var: bearerTokenEnvVar,
  });
}

/** The settings as configuration of the runtime. */
function settingsConfig(name: string, settings: McpServerSettings): ServerConfig {
  const { allowedTools, disabledTools, required, startupTimeoutMs, toolTimeoutMs } = settings;
  return present({
    enabled_tools: optional(allowedTools, (tools) => textList(name, tools, "allowedTools")),
    disabled_tools: optional(disabledTools, (tools) => textList(name, tools, "disabledTools")),
    required,
    startup_timeout_sec: optional(startupTimeoutMs, (ms) => seconds(name, ms, "startupTimeoutMs")),
    tool_timeout_sec: optional(toolTimeoutMs, (ms) => seconds(name, ms, "toolTimeoutMs")),
    ...approvalConfig(name, settings.requireApproval),
  });
}

function approvalConfig(name: string, required: RequireApproval | undefined): ServerConfig {
  if (required === undefined) return {};
  if (required === "always") return { default_tools_approval_mode: "prompt" };
  if (required === "never") return { default_tools_approval_mode: "approve" };
  if (typeof required !== "object" || required === null) {
    throw misfit(
      name,
      'its requireApproval is not one of its words. Pass "always", "never" or an object',
    );
  }
  const tool = (mode: string) => (tool: string) => [tool, { approval_mode: mode }] as const;
  return {
    tools: Object.fromEntries([
      ...textList(name, required.never ?? [], "requireApproval.never").map(tool("approve")),
      // The stricter word wins for a tool that is in both lists.
      ...textList(name, required.always ?? [], "requireApproval.always").map(tool("prompt")),
    ]),
  };
}

/** The URL, which must be `http:` or `https:`. */
export function webUrl(name: string, value: unknown): URL {
  const url = URL.parse(String(value));
  if (url && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw misfit(name, "its url is not an http: or https: URL. Correct it");
}

/** Headers that can be sent; a value with a line break would be a second header. */
export function httpHeaders(name: string, value: unknown): Record<string, string> {
  const headers = textMap(name, value, "headers");
  try {
    new Headers(headers);
  } catch {
    throw misfit(name, "a name or value of its headers cannot be sent. Correct it");
  }
  return headers;
}

/** Given fields are checked; absent ones are left out. */
function optional<T, R>(value: T | undefined, read: (value: T) => R): R | undefined {
  return value === undefined ? undefined : read(value);
}

function seconds(name: string, value: number, field: string): number {
  if (Number.isFinite(value) && value > 0) return value / 1000;
  throw misfit(name, `its ${field} is not a number above 0. Correct it`);
}

function checkText(name: string, value: unknown, field: string): void {
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return;
  throw misfit(name, `its ${field} is empty or not a string. Pass one`);
}

function textList(name: string, value: unknown, field: string): string[] {
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return [...value];
  throw misfit(name, `its ${field} is not a list of strings. Pass one`);
}

function textMap(name: string, value: unknown, field: string): Record<string, string> {
  const entries = Object.entries(asRecord(value));
  if (!Array.isArray(value) && entries.every(([, text]) => typeof text === "string")) {
    return Object.fromEntries(entries) as Record<string, string>;
  }
  throw misfit(name, `its ${field} is not an object of strings. Pass one`);
}

function misfit(name: string, problem: string): TypeError {
  return new TypeError(`Cannot use the MCP server ${name}: ${problem}`);
}
