import { describe, expect, it } from "vitest";
import { countOf, type Inputs, NumberedInputs } from "../../../src/codex/map/inputs.ts";

/** Inputs that count how often they are asked and left. */
function counted(length: number, isAsync: boolean) {
  const calls = { next: 0, return: 0 };
  const step = () => {
    calls.next++;
    return calls.next > length ? { done: true, value: undefined } : { done: false, value: "x" };
  };
  const iterator = {
    next: () => isAsync ? Promise.resolve(step()) : step(),
    return: () => {
      calls.return++;
      return { done: true, value: undefined };
    },
  };
  const inputs = { [isAsync ? Symbol.asyncIterator : Symbol.iterator]: () => iterator };
  return { inputs: inputs as unknown as Inputs<string>, calls };
}

describe("NumberedInputs", () => {
  it.each([true, false])("numbers the inputs, and asks nothing more after the end", async (is) => {
    const { inputs, calls } = counted(2, is);
    const numbered = new NumberedInputs(inputs);
    const found = [await numbered.next(), await numbered.next(), await numbered.next()];
    expect(found).toEqual([{ index: 0, input: "x" }, { index: 1, input: "x" }, null]);
    expect(await numbered.next()).toBe(null);
    numbered.close();
    expect(calls).toEqual({ next: 3, return: 0 });
  });

  it("leaves a source that has more once, and asks it nothing more", async () => {
    const { inputs, calls } = counted(2, true);
    const numbered = new NumberedInputs(inputs);
    await numbered.next();
    numbered.close();
    numbered.close();
    expect(await numbered.next()).toBe(null);
    expect(calls).toEqual({ next: 1, return: 1 });
  });

  it("takes no notice of a source that cannot be left", async () => {
    const next = () => ({ done: false, value: 1 });
    for (const iterator of [{ next, return: () => Promise.reject("no") }, { next }]) {
      const numbered = new NumberedInputs({ [Symbol.iterator]: () => iterator } as never);
      expect(() => numbered.close()).not.toThrow();
      expect(await numbered.next()).toBe(null);
    }
  });

  it("refuses what cannot be iterated", () => {
    for (const inputs of [null, undefined, 5, "text", {}, () => {}]) {
      expect(() => new NumberedInputs(inputs as never)).toThrow(
        "Cannot map the inputs: they are not iterable. Pass a list",
      );
    }
  });
});

describe("countOf()", () => {
  it("is the length or the size, where there is one", () => {
    expect([[1, 2], new Set([1]), new Map()].map(countOf)).toEqual([2, 1, 0]);
    expect([{}, { length: "2" }, [].values()].map(countOf)).toEqual([null, null, null]);
  });
});
