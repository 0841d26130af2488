import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Checkpoint } from "../../../src/codex/map/checkpoint.ts";

/** Runs a test with the path of a file that does not exist yet. */
async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(join(directory, "run.jsonl"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

describe("a checkpoint", () => {
  it("finds what was added, by place and content", () =>
    withPath(async (path) => {
      {
        await using checkpoint = await Checkpoint.open(path);
        expect(await checkpoint.find(0, { a: 1 })).toBe(null);
        expect(await checkpoint.add(0, { a: 1 }, { when: new Date(0) }))
          .toEqual({ when: "1970-01-01T00:00:00.000Z" });
        await checkpoint.add(1, "b", undefined);
      }
      await using checkpoint = await Checkpoint.open(path);
      expect(await checkpoint.find(0, { a: 1 })).toEqual({
        output: { when: "1970-01-01T00:00:00.000Z" },
      });
      expect(await checkpoint.find(1, "b")).toEqual({ output: undefined });
      expect(await checkpoint.find(0, { a: 2 })).toBe(null);
      expect(await checkpoint.find(1, { a: 1 })).toBe(null);
    }));

  it("goes on wherever the file was cut off", () =>
    withPath(async (path) => {
      {
        await using checkpoint = await Checkpoint.open(path);
        await checkpoint.add(0, "zero", "Null ☃");
        await checkpoint.add(1, "one", "eins");
      }
      const whole = await Deno.readFile(path);
      const ends = [...whole.keys()].filter((at) => whole[at] === 10);
      for (let length = 0; length < whole.length; length++) {
        await Deno.writeFile(path, whole.subarray(0, length));
        {
          await using checkpoint = await Checkpoint.open(path);
          const lines = ends.filter((end) => end < length).length;
          expect(await checkpoint.find(0, "zero")).toEqual(
            lines >= 2 ? { output: "Null ☃" } : null,
          );
          expect(await checkpoint.find(1, "one")).toBe(null);
          await checkpoint.add(2, "two", "zwei");
        }
        await using checkpoint = await Checkpoint.open(path);
        expect(await checkpoint.find(2, "two")).toEqual({ output: "zwei" });
      }
    }));

  it("skips a line that is broken", () =>
    withPath(async (path) => {
      {
        await using checkpoint = await Checkpoint.open(path);
        await checkpoint.add(0, "zero", "null");
      }
      await Deno.writeTextFile(path, '\0\0\0\n{"index":"x"}\nnull\n', { append: true });
      await using checkpoint = await Checkpoint.open(path);
      expect(await checkpoint.find(0, "zero")).toEqual({ output: "null" });
    }));

  it("leaves a file of another kind alone", () =>
    withPath(async (path) => {
      for (const text of ["name,age\nAda,36\n", "no line end", '{"checkpoint":"other"}\n']) {
        await Deno.writeTextFile(path, text);
        await expect(Checkpoint.open(path)).rejects.toThrow(TypeError);
        expect(await Deno.readTextFile(path)).toBe(text);
      }
    }));

  it("belongs to one run at a time", () =>
    withPath(async (path) => {
      {
        await using _first = await Checkpoint.open(path);
        await expect(Checkpoint.open(path)).rejects.toThrow("another run");
      }
      await using _second = await Checkpoint.open(path);
    }));

  it("keeps every one of many that come at the same time", () =>
    withPath(async (path) => {
      const numbers = Array.from({ length: 500 }, (_, number) => number);
      {
        await using checkpoint = await Checkpoint.open(path);
        await Promise.all(numbers.map((number) => checkpoint.add(number, number, number * 2)));
      }
      await using checkpoint = await Checkpoint.open(path);
      const found = await Promise.all(numbers.map((number) => checkpoint.find(number, number)));
      expect(found.map((record) => record?.output)).toEqual(numbers.map((number) => number * 2));
    }));

  it("refuses what JSON cannot express", () =>
    withPath(async (path) => {
      await using checkpoint = await Checkpoint.open(path);
      await expect(checkpoint.find(0, undefined)).rejects.toThrow(TypeError);
      await expect(checkpoint.add(0, "x", 1n)).rejects.toThrow(TypeError);
    }));
});
