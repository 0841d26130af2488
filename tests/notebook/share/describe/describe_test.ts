import { describe, expect, it } from "vitest";
import { describeValue } from "../../../../src/notebook/share/describe/describe.ts";
import { ROOT } from "../../../support/repository.ts";
import { ShareRig } from "../share_rig.ts";

/** Values by name, and what stands in their descriptions. */
const KINDS: readonly (readonly [name: string, code: string, ...parts: string[]])[] = [
  ["text", '"a\\nb"', "text: string of 3 characters", '"a\\nb"'],
  ["huge", '"x".repeat(10_000_000)', "10,000,000 characters", "more characters"],
  ["int", "42", "int: number\n42"],
  ["minus", "-0", "-0"],
  ["nan", "NaN", "NaN"],
  ["big", "10n ** 50n", "bigint", "0n"],
  ["yes", "true", "boolean"],
  ["none", "null", "none: null"],
  ["absent", "undefined", "undefined"],
  ["symbol", 'Symbol("s")', "symbol", "Symbol(s)"],
  [
    "rows",
    '[{ a: 1, b: "x" }, { a: 3, b: null }]',
    "array of 2 elements",
    "a: number; min 1, max 3",
  ],
  ["mixed", '[1, "a", null, [2]]', "number (1), string (1), null (1), array (1)"],
  ["sparse", "[1, , 3]", "array of 3 elements", "‹empty›"],
  [
    "million",
    "Array.from({ length: 10_000_000 }, (_, n) => n)",
    "10,000,000",
    "of a sample of 10,000",
  ],
  [
    "floats",
    "new Float64Array(10_000_000).fill(2)",
    "Float64Array of 10,000,000 numbers",
    "mean 2",
  ],
  ["bytes", "new Uint8Array([1, 2])", "Uint8Array of 2 numbers", "Uint8Array(2) [1, 2]"],
  ["bigs", "new BigInt64Array([1n])", "BigInt64Array(1) [1n]"],
  ["buffer", "new ArrayBuffer(8)", "ArrayBuffer of 8 bytes"],
  ["view", "new DataView(new ArrayBuffer(4))", "DataView of 4 bytes"],
  ["map", 'new Map([["k", { n: 1 }]])', "Map of 1 entry", '"k" => { n: 1 }'],
  ["set", "new Set([1, 2])", "Set of 2 values", "min 1, max 2"],
  ["date", "new Date(0)", "Date 1970-01-01T00:00:00.000Z"],
  ["badDate", "new Date(NaN)", "Date invalid"],
  ["regexp", "/a(b)/giu", "/a(b)/giu"],
  ["error", 'new RangeError("too far")', "error RangeError", "RangeError: too far"],
  ["promise", "Promise.resolve(1)", "Promise (evaluate code that awaits it)"],
  ["fn", "function add(a, b) { return a + b }", "function add with 2 parameters", "return a + b"],
  ["arrow", "(() => [() => 1][0])()", "function without a name"],
  ["klass", "class Model { }", "class Model"],
  [
    "instance",
    "new (class Model { weights = [1, 2]; get cost() { throw 1 } })()",
    "instance of Model, 1 member",
  ],
  ["plain", "{ a: { b: { c: { d: { e: 1 } } } } }", "object of 1 member", "{…}"],
  ["bare", "Object.assign(Object.create(null), { a: 1 })", "object without a prototype", "a: 1"],
  ["circle", "(() => { const c = { n: 1 }; c.me = c; return c })()", "me: [circular]"],
  ["deep", "(() => { let d = {}; for (let n = 0; n < 1e5; n++) d = { d }; return d })()", "{…}"],
  ["weakMap", "new WeakMap()", "WeakMap"],
  ["weakSet", "new WeakSet()", "WeakSet"],
  ["weakRef", "new WeakRef({})", "WeakRef"],
  ["blob", 'new Blob(["abc"])', "Blob of 3 bytes"],
  ["url", 'new URL("https://example.com/a")', "URL https://example.com/a"],
  ["boxed", "new Number(5)", "Number object"],
  ["generator", "(function* () { yield 1 })()", "generator"],
  ["stream", "new ReadableStream()", "async iterable ReadableStream"],
  [
    "plot",
    "await (await import('file:///ROOT/src/notebook/mod.ts')).chart({ marks: [] })",
    "instance of Chart",
  ],
  [
    "frame",
    "new (class DataFrame { head() { return this } toRecords() { return [{ units: 4 }] } })()",
    "data frame DataFrame",
    "units: number; min 4",
  ],
];

/** Values whose code must not run, each adding to `ran` when it does. */
const TRAPS = `
const ran = [];
const trap = (name) => { ran.push(name); throw new Error("trap") };
const handler = new Proxy({}, { get: (_, name) => () => trap("proxy " + String(name)) });
const traps = share({
  proxy: new Proxy({}, handler),
  callable: new Proxy(() => {}, handler),
  inside: [new Proxy({}, handler)],
  getter: { get secret() { trap("getter") }, toJSON() { trap("toJSON") }, toString() { trap("toString") } },
  rows: [{ get secret() { trap("getter of a row") } }],
  list: Object.defineProperty([1], 1, { get: () => trap("getter of a list"), enumerable: true }),
  inspected: { [Symbol.for("Deno.customInspect")]: () => trap("inspect"), get [Symbol.toStringTag]() { trap("tag") } },
  heir: Object.create(new Proxy({}, handler)),
  error: Object.defineProperty(new Error("x"), "message", { get: () => trap("message") }),
  map: Object.defineProperty(new Map([[1, 2]]), "size", { get: () => trap("size") }),
  get top() { trap("getter of the share") },
  then_: { then() { trap("then") } },
}, { approve: "allow" });
undefined`;

describe("describeValue()", () => {
  it("lists the members, at most 50, and the first entries, at most 5", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n]));
    const shown = describeValue("x", many(1052)).split("\n");
    expect(shown.slice(0, 3)).toEqual(["x: object of 1,052 members", "members:", '  "m0": number']);
    expect(shown.slice(51, 53)).toEqual(['  "m49": number', "  … 1,002 more members"]);
    expect(describeValue("x", many(50))).not.toContain("more members");
    const map = new Map(Array.from({ length: 7 }, (_, n) => [n, { n }]));
    expect(describeValue("m", map)).toBe(
      "m: Map of 7 entries\ncolumns:\n  n: number; min 0, max 6, mean 3\nhead:\n" +
        Array.from({ length: 5 }, (_, n) => `  ${n} => { n: ${n} }`).join("\n"),
    );
    expect(describeValue("s", new Set())).toBe("s: Set of 0 values");
  });

  it("tells kinds of members, and columns of rows with what is missing in them", () => {
    const getter = {
      a: 1,
      get b() {
        throw new Error("run");
      },
    };
    expect(describeValue("x", getter)).toBe(
      'x: object of 2 members\nmembers:\n  "a": number\n  "b": getter, not run\n' +
        "{ a: 1, b: [getter] }",
    );
    expect(describeValue("r", [{ a: 1, b: "x" }, { a: 3, b: null }, { a: 5 }])).toBe(
      "r: array of 3 elements\ncolumns:\n  a: number; min 1, max 5, mean 3\n" +
        "  b: string (1), null (1), undefined (1)\nhead:\n" +
        '  { a: 1, b: "x" }\n  { a: 3, b: null }\n  { a: 5 }',
    );
  });
});

const trapped = {
  get: () => {
    throw new Error("run");
  },
  enumerable: true,
};

/** A data frame whose first rows are `records`. */
function frameOf(records: (rows: number) => unknown): object {
  return new (class Frame {
    head(rows: number): object {
      return { toRecords: () => records(rows) };
    }
    toRecords(): never {
      throw new Error("all of them");
    }
  })();
}

describe("describeValue() of each kind", () => {
  it.each<[string, unknown, ...string[]]>([
    ["a function", function add() {}, "function add with 0 parameters", "function add() {}"],
    ["a Proxy of a function", new Proxy(() => {}, {}), "Proxy of a function"],
    [
      "a Proxy",
      new Proxy({}, {}),
      "Proxy (its target stays hidden: evaluate code that uses it)",
    ],
    ["a text", "a", "string of 1 character", '"a"'],
    ["an empty list", [], "array of 0 elements"],
    [
      "a list with one value",
      [7],
      "array of 1 element",
      "elements: number; min 7, max 7, mean 7",
      "head:",
      "  7",
    ],
    [
      "a list with a hole and a getter",
      Object.defineProperty([1, , 3], 2, trapped),
      "array of 3 elements",
      "elements: undefined (2), number (1); min 1, max 1, mean 1",
      "head:",
      "  1",
      "  ‹empty›",
      "  [getter]",
    ],
    [
      "a list of more than five",
      Array(7).fill(true),
      "array of 7 elements",
      "elements: boolean",
      "head:",
      ...Array(5).fill("  true"),
    ],
    ["no numbers", new Uint8Array(), "Uint8Array of 0 numbers", "Uint8Array(0) []"],
    [
      "numbers",
      new Float64Array([1, 2]),
      "Float64Array of 2 numbers",
      "min 1, max 2, mean 1.5",
      "Float64Array(2) [1, 2]",
    ],
    [
      "signed bigints",
      new BigInt64Array([1n]),
      "BigInt64Array of 1 number",
      "BigInt64Array(1) [1n]",
    ],
    [
      "unsigned bigints",
      new BigUint64Array([1n]),
      "BigUint64Array of 1 number",
      "BigUint64Array(1) [1n]",
    ],
    [
      "a map",
      new Map([["k", 1]]),
      "Map of 1 entry",
      "elements: number; min 1, max 1, mean 1",
      "head:",
      '  "k" => 1',
    ],
    ["a set", new Set([true]), "Set of 1 value", "elements: boolean", "head:", "  true"],
    ["a date", new Date(0), "Date", "Date 1970-01-01T00:00:00.000Z"],
    [
      "an object",
      { a: { b: { c: { d: 1 } } } },
      "object of 1 member",
      "members:",
      '  "a": object of 1 member',
      "{ a: { b: { c: {…} } } }",
    ],
    [
      "a frame",
      frameOf(() => [{ a: 1 }]),
      "data frame Frame",
      "columns:",
      "  a: number; min 1, max 1, mean 1",
      "head:",
      "  { a: 1 }",
    ],
    ["a frame of no rows", frameOf(() => "none"), "data frame Frame", "Frame {}"],
    [
      "a frame that fails",
      frameOf(() => {
        throw new Error("no");
      }),
      "data frame Frame",
      "its first rows cannot be read",
    ],
  ])("tells all of %s", (_, value, ...lines) => {
    expect(describeValue("x", value)).toBe(`x: ${lines.join("\n")}`);
  });

  it("asks a frame for its first 1,000 rows", () => {
    const asked: number[] = [];
    describeValue("x", frameOf((rows) => asked.push(rows)));
    expect(asked).toEqual([1000]);
  });

  it("shows 600 characters and three levels of an element, 200 and two of a key", () => {
    const long = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`m${n}`, "x".repeat(90)]));
    const deep = { a: { b: { c: { d: 1 } } } };
    const shown = (value: unknown) => describeValue("x", value).split("\n").slice(-1);
    for (const value of [[long], new Set([long])]) {
      expect(shown(value)).toEqual([expect.stringMatching(/^ {2}.{600} …$/)]);
    }
    for (const value of [[deep], new Set([deep])]) {
      expect(shown(value)).toEqual(["  { a: { b: { c: {…} } } }"]);
    }
    expect(shown(new Map([[long, 1]]))).toEqual([expect.stringMatching(/^ {2}.{200} … => 1$/)]);
    expect(shown(new Map([[deep, 1]]))).toEqual(["  { a: { b: {…} } } => 1"]);
    expect(describeValue("x", { ["k".repeat(90)]: 1 }).split("\n")[2]).toBe(
      `  "${"k".repeat(79)} …: number`,
    );
  });

  it("takes a sample of what is very long", () => {
    const entries = (count: number) => new Set(Array.from({ length: count }, (_, n) => ({ n })));
    expect(describeValue("x", entries(1000))).toContain("\ncolumns:\n");
    expect(describeValue("x", entries(1001))).toContain("\ncolumns (of a sample of 1,000):\n");
    expect(describeValue("x", new Uint8Array(20_000_000))).toContain("\nmin 0, max 0");
    expect(describeValue("x", new Uint8Array(20_000_001))).toContain("\nof a sample: min 0");
  });

  it("has at most 8,000 characters, and counts the rest", () => {
    const row = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`${n} ${"c".repeat(140)}`, 1]),
    );
    const [kept = "", rest] = describeValue("x", [row]).split("\n… ");
    expect(kept.length).toBe(8000);
    expect(rest).toMatch(/^[\d,]+ more characters$/);
  });
});

describe("describe", () => {
  it("describes values of every kind in the kernel, in bounded text", async () => {
    await using rig = await ShareRig.start();
    const entries = KINDS.map(([name, code]) => `${name}: ${code.replace("/ROOT/", ROOT)}`);
    await rig.run(`const kinds = share({ ${entries.join(",\n")} }, { readOnly: true }); undefined`);
    const described = await rig.valueOf<string[]>(
      `Promise.all(Object.keys(kinds).map((name) => callOf(kinds)("describe", { name })))`,
    );
    expect(described.length).toBe(KINDS.length);
    for (const [index, [name, , ...parts]] of KINDS.entries()) {
      for (const part of [`${name}: `, ...parts]) expect(described[index]).toContain(part);
      expect(described[index]?.length).toBeLessThan(8200);
    }
  });

  it("runs no getter, no trap of a Proxy and no method, and reaches only shared values", async () => {
    await using rig = await ShareRig.start(TRAPS);
    const described = await rig.valueOf<string[]>(
      `Promise.all(Object.keys(traps).map((name) => callOf(traps)("describe", { name })))`,
    );
    expect(described.find((text) => text.startsWith("proxy"))).toContain("Proxy");
    expect(described.join("\n")).toContain("getter, not run");
    const hostile = [
      "constructor",
      "__proto__",
      "toString",
      "name",
      "components",
      "proxy.x",
      "globalThis",
      "",
    ];
    const refused = await rig.valueOf<string[]>(
      `Promise.all(${JSON.stringify(hostile)}.map((name) => callOf(traps)("describe", { name })))`,
    );
    for (const text of refused) expect(text).toMatch(/^FAILED There is no shared value/);
    expect(await rig.valueOf("ran")).toEqual([]);
  });
});
