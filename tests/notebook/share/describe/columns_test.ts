import { describe, expect, it } from "vitest";
import {
  columnLines,
  sampleOf,
  statistics,
} from "../../../../src/notebook/share/describe/columns.ts";

/** The lines about all of these values. */
const linesOf = (...elements: unknown[]): string[] => columnLines({ elements, isPart: false });

describe("sampleOf()", () => {
  it("has all of 10,000 elements, and 10,000 evenly spaced ones of more", () => {
    const list = Array.from({ length: 10_000 }, (_, n) => n);
    expect(sampleOf(list, 10_000)).toEqual({ elements: list, isPart: false });
    const { elements, isPart } = sampleOf(new Float64Array(25_000).map((_, n) => n), 25_000);
    expect([elements.length, isPart]).toEqual([10_000, true]);
    expect([elements.slice(0, 4), elements.at(-1)]).toEqual([[0, 2, 5, 7], 24_997]);
    expect(sampleOf([1, 2], 2).elements).toEqual([1, 2]);
  });

  it("runs no getter, and has undefined for a hole", () => {
    const list = Object.defineProperty([1, , 3], 2, {
      get: () => {
        throw new Error("run");
      },
    });
    expect(sampleOf(list, 3).elements).toEqual([1, undefined, undefined]);
  });
});

describe("columnLines()", () => {
  it("tells columns where half of the elements are rows", () => {
    expect(linesOf({ a: 1 }, 5)).toEqual(["columns:", "  a: number; min 1, max 1, mean 1"]);
    expect(linesOf({ a: 1 }, 5, 6)).toEqual([
      "elements: number (2), object (1); min 5, max 6, mean 5.5",
    ]);
    expect(linesOf("a")).toEqual(["elements: string"]);
    expect(linesOf(class A {})).toEqual(["elements: function"]);
    for (const other of [null, [1], new Proxy({}, {})]) {
      expect(linesOf(other)[0]).toMatch(/^elements: (null|array|Proxy)$/);
    }
    expect(linesOf({}, {})).toEqual([]);
  });

  it("tells of which part it speaks", () => {
    const elements = Array(1234).fill({ a: "x" });
    expect(columnLines({ elements, isPart: true })).toEqual([
      "columns (of a sample of 1,234):",
      "  a: string",
    ]);
    expect(columnLines({ elements: [true], isPart: true })).toEqual([
      "elements (of a sample of 1): boolean",
    ]);
  });

  it("lists 60 columns, those of the first 1,000 rows, and counts the rest", () => {
    const wide = (columns: number) =>
      Object.fromEntries(Array.from({ length: columns }, (_, n) => [`c${n}`, n]));
    expect(linesOf(wide(60)).length).toBe(61);
    expect(linesOf(wide(61)).slice(-2)).toEqual([
      "  c59: number; min 59, max 59, mean 59",
      "  … 1 more column",
    ]);
    const rows = [...Array(999).fill({ a: true }), { b: true }, { c: true }];
    expect(linesOf(...rows)).toEqual([
      "columns:",
      "  a: boolean (999), undefined (2)",
      "  b: undefined (1000), boolean (1)",
    ]);
  });

  it("names six types, the most frequent first", () => {
    const values = [
      1n,
      1n,
      1n,
      true,
      true,
      "a",
      "b",
      "c",
      "d",
      null,
      undefined,
      Symbol("s"),
      () => 1,
    ];
    expect(linesOf(...values)).toEqual([
      "elements: string (4), bigint (3), boolean (2), null (1), undefined (1), symbol (1)",
    ]);
  });
});

describe("statistics()", () => {
  it("are of the finite numbers, to six digits", () => {
    expect(statistics([3, 1, 2])).toBe("min 1, max 3, mean 2");
    expect(statistics([1 / 3])).toBe("min 0.333333, max 0.333333, mean 0.333333");
    expect(statistics([-5, NaN, Infinity, -Infinity])).toBe(
      "min -5, max -5, mean -5, 3 NaN or infinite",
    );
    expect(statistics([1, NaN])).toBe("min 1, max 1, mean 1, 1 NaN or infinite");
    for (const none of [[], [NaN]]) expect(statistics(none)).toBe("");
  });
});
