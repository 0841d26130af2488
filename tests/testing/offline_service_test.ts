import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { serversDirectoryOf } from "../../src/runtime/server/record.ts";
import { ageOf, ServerWatch, tell } from "../../src/testing/offline_service.ts";

afterEach(() => vi.useRealTimers());

async function temporaryDirectory(): Promise<string> {
  const directory = await Deno.makeTempDir();
  onTestFinished(() => Deno.remove(directory, { recursive: true }));
  return directory;
}

describe("the facts of a kept model", () => {
  it("are for their owner alone, and take the place of the old ones", async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, "name.json");
    expect(await ageOf(file)).toBe(Infinity);
    await tell(file, { fault: "first" });
    const facts = { env: { CODEX_HOME: "/home" }, cwd: "/work" };
    await tell(file, facts);
    expect(JSON.parse(await Deno.readTextFile(file))).toEqual(facts);
    const { mode } = await Deno.stat(file);
    expect((mode ?? 0) & 0o777).toBe(0o600);
    expect([...Deno.readDirSync(directory)].map(({ name }) => name)).toEqual(["name.json"]);
    await Deno.utime(file, new Date(), new Date(Date.now() - 60_000));
    const age = await ageOf(file);
    expect(age).toBeGreaterThanOrEqual(60_000);
    expect(age).toBeLessThan(90_000);
  });
});

describe("the time that they may be unused", () => {
  it("is a minute without a server, and two seconds after the last one", async () => {
    const env = { CODEX_HOME: await temporaryDirectory() };
    const servers = serversDirectoryOf({ env, clearEnv: true });
    const watch = new ServerWatch(env);
    expect(await watch.limitMs()).toBe(60_000);
    await Deno.mkdir(servers, { recursive: true });
    expect(await watch.limitMs()).toBe(2000);
    await Deno.remove(servers, { recursive: true });
    expect(await watch.limitMs()).toBe(2000);
    expect(await new ServerWatch(env).limitMs()).toBe(60_000);
  });

  it("has no end while a server is recorded, and is a minute when that is gone", async () => {
    vi.useFakeTimers();
    const env = { CODEX_HOME: await temporaryDirectory() };
    const servers = serversDirectoryOf({ env, clearEnv: true });
    // A killed server leaves its record.
    await Deno.mkdir(join(servers, "killed"), { recursive: true });
    const watch = new ServerWatch(env);
    await vi.advanceTimersByTimeAsync(30_000 - performance.now() - 1);
    expect(await watch.limitMs()).toBe(Infinity);
    await vi.advanceTimersByTimeAsync(1);
    expect(await watch.limitMs()).toBe(60_000);
    expect(await watch.limitMs()).toBe(Infinity);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await watch.limitMs()).toBe(60_000);
  });
});
