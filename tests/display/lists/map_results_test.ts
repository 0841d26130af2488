import { describe, expect, it } from "vitest";
import { renderMapResults } from "../../../src/display/lists/map_results.ts";

type MapResultsFacts = Parameters<typeof renderMapResults>[0];
type Row = MapResultsFacts["rows"][number];

const completed = (index: number, output: unknown, restored = false): Row => ({
  index,
  input: `in ${index}`,
  status: "completed" as const,
  output,
  restored,
});
const failed = (index: number, error: unknown): Row => ({
  index,
  input: { n: index },
  status: "failed" as const,
  error,
});

function linesOf(rows: Row[], facts: Partial<MapResultsFacts> = {}): string[] {
  const all = { rows, usage: null, cost: null, durationMs: 1500, ...facts };
  return (renderMapResults(all)["text/plain"] ?? "").split("\n");
}

function htmlOf(rows: Row[]): string {
  const all = { rows, usage: null, cost: null, durationMs: 1500 };
  return renderMapResults(all)["text/html"] ?? "";
}

describe("renderMapResults()", () => {
  it("counts rows, failures, restored rows, tokens and cost", () => {
    const rows = [completed(0, "a"), completed(1, "b", true), failed(2, new Error("No"))];
    const facts = { usage: { totalTokens: 1234 }, cost: 0.123456 };
    expect(linesOf(rows, facts)[0]).toBe(
      "3 rows · 1 failed · 1 restored · 1,234 tokens · cost 0.123 · 1.5 s",
    );
    expect(linesOf([completed(0, "a")])[0]).toBe("1 row · 1.5 s");
    expect(linesOf([], { cost: 0 })[0]).toBe("0 rows · cost 0 · 1.5 s");
  });

  it("shows failures first, then the rows in order, each with input and output", () => {
    const rows = [
      completed(0, { a: 1 }),
      completed(1, null),
      completed(2, 7),
      failed(3, "why"),
      completed(4, undefined),
      failed(5, new RangeError("No")),
    ];
    expect(linesOf(rows).slice(1)).toEqual([
      '3  {"n":3}  failed: why',
      '5  {"n":5}  failed: RangeError: No',
      '0  in 0  {"a":1}',
      "1  in 1  ",
      "2  in 2  7",
      "4  in 4  ",
    ]);
    const cells = [...htmlOf(rows).matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell);
    expect(cells.slice(0, 3)).toEqual(["3", "{&quot;n&quot;:3}", "<b>✗ failed</b> why"]);
    expect(cells.slice(6, 9)).toEqual(["0", "in 0", "{&quot;a&quot;:1}"]);
  });

  it("shows 200 rows, all failures that fit among them, and counts the rest", () => {
    const many = Array.from({ length: 250 }, (_, index) => completed(index, "x"));
    expect(linesOf(many)).toHaveLength(202);
    expect(linesOf(many).at(-1)).toBe("… 50 more rows");
    expect(htmlOf(many)).toContain("… 50 more rows");
    const bad = Array.from({ length: 199 }, (_, index) => failed(index, "no"));
    const mixed = linesOf([...many, ...bad]);
    expect(mixed.filter((line) => line.includes("failed:"))).toHaveLength(199);
    expect(mixed.at(-2)).toBe("0  in 0  x");
    const worse = [...bad, failed(999, "no"), failed(1000, "no")];
    expect(linesOf([...worse, completed(0, "x")]).at(-1)).toBe("… 2 more rows");
    expect(linesOf(many.slice(0, 200)).at(-1)).toBe("199  in 199  x");
  });

  it("folds a cell of more than 80 characters or of several lines, in HTML", () => {
    const cell = (output: string) => htmlOf([completed(0, output)]).split("<td").at(-1) ?? "";
    expect(cell("x".repeat(80))).not.toContain("<details>");
    expect(cell("x".repeat(81))).toContain(`<summary>${"x".repeat(80)} …</summary>`);
    expect(cell("a\nb")).toMatch(/<summary>a b<\/summary><div [^>]*pre-wrap[^>]*>a\nb<\/div>/);
    expect(cell(` ${"x".repeat(2000)} `)).not.toContain("more character");
    expect(cell("x".repeat(2001))).toContain("\n… 1 more character</div>");
    expect(linesOf([completed(0, "x".repeat(81))])[1]).toBe(`0  in 0  ${"x".repeat(80)} …`);
  });

  it("shows what JSON cannot carry by its kind, and no secret of an error", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(linesOf([completed(0, circle), completed(1, 10n), completed(2, true)]).slice(1)).toEqual(
      [
        "0  in 0  [object Object]",
        "1  in 1  10",
        "2  in 2  true",
      ],
    );
    const key = `sk-${"a1".repeat(20)}`;
    const rows = [failed(0, new Error(`key ${key}`))];
    expect(linesOf(rows).join() + htmlOf(rows)).not.toContain(key);
  });
});
