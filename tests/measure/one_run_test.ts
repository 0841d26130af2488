import { describe, expect, it } from "vitest";
import { ROOT } from "../support/repository.ts";
import { filesOfOneRun } from "./one_run.ts";

describe("filesOfOneRun()", () => {
  it("counts the files whose functions one run calls, and they become no more", async () => {
    const files = await filesOfOneRun(ROOT.replace(/\/$/, ""));
    expect(files).toContain("codex/thread.ts");
    expect(files).toContain("rpc/stdio.ts");
    // Evaluated with the library, and called when the runtime was started.
    expect(files).not.toContain("runtime/mod.ts");
    expect(files).not.toContain("codex/session/start/launch.ts");
    expect(files.length).toBeLessThanOrEqual(18);
  });
});
