/**
 * Installed plugins by id and name.
 *
 * @module
 */
import { checkOptions } from "../options_check.ts";
import { displayable } from "../display/displayable.ts";
import { Connector, PACKAGE_OPTIONS, type PackageOptions } from "./connector.ts";
import { ConnectorPlugin, type PluginRecord } from "./package/plugin.ts";

/** Options of {@linkcode ConnectorRegistry.fromPluginRecords}. */
export interface RegistryOptions {
  /** Directory in which the packages of plugins are; no record and no link leads out of it. */
  readonly packageRoot?: string;
}

/**
 * Plugins of records that were fetched elsewhere; it fetches nothing itself.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const registry = ConnectorRegistry.fromPluginRecords(
 *   [{ id: "plugin_shop", name: "shop", package_path: "shop_plugin", policy_labels: ["write"] }],
 *   { packageRoot: "./examples" },
 * );
 * await using codex = await startOffline();
 * const thread = await codex.startThread({
 *   connectors: [await registry.load("shop")],
 *   policy: { write: "ask" },
 *   onApproval: () => "decline",
 * });
 * ```
 */
export class ConnectorRegistry {
  readonly #plugins: ReadonlyMap<string, ConnectorPlugin>;
  readonly #options: RegistryOptions;

  private constructor(plugins: ReadonlyMap<string, ConnectorPlugin>, options: RegistryOptions) {
    this.#plugins = plugins;
    this.#options = options;
  }

  /**
   * Reads records.
   *
   * @throws {TypeError} when one is wrong, or two have one id or one name.
   */
  static fromPluginRecords(
    records: Iterable<PluginRecord>,
    options: RegistryOptions = {},
  ): ConnectorRegistry {
    checkOptions("read the plugin records", options, { packageRoot: true });
    const plugins = new Map<string, ConnectorPlugin>();
    const names = new Map<string, string>();
    for (const record of records) {
      const plugin = ConnectorPlugin.fromRecord(record);
      const { id, name } = plugin;
      if (plugins.has(id)) throw duplicate("id", id, [plugins.get(id)?.name ?? "", name]);
      const other = names.get(name);
      if (other !== undefined) throw duplicate("name", name, [other, id]);
      plugins.set(id, plugin);
      names.set(name, id);
    }
    return new ConnectorRegistry(plugins, { ...options });
  }

  /** The plugins in the order of their records. */
  listPlugins(): ConnectorPlugin[] {
    return [...this.#plugins.values()];
  }

  /** A plugin by its id, else by its name; `null` when it is not found. */
  get(idOrName: string): ConnectorPlugin | null {
    return this.#plugins.get(idOrName) ??
      this.listPlugins().find(({ name }) => name === idOrName) ?? null;
  }

  /**
   * A plugin as a connector.
   *
   * @throws {RangeError} when the plugin is not found; else what
   * {@linkcode Connector.fromInstalledPlugin} throws.
   */
  async load(idOrName: string, options: PackageOptions = {}): Promise<Connector> {
    checkOptions("load the plugin", options, PACKAGE_OPTIONS);
    const plugin = this.get(idOrName);
    if (plugin) {
      return await Connector.fromInstalledPlugin(plugin, { ...options, ...this.#options });
    }
    const known = [...this.#plugins.keys()].join(", ") || "none";
    throw new RangeError(
      `Cannot load the plugin ${idOrName}: there is no such id or name. Known: ${known}`,
    );
  }
}

displayable(ConnectorRegistry.prototype, "plugins", (registry) => registry.listPlugins());

function duplicate(field: string, value: string, both: readonly string[]): TypeError {
  return new TypeError(
    `Cannot read the plugin records: ${both.join(" and ")} have the ${field} ${value}. ` +
      `Give each ${field} once`,
  );
}
