import { describe, expect, it, vi } from "vitest";
import { Fleet, FleetStoreError } from "../../src/fleet/mod.ts";
import { Queue, Redis } from "../../src/deps/fleet.ts";
import { disconnect, FleetStore } from "../../src/fleet/store.ts";
import { RedisServer } from "../support/redis.ts";
import { until } from "../support/until.ts";

async function refusal(url: string): Promise<FleetStoreError> {
  const error = await Fleet.connect(url).then(() => null, (error) => error);
  expect(error).toBeInstanceOf(FleetStoreError);
  return error;
}

describe("the store of a fleet", () => {
  it("is refused when it would lose jobs, evict them, or cannot be reached, with what to do", async () => {
    {
      await using redis = await RedisServer.start({ args: ["--appendonly", "no"] });
      const error = await refusal(redis.url);
      expect(error).toMatchObject({ reason: "notDurable", address: `127.0.0.1:${redis.port}` });
      expect(error.message).toMatch(/config set appendonly yes/);
    }
    const args = ["--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb"];
    await using redis = await RedisServer.start({ args });
    expect(await refusal(redis.url)).toMatchObject({ reason: "evicts" });
    await redis.kill();
    const error = await refusal(redis.url);
    expect(error).toMatchObject({ reason: "unreachable" });
    expect(error.message).toMatch(/ECONNREFUSED\. Start it \("apt-get install redis-server"/);
  });

  it("keeps its password to itself", async () => {
    await using redis = await RedisServer.start({ args: ["--requirepass", "sesame-7351"] });
    const wrong = await refusal(`redis://:wrong-9187@127.0.0.1:${redis.port}`);
    const text = `${wrong}${wrong.stack}${Deno.inspect(wrong)}${wrong.report()}`;
    expect(text).not.toContain("wrong-9187");
    expect(wrong.message).toContain("WRONGPASS");
    expect((await refusal(redis.url)).message).toContain("NOAUTH");
    await using fleet = await Fleet.connect(`redis://:sesame-7351@127.0.0.1:${redis.port}`);
    expect(Deno.inspect(fleet)).not.toContain("sesame");
    await expect(Fleet.connect("http://user:sesame@host")).rejects.toThrow(TypeError);
    await expect(Fleet.connect("http://user:sesame@host")).rejects.not.toThrow("sesame");
  });

  it("listens to the errors of a connection, which are printed otherwise", () => {
    const redis = new FleetStore("redis://127.0.0.1:1").open();
    expect(redis.listenerCount("error")).toBe(1);
    redis.disconnect();
  });

  it("has every part of its URL", () => {
    const { connection, address } = new FleetStore("rediss://ada:s%40y@[::1]:7000/3");
    expect(connection).toMatchObject({
      host: "::1",
      port: 7000,
      username: "ada",
      password: "s@y",
      db: 3,
      tls: {},
    });
    expect(address).toBe("[::1]:7000");
    expect(new FleetStore("redis://h").connection).toMatchObject({
      port: 6379,
      username: undefined,
      password: undefined,
      db: 0,
      tls: undefined,
    });
  });

  it("is waited for while it restarts, more and more patiently, but not at first", async () => {
    const { connection } = new FleetStore("redis://127.0.0.1:1");
    expect(connection.maxRetriesPerRequest).toBe(null);
    const delays = [1, 5, 20, 21, 1000].map((times) => connection.retryStrategy?.(times));
    expect(delays).toEqual([100, 500, 2000, 2000, 2000]);
    const error = await refusal("redis://127.0.0.1:1");
    expect(error.message).toMatch(/^Cannot reach the store at 127\.0\.0\.1:1: ECONNREFUSED\. /);
    expect(error.cause).toBe(undefined);
  });

  it("keeps no connection of its check, passed or not", async () => {
    await using redis = await RedisServer.start();
    const store = new FleetStore(redis.url);
    const connection = store.open();
    const clients = async (): Promise<number> =>
      String(await connection.client("LIST")).trim().split("\n").length;
    try {
      await store.check();
      await connection.config("SET", "appendonly", "no");
      await expect(store.check()).rejects.toMatchObject({ reason: "notDurable" });
      await until(async () => await clients() === 1);
      expect(await clients()).toBe(1);
    } finally {
      await disconnect(connection);
    }
  });

  it("is not one where its URL is of another kind", () => {
    const urls = ["redis://", "http://h", "redis:h", "redis://h/x", "redis://h/1/2", "", "redis"];
    for (const url of [...urls, "redis://%E0@h", "redis://:%E0@h"]) {
      expect(() => new FleetStore(url)).toThrow("its URL must be redis://user:password@host:port");
    }
    expect(new FleetStore("redis://h/").connection.db).toBe(0);
    expect(new FleetStore("rediss://h").connection.tls).toEqual({});
  });

  it("is left with its socket closed, in every state of the connection", async () => {
    await using redis = await RedisServer.start();
    const store = new FleetStore(redis.url);
    const connection = store.open();
    await connection.ping();
    await Promise.all([disconnect(connection), disconnect(connection)]);
    expect(connection.status).toBe("end");
    await disconnect(connection);
    const connecting = store.open();
    await disconnect(connecting);
    expect(connecting.status).toBe("end");
    const lazy = new Redis({ ...store.connection, lazyConnect: true });
    await disconnect(lazy);
    expect(lazy.status).toBe("wait");
  });

  it("takes options by their names", async () => {
    await using redis = await RedisServer.start();
    await expect(Fleet.connect(redis.url, { queu: "a" } as never)).rejects.toThrow("Use queue");
    await expect(Fleet.connect(redis.url, { queue: "a:b" })).rejects.toThrow("queue's name");
  });
});

describe("Fleet.forget()", () => {
  it("removes the jobs of the run that have ended, however many, and no others", async () => {
    await using server = await RedisServer.start();
    const redis = new Redis({ host: "127.0.0.1", port: server.port });
    try {
      const fill = redis.pipeline();
      for (let n = 0; n < 1300; n++) {
        const run = n % 3 === 0 ? "kept" : "old";
        const data = JSON.stringify({ run, key: `${n}`, input: n });
        fill.hset(`bull:codex:job-${n}`, { name: "t", data, opts: "{}", timestamp: `${n}` });
        fill.zadd(`bull:codex:${n % 2 === 0 ? "completed" : "failed"}`, n, `job-${n}`);
      }
      await fill.exec();
      await using fleet = await Fleet.connect(server.url);
      const looking = vi.spyOn(Queue.prototype, "getJobs");
      expect(await fleet.forget("old")).toBe(866);
      // The oldest first: what ends meanwhile comes behind the place of the next look.
      expect(looking.mock.calls.slice(0, 2)).toEqual([
        [["completed"], 0, 499, true],
        [["completed"], 167, 666, true],
      ]);
      looking.mockRestore();
      expect(await fleet.forget("old")).toBe(0);
      expect(await fleet.status()).toMatchObject({ completed: 217, failed: 217 });
    } finally {
      await disconnect(redis);
    }
  });
});
