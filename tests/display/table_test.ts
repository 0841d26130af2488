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

  it("is this HTML, with every text escaped", () => {
    const cell = 'dir="auto" style="text-align:left;text-align:start;padding:2px 12px 2px 0;' +
      'vertical-align:top"';
    const open = '<div class="tex2jax_ignore mathjax_ignore"><b>&lt;t&gt;</b>' +
      '<div style="overflow-x:auto;overflow-wrap:normal">' +
      '<table aria-label="&lt;t&gt;" style="margin-left:0">';
    const { "text/html": html } = renderTable({
      title: "<t>",
      columns: ["<c>"],
      rows: [["<a>"], [1]],
    });
    expect(html).toBe(
      `${open}<thead><tr><th ${cell}>&lt;c&gt;</th></tr></thead><tbody>` +
        `<tr><td ${cell}>&lt;a&gt;</td></tr>\n<tr><td ${cell}>1</td></tr>` +
        "</tbody></table></div></div>",
    );
    const facts = renderTable({ title: "<t>", columns: [], rows: [] });
    expect(facts["text/html"]).toBe(`${open}<tbody></tbody></table></div></div>`);
    expect(facts["text/plain"]).toBe("<t>");
  });

  it("has a head in Markdown also where it names no column", () => {
    const markdown = (rows: (string | null)[][]) =>
      renderTable({ title: "T", columns: [], rows })["text/markdown"];
    expect(markdown([["a", "b"]])).toBe("**T**\n\n|  |  |\n| --- | --- |\n| a | b |");
    expect(markdown([])).toBe("**T**\n\n|  |\n| --- |");
    expect(markdown(Array(201).fill(["a"]))).toMatch(/\| a \|\n\n… 1 more row$/);
  });

  it("shows 200 rows, and cells of 300 characters, 80 in text", () => {
    const of = (rows: string[][]) => renderTable({ title: "T", columns: ["c"], rows });
    expect(of(Array(200).fill(["a"]))["text/plain"]).not.toContain("more row");
    expect(of(Array(201).fill(["a"]))["text/html"]).toMatch(/<\/table><\/div>… 1 more row<\/div>$/);
    const [short, long] = [of([["x".repeat(80)]]), of([["x".repeat(301)]])];
    expect(short["text/plain"]).toBe(`T\nc\n${"x".repeat(80)}`);
    expect(long["text/plain"]).toBe(`T\nc\n${"x".repeat(80)} … 221 more characters`);
    expect(long["text/html"]).toContain(`${"x".repeat(300)} … 1 more character<`);
    expect(long["text/markdown"]).toContain("… 1 more character |");
    expect(of([[" a\n\tb\x1b "]])["text/plain"]).toBe("T\nc\na b\\u{1b}");
    const title = renderTable({ title: "t".repeat(301), columns: ["c".repeat(81)], rows: [] });
    expect(title["text/plain"]).toBe(`${"t".repeat(300)} …\n${"c".repeat(80)} …`);
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
