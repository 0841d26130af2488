import { describe, expect, it } from "vitest";
import { factsOf, titleOf } from "../../../src/display/transcript/html.ts";
import { transcriptMarkdown } from "../../../src/display/transcript/markdown.ts";
import type { ThreadSnapshot } from "../../../src/domain/thread_summary.ts";

const PNG = "data:image/png;base64,AAAA";

function threadOf(items: readonly object[] | null, facts: object = {}): ThreadSnapshot {
  const turns = items && [{ id: "u", status: "completed", items, durationMs: 1500 }];
  return {
    id: "t",
    name: null,
    preview: "Ask",
    model: null,
    cwd: "/w_1",
    createdAt: new Date(0),
    updatedAt: new Date(60_000),
    turns,
    ...facts,
  } as unknown as ThreadSnapshot;
}

/** What stands between the title of the turn and the line about its end. */
function turnOf(...items: readonly object[]): string {
  const [, turn] = /## Turn 1\n\n([^]*)\n\n\*✓ completed · 1\.5 s\*\n$/.exec(
    transcriptMarkdown(threadOf(items)),
  ) ?? [];
  return turn ?? "no turn";
}

const COMMAND = { id: "c", type: "commandExecution", cwd: "/", status: "completed", exitCode: 0 };

describe("transcriptMarkdown()", () => {
  it("begins with the title and the facts, as Markdown takes them", () => {
    expect(transcriptMarkdown(threadOf(null))).toBe(
      "# Ask\n\n- thread: t\n- model: not known\n- directory: /w\\_1\n" +
        "- begun: 1970-01-01 00:00 UTC\n- changed: 1970-01-01 00:01 UTC\n",
    );
    expect(transcriptMarkdown(threadOf([], { model: "m", name: "a*b" }))).toMatch(
      /^# a\\\*b\n\n- thread: t\n- model: m\n[^]*\n\n## Turn 1\n\n\*✓ completed · 1\.5 s\*\n$/,
    );
    const long = transcriptMarkdown(threadOf(null, { cwd: "x".repeat(501) }));
    expect(long).toContain(`- directory: ${"x".repeat(500)} …\n`);
  });

  it.each<[string, object, string]>([
    [
      "a prompt as a quotation",
      { type: "userMessage", content: [{ type: "text", text: "a\nb" }] },
      "> a\n> b",
    ],
    ["a message as it is", { type: "agentMessage", text: "\n**b**\n" }, "**b**"],
    ["a thought", { type: "reasoning", summary: [" s "] }, "s"],
    ["a proposal", { type: "plan", text: "- p" }, "- p"],
    [
      "a command with its output",
      { ...COMMAND, command: "ls\x1b", aggregatedOutput: "a\x1b[1m\n", durationMs: 5 },
      "```sh\nls\\u{1b}\n```\n\n```\na\n```\n\nexit 0, 5 ms",
    ],
    [
      "a command without output",
      { ...COMMAND, command: "ls" },
      "```sh\nls\n```\n\nexit 0",
    ],
    [
      "changes of files",
      {
        type: "fileChange",
        status: "completed",
        changes: [
          { path: "a_b", kind: { type: "add" }, diff: "x" },
          { path: "c", kind: { type: "delete" }, diff: "y" },
        ],
      },
      "add a\\_b (+1 −0) completed\n\n```diff\n+x\n```\n\n" +
      "delete c (+0 −1) completed\n\n```diff\n-y\n```",
    ],
    [
      "a tool with code and pictures",
      {
        type: "dynamicToolCall",
        tool: "t",
        arguments: { code: "f()\x1b" },
        status: "completed",
        contentItems: [{ imageUrl: PNG }, { imageUrl: "http://x.test/a.png" }],
      },
      `\`\`\`ts\nf()\\u{1b}\n\`\`\`\n\n\`\`\`\nt() (completed)\n\`\`\`\n\n![picture](${PNG})`,
    ],
    ["a note", { type: "contextCompaction" }, "```\n- the history was compacted\n```"],
    [
      "a text with fences in a longer one",
      { ...COMMAND, command: "a ``` b ```` c" },
      "`````sh\na ``` b ```` c\n`````\n\nexit 0",
    ],
  ])("has %s", (_, item, expected) => {
    expect(turnOf({ id: "i", ...item }).replaceAll("\u2060", "")).toBe(expected);
  });

  it("numbers the turns, and leaves out what shows nothing", () => {
    const turn = (id: string, items: object[]) => ({ id, status: "failed", items, durationMs: 5 });
    const empty = { id: "m", type: "agentMessage", text: "" };
    const turns = [turn("a", [empty]), turn("b", [])];
    expect(transcriptMarkdown(threadOf(null, { turns }))).toMatch(
      /\n\n## Turn 1\n\n\*✗ failed · 5 ms\*\n\n## Turn 2\n\n\*✗ failed · 5 ms\*\n$/,
    );
  });

  it("cuts what is very long", () => {
    const text = "x".repeat(110_001);
    expect(turnOf({ id: "m", type: "agentMessage", text })).toContain("\n… 1 more character");
    const prompt = { id: "u", type: "userMessage", content: [{ type: "text", text }] };
    expect(turnOf(prompt)).toMatch(/\n> … 1 more character$/);
  });
});

describe("the head of a transcript", () => {
  it("is named by the thread, by what was asked, or by its id", () => {
    expect(titleOf(threadOf(null, { name: "Mine" }))).toBe("Mine");
    expect(titleOf(threadOf(null, { preview: "x".repeat(81) }))).toBe(`${"x".repeat(80)} …`);
    expect(titleOf(threadOf(null, { preview: "" }))).toBe("Thread t");
    expect(factsOf(threadOf(null))[1]).toEqual(["model", "not known"]);
  });
});
