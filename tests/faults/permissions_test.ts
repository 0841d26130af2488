import { describe, expect, it, vi } from "vitest";
import { fromFileUrl } from "../../src/paths.ts";
import { resolveRuntime } from "../../src/runtime/mod.ts";
import { OfflineHome } from "../../src/testing/mod.ts";
import { runDeno } from "../support/deno_command.ts";
import { readText } from "../support/repository.ts";

// Each test runs a program with fewer permissions.
vi.setConfig({ testTimeout: 60_000 });

const PROGRAM = fromFileUrl(new URL("./permitted.ts", import.meta.url));

const LIVE = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];
const OFFLINE = [...LIVE, "--allow-net=127.0.0.1"];

describe("the flags of the documentation", () => {
  it("are those tried here", () => {
    const rows = readText("src/runtime/README.md").split("\n")
      .filter((line) => /^\| .*--allow-/.test(line));
    expect(rows.some((row) => row.includes(`\`${LIVE.join(" ")}\``))).toBe(true);
    expect(rows.some((row) => row.includes(`\`${OFFLINE.join(" ")}\``))).toBe(true);
  });

  // No other address than loopback is permitted, so the offline model listens on no other.
  it.each([["live", LIVE], ["offline", OFFLINE]])("suffice: %s", async (mode, flags) => {
    expect(await start(mode, flags)).toMatchObject({ name: "ok" });
  });
});

describe("without one of them, the error says which", () => {
  it.each([
    ["live", "--allow-read", "RuntimeSetupError"],
    ["live", "--allow-env", "RuntimeSetupError"],
    ["live", "--allow-run", "RuntimeSetupError"],
    ["offline", "--allow-run", "RuntimeSetupError"],
    // Deno's own words, from where the home is written and the model is served.
    ["offline", "--allow-write", "NotCapable"],
    ["offline", "--allow-net=127.0.0.1", "NotCapable"],
  ])("%s without %s: %s", async (mode, missing, name) => {
    const flags = (mode === "live" ? LIVE : OFFLINE).filter((flag) => flag !== missing);
    const outcome = await start(mode, flags);
    expect(outcome.name).toBe(name);
    expect(outcome.message).toContain(missing.replace("=127.0.0.1", ""));
  });
});

describe("narrower flags", () => {
  it("run the runtime alone, as the error without --allow-run says", async () => {
    const { executable } = await resolveRuntime();
    const flags = LIVE.map((flag) => flag === "--allow-run" ? `${flag}=${executable}` : flag);
    expect(await start("live", flags)).toMatchObject({ name: "ok" });
  });

  it("an installed and verified runtime starts without --allow-write", async () => {
    const flags = LIVE.filter((flag) => flag !== "--allow-write");
    expect(await start("live", flags)).toMatchObject({ name: "ok" });
  });
});

async function start(
  mode: string,
  flags: readonly string[],
): Promise<{ name: string; message: string; step?: string }> {
  await using home = await OfflineHome.create({ modelUrl: "http://127.0.0.1:9" });
  const { CODEX_HOME = "", TMPDIR = "" } = home.env;
  const { stdout } = await runDeno(
    ["run", "--no-check", "--no-prompt", "--quiet", ...flags, PROGRAM, mode],
    { cwd: home.workspace, env: { CODEX_HOME, TMPDIR } },
  );
  return JSON.parse(stdout);
}
