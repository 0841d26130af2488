import { describe, expect, it } from "vitest";
import { changeTitle, diffHtml, diffText } from "../../../src/display/text/diff.ts";
import { FINAL } from "../../../src/display/text/limits.ts";
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
