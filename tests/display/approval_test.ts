import { describe, expect, it } from "vitest";
import { type ApprovalCard, renderApproval } from "../../src/display/approval.ts";
import { elementsOf, textOf } from "../support/html.ts";

/** A zero-width space, a bidirectional override, a tag character, an escape sequence. */
const HIDDEN = "\u200b\u202e\u{e0041}\x1b[8m";
const SPELLED = "\\u{200b}\\u{202e}\\u{e0041}\\u{1b}[8m";

function facts(more: Partial<ApprovalCard> = {}): ApprovalCard {
  return { title: "Run it?", subject: "ls", changes: [], facts: {}, answer: null, ...more };
}

/** What a front end shows, of both forms. */
function shown(approval: ApprovalCard): string[] {
  const { "text/html": html, "text/plain": text } = renderApproval(approval);
  return [textOf(String(html)), String(text)];
}

describe("renderApproval()", () => {
  it.each<[string, Partial<ApprovalCard>]>([
    ["the title", { title: `a${HIDDEN}b` }],
    ["the subject", { subject: `a${HIDDEN}b` }],
    ["a fact", { facts: { reason: `a${HIDDEN}b` } }],
    ["the answer", { answer: `a${HIDDEN}b` }],
    ["a path", {
      changes: [{ path: `a${HIDDEN}b`, kind: { type: "update", move_path: null }, diff: "" }],
    }],
    ["a change", {
      changes: [{ path: "x", kind: { type: "update", move_path: null }, diff: `+a${HIDDEN}b` }],
    }],
  ])("spells out what is invisible in %s", (_, more) => {
    for (const text of shown(facts(more))) {
      expect(text).toContain(`a${SPELLED}b`);
      for (const hidden of "\u200b\u202e\u{e0041}\x1b") expect(text).not.toContain(hidden);
    }
  });

  it("keeps both ends of a long subject and says how much is missing", () => {
    for (const text of shown(facts({ subject: `first ${"x".repeat(20_000)} last` }))) {
      expect(text).toContain("first x");
      expect(text).toContain("x last");
      expect(text).toMatch(/14,\d{3} characters left out/);
    }
  });

  it("shows its state, and buttons only while it waits", () => {
    const buttons = {
      helloUrl: `http://h/"'<hello`,
      choices: [{ label: '<b>"Yes"', url: `http://h/"'<yes` }],
    };
    const tags = (approval: ApprovalCard) =>
      elementsOf(String(renderApproval(approval)["text/html"])).map(({ tagName }) => tagName);
    const shownButtons = elementsOf(String(renderApproval(facts({ buttons }))["text/html"]));
    const scripts = shownButtons.flatMap(({ attrs }) =>
      attrs.filter(({ name }) => name.startsWith("on")).map(({ name, value }) => [name, value])
    );
    const send = (url: string) => `fetch(${JSON.stringify(url)},{method:"POST",mode:"no-cors"})`;
    expect(scripts).toEqual([
      ["onclick", send(`http://h/"'<yes`)],
      ["onerror", send(`http://h/"'<hello`)],
    ]);
    expect(shown(facts({ buttons }))[0]).toContain('<b>"Yes"');
    expect(tags(facts({ buttons, answer: "accept" }))).not.toContain("button");
    expect(tags(facts({ answer: null }))).not.toContain("button");
    expect(shown(facts())[1]).toContain("[waits for an answer]");
    expect(shown(facts({ answer: "accept" }))[1]).toContain("[accept]");
  });

  it("is this HTML and text, with every text escaped", () => {
    const change = { path: "<p>", kind: { type: "add" as const }, diff: "+" };
    const bundle = renderApproval(facts({
      title: "<t>",
      subject: "<s>",
      code: "<c>",
      changes: [change],
      facts: { "<n>": "<v>" },
      answer: "<a>",
    }));
    const html = bundle["text/html"] ?? "";
    expect(html).toMatch(
      /^<div class="tex2jax_ignore mathjax_ignore" style="border:2px solid #b7791f;border-radius:6px;padding:8px 12px;margin:4px 0">\n<b>&lt;t&gt;<\/b>\n<pre [^>]*>&lt;s&gt;<\/pre>\n<pre [^>]*><code>.*&lt;.*c.*&gt;.*<\/code><\/pre>\n<div><code>add &lt;p&gt; \(\+1 −0\)<\/code><\/div><pre [^>]*>.*<\/pre>\n<div>&lt;n&gt;: &lt;v&gt;<\/div>\n<div><b>&lt;a&gt;<\/b><\/div><\/div>$/,
    );
    expect(bundle["text/plain"]).toBe(
      "<t>\n<s>\n<c>\nadd <p> (+1 −0)\n++\n<n>: <v>\n[<a>]",
    );
    expect(renderApproval(facts({ subject: "" }))["text/plain"]).toBe(
      "Run it?\n[waits for an answer]",
    );
    expect(renderApproval(facts({ title: "t".repeat(301), answer: "a".repeat(301) }))["text/plain"])
      .toBe(`${"t".repeat(300)} …\nls\n[${"a".repeat(300)} …]`);
  });

  it("leaves out facts without a value", () => {
    for (const text of shown(facts({ facts: { reason: null, cwd: "/work" } }))) {
      expect(text).toContain("cwd: /work");
      expect(text).not.toContain("reason");
    }
  });
});
