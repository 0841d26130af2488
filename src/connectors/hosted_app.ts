/**
 * Hosted apps: MCP servers behind a URL that need an authorization.
 *
 * @module
 */
import type { OptionNames } from "../options_check.ts";
import {
  ConnectorMcpServer,
  httpHeaders,
  type McpServerSettings,
  toMcpServer,
  webUrl,
} from "./mcp_server.ts";

/**
 * Where the authorization of hosted apps comes from: one token for all; tokens by name of the app,
 * by connector id or by another name of the app; or a function that is called for each app. `null`
 * leaves the app out.
 */
export type HostedConnectorAuthorization =
  | string
  | Readonly<Record<string, string | null>>
  | ((
    appName: string,
    connectorId: string,
    config: Readonly<Record<string, unknown>>,
  ) => string | null | Promise<string | null>);

/**
 * Where hosted apps are served: one URL for all, or a function that returns it for each app. A
 * package or a record cannot choose it, because the token is sent there.
 */
export type HostedUrl =
  | string
  | URL
  | ((appName: string, connectorId: string) => string | URL | null);

/** How hosted apps are reached. */
export interface HostedAppOptions {
  /** Their authorization. Default: none, so all hosted apps are left out. */
  readonly authorization?: HostedConnectorAuthorization;
  /** Where they are served. Without it they can be loaded, but no thread can have them. */
  readonly hostedUrl?: HostedUrl;
  /** Which of their calls must be approved, unless the app defines that. */
  readonly hostedRequireApproval?: McpServerSettings["requireApproval"];
}

/** Names of {@linkcode HostedAppOptions}. */
export const HOSTED_APP_OPTIONS = {
  authorization: true,
  hostedUrl: true,
  hostedRequireApproval: true,
} as const satisfies OptionNames<HostedAppOptions>;

/** A hosted app as a package or a record has it. */
export interface HostedApp extends McpServerSettings {
  /** Name in its package or record. */
  readonly appName: string;
  /** Id of the connector at its host. */
  readonly connectorId: string;
  /** Name for its tools. Default: the name of the app. */
  readonly serverLabel?: string;
  /** Other names under which its authorization may be found. */
  readonly authAliases?: readonly string[];
  /** All fields of the app. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The app as an MCP server; `null` without an authorization for it. */
export async function openHostedApp(
  app: HostedApp,
  { authorization, hostedUrl, hostedRequireApproval }: HostedAppOptions,
): Promise<ConnectorMcpServer | null> {
  const token = await findToken(app, authorization);
  if (token === null) return null;
  const { appName, connectorId, requireApproval = hostedRequireApproval } = app;
  const serverUrl = typeof hostedUrl === "function" ? hostedUrl(appName, connectorId) : hostedUrl;
  return toHostedServer(app.serverLabel ?? appName, {
    ...app,
    requireApproval,
    serverUrl: serverUrl ?? null,
    authorization: token,
  });
}

/** A hosted server with its token. */
export function toHostedServer(
  name: string,
  options: McpServerSettings & {
    readonly serverUrl: string | URL | null;
    readonly authorization: string;
  },
): ConnectorMcpServer {
  const { serverUrl, authorization, ...settings } = options;
  const headers = httpHeaders(name, { Authorization: `Bearer ${authorization}` });
  if (serverUrl !== null) {
    return toMcpServer(name, { ...settings, url: webUrl(name, serverUrl), headers });
  }
  return new ConnectorMcpServer(
    { name, transport: "http", target: null, deferLoading: settings.deferLoading ?? false },
    () => {
      throw new TypeError(
        `Cannot use the hosted app ${name}: its URL is unknown. Pass it`,
      );
    },
  );
}

async function findToken(
  { appName, connectorId, authAliases = [], config }: HostedApp,
  authorization: HostedConnectorAuthorization | undefined,
): Promise<string | null> {
  const names = [appName, connectorId, ...authAliases];
  let found: unknown = authorization;
  if (typeof authorization === "function") {
    found = await authorization(appName, connectorId, config);
  } else if (typeof authorization === "object") {
    found = lookUp(authorization, names);
  }
  if (found === null || found === undefined || found === "") return null;
  if (typeof found === "string") return found;
  throw new TypeError(
    `Cannot authorize the hosted app ${appName}: its authorization is not a string. Return one, or null`,
  );
}

function lookUp(
  tokens: Readonly<Record<string, string | null>>,
  names: readonly string[],
): unknown {
  const name = names.find((name) => Object.hasOwn(tokens, name));
  return name === undefined ? null : tokens[name];
}
