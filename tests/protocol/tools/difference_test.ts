import { describe, expect, it } from "vitest";
import { differenceText, protocolDifference } from "../../../src/protocol/tools/difference.ts";

const BEFORE = {
  methods: ["thread/start", "thread/rollback"],
  definitions: {
    Turn: { properties: { id: { type: "string" }, old: { properties: { enum: {} } } } },
    Status: { enum: ["idle", "busy"] },
    Gone: {},
  },
};
const AFTER = {
  methods: ["thread/start", "thread/revert"],
  definitions: {
    Turn: { oneOf: [{ properties: { id: { type: "string" }, new: { enum: ["a"] } } }] },
    Status: { enum: ["idle", "waiting"] },
    Fresh: {},
  },
};

describe("protocolDifference", () => {
  it("names methods, definitions, fields and values that came and went", () => {
    expect(differenceText(protocolDifference(BEFORE, AFTER)).split("\n")).toEqual([
      "+ method thread/revert",
      "- method thread/rollback",
      "+ definition Fresh",
      "- definition Gone",
      "+ field Turn.new",
      "- field Turn.enum",
      "- field Turn.old",
      '+ value Status "waiting"',
      '+ value Turn "a"',
      '- value Status "busy"',
    ]);
  });

  it("says so without a difference", () => {
    expect(differenceText(protocolDifference(BEFORE, BEFORE))).toBe("The protocol is the same.");
  });
});
