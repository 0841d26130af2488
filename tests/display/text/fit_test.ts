import { describe, expect, it } from "vitest";
import { fitted, newest } from "../../../src/display/text/fit.ts";
import { FINAL, LIVE, scaled } from "../../../src/display/text/limits.ts";

describe("scaled()", () => {
  it("shrinks each limit of an entry and leaves those of the card", () => {
    expect(scaled({ ...FINAL, lines: 3, chars: 5, message: 7, image: 9 }, 0.5)).toEqual({
      ...FINAL,
      lines: 2,
      chars: 3,
      message: 4,
      image: 4,
    });
  });

  it("has these limits for a card that is updated, and for one that stays", () => {
    expect(LIVE).toEqual({
      lines: 12,
      chars: 3000,
      message: 12_000,
      image: 0,
      isLive: true,
      htmlBytes: 30_000,
      textBytes: 14_000,
      markdownBytes: 0,
    });
    expect(FINAL).toEqual({
      lines: 200,
      chars: 20_000,
      message: 110_000,
      image: 200_000,
      isLive: false,
      htmlBytes: 530_000,
      textBytes: 210_000,
      markdownBytes: 210_000,
    });
  });
});

describe("fitted()", () => {
  it("renders a quarter, and a quarter of that, until it fits in the bytes of its JSON", () => {
    const shares: number[] = [];
    const made = fitted((share) => {
      shares.push(share);
      return "x".repeat(1000 * share);
    }, 252);
    expect([made.length, shares]).toEqual([250, [1, 1 / 4]]);
    expect(fitted(() => "xx", 4)).toBe("xx");
    expect(fitted(() => "xx", 3)).toBe("");
    expect(fitted(() => "ä\n", 6)).toBe("ä\n");
    expect(fitted(() => "ä\n", 5)).toBe("");
  });

  it("is empty when nothing fits, after six tries", () => {
    let tries = 0;
    expect(fitted(() => {
      tries++;
      return "too long";
    }, 1)).toBe("");
    expect(tries).toBe(6);
  });
});

describe("newest()", () => {
  const whole = (part: string): string => part;

  it("keeps the last parts that fit, in order, and counts the others", () => {
    expect(newest(["aa", "bb", "cc"], whole, 12)).toEqual({
      rendered: ["aa", "bb", "cc"],
      hidden: 0,
    });
    expect(newest(["aa", "bb", "cc"], whole, 11)).toEqual({ rendered: ["bb", "cc"], hidden: 1 });
    expect(newest([], whole, 10)).toEqual({ rendered: [], hidden: 0 });
    expect(newest(["a", "", "c"], whole, 100)).toEqual({ rendered: ["a", "c"], hidden: 0 });
  });

  it("shortens a part that is too large while more than a quarter is left", () => {
    const shortened = (part: string, share: number): string => part.slice(0, part.length * share);
    const long = "x".repeat(100);
    expect(newest([long, long], shortened, 100)).toEqual({
      rendered: ["x".repeat(25), "x".repeat(25)],
      hidden: 0,
    });
    expect(newest([long, "y".repeat(73)], shortened, 100)).toEqual({
      rendered: ["y".repeat(73)],
      hidden: 1,
    });
    expect(newest([long, "y".repeat(72)], shortened, 100).hidden).toBe(0);
  });
});
