import { describe, expect, it } from "vitest";
import { configArguments } from "../../src/runtime/config_overrides.ts";

describe("configArguments", () => {
  it("gives each leaf an argument of its own, as TOML", () => {
    expect(configArguments({
      model: 'quote " and \\',
      "features.goals": true,
      nested: { a: { b: 1.5 }, absent: undefined },
      list: ["x", 2, false],
    })).toEqual([
      ...["-c", 'model="quote \\" and \\\\"'],
      ...["-c", "features.goals=true"],
      ...["-c", "nested.a.b=1.5"],
      ...["-c", 'list=["x", 2, false]'],
    ]);
  });

  it("keeps a table whose keys cannot be dotted in one piece", () => {
    expect(configArguments({ env: { "a.b": "x", "c d": 1 } })).toEqual([
      "-c",
      'env={"a.b" = "x", "c d" = 1}',
    ]);
  });

  it("lets no value become another option", () => {
    const [, argument = ""] = configArguments({ model: "x\n-c\nsandbox_mode=y" });
    expect(argument).toBe('model="x\\n-c\\nsandbox_mode=y"');
    expect(configArguments({ model: "\ud800\x7f" })).toEqual(["-c", 'model="\ufffd\\u007f"']);
  });

  it.each([
    ["a key that is no dotted name", { "a b": 1 }],
    ["an empty key", { "": 1 }],
    ["a key that is an option", { "-c": 1 }],
    ["null", { a: null }],
    ["a function", { a: () => {} }],
    ["not a number", { a: NaN }],
  ])("refuses %s", (_, overrides) => {
    expect(() => configArguments(overrides)).toThrow(TypeError);
  });
});
