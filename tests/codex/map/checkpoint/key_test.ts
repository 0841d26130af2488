import { describe, expect, it } from "vitest";
import { RowKeys } from "../../../../src/codex/map/checkpoint/key.ts";
import { findForeign } from "../../../../src/codex/map/checkpoint/plain_data.ts";

async function keysOf(...rows: readonly unknown[]): Promise<string[]> {
  const keys = new RowKeys<unknown>();
  const found: string[] = [];
  for (const [index, row] of rows.entries()) found.push(await keys.next(row, index));
  return found;
}

class Private {
  readonly #secret: number;
  constructor(secret: number) {
    this.#secret = secret;
  }
  get isSecret(): boolean {
    return this.#secret > 0;
  }
}

function cycle(): unknown {
  const row: { self?: unknown } = {};
  row.self = row;
  return row;
}

const hidden = Object.defineProperty({}, "hidden", { value: 1 });
const named = Object.assign([1], { name: "x" });

describe("the key of an input", () => {
  it("is the digest of its canonical JSON, in any order of its members", async () => {
    const [one] = await keysOf({ a: 1, b: [2] });
    expect(await keysOf({ b: [2], a: 1 })).toEqual([one]);
    // printf '{"a":1,"b":[2]}' | sha256sum
    expect(one).toBe("sha256:0855bfc20eb6cfaa4be7d6b510c63dd22997718bddadcb1a4915cec3a16145b9");
  });

  it("counts equal inputs", async () => {
    const [first, second, other, third] = await keysOf("a", "a", "b", "a");
    expect(second).toBe(`${first}/2`);
    expect(third).toBe(`${first}/3`);
    expect(other).not.toContain("/");
  });

  it("tells values apart that look alike", async () => {
    const rows = [1, "1", true, "true", null, "null", [], {}, [[]], "", "{}", { 1: 1 }, [1]];
    const keys = await keysOf(...rows);
    expect(new Set(keys).size).toBe(rows.length);
    expect(keys.some((key) => key.includes("/"))).toBe(false);
  });

  it.each<[string, unknown]>([
    ["a Map", new Map([[1, 2]])],
    ["a Set", new Set([1])],
    ["a Blob", new Blob(["a"])],
    ["a File", new File(["a"], "a.txt")],
    ["private fields", new Private(1)],
    ["NaN", NaN],
    ["Infinity", -Infinity],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a BigInt", 1n],
    ["undefined", undefined],
    ["a date", new Date(0)],
    ["a pattern", /a/],
    ["an error", new Error("a")],
    ["bytes", new Uint8Array([1])],
    ["a WeakMap", new WeakMap()],
    ["a promise", Promise.resolve(1)],
    ["a boxed text", Object("a")],
    ["a URL", new URL("file:///a")],
    ["a symbol member", { [Symbol("a")]: 1 }],
    ["a hidden member", hidden],
    ["an array with names", named],
    ["an array with gaps", [1, , 2]],
    ["a lone surrogate", "\ud800"],
    ["a cycle", cycle()],
  ])("is refused for %s, at any depth", async (_, value) => {
    for (const row of [value, { deep: [value] }]) {
      await expect(keysOf(row)).rejects.toThrow(TypeError);
      await expect(keysOf(row)).rejects.toThrow(/^Cannot map row 0: row.*option key$/);
    }
  });

  it.each<[unknown, string]>([
    ["a\ud800", "text with a lone surrogate"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [null, "null"],
    [undefined, "of type undefined"],
    [{}, "of type object"],
    [1n, "of type bigint"],
  ])("is refused for the caller's own %s, with what it is", async (key, what) => {
    const keys = new RowKeys<unknown>((key) => key as string);
    await expect(keys.next(key, 3)).rejects.toThrow(
      `Cannot map row 3: its key is ${what}. Return text or a number from key()`,
    );
  });

  it("is refused with the name of the class, if it has one", async () => {
    await expect(keysOf(new Private(1))).rejects.toThrow("Private");
    await expect(keysOf(new (class {})())).rejects.toThrow("class instance");
    await expect(keysOf(Object.create(Object.create(null)))).rejects.toThrow("class instance");
  });

  it("is refused for what is too deep, and not for what is merely deep", async () => {
    const deep = (levels: number): unknown => {
      let row: unknown = 1;
      for (let n = 0; n < levels; n++) row = [row];
      return row;
    };
    expect(await keysOf(deep(900))).toHaveLength(1);
    await expect(keysOf(deep(100_000))).rejects.toThrow("deeper than 1000 levels");
  });

  it("takes the same object twice", async () => {
    const shared = { a: 1 };
    expect(await keysOf([shared, shared])).toHaveLength(1);
  });

  it("is the caller's own where there is one, for any input", async () => {
    const keys = new RowKeys<{ id: string | number }>(({ id }) => id);
    expect(await keys.next({ id: "a" }, 0)).toBe("key:a");
    expect(await keys.next({ id: 7 }, 1)).toBe("key:7");
    await expect(keys.next({ id: "7" }, 2)).rejects.toThrow("its key is that of row 1");
    for (const id of [null, undefined, NaN, {}, "\ud800"]) {
      await expect(keys.next({ id: id as string }, 3)).rejects.toThrow(/^Cannot map row 3/);
    }
  });
});

describe("findForeign()", () => {
  const nested = (levels: number): unknown[] => {
    let value: unknown[] = [];
    for (let level = 1; level < levels; level++) value = [value];
    return value;
  };
  const shared = { a: 1 };
  const inherited = Object.create({ a: 1 });
  const nameless = new (class {})();
  Object.defineProperty(nameless.constructor, "name", { value: "" });

  it.each<[string, unknown, string | null, string | null]>([
    ["plain data", { a: [1, "b", null, true, -0.5, { c: {} }] }, null, null],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), null, null],
    ["one object twice", [shared, shared], null, null],
    ["a member that is undefined", { a: undefined }, "row.a: undefined", null],
    ["an element that is undefined", [1, undefined], "row[1]: undefined", "row[1]: undefined"],
    ["a lone surrogate", ["\ud800"], "row[0]: text with a lone surrogate", null],
    ["1000 levels", nested(1000), null, null],
    [
      "1001 levels",
      nested(1001),
      `row${"[0]".repeat(1000)}: deeper than 1000 levels`,
      `row${"[0]".repeat(1000)}: deeper than 1000 levels`,
    ],
    ["a number that is none", { a: [NaN] }, "row.a[0]: NaN", "row.a[0]: NaN"],
    ["a function", { a: () => 1 }, "row.a: a function", "row.a: a function"],
    ["a class", new Map(), "row: a Map", "row: a Map"],
    ["a class without a name", nameless, "row: a class instance", "row: a class instance"],
    ["an object with another prototype", inherited, "row: a Object", "row: a Object"],
    ["a gap", [1, , 2], "row: an array with gaps", "row: an array with gaps"],
    [
      "a hidden member",
      hidden,
      "row: an object with hidden members",
      "row: an object with hidden members",
    ],
    [
      "a cycle",
      cycle(),
      "row.self: a reference to what it is in",
      "row.self: a reference to what it is in",
    ],
  ])("says where %s is, if that is not plain", (_, value, strict, lenient) => {
    const found = (lenient: boolean): string | null => {
      const foreign = findForeign(value, { name: "row", lenient });
      return foreign && `${foreign.place}: ${foreign.what}`;
    };
    expect([found(false), found(true)]).toEqual([strict, lenient]);
  });
});
