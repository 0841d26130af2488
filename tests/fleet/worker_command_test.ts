import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Codex } from "../../mod.ts";
import { type Redis } from "../../src/deps/fleet.ts";
import { disconnect, FleetStore } from "../../src/fleet/store.ts";
import { FleetWorker } from "../../src/fleet/worker/fleet_worker.ts";
import { runWorker } from "../../src/fleet/worker.ts";
import { RedisServer } from "../support/redis.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

const TASKS = ["--tasks", "tests/support/fleet_tasks.ts"];

let redis: RedisServer;
let client: Redis;
let directory: string;
let queues = 0;

beforeAll(async () => {
  redis = await RedisServer.start();
  client = new FleetStore(redis.url).open();
  await client.ping();
});

afterAll(async () => {
  await disconnect(client);
  await redis[Symbol.asyncDispose]();
});

beforeEach(async () => {
  directory = await Deno.makeTempDir();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Deno.remove(directory, { recursive: true });
});

/** A worker's command in this process, on a scripted runtime; the test sends its signals. */
async function commandOf(args: readonly string[]) {
  const server = await ScriptedServer.start();
  const starting = vi.spyOn(Codex, "start").mockImplementation(() =>
    Promise.resolve(server.codex as never)
  );
  const connecting = vi.spyOn(Codex, "connect").mockImplementation(() =>
    Promise.resolve(server.codex as never)
  );
  const listening = Promise.withResolvers<void>();
  const signals = new Map<string, () => void>();
  vi.spyOn(Deno, "addSignalListener").mockImplementation((name, listener) => {
    signals.set(name, listener);
    if (signals.size === 2) listening.resolve();
  });
  const exiting = vi.spyOn(Deno, "exit").mockImplementation((() => {}) as never);
  vi.spyOn(Deno, "hostname").mockImplementation(() => "machine");
  const said: string[] = [];
  vi.spyOn(console, "log").mockImplementation((text) => void said.push(text));
  const working = vi.spyOn(FleetWorker, "start");
  const queue = `queue-${++queues}`;
  const ended = runWorker([...TASKS, "--store", redis.url, "--queue", queue, ...args]);
  const failed = ended.then(() => null, (error) => error);
  await Promise.race([failed, listening.promise]);
  const [options] = working.mock.calls[0] ?? [];
  const worker: FleetWorker | undefined = await working.mock.results[0]?.value;
  return {
    server,
    starting,
    connecting,
    signals,
    exiting,
    said,
    queue,
    options,
    worker,
    ended,
    failed,
    [Symbol.asyncDispose]: async () => {
      await worker?.drain();
      signals.get("SIGTERM")?.();
      await failed;
      await server.codex.close();
    },
  };
}

const places = (): string[] => [
  "--home",
  join(directory, "home"),
  "--sqlite",
  join(directory, "sqlite"),
];

describe("the command of a worker", () => {
  it("tells its options", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {});
    await runWorker(["--help", "--concurrency", "x"]);
    const help = String(said.mock.calls[0]?.[0]);
    const names = help.match(/^ {2}--[a-z-]+(?= [A-Z])/gm) ?? [];
    expect(new Set(names).size).toBe(15);
  });

  it("refuses an argument without its option, which may be a password", async () => {
    const error: unknown = await runWorker(["redis://:sesame@h"]).catch((error) => error);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/an argument has no option before it\. See --help$/);
    expect(Deno.inspect(error)).not.toContain("sesame");
  });

  it("does four jobs at once on a runtime with the home that is named, unless it is told others", async () => {
    await using command = await commandOf(places());
    const { options, starting, said, queue } = command;
    expect(options).toMatchObject({
      queue,
      name: `machine-${Deno.pid}`,
      host: "machine",
      concurrency: 4,
      lockMs: 30_000,
      maxDeaths: 3,
    });
    expect(options?.tasks.get("effect")).toMatchObject({ name: "effect" });
    expect(starting.mock.calls).toMatchObject([[{
      cwd: Deno.cwd(),
      env: {
        CODEX_HOME: join(directory, "home"),
        CODEX_SQLITE_HOME: join(directory, "sqlite", "0"),
      },
      restart: "on-crash",
    }]]);
    const address = `127.0.0.1:${redis.port}`;
    const started = `Worker machine-${Deno.pid} takes jobs of ${queue} at ${address}`;
    const [, health] = /^(?:.*), health and metrics on (http:.*)$/.exec(said[0] ?? "") ?? [];
    expect(said).toEqual([`${started}, health and metrics on ${health}`]);
    const answer = await fetch(`${health}/healthz`);
    expect(await answer.json()).toEqual({ store: true, runtime: true, state: "working" });
    await command.server.end();
    await command.server.codex.client.closed;
    const without = await fetch(`${health}/healthz`);
    expect([without.status, await without.json()]).toEqual([
      503,
      { store: true, runtime: false, state: "working" },
    ]);
    const key = `codex:${queue}:home`;
    const id = await Deno.readTextFile(join(directory, "home", "fleet-home-id"));
    expect(await client.get(key)).toBe(id);
    command.signals.get("SIGINT")?.();
    await command.ended;
    await expect(fetch(`${health}/healthz`)).rejects.toThrow();
  });

  it("does what its options say", async () => {
    const keyFile = join(directory, "key");
    await Deno.writeTextFile(keyFile, "sk-test-key\n");
    const storeFile = join(directory, "store");
    await Deno.writeTextFile(storeFile, `${redis.url}\n`);
    await using command = await commandOf([
      ...places(),
      "--store=redis://none",
      `--store-file=${storeFile}`,
      "--name=ada",
      "--concurrency=1",
      "--lock-seconds=1",
      "--max-deaths=1",
      `--cwd=${directory}`,
      `--api-key-file=${keyFile}`,
      "--port=-1",
    ]);
    expect(command.options).toMatchObject({
      name: "ada",
      concurrency: 1,
      lockMs: 1000,
      maxDeaths: 1,
    });
    expect(command.starting.mock.calls).toMatchObject([[{ cwd: directory }]]);
    const { params } = await command.server.heard(({ method }) => method === "account/login/start");
    expect(params).toMatchObject({ type: "apiKey", apiKey: "sk-test-key" });
    const address = `127.0.0.1:${redis.port}`;
    expect(command.said).toEqual([`Worker ada takes jobs of ${command.queue} at ${address}`]);
  });

  it("finishes at a signal, interrupts at a second, and ends at once at a third", async () => {
    await using command = await commandOf(places());
    const { worker, signals, said, exiting, ended } = command;
    const drained = Promise.withResolvers<void>();
    if (!worker) throw new Error("it did not start");
    const draining = vi.spyOn(worker, "drain").mockImplementation(() => drained.promise);
    const interrupting = vi.spyOn(worker, "interrupt").mockImplementation(() => drained.promise);
    expect([...signals.keys()]).toEqual(["SIGTERM", "SIGINT"]);
    signals.get("SIGTERM")?.();
    expect([draining.mock.calls.length, interrupting.mock.calls.length]).toEqual([1, 0]);
    signals.get("SIGINT")?.();
    expect([draining.mock.calls.length, interrupting.mock.calls.length]).toEqual([1, 1]);
    expect(exiting).not.toHaveBeenCalled();
    signals.get("SIGTERM")?.();
    expect(exiting.mock.calls).toEqual([[1]]);
    drained.resolve();
    await ended;
    const name = `machine-${Deno.pid}`;
    expect(said.slice(1, 3)).toEqual([
      `Worker ${name} finishes 0 jobs`,
      `Worker ${name} interrupts 0 jobs`,
    ]);
    expect(said.at(-1)).toBe(`Worker ${name} has ended`);
    draining.mockRestore();
  });

  it("rejects where it cannot be drained", async () => {
    await using command = await commandOf(places());
    if (!command.worker) throw new Error("it did not start");
    const draining = vi.spyOn(command.worker, "drain");
    draining.mockImplementation(() => Promise.reject(new Error("No")));
    command.signals.get("SIGTERM")?.();
    expect(await command.failed).toMatchObject({ message: "No" });
    draining.mockRestore();
  });

  it("puts its jobs back and fails when its runtime cannot be started again", async () => {
    await using command = await commandOf(places());
    const { starting, failed, worker } = command;
    if (!worker) throw new Error("it did not start");
    const interrupting = vi.spyOn(worker, "interrupt");
    const { onRestart } = starting.mock.calls[0]?.[0] ?? {};
    onRestart?.({} as never);
    expect(interrupting).not.toHaveBeenCalled();
    onRestart?.(new RangeError("again and again") as never);
    expect(await failed).toMatchObject({
      message: "Cannot go on: the runtime cannot be started again (RangeError). " +
        "Start the worker again",
    });
    expect(await failed).toBeInstanceOf(TypeError);
    expect(interrupting).toHaveBeenCalledTimes(1);
    expect(worker.state.state).toBe("draining");
  });

  it("uses a server instead, without directories, and fails when that ends", async () => {
    const token = join(directory, "token");
    const address = "ws://127.0.0.1:1";
    const args = ["--server", address, "--server-token-file", token];
    await using command = await commandOf(args);
    expect(command.starting).not.toHaveBeenCalled();
    expect(command.connecting.mock.calls).toEqual([[address, { tokenFile: token }]]);
    expect(await client.exists(`codex:${command.queue}:home`)).toBe(0);
    expect([...Deno.readDirSync(directory)]).toEqual([]);
    await command.server.end();
    expect(String(await command.failed)).toMatch(/Cannot go on: the runtime cannot be started/);
  });

  it("refuses the home of another queue's workers, and closes what it has opened", async () => {
    await client.set(`codex:queue-${queues + 1}:home`, "another");
    await using command = await commandOf(places());
    expect(await command.failed).toBeInstanceOf(TypeError);
    expect(String(await command.failed)).toContain(
      `run "redis-cli del codex:${command.queue}:home"`,
    );
    expect(command.starting).not.toHaveBeenCalled();
    expect(await client.get(`codex:${command.queue}:home`)).toBe("another");
  });

  it.each([
    ["--concurrency", ["0", "1.5", "x"], 1],
    ["--lock-seconds", ["0", "1.5"], 1],
    ["--max-deaths", ["0"], 1],
    ["--port", ["-2", "1.5"], -1],
  ])("takes no %s below its least", async (name, values, least) => {
    for (const value of values) {
      await expect(runWorker([`${name}=${value}`])).rejects.toThrow(
        `${name} must be an integer >= ${least}`,
      );
    }
    await expect(runWorker([`${name}=${least}`])).rejects.toThrow("--tasks is missing");
  });

  it("looks for its store, its queue and its SQLite where the documentation says", async () => {
    const stores: string[] = [];
    const checking = vi.spyOn(FleetStore.prototype, "check");
    checking.mockImplementation(function (this: FleetStore) {
      stores.push(this.address);
      return Promise.reject(new Error("not now"));
    });
    await expect(runWorker(TASKS)).rejects.toThrow("not now");
    expect(stores).toEqual(["127.0.0.1:6379"]);
    checking.mockImplementation(() => Promise.resolve());
    await expect(runWorker([...TASKS, "--home", "/var/tmp"])).rejects.toThrow(
      "Cannot use /var/tmp/codex-fleet for SQLite",
    );
  });
});
