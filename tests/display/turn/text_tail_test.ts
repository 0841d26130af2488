import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import { TextTail } from "../../../src/display/turn/text_tail.ts";

describe("TextTail", () => {
  it("shows the last lines and counts the others", () => {
    const tail = new TextTail("one\ntwo\n");
    tail.append("three\nfour\n");
    expect(tail.lines(2, 100)).toBe("… 2 earlier lines\nthree\nfour");
    expect(tail.lines(10, 100)).toBe("one\ntwo\nthree\nfour");
  });

  it("counts every line of an output that is far larger than what it keeps", () => {
    const tail = new TextTail();
    for (let line = 1; line <= 100_000; line++) tail.append(`line ${line}\n`);
    expect(tail.lines(1, 100)).toBe("… 99,999 earlier lines\nline 100000");
    expect(new TextTail("x\n".repeat(100_000)).lines(1, 100)).toBe("… 99,999 earlier lines\nx");
  });

  it("keeps 65,536 characters, from a line's beginning on", () => {
    const filled = (chars: number) => `a\n${"x".repeat(chars - 3)}\n`;
    expect(new TextTail(filled(65_536)).lines(9, 70_000)).toBe(filled(65_536).trimEnd());
    expect(new TextTail(filled(65_537)).lines(9, 70_000)).toBe(
      `… 1 earlier line\n${"x".repeat(65_534)}`,
    );
    const tail = new TextTail("a\n");
    tail.append(`b\n${"x\n".repeat(65_534)}`);
    expect(tail.lines(9e9, 200_000)).toMatch(/^a\nb\nx/);
    tail.append("y\n");
    expect(tail.lines(9e9, 200_000)).toMatch(/^… 32,770 earlier lines\nx\n[^]*x\ny$/);
  });

  it("is empty where nothing of it shows", () => {
    for (const text of ["", " \n", "\x1b[1m\x1b[0m\n"]) {
      expect(new TextTail(text).isEmpty).toBe(true);
    }
    expect(new TextTail("\na").isEmpty).toBe(false);
  });

  it("keeps the end of one endless line", () => {
    const tail = new TextTail();
    for (let n = 0; n < 1000; n++) tail.append("0123456789".repeat(100));
    expect(tail.lines(10, 20)).toBe("01234567890123456789");
  });

  it("shows the same however the text came", () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom("a", "\n", "b\n") }));
    fc.assert(fc.property(parts, fc.integer({ min: 1, max: 5 }), (texts, lines) => {
      const tail = new TextTail();
      for (const text of texts) tail.append(text);
      expect(tail.lines(lines, 1000)).toBe(new TextTail(texts.join("")).lines(lines, 1000));
    }));
  });
});
