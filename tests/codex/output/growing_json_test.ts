import { describe, expect, it } from "vitest";
import { GrowingJson } from "../../../src/codex/output/growing_json.ts";

const TEXTS = [
  '{"a":"x\\\\\\"\\né 😀 end","b":[1,-2.5e10,true,null,{"c":""},[],[[1]]],"k\\"ey":{},"z":"last"}',
  '{"a":"\\ud83d\\ude00\\u00e9\\n\\/","n":-1.5E-3,"t":[true,false,null]}',
  ' {\n "a" : [ ] , "b" : { } , "c" : "d" }',
  '["a","b😀c",["d"]]',
  '"plain \\u0041"',
  "-12.5",
  "true",
  '{"__proto__":{"x":1},"y":"ab"}',
];

/** Whether a value may still become another by growing. */
function grows(part: unknown, whole: unknown): boolean {
  if (part === undefined || typeof part === "number" && typeof whole === "number") return true;
  if (typeof part === "string") {
    return typeof whole === "string" && whole.startsWith(part) && part.isWellFormed();
  }
  if (part === null || typeof part !== "object") return part === whole;
  if (whole === null || typeof whole !== "object") return false;
  if (Array.isArray(part) !== Array.isArray(whole)) return false;
  return Object.entries(part).every(([name, value]) =>
    Object.hasOwn(whole, name) && grows(value, (whole as Record<string, unknown>)[name])
  );
}

describe("a growing JSON text", () => {
  it.each(TEXTS)("has a value that only grows, however it is cut: %s", async (text) => {
    const whole: unknown = JSON.parse(text);
    for (const size of [1, 2, 3, 7]) {
      const json = await GrowingJson.create();
      let before: unknown;
      for (let at = 0; at < text.length; at += size) {
        json.write(text.slice(at, at + size));
        const value = json.value();
        expect(grows(value, whole)).toBe(true);
        expect(grows(before, value)).toBe(true);
        before = value;
      }
      expect(JSON.stringify(json.value())).toBe(JSON.stringify(whole));
    }
  });

  it("gives copies, which never change", async () => {
    const json = await GrowingJson.create();
    json.write('{"list":[1,');
    const before = json.value();
    json.write("2]}");
    expect(before).toEqual({ list: [1] });
    expect(json.value()).toEqual({ list: [1, 2] });
  });

  it("keeps what it has when something else follows, and has nothing of words", async () => {
    const json = await GrowingJson.create();
    json.write('{"a":1}\n');
    json.write(" and that is all");
    expect(json.value()).toEqual({ a: 1 });
    const words = await GrowingJson.create();
    words.write("Let me think: ");
    words.write('{"a":1}');
    expect(words.value()).toBe(undefined);
  });
});
