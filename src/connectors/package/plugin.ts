/**
 * Records of installed plugins, as a directory or marketplace returns them.
 *
 * @module
 */
import { isObject, isStringArray } from "../../json.ts";
import { isAbsolute, relative, resolve } from "../../paths.ts";
import type { HostedApp } from "../hosted_app.ts";
import { type ConnectorMetadata, toMetadata } from "./metadata.ts";
import type { RequireApproval } from "../mcp_server.ts";
import { PackageFolder } from "./folder.ts";
import type { PolicyLabel } from "../../domain/connector.ts";
import { toPolicyLabels } from "../policy/policy.ts";

/**
 * A record of an installed plugin, already fetched; the names of its fields differ from directory
 * to directory.
 */
export type PluginRecord = Readonly<Record<string, unknown>>;

/** A hosted app of a plugin. */
export interface PluginApp extends HostedApp {
  /** Whether it may be used. */
  readonly enabled: boolean;
}

/**
 * An installed plugin: a package, hosted apps, or both. Made from a {@linkcode PluginRecord}.
 *
 * @example
 * ```ts
 * const plugin = ConnectorPlugin.fromRecord({
 *   id: "plugin_shop",
 *   name: "shop",
 *   package_path: "shop_plugin",
 *   policy_labels: ["write"],
 * });
 * console.log(plugin.name, plugin.policyLabels); // shop [ "write" ]
 * ```
 */
export class ConnectorPlugin {
  /** Id in its directory. */
  readonly id: string;
  /** Display name. Default: the id. */
  readonly name: string;
  /** Description, or `null`. */
  readonly description: string | null;
  /** Path of its package below the package root, or `null` without a package. */
  readonly packagePath: string | null;
  /** Its hosted apps. */
  readonly apps: readonly PluginApp[];
  /** The labels of the record and its apps. */
  readonly policyLabels: readonly PolicyLabel[];
  /** Whether it may be used. */
  readonly enabled: boolean;
  /** All other fields of the record; values that look secret are hidden. */
  readonly metadata: ConnectorMetadata;

  private constructor(record: PluginRecord) {
    const fields = new RecordReader(record, "plugin record");
    const id = fields.text(ID);
    if (id === null) throw fields.misfit("it has no id", "Give it one");
    fields.owner = `plugin ${id}`;
    const apps = toApps(fields);
    const labels = [...fields.texts(LABELS) ?? [], ...apps.flatMap(({ labels }) => labels)];
    this.id = id;
    this.name = fields.text(NAME) ?? id;
    this.description = fields.text(["description"]);
    this.packagePath = fields.text(PATH);
    this.apps = Object.freeze(apps.map(({ app }) => app));
    this.policyLabels = toPolicyLabels(fields.owner, labels);
    this.enabled = fields.flag(["enabled"]) ?? true;
    this.metadata = toMetadata(fields.rest());
    Object.freeze(this);
  }

  /**
   * A plugin from its record.
   *
   * @throws {TypeError} when a field is wrong; the message names it and not its value.
   */
  static fromRecord(record: PluginRecord): ConnectorPlugin {
    if (isObject(record)) return new ConnectorPlugin(record);
    throw new TypeError("Cannot read the plugin record: it is not an object. Pass one");
  }
}

const ID = ["id", "plugin_id", "pluginId"];
const NAME = ["name", "slug"];
const PATH = ["package_path", "packagePath", "local_path", "localPath", "path"];
const APPS = ["apps", "hosted_connectors", "hostedConnectors", "connectors"];
const LABELS = ["policy_labels", "policyLabels"];

/**
 * The directory of a plugin's package. It is always below the root: neither the record nor a link
 * leads out of it.
 *
 * @throws {TypeError} without a root, or when the path leaves it; {@linkcode ConnectorPackageError}
 * when a link does.
 */
export async function mountPackage(
  { id, packagePath }: ConnectorPlugin,
  packageRoot: string | undefined,
): Promise<string> {
  if (packageRoot === undefined) {
    throw new TypeError(
      `Cannot load the plugin ${id}: it has a package, and no folder of packages is given. ` +
        "Pass packageRoot",
    );
  }
  const root = resolve(packageRoot);
  const segments = (packagePath ?? "").split(/[/\\]/);
  const way = relative(root, resolve(root, packagePath ?? "")).replaceAll("\\", "/");
  const leaves = way === ".." || way.startsWith("../") || isAbsolute(way);
  if (leaves || (packagePath ?? "").includes("\0") || segments.includes("..")) {
    throw new TypeError(
      `Cannot load the plugin ${id}: its package path leads out of packageRoot. Correct the record`,
    );
  }
  const folder = await PackageFolder.open(packageRoot);
  return folder.resolve(`./${way}`, {
    field: `the record of ${id}`,
    file: null,
    kind: "directory",
  });
}

function toApps(fields: RecordReader): { app: PluginApp; labels: readonly string[] }[] {
  const apps = fields.take(APPS) ?? {};
  if (Array.isArray(apps)) return apps.map((app, index) => toApp(fields.owner, null, app, index));
  if (!isObject(apps)) {
    throw fields.misfit("its apps are neither an object nor a list", "Correct the record");
  }
  return Object.entries(apps).map(([name, app], index) => toApp(fields.owner, name, app, index));
}

/** An app by its config, or by its connector id alone. */
function toApp(owner: string, alias: string | null, config: unknown, index: number) {
  const record = typeof config === "string" ? { id: config } : config;
  const fields = new RecordReader(
    isObject(record) ? record : {},
    `app ${alias ?? index} of the ${owner}`,
  );
  const connectorId = fields.text(["id", "connector_id", "connectorId", "app_id", "appId"]);
  if (connectorId === null) throw fields.misfit("it has no connector id", "Give it one");
  const appName = alias ?? fields.text(["name", "alias", "slug"]) ?? connectorId;
  const requireApproval = fields.approval(["require_approval", "requireApproval", "approval"]);
  const serverLabel = fields.text(["server_label", "serverLabel", "label"]);
  const allowedTools = fields.texts(["allowed_tools", "allowedTools", "enabled_tools"]);
  const app: PluginApp = Object.freeze({
    appName,
    connectorId,
    enabled: fields.flag(["enabled"]) ?? true,
    serverLabel: serverLabel ?? undefined,
    allowedTools,
    requireApproval,
    deferLoading: fields.flag(["defer_loading", "deferLoading"]) ?? false,
    authAliases: authNames(fields),
    config: toMetadata(fields.record),
  });
  return { app, labels: fields.texts(LABELS) ?? [] };
}

const AUTH_NAMES = [
  "auth_alias",
  "authAlias",
  "auth_aliases",
  "authAliases",
  "auth_ref",
  "authRef",
  "auth_reference",
  "authReference",
  "authorization_ref",
  "authorizationRef",
  "authorization_alias",
  "authorizationAlias",
];

/**
 * Names under which the authorization may be found. They are looked up; a token in a record is
 * never used.
 */
function authNames(fields: RecordReader): string[] {
  const { auth } = fields.record;
  const nested = isObject(auth)
    ? new RecordReader(auth, fields.owner).lists(["alias", "aliases", "ref", "reference"])
    : fields.lists(["auth"]);
  return [...new Set([...fields.lists(AUTH_NAMES), ...nested])];
}

/** The fields of a record under any of their names. */
class RecordReader {
  readonly record: PluginRecord;
  owner: string;
  readonly #used = new Set<string>();

  constructor(record: PluginRecord, owner: string) {
    this.record = record;
    this.owner = owner;
  }

  /** The first that is there. */
  take(names: readonly string[]): unknown {
    for (const name of names) this.#used.add(name);
    const name = names.find((name) =>
      Object.hasOwn(this.record, name) && this.record[name] !== null
    );
    return name === undefined ? undefined : this.record[name];
  }

  text(names: readonly string[]): string | null {
    const value = this.take(names);
    if (value === undefined) return null;
    if (typeof value === "string" && value !== "") return value;
    throw this.misfit(`its ${names[0]} is empty or not a string`, "Correct the record");
  }

  flag(names: readonly string[]): boolean | undefined {
    const value = this.take(names);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.misfit(`its ${names[0]} is neither true nor false`, "Correct the record");
  }

  texts(names: readonly string[]): string[] | undefined {
    const value = this.take(names);
    if (value === undefined) return undefined;
    if (isStringArray(value)) return [...value];
    throw this.misfit(`its ${names[0]} is not a list of strings`, "Correct the record");
  }

  /** All strings and lists of strings under these names. */
  lists(names: readonly string[]): string[] {
    return names.map((name) => this.take([name])).filter((value) => value !== undefined)
      .flatMap((value) => {
        const list = typeof value === "string" ? [value] : value;
        if (isStringArray(list)) return list;
        throw this.misfit("a name of its authorization is not a string", "Correct the record");
      });
  }

  approval(names: readonly string[]): RequireApproval | undefined {
    const value = this.take(names);
    if (value === undefined || value === "always" || value === "never") return value;
    if (isObject(value)) {
      const lists = new RecordReader(value, this.owner);
      return { always: lists.toolNames("always"), never: lists.toolNames("never") };
    }
    throw this.misfit(`its ${names[0]} is not one of its words`, 'Use "always" or "never"');
  }

  /** A list of tools, or an object with one, as the Responses API has it. */
  toolNames(name: string): string[] {
    const value = this.record[name];
    const fields = isObject(value) ? new RecordReader(value, this.owner) : this;
    return fields.texts(isObject(value) ? ["tool_names", "toolNames"] : [name]) ?? [];
  }

  /** The fields that were not read yet. */
  rest(): PluginRecord {
    return Object.fromEntries(
      Object.entries(this.record).filter(([name]) => !this.#used.has(name)),
    );
  }

  misfit(problem: string, next: string): TypeError {
    return new TypeError(`Cannot read the ${this.owner}: ${problem}. ${next}`);
  }
}
