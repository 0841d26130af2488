/**
 * A Codex that knows nothing of the user: no configuration, no login, no MCP servers, no skills.
 *
 * @module
 */
import { join, stringifyToml } from "../../deps.ts";
import { systemEnvironment } from "../../runtime/mod.ts";
import { type LaunchOptions, launchRuntime } from "./launch.ts";
import { CodexSession, type SessionOptions } from "./session.ts";

/** Starts a runtime in a home of its own, which is removed after it has ended. */
export async function openIsolated(options: LaunchOptions & SessionOptions): Promise<CodexSession> {
  checkEnvironment(options.env);
  await using cleanup = new AsyncDisposableStack();
  const home = cleanup.use(await IsolatedHome.create());
  const env = { ...(options.clearEnv ? {} : systemEnvironment()), ...home.env, ...options.env };
  const connector = launchRuntime({ ...options, clearEnv: true, env });
  const session = await CodexSession.open(connector, options);
  const owned = cleanup.move();
  session.defer(() => owned.disposeAsync());
  return session;
}

function checkEnvironment(env: LaunchOptions["env"]): void {
  if (env?.CODEX_HOME === undefined) return;
  throw new TypeError(
    "Cannot isolate Codex: env has a CODEX_HOME. Leave it out, or start without isolated",
  );
}

/**
 * What keeps the runtime from opening connections by itself and from reading the user's files. The key of a login
 * stays in the home, too.
 */
const CONFIG = {
  check_for_update_on_startup: false,
  allow_login_shell: false,
  cli_auth_credentials_store: "file",
  features: { plugins: false, apps: false, shell_snapshot: false },
  analytics: { enabled: false },
};

/** A directory with everything that the runtime reads and writes of its own. */
class IsolatedHome implements AsyncDisposable {
  /** Where the runtime finds it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
    const user = join(root, "home");
    // Beside the runtime's home, because it refuses one below its directory for temporary files.
    const temporary = join(root, "tmp");
    this.env = {
      CODEX_HOME: join(root, "codex-home"),
      ...(Deno.build.os === "windows"
        ? { USERPROFILE: user, TEMP: temporary, TMP: temporary }
        : { HOME: user, TMPDIR: temporary }),
    };
  }

  static async create(): Promise<IsolatedHome> {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "codex-isolated-" }));
    const home = new IsolatedHome(root);
    try {
      for (const directory of new Set(Object.values(home.env))) await Deno.mkdir(directory);
      const path = join(root, "codex-home", "config.toml");
      await Deno.writeTextFile(path, stringifyToml(CONFIG));
    } catch (error) {
      await home[Symbol.asyncDispose]();
      throw error;
    }
    return home;
  }

  /** The runtime must have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await Deno.remove(this.#root, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
