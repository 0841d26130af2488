import { describe, expect, it } from "vitest";
import { resultText } from "../../../src/notebook/share/result_text.ts";

const textOf = (value: unknown) => resultText({ value, log: "" });

describe("resultText()", () => {
  it("writes a short value out, and describes a long one", () => {
    const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
    expect(textOf(numbers(3))).toBe("result: [0, 1, 2]");
    expect(textOf(numbers(100))).toBe(`result: [${numbers(100).join(", ")}]`);
    expect(textOf(numbers(101))).toMatch(/^result: array of 101 elements\nelements: number; min 0/);
    expect(textOf(new Map(numbers(101).map((n) => [n, n])))).toMatch(/^result: Map of 101 entries/);
    expect(textOf({ length: 500 })).toBe("result: { length: 500 }");
    expect(textOf(new Proxy(numbers(101), {}))).toBe("result: [Proxy]");
    expect(textOf(null)).toBe("result: null");
  });

  it("gives a text as it is, up to 10,000 characters", () => {
    expect(textOf("a\nb")).toBe("result: a\nb");
    expect(textOf("x".repeat(10_000))).toBe(`result: ${"x".repeat(10_000)}`);
    expect(textOf("x".repeat(10_001))).toMatch(/^result: string of 10,001 characters\n/);
    const wide = Array(100).fill("x".repeat(150));
    expect(textOf(wide).length).toBe("result: ".length + 10_002);
  });

  it("has what was printed before it, and another text in its place", () => {
    expect(resultText({ value: 1, log: "hi" })).toBe("printed:\nhi\nresult: 1");
    expect(resultText({ value: 1, log: "", text: "a function" })).toBe("a function");
    expect(resultText({ value: 1, log: "hi" }, "done")).toBe("printed:\nhi\ndone");
  });
});
