import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ServerRecord } from "../../../src/runtime/server/record.ts";
import { visitServer } from "../../../src/runtime/server/visit.ts";

afterEach(() => vi.restoreAllMocks());

/** A server that ends after that time without clients, and when it was visited last. */
async function serverWith(endWhenIdleMs: number | null) {
  const directory = await Deno.makeTempDir();
  onTestFinished(() => Deno.remove(directory, { recursive: true }));
  const record = new ServerRecord(directory, "one");
  const address = `unix://${record.socketPath}`;
  const [executable, version, hasToken] = ["/codex", null, false];
  await record.prepare({ listen: address, executable, version, hasToken, endWhenIdleMs });
  const visitedAt = async () => (await Deno.stat(record.visitFile)).mtime?.getTime() ?? 0;
  const forget = () => Deno.utime(record.visitFile, new Date(0), new Date(0));
  await forget();
  return { record, address, visitedAt, forget };
}

describe("a visit of a server", () => {
  it.each([[60_000, 15_000], [80_000, 20_000], [1_000_000, 20_000]])(
    "that ends after %d ms is noted at its start, every %d ms, and at its end",
    async (idleMs, periodMs) => {
      const { address, visitedAt, forget } = await serverWith(idleMs);
      const every = vi.spyOn(globalThis, "setInterval");
      const [unref, clear] = [vi.spyOn(Deno, "unrefTimer"), vi.spyOn(globalThis, "clearInterval")];
      const leave = await visitServer(address);
      expect(await visitedAt()).toBeGreaterThan(0);
      expect(every.mock.calls.map(([, ms]) => ms)).toEqual([periodMs]);
      const timer = every.mock.results[0]?.value;
      expect(unref.mock.calls).toEqual([[timer]]);
      await forget();
      await (every.mock.calls[0]?.[0] as () => Promise<void>)();
      expect(await visitedAt()).toBeGreaterThan(0);
      await forget();
      await leave();
      expect(clear).toHaveBeenCalledWith(timer);
      expect(await visitedAt()).toBeGreaterThan(0);
    },
  );

  it("is not noted where nothing waits for it, and no error when its record is gone", async () => {
    const { address, visitedAt } = await serverWith(null);
    await (await visitServer(address))();
    await (await visitServer("ws://127.0.0.1:1"))();
    await (await visitServer(`unix://${join("/nonexistent", "one", "socket")}`))();
    expect(await visitedAt()).toBe(0);
    const other = await serverWith(1000);
    const leave = await visitServer(other.address);
    await other.record.remove();
    expect(await leave()).toBe(undefined);
  });
});
