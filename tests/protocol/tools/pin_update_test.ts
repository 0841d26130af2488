import { describe, expect, it } from "vitest";
import { reasonOf } from "../../../src/protocol/tools/pin_update.ts";

describe("a release that cannot be pinned", () => {
  const printed = (code: string, summary: string) => JSON.stringify({ error: { code, summary } });

  it("does not exist", () => {
    const answer = printed("ETARGET", "No matching version found for x@9.9.9.\nIn most cases …");
    expect(reasonOf(answer)).toBe("there is no such release");
  });

  it("cannot be downloaded, for the reason that npm gives in its first line", () => {
    expect(reasonOf(printed("ENOTFOUND", "request failed\nat nowhere"))).toBe(
      "ENOTFOUND request failed",
    );
    expect(reasonOf("npm is broken")).toBe("it gave no reason");
  });
});
