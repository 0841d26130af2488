import { describe, expect, it } from "vitest";
import { FINAL, LIVE } from "../../../src/display/text/limits.ts";
import {
  excerpt,
  noticeText,
  outcomeText,
  questionText,
  toolTitle,
} from "../../../src/display/turn/phrases.ts";
import { signOf, tickOf } from "../../../src/display/turn/signs.ts";

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

describe("the phrases of an entry", () => {
  it("say how a question was answered", () => {
    const asked = { kind: "question", subject: "s".repeat(301), done: true } as const;
    expect(questionText({ ...asked, answer: "a".repeat(501) })).toBe(
      `↳ ${"s".repeat(300)} …: ${"a".repeat(500)} …`,
    );
  });

  it("say how often a notice came", () => {
    expect(noticeText({ kind: "notice", text: "n", done: true }, FINAL)).toBe("n");
    expect(noticeText({ kind: "notice", text: "n", times: 1, done: true }, FINAL)).toBe("n");
  });

  it("show the end of what grows, and the beginning of what is done", () => {
    const grows = { text: "abcd", done: false };
    expect(excerpt(grows, 2, LIVE)).toBe("… 2 earlier characters\ncd");
    expect(excerpt({ ...grows, done: true }, 2, LIVE)).toBe("ab\n… 2 more characters");
    expect(excerpt(grows, 2, FINAL)).toBe("ab\n… 2 more characters");
  });

  it("say how a step ended", () => {
    expect(outcomeText({ status: "failed", exitCode: 1, durationMs: 5 })).toBe("exit 1, 5 ms");
    expect(outcomeText({ status: "declined", exitCode: 1, durationMs: null })).toBe("declined");
    expect(outcomeText({ status: "completed", durationMs: null })).toBe("completed");
    expect(outcomeText({ status: "completed", exitCode: 0, durationMs: null })).toBe("exit 0");
  });

  it("write a call as code", () => {
    expect(toolTitle({ ...TOOL, code: "1" })).toBe("crm.find");
    expect(toolTitle(TOOL)).toBe("crm.find()");
    expect(toolTitle({ ...TOOL, code: "1", args: "2" })).toBe("crm.find(2)");
    const long = "x".repeat(201);
    const cut = `${"x".repeat(200)} …`;
    expect(toolTitle({ ...TOOL, name: long, args: long })).toBe(`${cut}(${cut})`);
    expect(toolTitle({ ...TOOL, name: long, code: "1" })).toBe(cut);
  });

  it("have a sign for each outcome", () => {
    const statuses = [
      "completed",
      "failed",
      "declined",
      "interrupted",
      "inProgress",
      "running",
      "x",
    ];
    expect(statuses.map(signOf).join("")).toBe("✓✗⊘■……·");
    expect(["completed", "inProgress", "pending"].map(tickOf).join("")).toBe("☑▶☐");
  });
});
