import { describe, expect, it } from "vitest";
import { maskSecrets, StderrTail } from "../../src/rpc/stderr_tail.ts";

describe("StderrTail", () => {
  it("keeps the last 8 KiB of whatever was written", () => {
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
});

describe("maskSecrets", () => {
  it.each([
    ["Authorization: Bearer abcdefgh12345", "Authorization: [masked]"],
    ["key sk-proj-abcdefgh123", "key [masked]"],
    ["jwt eyJhbGciOiJI.eyJzdWIi.c2lnbmF0dXJl", "jwt [masked]"],
    ['{"access_token":"abcdef","x":1}', '{"access_token":"[masked]","x":1}'],
    ["OPENAI_API_KEY=abcdef", "OPENAI_API_KEY=[masked]"],
    ["password: hunter2", "password: [masked]"],
    ["nothing secret here", "nothing secret here"],
  ])("%s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });
});
