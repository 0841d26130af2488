import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import {
  commandLine,
  duration,
  ends,
  escapeHtml,
  head,
  nameLine,
  oneLine,
  tail,
} from "../../../src/display/text/escape.ts";
import { plain } from "../../../src/plain_text.ts";
import { textOf } from "../../support/html.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\x1b", "[", "]", "m", "\r", "\n", "\x9b", "𝄞", "\ud800", "a"),
  }),
);

describe("escapeHtml()", () => {
  it("has an entity for each sign of markup", () => {
    expect(escapeHtml("&<>\"'`")).toBe("&amp;&lt;&gt;&quot;&#39;&#96;");
  });

  it("is read back as the same text", () => {
    fc.assert(fc.property(anyText, (text) => {
      expect(textOf(`<p title="${escapeHtml(text)}">${escapeHtml(text)}</p>`)).toBe(plain(text));
    }));
  });
});

describe("cutting", () => {
  it("keeps the beginning, the end or both, and counts the rest", () => {
    const text = "0123456789".repeat(1000);
    expect(head(text, 10)).toBe("0123456789\n… 9,990 more characters");
    expect(tail(text, 10)).toBe("… 9,990 earlier characters\n0123456789");
    expect(ends(text, 20)).toBe("0123456789\n… 9,980 characters left out …\n0123456789");
    expect(oneLine(" a \n\t b ", 10)).toBe("a b");
    expect(oneLine(text, 5)).toBe("01234 …");
    expect(oneLine(`a${" ".repeat(100)}b`, 5)).toBe("a …");
    expect(commandLine("echo a\nrm\r b\n", 50)).toBe("echo a ⏎ rm\\u{d} b");
    expect(nameLine("safe\u202egnp.exe\x9b", 50)).toBe("safe\\u{202e}gnp.exe\\u{9b}");
  });

  it("leaves short texts alone and tears no surrogate pair", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 9 }), (text, n) => {
        for (const cut of [head, tail, ends]) {
          expect(cut(text, n).isWellFormed()).toBe(true);
          expect(cut(text, text.length)).toBe(text);
        }
      }),
    );
  });
});

describe("duration()", () => {
  it("is read in the unit that fits", () => {
    expect([0, 849.6, 1500, 59_949, 125_000].map(duration)).toEqual(
      ["0 ms", "850 ms", "1.5 s", "59.9 s", "2 min 5 s"],
    );
  });
});
