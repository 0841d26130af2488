import { describe, expect, it } from "vitest";
import { startOffline } from "../../../src/testing/mod.ts";

describe("Codex.findFiles()", () => {
  it("finds files by the letters of their paths, the best ones first", async () => {
    await using codex = await startOffline({
      files: { "src/alpha.ts": "", "src/al/p/h/a.ts": "", "docs/beta.md": "" },
    });
    const roots = [codex.home.workspace];
    const found = await codex.findFiles("alpha", { roots });
    expect(found[0]).toMatchObject({
      path: `${codex.home.workspace}/src/alpha.ts`,
      relativePath: "src/alpha.ts",
      kind: "file",
      positions: [4, 5, 6, 7, 8],
    });
    expect(found.length).toBeGreaterThan(1);
    expect(await codex.findFiles("beta")).toMatchObject([{ relativePath: "docs/beta.md" }]);
    expect(await codex.findFiles("nothing like it")).toEqual([]);
    expect(await codex.findFiles("a", { roots: ["/no/such/directory"] })).toEqual([]);
  });
});
