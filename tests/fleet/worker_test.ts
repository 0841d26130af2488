import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startServer } from "../../src/runtime/mod.ts";
import { Fleet } from "../../src/fleet/mod.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect } from "../support/fleet_tasks.ts";
import { RedisServer } from "../support/redis.ts";
import { ROOT } from "../support/repository.ts";

const WORKER = ["run", "--no-check", "--lock=deno.lock", "--frozen", "-A", "src/fleet/worker.ts"];

/** Starts a worker that is to end by itself. */
async function endOf(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...WORKER, ...args],
    cwd: ROOT,
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

describe("the command of a worker", () => {
  it("says in one line what is wrong, and exits 1", async () => {
    await using redis = await RedisServer.start();
    const directory = await Deno.makeTempDir();
    try {
      const tasks = ["--tasks", "tests/support/fleet_tasks.ts"];
      const home = ["--home", join(directory, "home"), "--sqlite", join(directory, "sqlite")];
      const store = ["--store", redis.url];
      const inside = ["--home", directory, "--sqlite", join(directory, "sqlite")];
      const cases: [string[], RegExp][] = [
        [[], /^Cannot start the worker: --tasks is missing\. See --help\n$/],
        [[...tasks, ...store], /^Cannot start the worker: --home is missing/],
        [["--tasks", "tests/support/redis.ts", ...home, ...store], /exports no task/],
        [[...tasks, ...home, "--store", "redis://u:pw123@127.0.0.1:1"], /^Cannot reach the store/],
        [[...tasks, ...inside, ...store], /^Cannot use .*sqlite for SQLite: it is in the shared/],
        [[...tasks, ...store, "--home", "/proc/x"], /^Cannot use \/proc\/x: it cannot be made/],
        [[...tasks, ...home, ...store, "--concurrency", "x"], /--concurrency must be/],
        [["--conurrency", "3"], /Unknown option '--conurrency'/],
      ];
      for (const [args, message] of cases) {
        const { code, text } = await endOf(...args);
        expect(text).toMatch(message);
        expect(text).not.toContain("pw123");
        expect(code).toBe(1);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  it("makes its directories, and refuses another home than that of the other workers", async () => {
    await using rig = await FleetRig.start();
    await rig.startWorker();
    await rig.startWorker();
    const made = [...Deno.readDirSync(`${rig.home.root}/sqlite`)].map(({ name }) => name);
    expect(made.toSorted()).toEqual(["0", "0.lock", "1", "1.lock"]);
    const { code, text } = await endOf(
      "--tasks",
      "tests/support/fleet_tasks.ts",
      "--store",
      rig.redis.url,
      "--home",
      `${rig.home.root}/other-home`,
      "--sqlite",
      `${rig.home.root}/sqlite`,
    );
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/^Cannot take jobs of codex: other workers/),
    ]);
  });

  it("works with the permissions that the documentation names", async () => {
    const page = await Deno.readTextFile(join(ROOT, "src/fleet/README.md"));
    const flags = /deno run ((?:--allow-\S+\s+(?:\\\n\s+)?)+)/.exec(page)?.[1] ?? "";
    const permissions = flags.split(/[\s\\]+/).filter((flag) => flag.startsWith("--allow-"));
    expect(permissions.length).toBeGreaterThan(4);
    await using rig = await FleetRig.start();
    await rig.startWorker({ permissions });
    await using fleet = await rig.connect();
    const { rows } = await fleet.map([{ n: 1 }], effect).collect();
    expect(rows).toMatchObject([{ status: "completed", output: "answer 1" }]);
  });

  it("works on a server that runs, and goes on there when it was killed", async () => {
    const answer = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    await using rig = await FleetRig.start(() => {
      held.resolve();
      return answer.promise;
    });
    await using server = await startServer({
      listen: "ws://127.0.0.1:0",
      env: { ...rig.home.env },
      clearEnv: true,
      cwd: rig.home.workspace,
    });
    const onServer = { server: server.address, tokenFile: server.tokenFile ?? undefined };
    const first = await rig.startWorker(onServer);
    await using fleet = await rig.connect();
    const collected = fleet.map([{ n: 1 }], effect).collect();
    await held.promise;
    await first.kill();
    await rig.startWorker(onServer);
    answer.resolve();
    expect((await collected).rows).toMatchObject([{ status: "completed", output: "answer 1" }]);
    expect(await rig.effects()).toEqual(new Map([[1, 1]]));
  });
});

const hasValkey =
  await (async () => await new Deno.Command("valkey-server", { args: ["--version"] }).output())()
    .then(({ success }) => success, () => false);

describe("a fleet on Valkey", () => {
  it.skipIf(!hasValkey)("works as on Redis", async () => {
    await using rig = await FleetRig.start(() => {}, { program: "valkey-server" });
    await rig.startWorker();
    await using fleet = await Fleet.connect(rig.redis.url);
    const { rows } = await fleet.map([{ n: 1 }, { n: 2 }], effect).collect();
    expect(rows.map(({ status }) => status)).toEqual(["completed", "completed"]);
  });
});
