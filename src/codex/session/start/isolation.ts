/**
 * A Codex without the user's configuration, login, MCP servers and skills.
 *
 * @module
 */
import { stringifyToml } from "../../../deps.ts";
import { join } from "../../../paths.ts";
import { systemEnvironment } from "../../../runtime/environment.ts";
import { TemporaryDirectory } from "../../../runtime/temporary_directory.ts";
import type { CodexOptions } from "../options.ts";
import { launchRuntime } from "./launch.ts";
import { CodexSession } from "../session.ts";

/** Starts a runtime in a temporary home, which is removed after the runtime has ended. */
export async function openIsolated(options: CodexOptions): Promise<CodexSession> {
  checkEnvironment(options.env);
  await using cleanup = new AsyncDisposableStack();
  const directory = cleanup.use(await TemporaryDirectory.create("codex-isolated-"));
  const home = await makeHome(directory.path);
  const env = { ...(options.clearEnv ? {} : systemEnvironment()), ...home, ...options.env };
  const launch = launchRuntime({ ...options, clearEnv: true, env });
  const session = await CodexSession.open(
    async (answer, signal) => ({ ...await launch(answer, signal), forgetsLogin: true }),
    options,
  );
  const owned = cleanup.move();
  session.defer(() => owned.disposeAsync());
  return session;
}

function checkEnvironment(env: CodexOptions["env"]): void {
  if (env?.CODEX_HOME === undefined) return;
  throw new TypeError(
    "Cannot isolate Codex: env has a CODEX_HOME. Leave it out, or start without isolated",
  );
}

/**
 * What keeps the runtime from opening connections by itself and from reading the user's files. A
 * login stays in the memory of the runtime, so that no ending of the program leaves a key behind.
 */
const CONFIG = {
  check_for_update_on_startup: false,
  allow_login_shell: false,
  cli_auth_credentials_store: "ephemeral",
  features: { plugins: false, apps: false, shell_snapshot: false },
  analytics: { enabled: false },
};

/** Makes the directories of a home below `root`; resolves to the environment that names them. */
async function makeHome(root: string): Promise<Record<string, string>> {
  const user = join(root, "home");
  // Outside the runtime's home: the runtime refuses a home below its temporary directory.
  const temporary = join(root, "tmp");
  const codexHome = join(root, "codex-home");
  for (const directory of [codexHome, user, temporary]) await Deno.mkdir(directory);
  await Deno.writeTextFile(join(codexHome, "config.toml"), stringifyToml(CONFIG), { mode: 0o600 });
  return {
    CODEX_HOME: codexHome,
    ...(Deno.build.os === "windows"
      ? { USERPROFILE: user, TEMP: temporary, TMP: temporary }
      : { HOME: user, TMPDIR: temporary }),
  };
}
