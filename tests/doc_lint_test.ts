import { describe, expect, it } from "vitest";
import { faultsIn } from "./doc_lint.ts";

const fault = (code: string, place: string): string =>
  `error[${code}]: exported symbol\n  --> ${place}\n  |\n9 | readonly model?: string;\n\n\n`;
const total = "error: Found 3 documentation lint errors.\n";

describe("the faults of the documentation", () => {
  it("are those in files written by hand", () => {
    const byHand = fault("missing-jsdoc", "/repository/src/codex/turn.ts:9:3");
    const generated = fault("missing-jsdoc", "/repository/src/protocol/types.ts:9:3");
    expect(faultsIn(byHand + generated + total)).toEqual([byHand.trim()]);
  });

  it("are more than missing comments, in every file", () => {
    const leak = fault("private-type-ref", "/repository/src/protocol/types.ts:9:3");
    expect(faultsIn(leak + total)).toEqual([leak.trim()]);
  });

  it("are also what keeps the documentation from being read", () => {
    expect(faultsIn('error: Module not found "mod.ts".\n')).toHaveLength(1);
  });
});
