import { describe, expect, it } from "vitest";
import {
  classOf,
  dateText,
  entriesOf,
  errorText,
  functionName,
  isPlainObject,
  memberOf,
  prototypesOf,
  regexpText,
  sizeOf,
} from "../../../../src/notebook/share/describe/reflect.ts";

class First {}
class Second extends First {}

const trap = {
  get: () => {
    throw new Error("run");
  },
};

describe("facts of a value", () => {
  it("has the prototypes from the nearest on, at most 100, and none behind a Proxy", () => {
    expect(prototypesOf(new Second())).toEqual([
      Second.prototype,
      First.prototype,
      Object.prototype,
    ]);
    const behind = Object.create(Object.create(new Proxy({}, {})));
    expect(prototypesOf(behind).length).toBe(1);
    let deep: object = {};
    for (let n = 0; n < 200; n++) deep = Object.create(deep);
    expect(prototypesOf(deep).length).toBe(100);
  });

  it("reads members of the value and of its prototypes, the nearest first, and no getter", () => {
    const value = Object.create({ a: 1, b: 2 }, { a: { value: 3 }, c: trap });
    expect(["a", "b", "c", "d"].map((name) => memberOf(value, name))).toEqual([
      3,
      2,
      undefined,
      undefined,
    ]);
  });

  it("knows names of classes and functions, as far as they are texts", () => {
    expect(classOf(new Second())).toBe("Second");
    expect(classOf(Object.create(null))).toBe(null);
    expect(classOf(Object.create({ constructor: "no" }))).toBe(null);
    expect(functionName(Object.defineProperty(() => {}, "name", trap))).toBe(null);
    expect(functionName(Object.defineProperty(() => {}, "name", { value: 5 }))).toBe(null);
    expect(functionName(new Proxy(function named() {}, {}))).toBe(null);
  });

  it("counts what a container holds, also one that overrides its size", () => {
    const sizes: [object, number][] = [
      [[1, 2], 2],
      [new Uint8Array(3), 3],
      [new Map([[1, 1]]), 1],
      [new Set([1, 2]), 2],
      [new ArrayBuffer(4), 4],
      [new SharedArrayBuffer(5), 5],
      [new DataView(new ArrayBuffer(8), 2), 6],
      [new Blob(["abc"]), 3],
    ];
    for (const [value, size] of sizes) {
      Object.defineProperty(value, Array.isArray(value) ? "own" : "size", trap);
      expect(sizeOf(value)).toBe(size);
    }
    expect(sizeOf({ length: 5 })).toBe(0);
  });

  it("tells objects without a class from others", () => {
    const values = [
      {},
      Object.create(null),
      [],
      new First(),
      new Proxy({}, {}),
      null,
      undefined,
      "a",
    ];
    expect(values.map(isPlainObject)).toEqual([true, true, ...Array(6).fill(false)]);
  });

  it("writes expressions, dates and errors out", () => {
    expect(regexpText(/a\/b/gi)).toBe("/a\\/b/gi");
    expect(dateText(new Date(1000))).toBe("1970-01-01T00:00:01.000Z");
    expect(dateText(new Date(NaN))).toBe("invalid");
    const named = (name: unknown, message: unknown): Error =>
      Object.defineProperties(new TypeError(), {
        name: { value: name },
        message: { value: message },
      });
    expect(errorText(new TypeError("no"))).toBe("TypeError: no");
    expect(errorText(new TypeError())).toBe("TypeError");
    expect(errorText(named("MyError", "no"))).toBe("MyError: no");
    expect(errorText(named("Error", "no"))).toBe("TypeError: no");
    expect(errorText(named(5, 5))).toBe("TypeError");
    expect(errorText(Object.setPrototypeOf(new Error("no"), null))).toBe("Error: no");
  });

  it("lists the first entries of a map and a set, also of one that overrides its methods", () => {
    const map = new Map([[1, "a"], [2, "b"]]);
    Object.defineProperty(map, "entries", trap);
    expect(entriesOf(map, 1)).toEqual([[1, "a"]]);
    expect(entriesOf(map, 5)).toEqual([[1, "a"], [2, "b"]]);
    expect(entriesOf(new Set(["a"]), 5)).toEqual([["a", "a"]]);
  });
});
