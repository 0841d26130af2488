import { describe, expect, it } from "vitest";
import { field, isElement, preview } from "../../../../src/notebook/share/describe/preview.ts";

class Model {
  weights = [1, 2];
  get cost(): never {
    throw new Error("run");
  }
}

const circle: Record<string, unknown> = { n: 1 };
circle.me = circle;
const twice = { a: 1 };

describe("preview()", () => {
  it.each<[string, unknown, string]>([
    ["a list", [1, "a", null, undefined, [true]], '[1, "a", null, undefined, [true]]'],
    ["a list with a hole", [1, , 3], "[1, ‹empty›, 3]"],
    ["typed numbers", new Float32Array([0.5, 2]), "Float32Array(2) [0.5, 2]"],
    [
      "a map",
      new Map<unknown, unknown>([["k", { n: 1 }], [2, []]]),
      'Map(2) { "k" => { n: 1 }, 2 => [] }',
    ],
    ["an empty map", new Map(), "Map(0) {}"],
    ["a set", new Set([1, "a"]), 'Set(2) { 1, "a" }'],
    ["an empty set", new Set(), "Set(0) {}"],
    ["an object", { a: 1, "b c": { d: 2 } }, '{ a: 1, "b c": { d: 2 } }'],
    ["an empty object", {}, "{}"],
    ["an object with symbols", { a: 1, [Symbol("s")]: 2 }, "{ a: 1, … 1 symbols }"],
    ["symbols alone", { [Symbol("s")]: 2 }, "{ … 1 symbols }"],
    [
      "an object without a prototype",
      Object.assign(Object.create(null), { a: 1 }),
      "[null prototype] { a: 1 }",
    ],
    ["an instance", new Model(), "Model { weights: [1, 2] }"],
    ["a getter", {
      get a() {
        throw new Error("run");
      },
    }, "{ a: [getter] }"],
    ["a circle", circle, "{ n: 1, me: [circular] }"],
    ["the same object twice", [twice, twice], "[{ a: 1 }, { a: 1 }]"],
    ["a regular expression", /a(b)/giu, "/a(b)/giu"],
    ["a regular expression with all its flags", /a/dgimsvy, "/a/dgimsvy"],
    ["a regular expression without flags", /a/, "/a/"],
    ["a function", function add() {}, "[function add]"],
    ["a bigint", 10n, "10n"],
    ["minus zero", -0, "-0"],
  ])("shows %s in one line", (_, value, expected) => {
    expect(preview(value)).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ["a proxy", new Proxy({}, {}), "[Proxy]"],
    ["a proxy of a function", new Proxy(() => {}, {}), "[Proxy of a function]"],
    ["a date", new Date(0), "Date 1970-01-01T00:00:00.000Z"],
    ["an error", new RangeError("too far"), "[RangeError: too far]"],
    ["an error without a message", new Error(), "[Error]"],
    ["a promise", Promise.resolve(), "[Promise]"],
    ["a weak map", new WeakMap(), "[WeakMap]"],
    ["a weak set", new WeakSet(), "[WeakSet]"],
    ["a boxed number", new Number(5), "[Number object]"],
    ["a generator", (function* () {})(), "[generator]"],
    ["a buffer", new ArrayBuffer(8), "ArrayBuffer(8 bytes)"],
    ["a shared buffer", new SharedArrayBuffer(4), "SharedArrayBuffer(4 bytes)"],
    ["a view", new DataView(new ArrayBuffer(4), 1), "DataView(3 bytes)"],
    ["a blob", new Blob(["abc"]), "Blob(3 bytes)"],
    ["a weak reference", new WeakRef({}), "[WeakRef]"],
    ["a URL", new URL("https://example.test/a"), "URL https://example.test/a"],
    ["a class", class Kind {}, "[class Kind]"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["a huge bigint", 10n ** 60n, "a large bigint"],
    ["a huge negative bigint", -(10n ** 60n), "a large bigint"],
  ])("shows %s by its kind", (_, value, expected) => {
    expect(preview(value)).toBe(expected);
    expect(preview([value])).toBe(`[${expected}]`);
  });

  it("shows 20 members, four levels and 2,000 characters by default", () => {
    expect(preview(Array(20).fill(1))).toBe(`[${Array(20).fill(1).join(", ")}]`);
    expect(preview(Array(21).fill(1))).toMatch(/, 1, … 1 more\]$/);
    expect(preview({ a: { b: { c: { d: { e: 1 } } } } })).toBe("{ a: { b: { c: { d: {…} } } } }");
    expect(preview(Array(20).fill("x".repeat(200))).length).toBe(2002);
    expect(preview(Array(10).fill("x".repeat(190))).length).toBe(1940);
  });

  it("makes no more of a list than it shows", () => {
    const words = Array(5_000_000).fill("x".repeat(200));
    expect(preview(words, { chars: 30, items: Infinity })).toBe(`["${"x".repeat(28)} …`);
  });

  it("counts the levels of keys, of values and of what has no class", () => {
    const nested = { a: { b: 1 } };
    expect(preview(new Map([[nested, nested]]), { depth: 2 })).toBe(
      "Map(1) { { a: {…} } => { a: {…} } }",
    );
    expect(preview(new Set([[nested]]), { depth: 2 })).toBe("Set(1) { [{…}] }");
    expect(preview(Object.create(Object.create(null)))).toBe("{}");
    expect(preview((() => () => 1)())).toBe("[function without a name]");
  });

  it("names modules", async () => {
    expect(preview(await import("../../../../src/paths.ts"))).toMatch(/^\[module\] \{ /);
  });

  it("stops at its limits and counts what it leaves out", () => {
    expect(preview([1, 2, 3], { items: 3 })).toBe("[1, 2, 3]");
    expect(preview([1, 2, 3, 4, 5], { items: 3 })).toBe("[1, 2, 3, … 2 more]");
    expect(preview(new Set([1, 2]), { items: 1 })).toBe("Set(2) { 1, … 1 more }");
    expect(preview({ a: { b: [1], c: {} } }, { depth: 2 })).toBe("{ a: { b: […], c: {…} } }");
    expect(preview({ a: new Map([[{}, {}]]) }, { depth: 2 })).toBe("{ a: Map(1) { {…} => {…} } }");
    expect(preview("x".repeat(200))).toBe(`"${"x".repeat(200)}"`);
    expect(preview("x".repeat(1201))).toBe(`"${"x".repeat(200)}" … 1,001 more characters`);
    expect(preview(["aa", "bb"], { chars: 12 })).toBe('["aa", "bb"]');
    expect(preview("abcdef", { chars: 4 })).toBe('"abc …');
    expect(preview(Array(2000).fill("word"), { chars: 30, items: 2000 }).length).toBeLessThan(50);
  });
});

describe("isElement()", () => {
  const outer = {
    get outerHTML() {
      return "";
    },
  };
  const child = (members: object): object => Object.assign(Object.create(outer), members);

  it("needs the HTML of the node on a prototype, and that it is in a tree", () => {
    expect(isElement(child({ appendChild() {} }))).toBe(true);
    expect(isElement(child({ nodeType: 1 }))).toBe(true);
    expect(isElement(child({}))).toBe(false);
    expect(isElement({ appendChild() {}, nodeType: 1 })).toBe(false);
    expect(isElement(Object.assign({ outerHTML: "" }, { nodeType: 1 }))).toBe(false);
    class Shape {
      nodeType = 1;
      get outerHTML(): string {
        return "";
      }
    }
    expect(preview(new Shape())).toBe("[element Shape]");
  });
});

describe("field()", () => {
  it("reads a data property of an object that is no Proxy", () => {
    const trapped = Object.defineProperty({}, "a", {
      get: () => {
        throw new Error("run");
      },
    });
    const proxy = new Proxy({}, {
      getOwnPropertyDescriptor: () => {
        throw new Error("trap");
      },
    });
    expect([{ a: 1 }, trapped, proxy, null, "a"].map((row) => field(row, "a"))).toEqual([
      1,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
