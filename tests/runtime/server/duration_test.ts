import { describe, expect, it } from "vitest";
import { parseDuration } from "../../../src/runtime/server/duration.ts";

describe("parseDuration", () => {
  it("reads a number and its unit", () => {
    expect(["250ms", "90s", "10m", "1h", "1.5d", " 2h "].map(parseDuration)).toEqual([
      250,
      90_000,
      600_000,
      3_600_000,
      129_600_000,
      7_200_000,
    ]);
  });

  it("refuses everything else", () => {
    for (const text of ["", "1", "h", "0s", "-1h", "1 hour", "1h30m", "Infinityh"]) {
      expect(() => parseDuration(text)).toThrow(TypeError);
    }
  });
});
