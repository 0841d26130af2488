import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import {
  duration,
  ends,
  escapeHtml,
  head,
  oneLine,
  plain,
  spelledOut,
  tail,
} from "../../src/display/escape.ts";
import { textOf } from "../support/html.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\x1b", "[", "]", "m", "\r", "\n", "\x9b", "𝄞", "\ud800", "a"),
  }),
);

describe("plain()", () => {
  it("takes out what a terminal would not show", () => {
    expect(plain("\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x1b\\ \x1b(Bend\x07\x00"))
      .toBe("red link end");
  });

  it("keeps the last state of a line that was rewritten", () => {
    expect(plain("10 %\r50 %\r100 %\r\ndone\r")).toBe("100 %\ndone");
  });

  it("does not let a sequence that is not ended swallow the next line", () => {
    expect(plain("a\x1b]0;title\nrm -rf /")).toBe("a\nrm -rf /");
    expect(plain("a\x1bPx\nb")).toBe("a\nb");
  });

  it("takes out marks that turn the reading direction", () => {
    expect(plain("\u202egnp.exe\u2066\u200f")).toBe("gnp.exe");
  });

  it("leaves neither control characters nor torn surrogates of any text, and no more to take out", () => {
    fc.assert(fc.property(anyText, (text) => {
      const shown = plain(text);
      // deno-lint-ignore no-control-regex -- that is what must not be there
      expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      expect(shown.isWellFormed()).toBe(true);
      expect(plain(shown)).toBe(shown);
    }));
  });

  it("takes a long text of sequences that never end", () => {
    for (const part of ["\x1b]", "\x1b[", "a\r", "\x1b[0", "\x1bP\x1b"]) {
      expect(plain(part.repeat(300_000)).length).toBeLessThanOrEqual(600_000);
    }
  });
});

describe("escapeHtml()", () => {
  it("is read back as the text, whatever it is", () => {
    fc.assert(fc.property(anyText, (text) => {
      expect(textOf(`<p title="${escapeHtml(text)}">${escapeHtml(text)}</p>`)).toBe(plain(text));
    }));
  });
});

describe("spelledOut()", () => {
  it("shows everything that could hide something from who has to judge", () => {
    expect(spelledOut("ls\x1b[8m; rm -rf /\x1b[0m\u202e\u200b\rls\u{e0041}\r\nend")).toBe(
      "ls\\u{1b}[8m; rm -rf /\\u{1b}[0m\\u{202e}\\u{200b}\\u{d}ls\\u{e0041}\nend",
    );
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
