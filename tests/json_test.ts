import { describe, expect, it } from "vitest";
import {
  asRecord,
  dateOrNull,
  isObject,
  isStringArray,
  present,
  stringOrNull,
} from "../src/json.ts";
import { jupyterOrNull, kernelState } from "../src/jupyter.ts";
import { logText } from "../src/log_text.ts";

describe("access to untyped values", () => {
  const list = [1];
  const object = { a: 1 };
  const call = (): void => {};

  it.each<[string, unknown, boolean, unknown]>([
    ["an object", object, true, object],
    ["a list", list, false, list],
    ["null", null, false, {}],
    ["undefined", undefined, false, {}],
    ["a text", "text", false, {}],
    ["a function", call, false, {}],
  ])("takes %s for what it is", (_, value, isOne, record) => {
    expect(isObject(value)).toBe(isOne);
    expect(asRecord(value)).toEqual(record);
  });

  it("tells lists of texts, texts and times from others", () => {
    expect([[], ["a", "b"]].every(isStringArray)).toBe(true);
    expect([["a", 1], [1], "ab", null, { 0: "a", length: 1 }].some(isStringArray)).toBe(false);
    expect([stringOrNull(""), stringOrNull("a"), stringOrNull(1)]).toEqual(["", "a", null]);
    expect([dateOrNull(0), dateOrNull(1.5), dateOrNull(null), dateOrNull(undefined)]).toEqual([
      new Date(0),
      new Date(1500),
      null,
      null,
    ]);
  });

  it("drops the undefined members of an object, and no others", () => {
    const kept = present({ a: undefined, b: null, c: 0, d: "", e: false });
    expect(Object.entries(kept)).toEqual([["b", null], ["c", 0], ["d", ""], ["e", false]]);
  });
});

describe("a log", () => {
  it("has its lines, and nothing that overwrites one", () => {
    expect(logText("a\r\nb\rc\n\x1b[31mred\x1b[0m\x07 \u202eend\ud800")).toBe(
      "a\nb\nc\nred end\ufffd",
    );
  });
});

describe("a kernel", () => {
  it("is none in a program", () => {
    expect(jupyterOrNull()).toBe(null);
  });

  it("has one state of a name, which is made once", () => {
    const state = kernelState("test.json", () => ({ made: 1 }));
    expect(kernelState("test.json", () => ({ made: 2 }))).toBe(state);
    expect(kernelState("test.json.other", () => ({ made: 3 }))).toEqual({ made: 3 });
    const holder = globalThis as unknown as Record<symbol, unknown>;
    expect(holder[Symbol.for("codex-deno.test.json")]).toBe(state);
    for (const name of ["test.json", "test.json.other"]) {
      delete holder[Symbol.for(`codex-deno.${name}`)];
    }
  });
});
