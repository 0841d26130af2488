import { describe, expect, it, onTestFinished, vi } from "vitest";
import { OFFLINE_CATALOG, OfflineHome, startOffline } from "../../src/testing/mod.ts";
import { exists } from "../support/exists.ts";
import { startRig, type Wire } from "./raw_runtime.ts";

const modelUrl = "http://127.0.0.1:9/v1";

describe("OfflineHome", () => {
  it("has a separate directory for everything, and removes it", async () => {
    const home = await OfflineHome.create({ modelUrl, files: { "a/b.txt": "text" } });
    const { root, codexHome, tmp, workspace, env } = home;
    expect(await Deno.readTextFile(`${workspace}/a/b.txt`)).toBe("text");
    expect(codexHome.startsWith(tmp)).toBe(false);
    expect(env).toEqual({
      CODEX_HOME: codexHome,
      HOME: home.home,
      TMPDIR: tmp,
      PATH: expect.any(String),
      RUST_LOG: "error",
    });
    await home[Symbol.asyncDispose]();
    expect(await exists(root)).toBe(false);
    await home[Symbol.asyncDispose]();
  });

  it("has the programs of the path that is given", async () => {
    await using home = await OfflineHome.create({ modelUrl, path: "/opt/tools" });
    expect(home.env.PATH).toBe("/opt/tools");
  });

  it("merges the caller's configuration over its own and leaves the caller's as it is", async () => {
    const config = Object.freeze({ features: Object.freeze({ goals: false }), model: "other" });
    await using home = await OfflineHome.create({ modelUrl, config });
    const toml = await Deno.readTextFile(`${home.codexHome}/config.toml`);
    expect(toml).toMatch(/^model = "other"$/m);
    expect(toml).toMatch(/^goals = false$/m);
    expect(toml).toMatch(/^plugins = false$/m);
    expect(toml).toContain(modelUrl);
  });

  it("has the configuration of a runtime that stays offline", async () => {
    await using home = await OfflineHome.create({ modelUrl });
    const toml = await Deno.readTextFile(`${home.codexHome}/config.toml`);
    expect(toml.trim().split(/\n+/)).toEqual([
      'model = "offline-model"',
      'model_provider = "offline"',
      `model_catalog_json = "${home.codexHome}/catalog.json"`,
      'approval_policy = "never"',
      'sandbox_mode = "read-only"',
      "check_for_update_on_startup = false",
      "allow_login_shell = false",
      'cli_auth_credentials_store = "ephemeral"',
      "[model_providers.offline]",
      'name = "Offline model"',
      `base_url = "${modelUrl}"`,
      'wire_api = "responses"',
      "request_max_retries = 0",
      "stream_max_retries = 0",
      "[features]",
      "plugins = false",
      "shell_snapshot = false",
      "apps = false",
      "unbounded_connection_retries = false",
      "[analytics]",
      "enabled = false",
    ]);
    // The homes of the suite have one more directory before these.
    expect(home.env.PATH).toMatch(/(^|:)\/usr\/local\/bin:\/usr\/bin:\/bin$/);
    const bytes = new Uint8Array([1, 2]);
    const file = await home.writeFile("a/b/c.bin", bytes);
    expect(file).toBe(`${home.workspace}/a/b/c.bin`);
    expect(await Deno.readFile(file)).toEqual(bytes);
    const made = [...Deno.readDirSync(home.root)].map(({ name }) => name);
    expect(made.toSorted()).toEqual(
      [home.codexHome, home.home, home.tmp, home.workspace]
        .map((path) => path.slice(home.root.length + 1)).concat("owner.lock").toSorted(),
    );
    const wrong = OfflineHome.create({ modelUrl, modelUlr: "" } as never);
    await expect(wrong).rejects.toThrow("Use modelUrl");
  });

  it("leaves nothing behind when it cannot be written", async () => {
    const made = vi.spyOn(Deno, "makeTempDir");
    onTestFinished(() => made.mockRestore());
    const files = { "a": "a file", "a/b": "below a file" };
    await expect(OfflineHome.create({ modelUrl, files })).rejects.toThrow();
    expect(await exists(await made.mock.results[0]?.value)).toBe(false);
  });

  it("lists the models that it is given", async () => {
    const models = [{ ...OFFLINE_CATALOG[2]!, slug: "mine", displayName: "Mine" }];
    await using codex = await startOffline({ models });
    expect((await codex.models()).map(({ id }) => id)).toEqual(["mine"]);
  });

  it("keeps the runtime to loopback, silent, and to its own files", async () => {
    await using rig = await startRig();
    const { turnId } = await rig.runtime.startTurn("Hi");
    await rig.runtime.turnCompleted(turnId);
    const models = await rig.runtime.call("model/list", { includeHidden: true });
    expect(models.data.map(({ id }: Wire) => id)).toEqual([
      "offline-model",
      "offline-model-large",
      "offline-model-small",
      "offline-model-hidden",
    ]);
    const account = await rig.runtime.call("account/read");
    expect(account.account).toBe(null);
    const warnings = rig.runtime.messages.filter(({ method }) => /warning/i.test(method ?? ""));
    expect(warnings).toEqual([]);
    expect(rig.runtime.stderr).toEqual([]);
  });
});
