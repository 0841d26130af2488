import { describe, expect, it } from "vitest";
import { renderTable } from "../../src/display/table.ts";
import { elementsOf } from "../support/html.ts";

describe("renderTable()", () => {
  it("lines columns up in text, aligns them at the start in HTML", () => {
    const bundle = renderTable({
      title: "T",
      columns: ["a", "long"],
      rows: [["xyz", 1], [null, "b"]],
    });
    expect(bundle["text/plain"]).toBe("T\na    long\nxyz  1\n     b");
    const cells = elementsOf(bundle["text/html"] ?? "").filter(({ tagName }) =>
      /^t[hd]$/.test(tagName)
    );
    expect(cells.length).toBe(6);
    for (const { attrs } of cells) {
      expect(Object.fromEntries(attrs.map(({ name, value }) => [name, value]))).toMatchObject({
        dir: "auto",
        style: expect.stringContaining("text-align:start"),
      });
    }
  });

  it("takes cells as they are in Markdown", () => {
    const { "text/markdown": markdown } = renderTable({
      title: "T",
      columns: ["a"],
      rows: [["x|y\\|*z*<b>"]],
    });
    expect(markdown).toBe("**T**\n\n| a |\n| --- |\n| x\\|y\\\\\\|\\*z\\*&lt;b&gt; |");
  });

  it("cuts long cells and counts the rows it leaves out", () => {
    const rows = Array.from({ length: 250 }, (_, n) => [n, "x".repeat(1000)]);
    const bundle = renderTable({ title: "Rows", columns: ["n", "text"], rows });
    expect(bundle["text/plain"]).toContain("50 more rows");
    expect(bundle["text/plain"]).toContain("920 more characters");
    expect(bundle["text/html"]).toContain("700 more characters");
  });

  it("stays under 1 MB", () => {
    const rows = Array.from({ length: 1000 }, () => Array(20).fill("<".repeat(1000)));
    const bundle = renderTable({
      title: "<".repeat(1e6),
      columns: Array(20).fill("<".repeat(1000)),
      rows,
    });
    expect(JSON.stringify(bundle).length).toBeLessThan(1_000_000);
    expect(bundle["text/html"]).toMatch(/9\d\d more rows/);
  });
});
