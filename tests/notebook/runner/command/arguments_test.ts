import { describe, expect, it } from "vitest";
import {
  type Arguments,
  readArguments,
  readParameters,
  UsageError,
} from "../../../../src/notebook/runner/command/arguments.ts";

const DEFAULTS: Arguments = {
  paths: ["notebooks"],
  mode: "run",
  output: null,
  html: null,
  junit: null,
  stable: false,
  compare: false,
  checkTypes: false,
  parameters: [],
  allowErrors: false,
  answers: [],
  cellTimeoutMs: 120_000,
  jobs: 2,
  verbose: false,
};

describe("the arguments of the runner", () => {
  it.each<[string[], Partial<Arguments>]>([
    [[], {}],
    [["a.ipynb", "b"], { paths: ["a.ipynb", "b"] }],
    [["--write"], { mode: "write" }],
    [["--strip"], { mode: "strip" }],
    [["--check-clean"], { mode: "check" }],
    [["--output", "o"], { output: "o" }],
    [["--html", "h"], { html: "h" }],
    [["--junit", "j"], { junit: "j" }],
    [["--stable"], { stable: true }],
    [["--compare"], { compare: true }],
    [["--check-types"], { checkTypes: true }],
    [["--parameters", "a=1", "--parameters", "b.json"], { parameters: ["a=1", "b.json"] }],
    [["--allow-errors"], { allowErrors: true }],
    [["--answer", "y", "--answer", "n"], { answers: ["y", "n"] }],
    [["--timeout", "0.5"], { cellTimeoutMs: 500 }],
    [["--jobs", "1.2"], { jobs: 2 }],
    [["--verbose"], { verbose: true }],
    [["--write", "--stable", "--allow-errors"], { mode: "write", stable: true, allowErrors: true }],
  ])("%j are read", (args, expected) => {
    expect(readArguments(args)).toEqual({ ...DEFAULTS, ...expected });
  });

  it.each([
    [["--write", "--strip"], "--write and --strip exclude each other"],
    [["--strip", "--check-clean"], "--strip and --check-clean exclude each other"],
    [["--write", "--output", "x"], "--write and --output exclude each other"],
    [["--strip", "--compare"], "--strip and --compare exclude each other"],
    [["--check-clean", "--parameters", "a=1"], "--check-clean and --parameters exclude each other"],
    [["--timeout", "0"], "--timeout must be above 0: 0"],
    [["--timeout", "Infinity"], "--timeout must be above 0: Infinity"],
    [["--jobs", "many"], "--jobs must be above 0: many"],
    [["--jobs=-1"], "--jobs must be above 0: -1"],
    [["--wirte"], "wirte"],
    [["--output"], "output"],
  ])("%j are refused", (args, message) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(message);
  });
});

describe("readParameters()", () => {
  it("takes values and texts by name, and files of values; the last one counts", async () => {
    expect(await readParameters([])).toBe(null);
    expect(await readParameters(["a=1", "b=text", "c=[1]", "d=x=y", "e=", "a=2"]))
      .toEqual({ a: 2, b: "text", c: [1], d: "x=y", e: "" });
    const file = await Deno.makeTempFile({ suffix: ".json" });
    try {
      await Deno.writeTextFile(file, '{"a": 1, "b": 2}');
      expect(await readParameters(["b=0", file, "a=3"])).toEqual({ a: 3, b: 2 });
      await Deno.writeTextFile(file, "[]");
      await expect(readParameters([file])).rejects.toThrow(UsageError);
    } finally {
      await Deno.remove(file);
    }
    await expect(readParameters(["=1"])).rejects.toThrow();
  });
});
