import { describe, expect, it } from "vitest";
import { changedWords } from "../../../src/display/text/words.ts";

/** The line with its differing parts in brackets. */
function marks(lines: readonly string[]): string[] {
  return changedWords(lines).map((words) =>
    words.map(({ text, differs }) => differs ? `[${text}]` : text).join("")
  );
}

describe("changedWords()", () => {
  it("marks the words that differ between a removed line and the added one in its place", () => {
    expect(marks(["-const total = sum(a, b);", "+const total = sum(a, c) + 1;", " same"])).toEqual([
      "const total = sum(a, [b]);",
      "const total = sum(a, [c])[ + 1];",
      "same",
    ]);
  });

  it("compares a block of lines in order", () => {
    expect(marks(["-let a = 1;", "-let b = 2;", "+let a = 3;", "+let b = 4;"])).toEqual([
      "let a = [1];",
      "let b = [2];",
      "let a = [3];",
      "let b = [4];",
    ]);
  });

  it("marks as little as it can, wherever it is", () => {
    expect(marks(["-a b c d", "+b c d"])).toEqual(["[a ]b c d", "b c d"]);
    expect(marks(["-b c d", "+a b c d"])).toEqual(["b c d", "[a ]b c d"]);
    expect(marks(["-a b c d", "+a b c"])).toEqual(["a b c[ d]", "a b c"]);
    expect(marks(["-a.b.c.d", "+a.x.b.c.d"])).toEqual(["a.b.c.d", "a.[x.]b.c.d"]);
    expect(marks(["-one two three", "+two three one"])).toEqual([
      "[one ]two three",
      "two three[ one]",
    ]);
  });

  it("takes a word for one in any script", () => {
    expect(marks(["-größe = 1 + x_1", "+größer = 1 + x_1"])).toEqual([
      "[größe] = 1 + x_1",
      "[größer] = 1 + x_1",
    ]);
  });

  it("compares each block for itself, with lines between them", () => {
    expect(marks(["-let a = 1;", "+let a = 2;", "-let b = 1;", "+let b = 2;", " x", "-y"])).toEqual(
      [
        "let a = [1];",
        "let a = [2];",
        "let b = [1];",
        "let b = [2];",
        "x",
        "y",
      ],
    );
  });

  it("marks nothing where the lines have little in common, or differ in number", () => {
    expect(marks(["-one two three", "+x"])).toEqual(["one two three", "x"]);
    expect(marks(["-let a = 1;", "+let a = 2;", "+let b = 2;"]).join()).not.toContain("[");
  });

  it("compares lines of up to 200 words and blanks", () => {
    const pair = (
      words: number,
    ) => [`-${"x ".repeat(words / 2)}`, `+${"x ".repeat(words / 2 - 1)}y `];
    expect(marks(pair(200)).join()).toContain("[y]");
    expect(marks(pair(202)).join()).not.toContain("[");
    const [shorter = "", longer = ""] = [pair(200)[0], pair(202)[0]];
    expect(marks([shorter, `+${longer.slice(1)}`]).join()).not.toContain("[");
  });

  it("keeps every character, also of lines too long to compare", () => {
    for (
      const lines of [["-a b\tc", "+a d\tc"], [`-${"x ".repeat(500)}`, `+${"y ".repeat(500)}`]]
    ) {
      expect(changedWords(lines).map((words) => words.map(({ text }) => text).join("")))
        .toEqual(lines.map((line) => line.slice(1)));
    }
  });
});
