import { describe, expect, it } from "vitest";
import { readRecord, writeRecord } from "../../../src/runtime/release/record.ts";

/** An empty cache with a package in it. */
async function withCache(test: (cache: string, folder: string) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${cache}/npm/package`, { recursive: true });
    await test(cache, `${cache}/npm/package`);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

describe("the record of a verification", () => {
  it("is found under its name, with all its facts, and the last one counts", () =>
    withCache(async (cache, folder) => {
      expect(await readRecord(cache, "a")).toBe(null);
      await writeRecord(cache, "a", { folder, fingerprint: "1" });
      const facts = { fingerprint: "2", digest: "d" };
      await writeRecord(cache, "a", { folder, ...facts });
      expect(await readRecord(cache, "a")).toEqual({
        folder,
        fingerprint: "2",
        facts: { folder: "npm/package", ...facts },
      });
      expect(await readRecord(cache, "b")).toBe(null);
      const names = Array.fromAsync(Deno.readDir(`${cache}/codex-deno`), ({ name }) => name);
      expect(await names).toEqual(["a.json"]);
    }));

  it("is not made of a folder outside the cache", () =>
    withCache((cache) =>
      withCache(async (_, folder) => {
        await writeRecord(cache, "a", { folder, fingerprint: "1" });
        expect(await readRecord(cache, "a")).toBe(null);
      })
    ));

  it.each([
    ["without a folder", { fingerprint: "1" }],
    ["without a fingerprint", { folder: "npm/package" }],
    ["of another kind", []],
    ["outside the cache", { folder: "../package", fingerprint: "1" }],
    ["outside the cache, by a way through it", { folder: "npm/../../package", fingerprint: "1" }],
    ["of an absolute folder", { folder: "/npm/package", fingerprint: "1" }],
  ])("is none %s", (_, facts) =>
    withCache(async (cache) => {
      await Deno.mkdir(`${cache}/codex-deno`);
      await Deno.writeTextFile(`${cache}/codex-deno/a.json`, JSON.stringify(facts));
      expect(await readRecord(cache, "a")).toBe(null);
    }));
});
