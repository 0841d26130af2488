import { beforeAll, describe, expect, it } from "vitest";
import { loadMarkdown } from "../../../src/display/mod.ts";
import { FINAL, LIVE } from "../../../src/display/text/limits.ts";
import type { ViewEntry } from "../../../src/display/turn/entry.ts";
import { entryHtml, folded, isPicture, muted } from "../../../src/display/turn/html.ts";
import { TextTail } from "../../../src/display/turn/text_tail.ts";

const PNG = "data:image/png;base64,AAAA";
const MUTED = '<div dir="auto" style="opacity:.8;font-size:90%">';
const IMG = (alt: string): string =>
  `<img src="${PNG}" alt="${alt}" style="max-width:100%;max-height:300px">`;
const PRE = '<pre dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0">';
const OPEN = '<details open><summary style="display:list-item;cursor:pointer">';
const SHUT = '<details><summary style="display:list-item;cursor:pointer">';
const sign = (label: string, text: string): string =>
  `<span role="img" aria-label="${label}">${text}</span>`;

const COMMAND = {
  kind: "command",
  command: "ls <a>",
  cwd: "/",
  status: "completed",
  output: new TextTail(),
  exitCode: 0,
  durationMs: 5,
  done: true,
} as const;

const TOOL = {
  kind: "tool",
  name: "crm.find",
  args: "",
  code: "",
  status: "completed",
  note: "",
  output: "",
  images: [],
  durationMs: null,
  done: true,
} as const;

const html = (entry: ViewEntry, limits = FINAL): string => entryHtml(entry, limits).trim();

describe("entryHtml()", () => {
  beforeAll(loadMarkdown);

  it.each<[string, ViewEntry, string]>([
    [
      "a prompt with a picture and a path",
      { kind: "prompt", text: "Look <b>", images: [PNG, "/a.png"], done: true },
      `${MUTED}› Look &lt;b&gt;</div>${IMG("picture")}`,
    ],
    [
      "a message",
      { kind: "message", text: "**Yes**", commentary: false, done: true },
      '<div><p dir="auto"><strong>Yes</strong></p>\n</div>',
    ],
    [
      "commentary, set apart",
      { kind: "message", text: "hm", commentary: true, done: true },
      '<div style="font-size:90%;border-left:2px solid rgba(128,128,128,.5);padding-left:8px">' +
      '<p dir="auto">hm</p>\n</div>',
    ],
    ["nothing of an empty message", {
      kind: "message",
      text: "",
      commentary: false,
      done: true,
    }, ""],
    ["nothing of an empty thought", { kind: "reasoning", text: " \n", done: true }, ""],
    [
      "a thought, folded",
      { kind: "reasoning", text: "a\n**Topic** <x>\n", done: true },
      `${SHUT}Reasoning</summary><p dir="auto">a<br>\n<strong>Topic`.replace("<br>", ""),
    ],
    [
      "a thought that grows, under its last line",
      { kind: "reasoning", text: "a\n**Topic** <x>\n", done: false },
      `${SHUT}Reasoning: Topic &lt;x&gt;</summary>`,
    ],
    [
      "a proposal",
      { kind: "proposal", text: "- one", done: true },
      '<div><ul dir="auto">\n<li>one</li>\n</ul>\n</div>',
    ],
    [
      "a command without output",
      COMMAND,
      `<div>${sign("completed", "✓")} <code dir="ltr">$ ls &lt;a&gt;</code> exit 0, 5 ms</div>`,
    ],
    [
      "a command with output, folded",
      { ...COMMAND, output: new TextTail("a\n") },
      `${SHUT}${sign("completed", "✓")} <code dir="ltr">$ ls &lt;a&gt;</code> exit 0, 5 ms` +
      `</summary>${PRE}a</pre></details>`,
    ],
    [
      "a command that runs, open",
      {
        ...COMMAND,
        status: "inProgress",
        exitCode: null,
        durationMs: null,
        done: false,
        output: new TextTail("a"),
      },
      `${OPEN}${sign("inProgress", "…")} <code dir="ltr">$ ls &lt;a&gt;</code> inProgress` +
      `</summary>${PRE}a</pre></details>`,
    ],
    [
      "a command of two lines, in full below",
      { ...COMMAND, command: "a\nb" },
      `${SHUT}${sign("completed", "✓")} <code dir="ltr">$ a ⏎ b</code> exit 0, 5 ms</summary>` +
      `${PRE}a\nb</pre></details>`,
    ],
    [
      "changes of files",
      {
        kind: "files",
        status: "declined",
        changes: [{ path: "<a>", kind: { type: "add" }, diff: "x" }],
        done: true,
      },
      `${SHUT}${sign("declined", "⊘")} <code>add &lt;a&gt; (+1 −0)</code> declined</summary><pre`,
    ],
    [
      "a tool with nothing to fold",
      { ...TOOL, note: "half <way>" },
      `<div>${sign("completed", "✓")} <code>crm.find()</code> completed</div>` +
      `${MUTED}half &lt;way&gt;</div>`,
    ],
    [
      "a tool with its output, folded",
      { ...TOOL, args: '{"a":1}', output: "<out>", durationMs: 5 },
      `${SHUT}${sign("completed", "✓")} <code>crm.find({&quot;a&quot;:1})</code> completed, 5 ms` +
      `</summary>${PRE}&lt;out&gt;</pre></details>`,
    ],
    [
      "a tool with pictures, open",
      { ...TOOL, images: [PNG], note: "n" },
      `${OPEN}${sign("completed", "✓")} <code>crm.find()</code> completed</summary>` +
      `${IMG("picture")}</details>${MUTED}n</div>`,
    ],
    [
      "a picture with its title",
      { kind: "image", title: "A \u202ecat", source: PNG, done: true },
      `<div>A \\u{202e}cat</div>${IMG("A \\u{202e}cat")}`,
    ],
    [
      "a picture of which only the title is known",
      { kind: "image", title: "looked at a.png", source: null, done: true },
      "<div>looked at a.png</div>",
    ],
    [
      "a question",
      { kind: "question", subject: "run <it>", answer: null, done: false },
      "<div>? run &lt;it&gt;: waits for an answer</div>",
    ],
    [
      "a notice",
      { kind: "notice", text: "<n>", times: 2, done: true },
      `${MUTED}&lt;n&gt; (2 times)</div>`,
    ],
  ])("shows %s", (_, entry, expected) => {
    if (/<\/(?:div|details)>$|^$|">$/.test(expected)) expect(html(entry)).toBe(expected);
    else expect(html(entry)).toContain(expected);
  });

  it("escapes the status of what the runtime reports", () => {
    const changes = [{ path: "a", kind: { type: "add" as const }, diff: "" }];
    const status = "<b>" as "completed";
    expect(html({ kind: "files", status, changes, done: true })).toMatch(
      /aria-label="&lt;b&gt;">·<\/span> <code>add a \(\+1 −0\)<\/code> &lt;b&gt;<\/summary>/,
    );
    for (const entry of [{ ...COMMAND, status, exitCode: null }, { ...TOOL, status }]) {
      expect(html(entry)).toMatch(/&lt;b&gt;(?:, 5 ms)?<\/div>$/);
    }
  });

  it("shows code of a tool in colours, open, once the card stays", () => {
    const entry = { ...TOOL, code: "const a = 1; // \u202e" };
    expect(html(entry)).toMatch(/^<details open>.*crm.find<\/code>.*<span style="[^"]*">const</);
    expect(html(entry)).toContain("\\u{202e}");
    expect(html(entry, LIVE)).not.toContain("<span style=");
  });

  it("shows code in what grows without colours, which come with its end", () => {
    const text = "```ts\nconst a = 1;\n```";
    const entries = [
      { kind: "proposal", text, done: true },
      { kind: "reasoning", text, done: true },
      { kind: "message", text, commentary: false, done: true },
    ] as const;
    for (const entry of entries) {
      expect(html(entry)).toContain("<span style=");
      expect(html(entry, LIVE)).not.toContain("<span style=");
    }
  });

  it("shows arguments of more than 200 characters in full below", () => {
    expect(html({ ...TOOL, args: "x".repeat(200) })).not.toContain("<details");
    const long = html({ ...TOOL, args: `${"x".repeat(200)}\u202e` });
    expect(long).toContain(`${PRE}${"x".repeat(200)}\\u{202e}</pre>`);
    expect(html({ ...COMMAND, command: "x".repeat(300) })).not.toContain("<details");
    expect(html({ ...COMMAND, command: "x".repeat(301) })).toContain(
      `${PRE}${"x".repeat(301)}</pre>`,
    );
  });

  it("keeps to its limits", () => {
    const limits = { ...FINAL, chars: 8, message: 8, lines: 1 };
    const long = "abcdefghij";
    const at = (entry: ViewEntry): string => html(entry, limits);
    expect(at({ kind: "prompt", text: long, images: [], done: true })).toContain("› ab\n… 8 more");
    expect(at({ kind: "notice", text: long, done: true })).toContain("ab\n… 8 more");
    expect(at({ kind: "message", text: long, commentary: false, done: true })).toContain(
      "… 2 more",
    );
    expect(at({ kind: "proposal", text: long, done: true })).toContain("… 2 more");
    expect(at({ kind: "reasoning", text: long, done: true })).toContain("… 2 more");
    expect(at({ ...TOOL, output: long })).toContain("abcdefgh\n… 2 more characters");
    expect(at({ ...TOOL, code: long })).toMatch(/abcdefgh\n… .*2.* more characters<\/code>/);
    expect(at({ ...TOOL, args: "x".repeat(201) })).toContain("xxxxxxxx\n… 193 more characters");
    expect(at({ ...COMMAND, command: `${long}\n` })).toContain("abcdefgh\n… 3 more characters");
    expect(at({ ...TOOL, note: "x".repeat(501) })).toContain(`${"x".repeat(500)} …</div>`);
    const topic = { kind: "reasoning", text: "x".repeat(81), done: false } as const;
    expect(html(topic)).toContain(`Reasoning: ${"x".repeat(80)} …</summary>`);
  });
});

describe("isPicture()", () => {
  it("takes embedded pictures of four kinds up to the limit, and nothing else", () => {
    for (const type of ["png", "jpeg", "gif", "webp"]) {
      expect(isPicture(`data:image/${type};base64,AA==`, FINAL)).toBe(true);
    }
    for (
      const source of ["http://x.test/a.png", "data:image/svg+xml;base64,AA", `${PNG}"`, `x${PNG}`]
    ) {
      expect(isPicture(source, FINAL)).toBe(false);
    }
    expect(isPicture(PNG, { ...FINAL, image: PNG.length })).toBe(true);
    expect(isPicture(PNG, { ...FINAL, image: PNG.length - 1 })).toBe(false);
  });
});

describe("a part of a card", () => {
  it("is folded, or muted, and nothing where there is nothing", () => {
    expect(muted("")).toBe("");
    expect(folded("t", "b")).toBe(`${SHUT}t</summary>b</details>`);
    expect(folded("t", "b", true)).toBe(`${OPEN}t</summary>b</details>`);
  });
});
