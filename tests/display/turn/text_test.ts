import { describe, expect, it } from "vitest";
import { FINAL } from "../../../src/display/text/limits.ts";
import type { ViewEntry } from "../../../src/display/turn/entry.ts";
import { entryText } from "../../../src/display/turn/text.ts";
import { TextTail } from "../../../src/display/turn/text_tail.ts";

const COMMAND = {
  kind: "command",
  command: "ls",
  cwd: "/",
  status: "\x1b",
  output: new TextTail(),
  exitCode: null,
  durationMs: null,
  done: true,
} as const;

const TOOL = {
  kind: "tool",
  name: "t",
  args: "",
  code: "",
  status: "\x1b",
  note: "",
  output: "",
  images: [],
  durationMs: null,
  done: true,
} as const;

const LONG = "abcdefghijklmnop";
/** A quarter of the characters is 8, an eighth 4. */
const SMALL = { ...FINAL, chars: 32, message: 8, lines: 1 };

describe("entryText()", () => {
  it.each<[string, ViewEntry, string]>([
    ["a prompt", { kind: "prompt", text: "a\x1b", images: [], done: true }, "› a\\u{1b}"],
    ["a message", { kind: "message", text: "a\x1b", commentary: false, done: true }, "a\\u{1b}"],
    ["a proposal", { kind: "proposal", text: "a", done: true }, "a"],
    ["a thought", { kind: "reasoning", text: "a\nb", done: true }, "(a b)"],
    ["no thought", { kind: "reasoning", text: " \n", done: true }, ""],
    ["a command", COMMAND, "$ ls (\\u{1b})"],
    [
      "a command with output",
      { ...COMMAND, output: new TextTail("a\nb\n") },
      "$ ls (\\u{1b})\na\nb",
    ],
    [
      "changes of files",
      {
        kind: "files",
        status: "\x1b",
        changes: [
          { path: "a", kind: { type: "add" }, diff: "x" },
          { path: "b", kind: { type: "delete" }, diff: "y" },
        ],
        done: true,
      },
      "add a (+1 −0) \\u{1b}\n+x\ndelete b (+0 −1) \\u{1b}\n-y",
    ],
    ["a tool", TOOL, "t() (\\u{1b})"],
    [
      "a tool with all it has",
      { ...TOOL, code: "c\u202e", note: "n\n2", output: "o\x1b" },
      "t (\\u{1b})\nc\\u{202e}\nn 2\no\\u{1b}",
    ],
    ["a picture", { kind: "image", title: "t\u202e", source: null, done: true }, "t\\u{202e}"],
    ["a question", { kind: "question", subject: "s", answer: "y", done: true }, "↳ s: y"],
    ["a notice", { kind: "notice", text: "n\x1b", times: 3, done: true }, "- n\\u{1b} (3 times)"],
  ])("is %s", (_, entry, expected) => {
    expect(entryText(entry, FINAL)).toBe(expected);
  });

  it.each<[string, ViewEntry, string]>([
    [
      "a prompt",
      { kind: "prompt", text: LONG, images: [], done: true },
      "› abcdefgh\n… 8 more characters",
    ],
    [
      "a message",
      { kind: "message", text: LONG, commentary: false, done: true },
      "abcdefgh\n… 8 more characters",
    ],
    ["a thought", { kind: "reasoning", text: LONG, done: true }, "(abcd …)"],
    ["a command", { ...COMMAND, command: "x".repeat(301) }, `$ ${"x".repeat(300)} … (\\u{1b})`],
    [
      "its output",
      { ...COMMAND, output: new TextTail("a\nb\n") },
      "$ ls (\\u{1b})\n… 1 earlier line\nb",
    ],
    ["code", { ...TOOL, code: LONG }, "t (\\u{1b})\nabcdefgh\n… 8 more characters"],
    ["a note", { ...TOOL, note: "x".repeat(501) }, `t() (\\u{1b})\n${"x".repeat(500)} …`],
    ["an output", { ...TOOL, output: LONG }, "t() (\\u{1b})\nabcd\n… 12 more characters"],
    [
      "a title",
      { kind: "image", title: "x".repeat(501), source: null, done: true },
      `${"x".repeat(500)} …`,
    ],
  ])("cuts %s", (_, entry, expected) => {
    expect(entryText(entry, SMALL)).toBe(expected);
  });
});
