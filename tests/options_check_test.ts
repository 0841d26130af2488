import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import { checkOptions, nearest, signalOf } from "../src/options_check.ts";

const NAMES = {
  sandbox: true,
  model: true,
  concurrency: true,
  turnMs: true,
  signal: true,
} as const;
const check = (options: unknown) => () => checkOptions("start a thread", options, NAMES);

describe("checkOptions()", () => {
  it("takes options that are left out, empty, partly undefined or of a class", () => {
    class Options {
      model = "m";
    }
    const bare = Object.assign(Object.create(null), { model: "m" });
    for (const options of [undefined, {}, { model: undefined }, new Options(), bare]) {
      expect(check(options)).not.toThrow();
    }
    expect(check({ signal: new AbortController().signal })).not.toThrow();
    expect(check({ signal: undefined })).not.toThrow();
  });

  it.each([
    ["sandBox", "sandbox"],
    ["Sandbox", "sandbox"],
    ["sanbdox", "sandbox"],
    ["modle", "model"],
    ["models", "model"],
    ["concurency", "concurrency"],
    ["turnMS", "turnMs"],
    ["turn_ms", "turnMs"],
    ["singal", "signal"],
  ])("refuses %s and names %s", (wrong, right) => {
    expect(check({ [wrong]: "full-access" })).toThrow(TypeError);
    expect(check({ [wrong]: "full-access" })).toThrow(
      `Cannot start a thread: there is no option "${wrong}". Use ${right}`,
    );
  });

  it("lists the options where none is like the unknown one, without its value", () => {
    expect(check({ colour: "planted" })).toThrow(
      'Cannot start a thread: there is no option "colour". ' +
        "The options are concurrency, model, sandbox, signal, turnMs",
    );
    expect(check({ constructor: 1 })).toThrow(TypeError);
    expect(check(JSON.parse('{"__proto__":1}'))).toThrow(TypeError);
  });

  it.each([
    ["null", null],
    ["a list", []],
    ["a function", () => {}],
    ["a string", "planted"],
    ["a bigint", 1n],
    ["a boolean", true],
    ["of the type Map", new Map()],
    ["of the type Promise", Promise.resolve({})],
  ])("refuses what is %s", (kind, options) => {
    expect(check(options)).toThrow(`its options are ${kind}. Pass an object, or leave them out`);
  });

  it.each([[{}], [null], [true], [new AbortController()]])(
    "refuses a signal that is %s",
    (signal) => {
      expect(check({ signal })).toThrow(/^Cannot start a thread: signal is .*Pass an AbortSignal/);
    },
  );
});

describe("nearest()", () => {
  it("finds a name with one slip, and nothing for other names", () => {
    fc.assert(fc.property(fc.constantFrom(...Object.keys(NAMES)), fc.nat(20), (name, place) => {
      const at = place % name.length;
      expect(nearest(name.slice(0, at) + name.slice(at + 1), Object.keys(NAMES))).toBe(name);
      expect(nearest(`${name.slice(0, at)}x${name.slice(at)}`, Object.keys(NAMES))).toBe(name);
    }));
    expect(nearest("zzz", Object.keys(NAMES))).toBeNull();
    expect(nearest("x".repeat(1e6), Object.keys(NAMES))).toBeNull();
    expect(nearest("a", [])).toBeNull();
  });
});

describe("the nearest of some names", () => {
  it.each<[string, string[], string | null]>([
    ["abcd", ["abcx"], "abcx"],
    ["abcd", ["abxy"], null],
    ["abcdefgh", ["abcdefxy"], "abcdefxy"],
    ["abcdefgh", ["abcdexyz"], null],
    ["ba", ["ab"], "ab"],
    ["abdc", ["abcd"], "abcd"],
    ["tokens", ["token", "tokenFile"], "token"],
    ["outputSchema", ["output"], "output"],
    ["out", ["output"], "output"],
    ["ou", ["output"], null],
    ["idempotency", ["id"], null],
    ["turn-ms.x", ["turnMsX"], "turnMsX"],
    ["b", ["a", "bc"], "a"],
    ["x".repeat(65), ["x".repeat(64)], "x".repeat(64)],
    ["y".repeat(65), [`${"y".repeat(63)}x`], null],
    ["x", [], null],
  ])("to %s among %j is %s", (name, known, near) => {
    expect(nearest(name, known)).toBe(near);
  });

  it("is the option of a call that takes a signal alone", () => {
    const { signal } = new AbortController();
    expect(signalOf("wait", { signal })).toBe(signal);
    expect(signalOf("wait", undefined)).toBe(undefined);
    expect(() => signalOf("wait", { sinal: signal } as never)).toThrow(
      'Cannot wait: there is no option "sinal". Use signal',
    );
    const foreign = { [Symbol.toStringTag]: "Object" };
    expect(() => checkOptions("wait", { signal: foreign }, { signal: true })).toThrow(
      "signal is an object of another kind",
    );
  });
});
