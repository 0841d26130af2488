import { describe, expect, it } from "vitest";
import { toEntry } from "../../../src/display/turn/entry.ts";
import type { ThreadItem } from "../../../src/protocol/mod.ts";

/** The entry of an item that is complete. */
function entryOf(item: Record<string, unknown>) {
  return toEntry({ id: "i", ...item } as unknown as ThreadItem, true, undefined);
}

const TOOL = {
  kind: "tool",
  args: "",
  code: "",
  status: "completed",
  note: "",
  output: "",
  images: [],
  durationMs: null,
  done: true,
};

describe("what is shown of an item", () => {
  it.each([
    [
      "what the user said",
      {
        type: "userMessage",
        content: [
          { type: "text", text: "Look" },
          { type: "localImage", path: "/a.png" },
          { type: "localAudio", path: "/a.mp3" },
          { type: "skill", name: "s" },
          { type: "mention", name: "m" },
          { type: "image", url: "http://x.test/a.png" },
          { type: "audio" },
        ],
      },
      {
        kind: "prompt",
        text: "Look [/a.png] [/a.mp3] [skill s] [mention m] [image] [audio]",
        images: ["/a.png", "http://x.test/a.png"],
        done: true,
      },
    ],
    [
      "reasoning",
      { type: "reasoning", summary: ["a", "b"], content: ["c"] },
      { kind: "reasoning", text: "a\n\nb\n\nc", done: true },
    ],
    ["reasoning without texts", { type: "reasoning" }, { kind: "reasoning", text: "" }],
    ["a plan", { type: "plan", text: "First" }, { kind: "proposal", text: "First", done: true }],
    [
      "a call of an MCP tool",
      {
        type: "mcpToolCall",
        server: "s",
        tool: "t",
        status: "failed",
        durationMs: 5,
        arguments: { code: "kept" },
        error: { message: "no" },
        result: { content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
      },
      {
        ...TOOL,
        name: "s.t",
        args: '{"code":"kept"}',
        status: "failed",
        note: "no",
        output: "a\nb",
        durationMs: 5,
      },
    ],
    [
      "a call of an MCP tool without arguments or result",
      { type: "mcpToolCall", server: "s", tool: "t", status: "completed", arguments: null },
      { ...TOOL, name: "s.t" },
    ],
    [
      "a call of a client tool that failed",
      {
        type: "dynamicToolCall",
        namespace: "n",
        tool: "t",
        arguments: { a: 1, code: "x()" },
        status: "completed",
        success: false,
        durationMs: 7,
        contentItems: [{ type: "inputText", text: "a" }, {
          type: "inputImage",
          imageUrl: "data:b",
        }],
      },
      {
        ...TOOL,
        name: "n.t",
        args: '{"a":1}',
        code: "x()",
        status: "failed",
        output: "a",
        images: ["data:b"],
        durationMs: 7,
      },
    ],
    [
      "a call of a client tool with code alone",
      { type: "dynamicToolCall", tool: "t", arguments: { code: "x()" }, status: "inProgress" },
      { ...TOOL, name: "t", code: "x()", status: "inProgress" },
    ],
    [
      "the output of a function",
      { type: "functionCallOutput", namespace: "n", name: "f", output: "text" },
      { ...TOOL, name: "n.f", output: "text" },
    ],
    [
      "the output of a function in parts",
      {
        type: "functionCallOutput",
        name: "f",
        output: [
          { type: "input_text", text: "a" },
          { type: "input_image", image_url: "data:c" },
          { type: "image", mimeType: "image/png", data: "AAAA" },
          { type: "image" },
          5,
        ],
      },
      { ...TOOL, name: "f", output: "a", images: ["data:c", "data:image/png;base64,AAAA"] },
    ],
    [
      "a call of an agent",
      { type: "collabAgentToolCall", tool: "spawn", prompt: "Do it", status: "failed" },
      { ...TOOL, name: "spawn", args: "Do it", status: "failed" },
    ],
    [
      "a search",
      { type: "webSearch", query: "deno" },
      { ...TOOL, name: "web search", args: "deno" },
    ],
    [
      "a picture that was looked at",
      { type: "imageView", path: "/a.png" },
      { kind: "image", title: "looked at /a.png", source: null, done: true },
    ],
    [
      "a picture that was made",
      { type: "imageGeneration", revisedPrompt: "A cat", savedPath: "/c.png", result: "AAAA" },
      { kind: "image", title: "A cat (/c.png)", source: "data:image/png;base64,AAAA", done: true },
    ],
    [
      "a picture without words",
      { type: "imageGeneration", result: "" },
      { kind: "image", title: "picture", source: null, done: true },
    ],
    [
      "a picture that was not made",
      { type: "imageGeneration", failure: { type: "refused" }, revisedPrompt: "A cat" },
      { kind: "image", title: "no picture: refused", source: null, done: true },
    ],
    [
      "a hook",
      { type: "hookPrompt", fragments: [{ text: "a" }, { text: "b" }] },
      { kind: "notice", text: "a hook says: a b", done: true },
    ],
    [
      "an agent",
      { type: "subAgentActivity", agentPath: "a/b", kind: "started" },
      { kind: "notice", text: "agent a/b started", done: true },
    ],
    [
      "a pause",
      { type: "sleep", durationMs: 1500 },
      { kind: "notice", text: "waits 1.5 s", done: true },
    ],
    [
      "the start of a review",
      { type: "enteredReviewMode", review: "main" },
      { kind: "notice", text: "reviews main", done: true },
    ],
    [
      "the result of a review",
      { type: "exitedReviewMode", review: "Fine" },
      { kind: "message", text: "Fine", commentary: false, done: true },
    ],
    [
      "a compaction",
      { type: "contextCompaction" },
      { kind: "notice", text: "the history was compacted", done: true },
    ],
  ])("is the whole of %s", (_, item, expected) => {
    expect(entryOf(item)).toMatchObject(expected);
  });

  it("is what was streamed where the item does not repeat it, of the same kind alone", () => {
    const known = { kind: "proposal" as const, text: "Streamed", done: false };
    const plan = { id: "i", type: "plan", text: "" } as ThreadItem;
    expect(toEntry(plan, true, known)).toMatchObject({ text: "Streamed" });
    const message = { kind: "message" as const, text: "No", commentary: false, done: false };
    expect(toEntry(plan, false, message)).toEqual({ kind: "proposal", text: "", done: false });
  });

  it("is what a command printed, as its item has it, or as it was streamed", () => {
    const command = { type: "commandExecution", command: "ls", cwd: "/w", status: "completed" };
    const whole = entryOf({ ...command, aggregatedOutput: "a", exitCode: 1, durationMs: 5 });
    expect(whole).toMatchObject({
      kind: "command",
      command: "ls",
      cwd: "/w",
      status: "completed",
      done: true,
      exitCode: 1,
      durationMs: 5,
    });
    expect(whole?.kind === "command" && whole.output.lines(5, 80)).toBe("a");
    expect(entryOf(command)).toMatchObject({ exitCode: null, durationMs: null });
  });
});
