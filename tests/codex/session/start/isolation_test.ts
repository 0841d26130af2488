import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Codex, type CodexOptions } from "../../../../mod.ts";
import {
  execCommand,
  OFFLINE_CATALOG,
  OFFLINE_MODEL,
  OfflineModel,
} from "../../../../src/testing/mod.ts";
import { catalogJson } from "../../../../src/testing/model/catalog.ts";
import { openIsolated } from "../../../../src/codex/session/start/isolation.ts";
import { fakeRuntime, HANDSHAKE, HANG } from "../../../support/fake_runtime.ts";
import { filesWith } from "../../../support/planted_secrets.ts";

/** A user's directory with a home and a working directory, and a model. */
class User implements AsyncDisposable {
  readonly root = Deno.makeTempDirSync();
  readonly workspace = join(this.root, "workspace");
  readonly home = join(this.root, "home");
  readonly codexHome = join(this.root, "codex-home");
  readonly model: OfflineModel;

  constructor(model: OfflineModel) {
    this.model = model;
    const skill = "---\nname: private\ndescription: The user's own\n---\nx";
    this.write("home/.agents/skills/private/SKILL.md", skill);
    this.write("codex-home/config.toml", '[mcp_servers.private]\ncommand = "false"\n');
    this.write("codex-home/AGENTS.md", "Private instructions");
    this.write("workspace/AGENTS.md", "Instructions of the project");
    this.write("catalog.json", catalogJson(OFFLINE_CATALOG));
  }

  static async create(): Promise<User> {
    return new User(await OfflineModel.start());
  }

  write(path: string, text: string): void {
    Deno.mkdirSync(dirname(join(this.root, path)), { recursive: true });
    Deno.writeTextFileSync(join(this.root, path), text);
  }

  /** Starts a Codex on the model, with the provider's settings. */
  start(options: CodexOptions & { provider?: Record<string, unknown> } = {}): Promise<Codex> {
    const { provider, ...rest } = options;
    return Codex.start({
      cwd: this.workspace,
      config: {
        model: OFFLINE_MODEL,
        model_catalog_json: join(this.root, "catalog.json"),
        model_provider: "offline",
        model_providers: {
          offline: {
            name: "Offline model",
            base_url: this.model.url,
            wire_api: "responses",
            ...provider,
          },
        },
        ...rest.config,
      },
      ...rest,
    });
  }

  /** The same user without isolation. */
  get env(): Record<string, string> {
    return { CODEX_HOME: this.codexHome, HOME: this.home };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model.close();
    await Deno.remove(this.root, { recursive: true });
  }
}

describe("an isolated Codex", () => {
  it("knows nothing of the user, but what belongs to the project", async () => {
    await using user = await User.create();
    const look = async (options: CodexOptions) => {
      await using codex = await user.start(options);
      const thread = await codex.startThread();
      await thread.run("Hello");
      const request = user.model.requests.at(-1);
      const told = [...request?.developerTexts() ?? [], ...request?.userTexts() ?? []].join("\n");
      return { told, view: await thread.context() };
    };
    const open = await look({ env: user.env });
    expect(open.told).toContain("Private instructions");
    expect(open.told).toContain("The user's own");
    expect(open.view.mcpServers.map(({ name }) => name)).toEqual(["private"]);
    const { told, view } = await look({ isolated: true, env: { HOME: undefined } });
    expect(told).not.toContain("Private instructions");
    expect(told).not.toContain("The user's own");
    expect(told).toContain("Instructions of the project");
    expect(view.mcpServers).toEqual([]);
    expect(view.skills.filter(({ scope }) => scope === "user")).toEqual([]);
    expect(view.instructionSources).toEqual([join(user.workspace, "AGENTS.md")]);
    expect(view.configSources.map(({ type }) => type)).toEqual(["sessionFlags", "user"]);
  });

  it("has its own home, removed on close and when the start fails", async () => {
    await using user = await User.create();
    const codex = await user.start({ isolated: true });
    const { codexHome } = codex.server;
    expect((await Deno.stat(join(codexHome, "config.toml"))).isFile).toBe(true);
    await (await codex.startThread()).run("Hello");
    await codex.close();
    await expect(Deno.stat(dirname(codexHome))).rejects.toThrow(Deno.errors.NotFound);
    const left = () => [...Deno.readDirSync(dirname(dirname(codexHome)))].map(({ name }) => name);
    const before = new Set(left());
    const failing = Codex.start({ isolated: true, executable: "/nowhere/codex" });
    await expect(failing).rejects.toThrow("/nowhere/codex");
    const mine = left().filter((name) => name.startsWith("codex-isolated-") && !before.has(name));
    expect(mine).toEqual([]);
  });

  it("gets what belongs to the system of our environment, and what it is given", async () => {
    await using user = await User.create();
    Deno.env.set("OPENAI_API_KEY", "sk-of-the-user");
    try {
      await using codex = await user.start({ isolated: true, env: { GIVEN: "yes" } });
      user.model.reply(execCommand("env"), "done");
      const thread = await codex.startThread({ sandbox: "full-access", approvalMode: "deny-all" });
      await thread.run("Show the environment");
      const text = user.model.requests.at(-1)?.toolOutputs().at(-1)?.text ?? "";
      expect(text).toContain("GIVEN=yes");
      expect(text).toContain("PATH=");
      expect(text).not.toContain("sk-of-the-user");
      expect(text).not.toContain(`HOME=${Deno.env.get("HOME")}\n`);
    } finally {
      Deno.env.delete("OPENAI_API_KEY");
    }
  });

  it("logs in with a key that is nowhere on disk, or takes one from the variable it is told", async () => {
    await using user = await User.create();
    const authorization = () => user.model.requests.at(-1)?.headers.get("authorization");
    {
      const provider = { requires_openai_auth: true };
      await using codex = await user.start({ isolated: true, provider });
      await codex.loginWithApiKey("sk-one");
      const thread = await codex.startThread();
      await thread.run("Hello");
      expect(authorization()).toBe("Bearer sk-one");
      expect(await filesWith(["sk-one"], dirname(codex.server.codexHome))).toEqual([]);
      await codex.restart();
      await thread.run("Hello again");
      expect(authorization()).toBe("Bearer sk-one");
      await codex.logout();
      await codex.restart();
      expect(await codex.account()).toBeNull();
    }
    const provider = { env_key: "MY_KEY" };
    await using codex = await user.start({ isolated: true, provider, env: { MY_KEY: "sk-two" } });
    await (await codex.startThread()).run("Hello");
    expect(authorization()).toBe("Bearer sk-two");
  });

  it("opens no connection by itself", async () => {
    await using user = await User.create();
    const isolated = await connectionsOf((env) => user.start({ isolated: true, env }));
    expect(isolated).toBe(0);
    const open = await connectionsOf((env) => user.start({ env: { ...env, ...user.env } }), {
      expected: true,
    });
    expect(open).toBeGreaterThan(0);
  });

  it("is restarted in the same home", async () => {
    await using user = await User.create();
    await using codex = await user.start({ isolated: true });
    const thread = await codex.startThread();
    await thread.run("Hello");
    const { codexHome } = codex.server;
    const report = await codex.restart();
    expect(report.resumedThreadIds).toEqual([thread.id]);
    expect(codex.server.codexHome).toBe(codexHome);
    expect((await thread.run("Again")).status).toBe("completed");
  });

  it.each([false, true])(
    "has a configuration and an environment of its own, with clearEnv: %s",
    async (clearEnv) => {
      const folder = await Deno.makeTempDir();
      await using program = await fakeRuntime(
        `/bin/cp "$CODEX_HOME/config.toml" '${folder}/config'`,
        `/usr/bin/env > '${folder}/environment'`,
        ...HANDSHAKE,
        HANG,
      );
      const env = { GIVEN: "yes" };
      const session = await openIsolated({ executable: program.executable, env, clearEnv });
      const config = (await Deno.readTextFile(`${folder}/config`)).split("\n");
      expect(config.filter((line) => line !== "")).toEqual([
        "check_for_update_on_startup = false",
        "allow_login_shell = false",
        'cli_auth_credentials_store = "ephemeral"',
        "[features]",
        "plugins = false",
        "apps = false",
        "shell_snapshot = false",
        "[analytics]",
        "enabled = false",
      ]);
      const lines = (await Deno.readTextFile(`${folder}/environment`)).split("\n");
      const { CODEX_HOME = "", HOME, TMPDIR, GIVEN, PATH } = Object.fromEntries(
        lines.map((line) => line.split("=", 2)),
      );
      const root = dirname(CODEX_HOME);
      expect([HOME, TMPDIR, GIVEN]).toEqual([join(root, "home"), join(root, "tmp"), "yes"]);
      expect(PATH?.includes(Deno.env.get("PATH") ?? "?") ?? false).toBe(!clearEnv);
      expect((await Deno.stat(join(CODEX_HOME, "config.toml"))).mode).toBe(0o100600);
      await session.close();
      await expect(Deno.stat(root)).rejects.toThrow(Deno.errors.NotFound);
      await Deno.remove(folder, { recursive: true });
    },
  );

  it("cannot be given another home", async () => {
    const isolated = { isolated: true, env: { CODEX_HOME: "/home/me/.codex" } };
    await expect(Codex.start(isolated)).rejects.toThrow(TypeError);
  });
});

/**
 * Connections to anywhere but this machine while a turn runs, counted at a proxy that lets none
 * pass. With `expected` the first one is waited for.
 */
async function connectionsOf(
  start: (env: Record<string, string>) => Promise<Codex>,
  { expected = false } = {},
): Promise<number> {
  let connections = 0;
  const first = Promise.withResolvers<void>();
  const proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of proxy) {
      connections++;
      first.resolve();
      connection.close();
    }
  })();
  const url = `http://127.0.0.1:${proxy.addr.port}`;
  const env = { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: "127.0.0.1" };
  const lower = Object.entries(env).map(([name, value]) => [name.toLowerCase(), value]);
  const codex = await start({ ...env, ...Object.fromEntries(lower) });
  await (await codex.startThread()).run("Hello");
  if (expected) await first.promise;
  await codex.close();
  proxy.close();
  await accepting;
  return connections;
}
