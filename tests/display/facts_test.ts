import { describe, expect, it } from "vitest";
import { renderServer, renderUsage } from "../../src/display/facts.ts";

describe("renderServer()", () => {
  it("says whether a real model answers", () => {
    const server = {
      name: "codex app-server",
      userAgent: "codex/1.2.3",
      version: "1.2.3",
      platform: "unix/linux",
      codexHome: "/h",
      processId: 12345,
      runtime: {
        executable: "/bin/codex",
        version: "1.2.3",
        source: "pinned" as const,
        digest: null,
        pathEntries: [],
        platform: "linux-x64",
      },
    };
    const text = (label: string | null) => renderServer({ ...server, label })["text/plain"];
    expect(text("offline model")).toMatch(/model service +offline model/);
    expect(text(null)).toMatch(/model service +live[^]*\/bin\/codex \(pinned\)[^]* 12345/);
  });
});

describe("renderUsage()", () => {
  it("puts the turn next to its thread, and tells how full the context is", () => {
    const counts = {
      totalTokens: 1234,
      inputTokens: 1000,
      cachedInputTokens: 0,
      outputTokens: 234,
      reasoningOutputTokens: 100,
    };
    const usage = {
      ...counts,
      thread: { ...counts, totalTokens: 5000 },
      contextWindow: 10_000,
      contextShare: 0.12,
    };
    const { "text/plain": text } = renderUsage(usage);
    expect(text).toMatch(/^Tokens, context 12 % of 10,000\n/);
    expect(text).toMatch(/total +1,234 +5,000$/);
  });
});
