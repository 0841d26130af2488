import { describe, expect, it } from "vitest";
import { isFrame, kindOf } from "../../../../src/notebook/share/describe/kind.ts";

class Model {
  weights = 1;
}

class Pages {
  [Symbol.iterator](): void {}
}

class Stream {
  [Symbol.asyncIterator](): void {}
}

class Shape {
  nodeType = 1;
  get outerHTML(): string {
    return "";
  }
}

class Frame {
  head(): void {}
  toRecords(): void {}
}

const nameless = (() => class {})();

const proxy = new Proxy({}, {});

describe("kindOf()", () => {
  it.each<[string, unknown]>([
    ["string of 1 character", "a"],
    ["string of 2 characters", "ab"],
    ["number", 1],
    ["undefined", undefined],
    ["null", null],
    ["Proxy of a function", new Proxy(() => {}, {})],
    ["class Model", Model],
    ["class without a name", nameless],
    ["function add with 2 parameters", function add(_a: number, _b: number) {}],
    ["function one with 1 parameter", function one(_a: number) {}],
    ["function without a name with 0 parameters", (() => () => {})()],
    [
      "function bare with 0 parameters",
      Object.defineProperty(function bare() {}, "length", {
        get: () => 5,
      }),
    ],
    ["Proxy (its target stays hidden: evaluate code that uses it)", proxy],
    ["array of 1 element", [1]],
    ["Float32Array of 2 numbers", new Float32Array(2)],
    ["Map of 1 entry", new Map([[1, 2]])],
    ["Map of 0 entries", new Map()],
    ["Set of 1 value", new Set([1])],
    ["Date", new Date()],
    ["RegExp", /a/],
    ["error RangeError", new RangeError("no")],
    ["error Error", Object.setPrototypeOf(new Error("no"), null)],
    ["Promise (evaluate code that awaits it)", Promise.resolve()],
    ["WeakMap (its entries cannot be listed)", new WeakMap()],
    ["WeakSet (its values cannot be listed)", new WeakSet()],
    ["Number object", new Number(1)],
    ["ArrayBuffer of 1 byte", new ArrayBuffer(1)],
    ["SharedArrayBuffer of 2 bytes", new SharedArrayBuffer(2)],
    ["DataView of 3 bytes", new DataView(new ArrayBuffer(4), 1)],
    ["Blob of 4 bytes", new Blob(["text"])],
    ["File of 4 bytes", new File(["text"], "a")],
    ["WeakRef", new WeakRef({})],
    ["URL", new URL("https://example.test")],
    ["element Shape of a document (display shows it)", new Shape()],
    ["data frame Frame", new Frame()],
    ["generator", (function* () {})()],
    ["async iterable Stream", new Stream()],
    ["async iterable ", Object.setPrototypeOf({ [Symbol.asyncIterator]() {} }, null)],
    ["iterable Pages", new Pages()],
    ["iterable ", Object.setPrototypeOf({ [Symbol.iterator]() {} }, null)],
    ["object without a prototype, 1 member", Object.assign(Object.create(null), { a: 1 })],
    ["object of 2 members", { a: 1, b: 2 }],
    ["instance of Model, 1 member", new Model()],
    ["instance of a class without a name, 0 members", new nameless()],
  ])("is %s", (expected, value) => {
    expect(kindOf(value)).toBe(expected);
  });

  it("is module for the names of a module", async () => {
    expect(kindOf(await import("../../../../src/json.ts"))).toBe("module");
  });
});

describe("isFrame()", () => {
  it("needs both methods, and no Proxy", () => {
    expect(isFrame(new Frame())).toBe(true);
    expect(isFrame({ head() {} })).toBe(false);
    expect(isFrame({ toRecords() {} })).toBe(false);
    expect(isFrame(new Proxy(new Frame(), {}))).toBe(false);
  });
});
