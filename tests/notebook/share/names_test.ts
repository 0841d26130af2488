import { describe, expect, it } from "vitest";
import { isValueName } from "../../../src/notebook/share/names.ts";
import { share } from "../../../src/notebook/share/share.ts";

describe("the name of a shared value", () => {
  it("takes names up to 100 characters of every script", () => {
    share({ ["x".repeat(100)]: 1, größe: 1, $_1: 1, ñ: 1 });
    for (const name of ["x".repeat(101), "console", "__codexGuard", "-", "a-b", "é "]) {
      expect(() => share({ [name]: 1 })).toThrow(/^Cannot share a value as "/);
    }
    expect(() => share({ ["y".repeat(500)]: 1 })).toThrow(
      `Cannot share a value as "${"y".repeat(100)}": it is longer than 100 characters. Choose`,
    );
    expect(() => share({ class: 1 })).toThrow("it is a word of the language");
    expect(() => share({ "a b": 1 })).toThrow("it is not a name of a variable");
    for (const values of [null, 5, () => 1, new Map(), new Date()]) {
      expect(() => share(values as never)).toThrow("they have no names");
    }
  });

  it("is one that code can declare", () => {
    expect(["a", "größe", "$_1", "await", "a b", "then", "let"].map(isValueName)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
