import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import {
  describeTask,
  differences,
  identify,
  type TaskParts,
} from "../../../../src/codex/map/checkpoint/task.ts";

const taskOf = (parts: Partial<TaskParts> = {}) => identify({ name: "n", settings: {}, ...parts });
const DIGEST = expect.stringMatching(/^sha256:[0-9a-f]{16}$/);

describe("the identity of a task", () => {
  it("is its name, its model, its schema and its settings", async () => {
    expect(await taskOf()).toEqual({ name: "n", model: null, output: null, settings: {} });
    const settings = { model: "m", effort: "low", cwd: undefined, sandbox: "read-only" };
    expect(await taskOf({ settings, output: z.object({ a: z.string() }) })).toEqual({
      name: "n",
      model: "m",
      output: DIGEST,
      settings: { effort: "low", sandbox: "read-only" },
    });
  });

  it("has the digest of the schema that the model service gets, the same in every process", async () => {
    const { output } = await taskOf({ output: z.object({ a: z.string() }) });
    const schema = {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
      additionalProperties: false,
    };
    expect(output).toBe((await taskOf({ settings: { schema } })).settings.schema);
  });

  it("has digests of what could be a text or a secret, whatever the order of its members", async () => {
    const identityOf = async (value: unknown) =>
      (await taskOf({ settings: { setting: value } })).settings.setting;
    for (const short of ["a", "gpt-5.1_x:y/z@w", "x".repeat(60)]) {
      expect(await identityOf(short)).toBe(short);
    }
    for (const text of ["", "two words", "x".repeat(61), "a\nb", { a: 1 }, [1], true, 5]) {
      expect(await identityOf(text)).toEqual(DIGEST);
    }
    expect(await identityOf({ a: 1, b: [2] })).toBe(await identityOf({ b: [2], a: 1 }));
    expect(await identityOf({ a: 1 })).not.toBe(await identityOf({ a: 2 }));
    expect(await identityOf(() => {})).toBe(await identityOf(null));
  });

  it("is the same whatever the order of the settings", async () => {
    const one = await taskOf({ settings: { b: "1", a: "2", c: "3" } });
    expect(Object.keys(one.settings)).toEqual(["a", "b", "c"]);
  });
});

describe("two tasks", () => {
  it("differ in what is named: parts, and settings that one of them lacks too", async () => {
    const one = await taskOf({ settings: { model: "m", effort: "low", sandbox: "read-only" } });
    expect(differences(one, one)).toEqual([]);
    const other = await taskOf({
      name: "other",
      output: z.string(),
      settings: { effort: "high", personality: "none" },
    });
    const all = ["name", "model", "output", "effort", "sandbox", "personality"];
    expect(differences(one, other)).toEqual(all);
  });

  it("are told by name and model", async () => {
    expect(describeTask(await taskOf())).toBe('task "n" (configured model)');
    expect(describeTask(await taskOf({ settings: { model: "m" } }))).toBe('task "n" (model m)');
  });
});
