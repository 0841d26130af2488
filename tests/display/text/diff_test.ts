import { describe, expect, it } from "vitest";
import { changeTitle, diffHtml, diffText } from "../../../src/display/text/diff.ts";
import { fitted, newest } from "../../../src/display/text/fit.ts";
import { FINAL, LIVE, scaled } from "../../../src/display/text/limits.ts";
import type { FileUpdateChange } from "../../../src/protocol/mod.ts";

function change(diff: string, facts: object = {}): FileUpdateChange {
  const kind = { type: "update", move_path: null };
  return { path: "a.ts", kind, diff, ...facts } as FileUpdateChange;
}

const ADDED = { kind: { type: "add" } };
const GREEN = ["background:rgba(46,160,67,.15)", "background:rgba(46,160,67,.4)"];
const RED = ["background:rgba(248,81,73,.15)", "background:rgba(248,81,73,.4)"];

describe("changeTitle()", () => {
  it("counts lines by their signs, without the head of a unified diff", () => {
    expect(changeTitle(change("--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n+more\n same\n"))).toBe(
      "update a.ts (+2 −1)",
    );
    expect(changeTitle(change("a\n+b\n", ADDED))).toBe("add a.ts (+2 −0)");
    expect(changeTitle(change("a\nb", { kind: { type: "delete" } }))).toBe("delete a.ts (+0 −2)");
  });

  it("tells where a file is moved to, and hides nothing of a name", () => {
    expect(changeTitle(change("", { kind: { type: "update", move_path: "b.ts" } }))).toBe(
      "update a.ts → b.ts (+0 −0)",
    );
    expect(changeTitle(change("", { path: "a\u202eb" }))).toContain("a\\u{202e}b");
    expect(changeTitle(change("", { path: "x".repeat(301) }))).toContain(`${"x".repeat(300)} … (`);
  });
});

describe("diffHtml()", () => {
  it("tints removed and added lines, marks the words that differ, and escapes all", () => {
    expect(diffHtml(change("-let a = 1 < 2;\n+let a = 1 < 3;\n & same\n"), FINAL)).toBe(
      '<pre dir="ltr" role="group" aria-label="changes of a.ts" style="overflow-x:auto;margin:4px 0">' +
        `<span style="${RED[0]}">-let a = 1 &lt; <b style="${RED[1]}">2</b>;</span>\n` +
        `<span style="${GREEN[0]}">+let a = 1 &lt; <b style="${GREEN[1]}">3</b>;</span>\n` +
        " &amp; same</pre>",
    );
    const named = diffHtml(change("", { path: `"${"x".repeat(300)}` }), FINAL);
    expect(named).toContain(`aria-label="changes of &quot;${"x".repeat(199)} …"`);
  });

  it("counts the lines that it leaves out, by their number and by their length", () => {
    const lines = (count: number): string => "x\n".repeat(count);
    expect(diffHtml(change(lines(3), ADDED), { ...FINAL, lines: 2 })).toMatch(
      /\n… 1 more line<\/pre>$/,
    );
    expect(diffText(change(lines(3), ADDED), { ...FINAL, lines: 3 })).toBe("+x\n+x\n+x");
    expect(diffText(change(lines(5), ADDED), { ...FINAL, lines: 2 })).toBe(
      "+x\n+x\n… 3 more lines",
    );
    expect(diffText(change(lines(5), ADDED), { ...FINAL, chars: 5 })).toBe(
      "+x\n+x\n… 3 more lines",
    );
    expect(diffText(change("a\x1b", ADDED), FINAL)).toBe("+a\\u{1b}");
  });
});

describe("scaled()", () => {
  it("shrinks each limit of an entry and leaves those of the card", () => {
    expect(scaled({ ...FINAL, lines: 3, chars: 5, message: 7, image: 9 }, 0.5)).toEqual({
      ...FINAL,
      lines: 2,
      chars: 3,
      message: 4,
      image: 4,
    });
  });

  it("has these limits for a card that is updated, and for one that stays", () => {
    expect(LIVE).toEqual({
      lines: 12,
      chars: 3000,
      message: 12_000,
      image: 0,
      isLive: true,
      htmlBytes: 30_000,
      textBytes: 14_000,
      markdownBytes: 0,
    });
    expect(FINAL).toEqual({
      lines: 200,
      chars: 20_000,
      message: 110_000,
      image: 200_000,
      isLive: false,
      htmlBytes: 530_000,
      textBytes: 210_000,
      markdownBytes: 210_000,
    });
  });
});

describe("fitted()", () => {
  it("renders a quarter, and a quarter of that, until it fits in the bytes of its JSON", () => {
    const shares: number[] = [];
    const made = fitted((share) => {
      shares.push(share);
      return "x".repeat(1000 * share);
    }, 252);
    expect([made.length, shares]).toEqual([250, [1, 1 / 4]]);
    expect(fitted(() => "xx", 4)).toBe("xx");
    expect(fitted(() => "xx", 3)).toBe("");
    expect(fitted(() => "ä\n", 6)).toBe("ä\n");
    expect(fitted(() => "ä\n", 5)).toBe("");
  });

  it("is empty when nothing fits, after six tries", () => {
    let tries = 0;
    expect(fitted(() => {
      tries++;
      return "too long";
    }, 1)).toBe("");
    expect(tries).toBe(6);
  });
});

describe("newest()", () => {
  const whole = (part: string): string => part;

  it("keeps the last parts that fit, in order, and counts the others", () => {
    expect(newest(["aa", "bb", "cc"], whole, 12)).toEqual({
      rendered: ["aa", "bb", "cc"],
      hidden: 0,
    });
    expect(newest(["aa", "bb", "cc"], whole, 11)).toEqual({ rendered: ["bb", "cc"], hidden: 1 });
    expect(newest([], whole, 10)).toEqual({ rendered: [], hidden: 0 });
    expect(newest(["a", "", "c"], whole, 100)).toEqual({ rendered: ["a", "c"], hidden: 0 });
  });

  it("shortens a part that is too large while more than a quarter is left", () => {
    const shortened = (part: string, share: number): string => part.slice(0, part.length * share);
    const long = "x".repeat(100);
    expect(newest([long, long], shortened, 100)).toEqual({
      rendered: ["x".repeat(25), "x".repeat(25)],
      hidden: 0,
    });
    expect(newest([long, "y".repeat(73)], shortened, 100)).toEqual({
      rendered: ["y".repeat(73)],
      hidden: 1,
    });
    expect(newest([long, "y".repeat(72)], shortened, 100).hidden).toBe(0);
  });
});
