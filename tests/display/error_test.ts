import { describe, expect, it } from "vitest";
import { errorLines, renderError, renderReport } from "../../src/display/error.ts";
import type { TurnResult } from "../../src/domain/turn_result.ts";
import {
  OutputValidationError,
  TransportClosedError,
  TurnFailedError,
} from "../../src/errors/mod.ts";

describe("renderError()", () => {
  it("is one block: name, message, next step, causes; the stack folded", () => {
    const error = new TypeError("Cannot open a: it is b. Do c", {
      cause: new AggregateError([new Error("first"), "second"], "both failed"),
    });
    const bundle = renderError(error);
    expect(bundle["text/plain"]).toBe([
      "TypeError: Cannot open a: it is b. Do c",
      "caused by AggregateError: both failed",
      "caused by Error: first",
      "caused by second",
    ].join("\n"));
    expect(bundle["text/html"]).toMatch(/<details><summary[^>]*>stack<\/summary>/);
  });

  it("shows what the runtime says of a failed turn, and its last words when it died", () => {
    const failed = new TurnFailedError({
      threadId: "t",
      turnId: "u",
      items: [],
      usage: null,
      error: { message: "quota is used up", codexErrorInfo: "usageLimitExceeded" },
    });
    expect(errorLines(failed)[1]).toBe("the runtime says: quota is used up");
    const closed = new TransportClosedError("Cannot go on: it exited", { stderrTail: "panicked" });
    expect(renderError(closed)["text/html"]).toContain("panicked");
  });

  it("masks a key in the message of any error and of its causes", () => {
    const key = "sk-planted-1234567890abcdef";
    const error = new Error(`refused: ${key}`, { cause: `token=${key}` });
    const { "text/plain": text = "", "text/html": html = "" } = renderError(error);
    expect(text).toBe("Error: refused: [masked]\ncaused by token=[masked]");
    expect(html).toContain("refused: [masked]");
    expect(html.split("<details>")[0]).not.toContain("planted");
  });

  it("shows the head of an answer that does not fit the schema, and its first issue", () => {
    const error = new OutputValidationError({
      text: `{"a": "${"x".repeat(1000)}"}`,
      issues: [{ path: ["a", 0], message: "Invalid input" }, { path: [], message: "No" }],
      result: { turnId: "u" } as TurnResult,
    });
    expect(error.message).toContain("(a.0: Invalid input; 1 more)");
    const [, answer = ""] = errorLines(error);
    expect(answer).toMatch(/^the answer begins: \{"a": "xxx/);
    expect(answer.length).toBeLessThan(400);
  });

  it("spells out what a terminal would act on, and cuts long lines and long chains", () => {
    expect(errorLines(new Error("a\x1b[1mb"))).toEqual(["Error: a\\u{1b}[1mb"]);
    expect(errorLines(new Error(""))).toEqual(["Error"]);
    expect(errorLines(Object.create(null))).toEqual(["[object Object]"]);
    const [long = ""] = errorLines(new Error("x".repeat(3000)));
    expect(long).toBe(`Error: ${"x".repeat(1993)}\n… 1,007 more characters`);
    let cause: unknown;
    for (let depth = 10; depth > 0; depth--) cause = new Error(`cause ${depth}`, { cause });
    expect(errorLines(cause).at(-1)).toBe("caused by Error: cause 8");
    expect(errorLines(cause).length).toBe(8);
    expect(
      errorLines(
        new OutputValidationError({
          text: null,
          issues: [],
          result: { turnId: "u" } as TurnResult,
        }),
      )[1],
    ).toBe("there is no answer");
  });

  it("is this HTML: markup is text, and the stack is its frames alone", () => {
    const error = new Error("<b>", { cause: "<i>" });
    error.stack = "Error: <b>\n    at f (<a>)\nother\n    at g";
    const style = "border-left:4px solid #d1453b;padding-left:12px";
    expect(renderError(error)["text/html"]).toBe(
      `<div class="tex2jax_ignore mathjax_ignore" style="${style}"><b>Error: &lt;b&gt;</b>\n` +
        '<div>caused by &lt;i&gt;</div>\n<details><summary style="display:list-item;cursor:pointer">' +
        'stack</summary><pre dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere;' +
        'margin:4px 0">    at f (&lt;a&gt;)\n    at g</pre></details></div>',
    );
    expect(renderError("no error")["text/html"]).toBe(
      `<div class="tex2jax_ignore mathjax_ignore" style="${style}"><b>no error</b></div>`,
    );
    const closed = new TransportClosedError("Cannot go on", { stderrTail: " last\n" });
    closed.stack = "none";
    expect(renderError(closed)["text/html"]).toContain(
      '">the runtime\'s last words</summary><pre dir="auto" style="white-space:pre-wrap;' +
        'overflow-wrap:anywhere;margin:4px 0">last</pre></details></div>',
    );
  });

  it("ends with causes in a circle, and takes any thrown value", () => {
    const one = new Error("one");
    one.cause = new Error("two", { cause: one });
    expect(errorLines(one)).toEqual(["Error: one", "caused by Error: two"]);
    for (const thrown of [undefined, null, "text", 7, { a: 1 }, Object.create(null), Symbol("s")]) {
      expect(renderError(thrown)["text/plain"]).not.toBe("");
    }
  });
});

describe("renderReport()", () => {
  it("shows the first line and folds the whole, to copy; markup in it is text", () => {
    const bundle = renderReport({ toString: () => "TypeError: <b>bad</b>\n  code: 1" });
    expect(bundle["text/plain"]).toBe("TypeError: <b>bad</b>\n  code: 1");
    const html = bundle["text/html"] ?? "";
    expect(html).toContain("<b>TypeError: &lt;b&gt;bad&lt;/b&gt;</b>");
    expect(html).toMatch(
      /<details><summary[^>]*>fault report<\/summary><pre[^>]*>TypeError: &lt;b/,
    );
  });
});
