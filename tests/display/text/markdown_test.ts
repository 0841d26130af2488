import { beforeAll, describe, expect, it } from "vitest";
import {
  harmlessMarkdown,
  loadMarkdown,
  markdownHtml,
} from "../../../src/display/text/markdown.ts";

describe("markdownHtml()", () => {
  beforeAll(loadMarkdown);

  it("makes headings, lists, links, tables and code", () => {
    const html = markdownHtml(
      "# T\n\n- **a** [l](https://x.test/?a=1&b=2)\n\n| n |\n|--:|\n| 1 |\n\n```ts\nlet a = 1 < 2;\n```",
    );
    expect(html).toContain("<h1>T</h1>");
    expect(html).toContain('<strong>a</strong> <a href="https://x.test/?a=1&amp;b=2">l</a>');
    expect(html).toContain('<td style="text-align:right">1</td>');
    expect(html).toContain("<code>let a = 1 &lt; 2;\n</code>");
  });

  it("puts the address in the place of a picture, so that opening a notebook fetches nothing", () => {
    expect(markdownHtml("![A cat](https://x.test/cat.png)")).toContain(
      "[A cat: https://x.test/cat.png]",
    );
  });

  it("takes texts that are made to be slow, or to overflow the stack, in little time", () => {
    const parts = ["_a_", ">", "1. ", "[", "![", "*_`[", "`", "<a", "[a](b", "|a", "\\", "- \n"];
    for (const part of parts) markdownHtml(part.repeat(30_000));
  });
});

describe("harmlessMarkdown()", () => {
  it("looks the same and means no HTML, no entity and no script", () => {
    const made = harmlessMarkdown("<b>&lt;</b> [x](javascript:alert(1)) **bold**");
    expect(made.replaceAll("\u2060", "")).toBe("<b>&lt;</b> [x](javascript:alert(1)) **bold**");
    expect(made).not.toMatch(/<[a-z/]|&[a-z#]|javascript:/);
    expect(made).toContain("**bold**");
  });
});
