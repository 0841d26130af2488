import { codeHtml } from "../../../src/display/text/code.ts";
import { beforeAll, describe, expect, it } from "vitest";
import {
  harmlessMarkdown,
  loadMarkdown,
  markdownHtml,
} from "../../../src/display/text/markdown.ts";
import { elementsOf, harmIn, textOf } from "../../support/html.ts";
import { HOSTILE_TEXTS } from "../../support/hostile_texts.ts";

describe("markdownHtml()", () => {
  beforeAll(loadMarkdown);

  it.each([true, false])("shows a code block as text (growing: %s)", (isGrowing) => {
    const html = markdownHtml('```html\n<img src=x onerror="alert(1)"> &amp; more\n', isGrowing);
    expect(harmIn(html)).toEqual([]);
    expect(textOf(html)).toContain('<img src=x onerror="alert(1)"> &amp; more');
  });

  it("makes headings, lists, links, tables and code", () => {
    const html = markdownHtml(
      "# T\n\n- **a** [l](https://x.test/?a=1&b=2)\n\n| n |\n|--:|\n| 1 |\n\n```ts\nlet a = 1 < 2;\n```",
    );
    expect(html).toContain('<h1 dir="auto">T</h1>');
    expect(html).toContain(
      '<strong>a</strong> <a href="https://x.test/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">l</a>',
    );
    expect(html).toContain('<td dir="auto" style="text-align:right">1</td>');
    expect(textOf(html)).toContain("let a = 1 < 2;\n");
  });

  it("links an address that is written out, and no name that looks like one", () => {
    const html = markdownHtml("see https://x.test/a, not main.rs or a@b.test");
    const links = elementsOf(html).filter(({ tagName }) => tagName === "a");
    expect(links.map(({ attrs }) => attrs[0]?.value)).toEqual(["https://x.test/a"]);
  });

  it("lets a wide table scroll in itself", () => {
    expect(markdownHtml("| a |\n|---|\n| b |")).toMatch(
      /^<div style="overflow-x:auto[^"]*"><table [^]*<\/table><\/div>\s*$/,
    );
  });

  it("lets the text decide its direction, and code not", () => {
    const html = markdownHtml("שלום\n\n- مرحبا\n\n> hi\n\n```sh\nls\n```");
    expect(html.match(/<(?:p|ul|blockquote) dir="auto">/g)?.length).toBeGreaterThanOrEqual(3);
    expect(html).toContain('<pre dir="ltr"');
  });

  it("colours code of a known language once it has ended", () => {
    const code = "```ts\nconst a = `<b>${1}`; // why\n```";
    expect(markdownHtml(code)).toMatch(/<span style="color:[^"]+">const<\/span>/);
    expect(textOf(markdownHtml(code)).trim()).toBe("const a = `<b>${1}`; // why");
    expect(markdownHtml(code, true)).not.toContain("<span");
    expect(markdownHtml(code.replace("ts", "klingon"))).not.toContain("<span");
  });

  it("puts the address in the place of a picture, so that opening a notebook fetches nothing", () => {
    expect(markdownHtml("![A cat](https://x.test/cat.png)")).toContain(
      "[A cat: https://x.test/cat.png]",
    );
  });

  it("escapes the text and the address of a picture", () => {
    const html = markdownHtml(
      '![<img src=x onerror="alert(1)">](https://x.test/"onerror="alert(1) "t\\" onerror=\\"x")',
    );
    expect(harmIn(html)).toEqual([]);
    expect(elementsOf(html).map(({ tagName }) => tagName)).toEqual(["p"]);
    expect(textOf(html)).toContain('<img src=x onerror="alert(1)">');
  });

  it("takes texts that are made to be slow, or to overflow the stack, in little time", () => {
    const parts = ["_a_", ">", "1. ", "[", "![", "*_`[", "`", "<a", "[a](b", "|a", "\\", "- \n"];
    for (const part of parts) {
      const html = markdownHtml(part.repeat(30_000));
      expect(html.length, part).toBeGreaterThan(0);
      expect(html.length, part).toBeLessThan(100 * part.length * 30_000);
    }
  });
});

describe("codeHtml()", () => {
  beforeAll(loadMarkdown);

  it("is harmless and changes no character of any code", () => {
    for (const text of HOSTILE_TEXTS) {
      for (const language of ["ts", "html", "python", "bash", "json", "diff"]) {
        const html = codeHtml(text, language);
        expect(harmIn(html)).toEqual([]);
        expect(textOf(html)).toBe(textOf(codeHtml(text, "")));
      }
    }
  });

  it("has colours of a contrast of at least 4.5 on a light and on a dark page", () => {
    const samples = ["const a: Map = 'x' + 1; class B {}", "<a href='x'>b</a>", "x = 1 # no"];
    const html = samples.map((code) =>
      ["ts", "html", "python"].map((name) => codeHtml(code, name))
    );
    const pairs = new Map(
      [...html.flat().join("").matchAll(/light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)/g)]
        .map(([, onLight = "", onDark = ""]) => [onLight, onDark]),
    );
    expect(pairs.size).toBeGreaterThan(3);
    for (const [onLight, onDark] of pairs) {
      expect(1.05 / (luminance(onLight) + 0.05)).toBeGreaterThan(4.5);
      expect((luminance(onDark) + 0.05) / (luminance("#1f1f1f") + 0.05)).toBeGreaterThan(4.5);
    }
  });
});

describe("code in an answer", () => {
  beforeAll(loadMarkdown);

  it("is selected by one click where it is for a cell", () => {
    expect(markdownHtml("```ts\nshared.best\n```")).toMatch(
      /<code style="user-select:all" title="A click/,
    );
    expect(markdownHtml("```sh\nls\n```")).not.toContain("user-select");
  });
});

/** Relative luminance, as in WCAG 2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("harmlessMarkdown()", () => {
  it("looks the same and means no HTML, no entity and no script", () => {
    const made = harmlessMarkdown("<b>&lt;</b> [x](javascript:alert(1)) **bold**");
    expect(made.replaceAll("\u2060", "")).toBe("<b>&lt;</b> [x](javascript:alert(1)) **bold**");
    expect(made).not.toMatch(/<[a-z/]|&[a-z#]|javascript:/);
    expect(made).toContain("**bold**");
  });
});
