import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Checkpoint } from "../../../../src/codex/map/checkpoint/checkpoint.ts";
import type { TaskIdentity } from "../../../../src/codex/map/checkpoint/task.ts";
import { CheckpointError } from "../../../../src/errors/mod.ts";

// A file is cut off at each of its bytes.
vi.setConfig({ testTimeout: 60_000 });

const task: TaskIdentity = { name: "judge", model: "small", output: null, settings: { cwd: "/a" } };

/** Runs a test with the path of a file that does not exist yet. */
async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(join(directory, "run.jsonl"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function reasonOf(opening: Promise<unknown>): Promise<CheckpointError> {
  const error = await opening.then(() => null, (error) => error);
  expect(error).toBeInstanceOf(CheckpointError);
  return error;
}

describe("a checkpoint", () => {
  it("finds what was added, once", () =>
    withPath(async (path) => {
      {
        await using checkpoint = await Checkpoint.open(path, { task });
        expect(await checkpoint.take("a")).toBe(null);
        await checkpoint.add("a", { when: "then" });
        await checkpoint.add("b", undefined);
        await checkpoint.add("c", "Null ☃ \ud800");
      }
      await using checkpoint = await Checkpoint.open(path, { task });
      expect(await checkpoint.take("c")).toEqual({ output: "Null ☃ \ud800" });
      expect(await checkpoint.take("a")).toEqual({ output: { when: "then" } });
      expect(await checkpoint.take("a")).toBe(null);
      expect(await checkpoint.take("b")).toEqual({ output: undefined });
      expect(await checkpoint.take("d")).toBe(null);
    }));

  it("goes on wherever the file was cut off", () =>
    withPath(async (path) => {
      {
        await using checkpoint = await Checkpoint.open(path, { task });
        await checkpoint.add("zero", "Null ☃");
        await checkpoint.add("one", "eins");
      }
      const whole = await Deno.readFile(path);
      const ends = [...whole.keys()].filter((at) => whole[at] === 10);
      for (let length = 0; length < whole.length; length++) {
        await Deno.writeFile(path, whole.subarray(0, length));
        {
          await using checkpoint = await Checkpoint.open(path, { task });
          const lines = ends.filter((end) => end < length).length;
          expect(await checkpoint.take("zero")).toEqual(lines >= 2 ? { output: "Null ☃" } : null);
          expect(await checkpoint.take("one")).toBe(null);
          await checkpoint.add("two", "zwei");
        }
        await using checkpoint = await Checkpoint.open(path, { task });
        expect(await checkpoint.take("two")).toEqual({ output: "zwei" });
      }
    }));

  it("keeps nothing of a line that was cut off", () =>
    withPath(async (path) => {
      await (await Checkpoint.open(path, { task }))[Symbol.asyncDispose]();
      const header = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, `{"key":"cut","output":"${"x".repeat(500)}`, { append: true });
      {
        await using checkpoint = await Checkpoint.open(path, { task });
        await checkpoint.add("a", 1);
      }
      expect(await Deno.readTextFile(path)).toBe(`${header}{"key":"a","output":1}\n`);
    }));

  it("skips a line that is broken", () =>
    withPath(async (path) => {
      {
        await using checkpoint = await Checkpoint.open(path, { task });
        await checkpoint.add("zero", "null");
      }
      await Deno.writeTextFile(path, '\0\0\0\n{"key":5}\nnull\n', { append: true });
      await using checkpoint = await Checkpoint.open(path, { task });
      expect(await checkpoint.take("zero")).toEqual({ output: "null" });
    }));

  it("reads lines longer than what is read at a time", () =>
    withPath(async (path) => {
      const long = "☃".repeat(900_000);
      {
        await using checkpoint = await Checkpoint.open(path, { task });
        await checkpoint.add("long", long);
        await checkpoint.add("short", 1);
      }
      await using checkpoint = await Checkpoint.open(path, { task });
      expect((await checkpoint.take("long"))?.output === long).toBe(true);
      expect(await checkpoint.take("short")).toEqual({ output: 1 });
    }));

  it("leaves a file of another kind or release alone, even for a new task", () =>
    withPath(async (path) => {
      const texts = [
        "name,age\nAda,36\n",
        "no line end",
        '{"checkpoint":"other"}\n',
        '{"checkpoint":"codex.map","version":1}\n{"index":0,"input":"x","output":1}\n',
      ];
      for (const text of texts) {
        await Deno.writeTextFile(path, text);
        const error = await reasonOf(Checkpoint.open(path, { task, newTask: true }));
        expect(error).toMatchObject({ reason: "notACheckpoint", path });
        expect(await Deno.readTextFile(path)).toBe(text);
      }
    }));

  it("refuses the file of another task, naming both and what differs", () =>
    withPath(async (path) => {
      {
        await using checkpoint = await Checkpoint.open(path, { task });
        await checkpoint.add("a", 1);
      }
      const before = await Deno.readTextFile(path);
      const others: [TaskIdentity, RegExp][] = [
        [{ ...task, name: "sum" }, /"judge" \(model small\).*"sum" \(model small\).*in name\./],
        [{ ...task, model: "big" }, /\(model small\).*\(model big\).*in model\./],
        [{ ...task, model: null }, /configured model.*in model\./],
        [{ ...task, output: "x" }, /in output\./],
        [{ ...task, settings: { sandbox: "read-only" } }, /in cwd, sandbox\./],
      ];
      for (const [other, message] of others) {
        const error = await reasonOf(Checkpoint.open(path, { task: other }));
        expect(error.reason).toBe("otherTask");
        expect(error.message).toMatch(message);
      }
      expect(await Deno.readTextFile(path)).toBe(before);
    }));

  it("starts over for a new task, and keeps the old file", () =>
    withPath(async (path) => {
      const other = { ...task, name: "sum" };
      for (const identity of [task, other, task]) {
        await using checkpoint = await Checkpoint.open(path, { task: identity, newTask: true });
        expect(await checkpoint.take("a")).toBe(null);
        await checkpoint.add("a", identity.name);
      }
      expect(await Deno.readTextFile(`${path}.old-1`)).toContain('"output":"judge"');
      expect(await Deno.readTextFile(`${path}.old-2`)).toContain('"output":"sum"');
      await using again = await Checkpoint.open(path, { task, newTask: true });
      expect(await again.take("a")).toEqual({ output: "judge" });
    }));

  it("belongs to one run at a time", () =>
    withPath(async (path) => {
      {
        await using _first = await Checkpoint.open(path, { task });
        expect(await reasonOf(Checkpoint.open(path, { task }))).toMatchObject({ reason: "inUse" });
      }
      await using _second = await Checkpoint.open(path, { task });
    }));

  it("names the file that it cannot make", async () => {
    const path = "/proc/no/such/place.jsonl";
    const error = await reasonOf(Checkpoint.open(path, { task }));
    expect(error).toMatchObject({ reason: "write", path });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("has each record in the file as soon as it is acknowledged", () =>
    withPath(async (path) => {
      await using checkpoint = await Checkpoint.open(path, { task });
      for (const key of ["a", "b", "c"]) {
        await checkpoint.add(key, 1);
        expect(await Deno.readTextFile(path)).toMatch(new RegExp(`"key":"${key}","output":1}\n$`));
      }
    }));

  it("keeps every one of many that come at the same time", () =>
    withPath(async (path) => {
      const numbers = Array.from({ length: 500 }, (_, number) => number);
      {
        await using checkpoint = await Checkpoint.open(path, { task });
        await Promise.all(numbers.map((number) => checkpoint.add(`${number}`, number * 2)));
      }
      await using checkpoint = await Checkpoint.open(path, { task });
      const found = await Promise.all(numbers.map((number) => checkpoint.take(`${number}`)));
      expect(found.map((record) => record?.output)).toEqual(numbers.map((number) => number * 2));
    }));
});
