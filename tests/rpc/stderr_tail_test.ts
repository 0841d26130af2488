import { describe, expect, it } from "vitest";
import { StderrTail } from "../../src/rpc/stderr_tail.ts";

describe("StderrTail", () => {
  it("keeps the last 8 KiB of what was written", () => {
    const tail = new StderrTail();
    for (let n = 0; n < 10_000; n++) tail.push(`line ${n}\n`);
    const text = tail.toString();
    expect(text.length).toBeLessThanOrEqual(8192);
    expect(text.endsWith("line 9999")).toBe(true);
  });

  it("drops colours", () => {
    const tail = new StderrTail();
    tail.push("\x1b[31mERROR\x1b[0m failed\n");
    expect(tail.toString()).toBe("ERROR failed");
  });

  it("drops what acts on a terminal, and shows what a carriage return would overwrite", () => {
    const tail = new StderrTail();
    tail.push("\x1b]0;title\x07one\rtwo\x9b31m\x07\r\nsk-\x1b[1mabcdefgh123\n");
    expect(tail.toString()).toBe("one\ntwo\n[masked]");
  });

  it("masks a secret that is cut at its beginning", () => {
    const secret = `Bearer ${"s3cr3t".repeat(10)}`;
    for (let shift = 0; shift < secret.length + 8; shift++) {
      const tail = new StderrTail();
      tail.push(`${"x".repeat(9000)} ${secret} ${"y".repeat(8192 - 8 - shift)}`);
      tail.push("z".repeat(1000));
      expect(tail.toString()).not.toContain("s3cr3t");
    }
  });

  it("masks a secret that arrives in pieces", () => {
    const tail = new StderrTail();
    for (const piece of ["token sk-ab", "cdefgh", "ijklmnop end"]) tail.push(piece);
    expect(tail.toString()).toBe("token [masked] end");
  });

  it("drops a line that is too long to its end: a cut key in it would have no marker", () => {
    const tail = new StderrTail();
    tail.push(`token=${"a".repeat(20_000)}`);
    expect(tail.toString()).toBe("");
    for (const piece of ["aaaaaaaa", "aaaa rest", " of it\nnext\n"]) tail.push(piece);
    expect(tail.toString()).toBe("next");
  });
});
