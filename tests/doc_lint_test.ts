import { describe, expect, it } from "vitest";
import { faultsIn } from "./doc_lint.ts";

const fault = (code: string, place: string, line = "readonly model?: string;"): string =>
  `error[${code}]: exported symbol\n  --> ${place}\n  |\n9 |   ${line}\n\n\n`;
const total = "error: Found 3 documentation lint errors.\n";

describe("the faults of the documentation", () => {
  it("are those in files written by hand", () => {
    const byHand = fault("missing-jsdoc", "/repository/src/codex/turn.ts:9:3");
    const generated = fault("missing-jsdoc", "/repository/src/protocol/types.ts:9:3");
    expect(faultsIn(byHand + generated + total)).toEqual([byHand.trim()]);
  });

  it("leave out comments that could only restate a name", () => {
    const place = "/repository/src/codex/turn.ts:9:3";
    const restating = ["constructor(", "async [Symbol.asyncDispose](): Promise<void> {"]
      .map((line) => fault("missing-jsdoc", place, line));
    const leaking = fault("private-type-ref", place, "constructor(");
    expect(faultsIn(restating.join("") + leaking + total)).toEqual([leaking.trim()]);
  });

  it("are more than missing comments, in every file", () => {
    const leak = fault("private-type-ref", "/repository/src/protocol/types.ts:9:3");
    expect(faultsIn(leak + total)).toEqual([leak.trim()]);
  });

  it("are also what keeps the documentation from being read", () => {
    expect(faultsIn('error: Module not found "mod.ts".\n')).toHaveLength(1);
  });
});
