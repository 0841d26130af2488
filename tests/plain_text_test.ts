import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import { escapeInvisible, plain, terminalText } from "../src/plain_text.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\x1b", "[", "]", "m", "\r", "\n", "\x9b", "𝄞", "\ud800", "a"),
  }),
);
// deno-lint-ignore no-control-regex -- that is what must not be there
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

describe.each([["terminalText", terminalText], ["plain", plain], [
  "escapeInvisible",
  escapeInvisible,
]])(
  "%s()",
  (_name, shown) => {
    it("leaves neither control characters nor torn surrogates, and nothing more to do", () => {
      fc.assert(fc.property(anyText, (text) => {
        expect(shown(text)).not.toMatch(CONTROL);
        expect(shown(text).isWellFormed()).toBe(true);
        expect(shown(shown(text))).toBe(shown(text));
      }));
    });

    it("takes a long text of sequences that never end", () => {
      for (const part of ["\x1b]", "\x1b[", "a\r", "\x1b[0", "\x1bP\x1b"]) {
        expect(shown(part.repeat(100_000)).length).toBeLessThanOrEqual(1_500_000);
      }
    });
  },
);

describe("terminalText()", () => {
  it("takes out what a terminal would not show", () => {
    const output =
      "\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x1b\\ \x1b(Bend\x07\x00\u202e";
    expect(terminalText(output)).toBe("red link end");
  });

  it("keeps the last state of a line that was rewritten", () => {
    expect(terminalText("10 %\r50 %\r100 %\r\ndone\r")).toBe("100 %\ndone");
  });

  it("does not let a sequence without an end swallow the next line", () => {
    expect(terminalText("a\x1b]0;title\nrm -rf /")).toBe("a\nrm -rf /");
    expect(terminalText("a\x1bPx\nb")).toBe("a\nb");
  });
});

describe("plain()", () => {
  it("spells control characters out and lets none of them overwrite anything", () => {
    expect(plain("rm x\rls\x1b[8m\x9b0m\x00\r\nend\t.")).toBe(
      "rm x\\u{d}ls\\u{1b}[8m\\u{9b}0m\\u{0}\nend\t.",
    );
  });

  it("takes out marks that turn the reading direction and keeps the joints of letters", () => {
    expect(plain("\u202egnp.exe\u2066\u200f 👩‍💻")).toBe("gnp.exe 👩‍💻");
  });
});

describe("escapeInvisible()", () => {
  it("shows everything that could hide something from the person who judges it", () => {
    expect(escapeInvisible("ls\x1b[8m; rm -rf /\x1b[0m\u202e\u200b\rls\u{e0041}\r\nend")).toBe(
      "ls\\u{1b}[8m; rm -rf /\\u{1b}[0m\\u{202e}\\u{200b}\\u{d}ls\\u{e0041}\nend",
    );
  });
});
