/**
 * A home directory for a runtime that must touch neither the network nor the user's files.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../options_check.ts";
import { deepMerge, stringifyToml } from "../deps.ts";
import { join } from "../paths.ts";
import { TemporaryDirectory } from "../runtime/temporary_directory.ts";
import {
  catalogJson,
  OFFLINE_CATALOG,
  OFFLINE_MODEL,
  type OfflineModelInfo,
} from "./model/catalog.ts";

/** Options of an {@linkcode OfflineHome}. */
export interface OfflineHomeOptions {
  /** Base URL of the model service: `model.url` of an offline model. */
  readonly modelUrl: string;
  /**
   * Configuration merged over the hermetic one, nested as in `config.toml`. Lists are replaced.
   * What is switched off there to keep the network out can be switched on here, at your own risk.
   */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Models to list. Default: {@linkcode OFFLINE_CATALOG}. */
  readonly models?: readonly OfflineModelInfo[];
  /** Files to write into the working directory, by relative path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Directories to search for programs. Default: those of the system. */
  readonly path?: string;
}

/** Names of {@linkcode OfflineHomeOptions}. */
export const OFFLINE_HOME_OPTIONS = {
  modelUrl: true,
  config: true,
  models: true,
  files: true,
  path: true,
} as const satisfies OptionNames<OfflineHomeOptions>;

/**
 * A temporary directory with everything a runtime reads and writes, removed when disposed.
 *
 * It inherits no configuration, login or environment of the user.
 *
 * @example A runtime that is started by hand
 * ```ts
 * import { resolveRuntime } from "@codex-deno/codex/runtime";
 * import { OfflineModel } from "@codex-deno/codex/testing";
 *
 * await using model = await OfflineModel.start();
 * await using home = await OfflineHome.create({ modelUrl: model.url, files: { "a.txt": "one" } });
 * const { executable } = await resolveRuntime();
 * const { stdout } = await new Deno.Command(executable, {
 *   args: ["exec", "--skip-git-repo-check", "Hello"],
 *   cwd: home.workspace,
 *   clearEnv: true,
 *   env: home.env,
 * }).output();
 * console.log(new TextDecoder().decode(stdout));
 * ```
 */
export class OfflineHome implements AsyncDisposable {
  /** The directory that holds all others. */
  readonly root: string;
  /** The runtime's `CODEX_HOME`. */
  readonly codexHome: string;
  /** The user's home, as commands see it. */
  readonly home: string;
  /**
   * The directory for temporary files; a sibling of `codexHome`, because the runtime refuses a home
   * below it.
   */
  readonly tmp: string;
  /** The working directory, empty but for the files of the options. */
  readonly workspace: string;
  /** The whole environment of the runtime. */
  readonly env: Readonly<Record<string, string>>;

  readonly #directory: TemporaryDirectory;

  private constructor(directory: TemporaryDirectory, path: string | undefined) {
    const root = directory.path;
    this.#directory = directory;
    this.root = root;
    this.codexHome = join(root, "codex-home");
    this.home = join(root, "home");
    this.tmp = join(root, "tmp");
    this.workspace = join(root, "workspace");
    this.env = {
      ...systemEnv(this.home, this.tmp, path),
      CODEX_HOME: this.codexHome,
      RUST_LOG: "error",
    };
  }

  /**
   * Writes a home below the system's directory for temporary files. Homes that killed programs left
   * there are removed.
   */
  static async create(options: OfflineHomeOptions): Promise<OfflineHome> {
    checkOptions("make the home", options, OFFLINE_HOME_OPTIONS);
    const directory = await TemporaryDirectory.create("codex-offline-");
    const home = new OfflineHome(directory, options.path);
    try {
      await home.#write(options);
    } catch (error) {
      await home[Symbol.asyncDispose]();
      throw error;
    }
    return home;
  }

  /** Writes a file into the working directory, with the directories it needs; returns its path. */
  async writeFile(path: string, content: string | Uint8Array): Promise<string> {
    const file = join(this.workspace, path);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(file, content);
    else await Deno.writeFile(file, content);
    return file;
  }

  /** Removes all of it. The runtime must have ended. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }

  async #write(options: OfflineHomeOptions): Promise<void> {
    for (const directory of [this.codexHome, this.home, this.tmp, this.workspace]) {
      await Deno.mkdir(directory);
    }
    const catalog = join(this.codexHome, "catalog.json");
    await Deno.writeTextFile(catalog, catalogJson(options.models ?? OFFLINE_CATALOG));
    const config = deepMerge(hermeticConfig(options.modelUrl, catalog), options.config ?? {});
    await Deno.writeTextFile(join(this.codexHome, "config.toml"), stringifyToml(config));
    for (const [path, content] of Object.entries(options.files ?? {})) {
      await this.writeFile(path, content);
    }
  }
}

/** The configuration under which the runtime opens no connection but the one to the model. */
function hermeticConfig(modelUrl: string, catalog: string): Record<string, unknown> {
  return {
    model: OFFLINE_MODEL,
    model_provider: "offline",
    model_catalog_json: catalog,
    approval_policy: "never",
    sandbox_mode: "read-only",
    check_for_update_on_startup: false,
    allow_login_shell: false,
    // A key of a test must not stay on disk when the test is killed.
    cli_auth_credentials_store: "ephemeral",
    model_providers: {
      offline: {
        name: "Offline model",
        base_url: modelUrl,
        wire_api: "responses",
        request_max_retries: 0,
        stream_max_retries: 0,
      },
    },
    features: {
      plugins: false,
      shell_snapshot: false,
      apps: false,
      // With it a turn would hang for ever when the model has ended.
      unbounded_connection_retries: false,
    },
    analytics: { enabled: false },
  };
}

function systemEnv(home: string, tmp: string, path: string | undefined): Record<string, string> {
  if (Deno.build.os !== "windows") {
    return { HOME: home, TMPDIR: tmp, PATH: path ?? "/usr/local/bin:/usr/bin:/bin" };
  }
  const root = "C:\\Windows";
  return {
    USERPROFILE: home,
    TEMP: tmp,
    TMP: tmp,
    SystemRoot: root,
    PATH: path ?? `${root}\\System32;${root}`,
  };
}
