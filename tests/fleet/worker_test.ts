import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { resolveRuntime } from "../../src/runtime/mod.ts";
import { Fleet } from "../../src/fleet/mod.ts";
import { runWorker } from "../../src/fleet/worker.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect } from "../support/fleet_tasks.ts";
import { RedisServer } from "../support/redis.ts";
import { readText, ROOT } from "../support/repository.ts";
import { until } from "../support/until.ts";

// Each test starts a store and workers, one after the other.
vi.setConfig({ testTimeout: 60_000 });

const TASKS = ["--tasks", "tests/support/fleet_tasks.ts"];
const PASSWORD = "sesame-7351";

/** Starts a worker, or the dashboard, that is to end by itself. */
async function endOf(
  args: readonly string[],
  command = "worker",
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--lock=deno.lock",
      "--frozen",
      "-A",
      `src/fleet/${command}.ts`,
      ...args,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

describe("the command of a worker", () => {
  it("says in one line what is wrong, without the password of the store, and exits 1", async () => {
    await using redis = await RedisServer.start();
    const directory = await Deno.makeTempDir();
    try {
      const home = ["--home", join(directory, "home"), "--sqlite", join(directory, "sqlite")];
      const store = ["--store", redis.url];
      const inside = ["--home", directory, "--sqlite", join(directory, "sqlite")];
      const closed = ["--store", `redis://u:${PASSWORD}@127.0.0.1:1`];
      const cases: [string[], RegExp][] = [
        [[], /^Cannot start the worker: --tasks is missing\. See --help$/],
        [[...TASKS, ...store], /^Cannot start the worker: --home is missing\. See --help$/],
        [["--tasks", "tests/support/redis.ts", ...home, ...store], /^.* exports no task.*$/],
        [[...TASKS, ...home, ...closed], /^Cannot reach the store at 127\.0\.0\.1:1: .*$/],
        [[...TASKS, ...home, "--store", `redis://:${PASSWORD}@h/x`], /^Cannot connect .*$/],
        [[...TASKS, ...home, "--store", `redis://:%E0${PASSWORD}@h`], /^Cannot connect .*$/],
        [[`redis://:${PASSWORD}@h`], /^Cannot start the worker: .* See --help$/],
        [[...TASKS, ...inside, ...store], /^Cannot use .*sqlite for SQLite: it is in .*$/],
        [[...TASKS, ...store, "--home", "/proc/x"], /^Cannot use \/proc\/x: it cannot .*$/],
        [["--concurrency", "x"], /^.*--concurrency must be .*$/],
        [["--max-deaths", "0"], /^.*--max-deaths must be .*$/],
        [["--conurrency", "3"], /^Unknown option --conurrency\. Use --concurrency/],
      ];
      for (const [args, message] of cases) {
        const error: unknown = await runWorker(args).catch((error) => error);
        expect(String(Object(error).message)).toMatch(message);
        expect(Deno.inspect(error)).not.toContain(PASSWORD);
      }
      const { code, text } = await endOf([...TASKS, ...home, ...closed]);
      expect(text).toMatch(/^Cannot reach the store at 127\.0\.0\.1:1: .*\n$/);
      expect(text).not.toContain(PASSWORD);
      expect(code).toBe(1);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  it("keeps the password of the store to itself while that is away and comes back", async () => {
    const redis = await RedisServer.start({ args: ["--requirepass", PASSWORD] });
    await using rig = await FleetRig.start(() => {}, { redis });
    const storeFile = `${rig.home.root}/store`;
    await Deno.writeTextFile(storeFile, `redis://:${PASSWORD}@127.0.0.1:${redis.port}\n`);
    const worker = await rig.startWorker({ args: ["--store-file", storeFile] });
    const isUp = async (): Promise<boolean> =>
      (await (await fetch(`${worker.health}/healthz`)).json()).store;
    await redis.kill();
    expect(await isUp()).toBe(false);
    await redis.restart();
    await until(isUp);
    worker.signal("SIGTERM");
    expect(await worker.ended()).toBe(0);
    expect(worker.said.join("\n")).toContain(`at 127.0.0.1:${redis.port}`);
    expect(`${worker.said.join("\n")}\n${worker.complained}`).not.toContain(PASSWORD);
    const wrong = `redis://:wrong-${PASSWORD}@127.0.0.1:${redis.port}`;
    const board = await endOf(["--store", wrong], "board");
    expect(board.text).toMatch(/^Cannot reach the store at .*: WRONGPASS/);
    expect(board.text).not.toContain(PASSWORD);
  });

  it("ends with 1 when its runtime dies again and again", async () => {
    await using rig = await FleetRig.start();
    const worker = await rig.startWorker();
    expect(await worker.killRuntimes()).toBe(1);
    expect(worker.complained).toContain("Cannot go on: the runtime cannot be started again");
  });

  it("works with the least permissions that the documentation names, and with no others", async () => {
    const { executable } = await resolveRuntime();
    await using rig = await FleetRig.start();
    const places: Record<string, string> = {
      ".": ROOT,
      "$HOME/.cache/deno": await denoDirectory(),
      "/shared/run-1": rig.home.codexHome,
      "/var/tmp/codex-fleet": `${rig.home.root}/sqlite`,
      $RUNTIME: executable,
    };
    const [usual = [], least = []] = documentedPermissions();
    expect(least.map(nameOf).toSorted()).toEqual(usual.map(nameOf).toSorted());
    const permissions = least.map((flag) => {
      const [name, values] = flag.split("=");
      const paths = values?.split(",").map((value) => places[value] ?? value);
      return paths ? `${name}=${paths.join(",")}` : flag;
    });
    await rig.startWorker({ permissions: ["--no-prompt", ...permissions] });
    await using fleet = await rig.connect();
    const { rows } = await fleet.map([{ n: 1 }], effect).collect();
    expect(rows).toMatchObject([{ status: "completed", output: "answer 1" }]);
  });
});

/** The flags of the usual command, and the least ones. */
function documentedPermissions(): string[][] {
  const blocks = readText("src/fleet/README.md").matchAll(/```sh\n(.*?)```/gs);
  return [...blocks].map(([, text = ""]) => text.split("src/fleet/")[0]?.match(/--allow-\S+/g))
    .flatMap((flags) => flags ? [[...flags]] : []);
}

function nameOf(flag: string): string {
  return flag.split("=")[0] ?? "";
}

async function denoDirectory(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

const hasValkey =
  await (async () => await new Deno.Command("valkey-server", { args: ["--version"] }).output())()
    .then(({ success }) => success, () => false);

describe("a fleet on Valkey", () => {
  it.skipIf(!hasValkey)("works as on Redis", async () => {
    const redis = await RedisServer.start({ program: "valkey-server" });
    await using rig = await FleetRig.start(() => {}, { redis });
    await rig.startWorker();
    await using fleet = await Fleet.connect(rig.redis.url);
    const { rows } = await fleet.map([{ n: 1 }, { n: 2 }], effect).collect();
    expect(rows.map(({ status }) => status)).toEqual(["completed", "completed"]);
  });
});
