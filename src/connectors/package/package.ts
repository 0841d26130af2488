/**
 * Packages: a directory with a manifest, MCP servers, hosted apps and skills.
 *
 * @module
 */
import type { ConnectorSkill, PolicyLabel, SkippedPart } from "../../domain/connector.ts";
import { toPolicyLabels } from "../policy/policy.ts";
import { type HostedAppOptions, openHostedApp } from "../hosted_app.ts";
import { type AppEntry, checkPart, type Manifest, type ServerEntry } from "./manifest.ts";
import { type ConnectorMcpServer, type McpServerSettings, toMcpServer } from "../mcp_server.ts";
import type { JsonObject } from "../../json.ts";
import { PackageFolder } from "./folder.ts";
import { findSkills } from "./skills.ts";

/** The parts of a package. */
export interface PackageParts {
  readonly name: string;
  readonly description: string | null;
  readonly metadata: JsonObject;
  readonly mcpServers: readonly ConnectorMcpServer[];
  readonly skills: readonly ConnectorSkill[];
  readonly skipped: readonly SkippedPart[];
  readonly policyLabels: readonly PolicyLabel[];
}

const MANIFESTS = [".codex-plugin/plugin.json", ".claude-plugin/plugin.json"];

/** Reads a package without running any of it. */
export async function readPackage(
  path: string,
  { signal, ...hosted }: HostedAppOptions & { readonly signal?: AbortSignal },
): Promise<PackageParts> {
  signal?.throwIfAborted();
  const folder = await PackageFolder.open(path);
  const file = await findManifest(folder);
  const json = await folder.readJson(`./${file}`, { field: "the package", file });
  const manifest = await checkPart("manifest", withOneSpelling(json), folder, file);
  await checkPictures(manifest, folder, file);
  const skipped: SkippedPart[] = [];
  const servers = await readServers(manifest, folder, file, skipped);
  const apps = await readApps(manifest, folder, file, skipped, hosted);
  const paths = manifest.skills === undefined ? null : [manifest.skills].flat();
  const skills = await findSkills(folder, paths, file);
  signal?.throwIfAborted();
  const mcpServers = [...servers, ...apps];
  return {
    name: manifest.name,
    description: manifest.description ?? null,
    metadata: metadataOf(manifest),
    mcpServers,
    skills,
    skipped,
    policyLabels: labelsOf(manifest.name, mcpServers),
  };
}

/** The labels that follow from the transports of the servers. */
export function labelsOf(
  owner: string,
  servers: readonly ConnectorMcpServer[],
): readonly PolicyLabel[] {
  return toPolicyLabels(
    owner,
    servers.map(({ transport }) => transport === "stdio" ? "local_execution" : "network"),
  );
}

async function findManifest(folder: PackageFolder): Promise<string> {
  for (const file of MANIFESTS) if (await folder.has(`./${file}`)) return file;
  throw folder.error(`it has no manifest. Add ${MANIFESTS.join(" or ")}`);
}

/** Some tools write `mcp_servers`. */
function withOneSpelling({ mcp_servers, ...manifest }: JsonObject): JsonObject {
  return mcp_servers === undefined || "mcpServers" in manifest
    ? manifest
    : { ...manifest, mcpServers: mcp_servers };
}

/** Omits what is already a part of the connector, and what could show the secrets of a server. */
function metadataOf(manifest: Manifest): JsonObject {
  const { name: _n, description: _d, mcpServers: _m, apps: _a, skills: _s, ...rest } = manifest;
  return rest;
}

/** Pictures are files of the package or addresses; they are never opened. */
async function checkPictures(manifest: Manifest, folder: PackageFolder, file: string) {
  const { icon, composerIcon, logo, screenshots = [] } = manifest.interface ?? {};
  for (const path of [icon, composerIcon, logo, screenshots].flat()) {
    if (typeof path !== "string" || /^https:/i.test(path)) continue;
    await folder.resolve(path, { field: "interface", file, kind: "file" });
  }
}

/** A part of the manifest that is in a named file, in the manifest, or in the default file. */
async function readPart(
  named: string | JsonObject | undefined,
  { folder, manifestFile, field, usual }: {
    folder: PackageFolder;
    manifestFile: string;
    field: string;
    usual: string;
  },
): Promise<{ entries: unknown; file: string }> {
  if (typeof named === "object") return { entries: named, file: manifestFile };
  if (named === undefined && !await folder.has(usual)) return { entries: {}, file: usual };
  const path = named ?? usual;
  const json = await folder.readJson(path, { field, file: manifestFile });
  const file = path.replace(/^\.\//, "");
  const entries = json[field] ?? (field === "mcpServers" ? json.mcp_servers : undefined);
  if (entries === undefined) throw folder.error(`it has no ${field}`, file);
  return { entries, file };
}

async function readServers(
  manifest: Manifest,
  folder: PackageFolder,
  manifestFile: string,
  skipped: SkippedPart[],
): Promise<ConnectorMcpServer[]> {
  const { entries, file } = await readPart(manifest.mcpServers, {
    folder,
    manifestFile,
    field: "mcpServers",
    usual: "./.mcp.json",
  });
  const servers: ConnectorMcpServer[] = [];
  for (const [name, entry] of Object.entries(await checkPart("servers", entries, folder, file))) {
    if (entry.enabled === false) skipped.push({ kind: "mcpServer", name, reason: "disabled" });
    else servers.push(await toPackageServer(name, entry, folder, file));
  }
  return servers;
}

async function toPackageServer(
  name: string,
  entry: ServerEntry,
  folder: PackageFolder,
  file: string,
): Promise<ConnectorMcpServer> {
  const { command, args, env, url, headers, type } = entry;
  const settings = packageSettings(entry);
  const kind = type === undefined || type === "stdio" ? type : "http";
  if ((command === undefined) === (url === undefined)) {
    throw folder.error(`the server ${name} needs either a command or a url`, file);
  }
  if (kind && kind !== (command === undefined ? "http" : "stdio")) {
    throw folder.error(`the type of the server ${name} does not go with its fields`, file);
  }
  try {
    if (url !== undefined) {
      return toMcpServer(name, { url, headers, ...settings });
    }
    return toMcpServer(name, {
      command: await resolveCommand(command ?? "", name, folder, file),
      args,
      env,
      cwd: await folder.resolve(entry.cwd ?? ".", {
        field: `cwd of ${name}`,
        file,
        kind: "directory",
      }),
      ...settings,
    });
  } catch (error) {
    if (error instanceof TypeError) throw folder.error(error.message, file);
    throw error;
  }
}

/**
 * Settings that a package may give its servers. It cannot exempt them from approvals, nor pass on
 * the environment of the runtime.
 */
function packageSettings(entry: ServerEntry): McpServerSettings {
  const { enabled_tools, disabled_tools, startup_timeout_sec, tool_timeout_sec } = entry;
  const milliseconds = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : 1000 * seconds;
  return {
    allowedTools: enabled_tools,
    disabledTools: disabled_tools,
    startupTimeoutMs: milliseconds(startup_timeout_sec),
    toolTimeoutMs: milliseconds(tool_timeout_sec),
  };
}

/** A plain name is looked up on the PATH of the runtime; a path is relative to the package. */
async function resolveCommand(
  command: string,
  name: string,
  folder: PackageFolder,
  file: string,
): Promise<string> {
  if (!/[/\\]/.test(command) && command !== "." && command !== "..") return command;
  return await folder.resolve(command, { field: `command of ${name}`, file, kind: "file" });
}

async function readApps(
  manifest: Manifest,
  folder: PackageFolder,
  manifestFile: string,
  skipped: SkippedPart[],
  hosted: HostedAppOptions,
): Promise<ConnectorMcpServer[]> {
  const { entries, file } = await readPart(manifest.apps, {
    folder,
    manifestFile,
    field: "apps",
    usual: "./.app.json",
  });
  const apps = Object.entries(await checkPart("apps", entries, folder, file));
  return openApps(
    apps.map(([appName, config]) => toApp(appName, config)),
    skipped,
    hosted,
  );
}

function toApp(appName: string, config: AppEntry) {
  return { appName, connectorId: config.id, config, enabled: config.enabled !== false };
}

/**
 * Opens apps one after the other, in order; those that are off or not authorized are noted as
 * skipped.
 */
export async function openApps(
  apps: readonly (Parameters<typeof openHostedApp>[0] & { readonly enabled: boolean })[],
  skipped: SkippedPart[],
  hosted: HostedAppOptions,
): Promise<ConnectorMcpServer[]> {
  const servers: ConnectorMcpServer[] = [];
  for (const { enabled, ...app } of apps) {
    const server = enabled ? await openHostedApp(app, hosted) : null;
    if (server) servers.push(server);
    else {
      const reason = enabled ? "noAuthorization" : "disabled";
      skipped.push({ kind: "app", name: app.appName, reason });
    }
  }
  return servers;
}
