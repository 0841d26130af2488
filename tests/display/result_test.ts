import { describe, expect, it } from "vitest";
import type { ThreadSnapshot } from "../../src/domain/thread_summary.ts";
import type { TokenUsage } from "../../src/domain/turn_result.ts";
import { renderResult, renderSnapshot, renderWatched } from "../../src/display/result.ts";

type Result = Parameters<typeof renderResult>[0];

function result(prompt: string, answer: string): Result {
  return {
    status: "completed",
    items: [
      { id: "u", type: "userMessage", content: [{ type: "text", text: prompt }] },
      { id: "m", type: "agentMessage", text: answer },
    ],
    usage: { totalTokens: 12, inputTokens: 10, outputTokens: 2 } as TokenUsage,
    durationMs: 2000,
  };
}

describe("renderResult()", () => {
  it("renders Markdown, for which the library is loaded first", async () => {
    const { "text/html": html } = await renderResult(result("Ask", "**Say**"));
    expect(html).toContain("<strong>Say</strong>");
  });

  it("looks as the turn looked when it ended", async () => {
    expect((await renderResult(result("Ask", "Say")))["text/plain"]).toBe(
      "› Ask\nSay\n[✓ completed · 2.0 s · 12 tokens (10 in, 2 out)]",
    );
  });
});

describe("renderWatched()", () => {
  it("is one line, with the whole folded below", async () => {
    const bundle = await renderWatched(result("Ask", "Say"));
    expect(bundle["text/plain"]).toBe(
      "TurnResult: ✓ completed · 2.0 s · 12 tokens (10 in, 2 out), 2 items",
    );
    expect(bundle["text/html"]).toMatch(
      /^<details><summary[^>]*>TurnResult:[^]*<p dir="auto">Say<\/p>/,
    );
  });
});

describe("renderSnapshot()", () => {
  const facts = {
    id: "t",
    name: "Mine",
    preview: "Ask",
    cwd: "/w",
    model: null,
    status: "idle",
    updatedAt: new Date("2025-01-02T03:04:05Z"),
  };
  const snapshot = ({ turns }: { turns: Result[] | null }): ThreadSnapshot =>
    ({ ...facts, turns }) as unknown as ThreadSnapshot;

  it("lists the facts of a thread that was read without turns", async () => {
    const { "text/plain": text } = await renderSnapshot(snapshot({ turns: null }));
    expect(text).toMatch(
      /^Thread Mine\nid +t\nstatus +idle\nmodel\ncwd +\/w\nchanged +2025-01-02 03:04 UTC$/,
    );
  });

  it("tells every turn, folded under what was asked", async () => {
    const turns = [result("One", "1st"), result("Two", "2nd")];
    const bundle = await renderSnapshot(snapshot({ turns }));
    expect(bundle["text/plain"]).toMatch(/› One\n1st\n\[✓ completed .* · One\]\n› Two\n2nd/);
    expect(bundle["text/html"]?.match(/<details>/g)?.length).toBe(2);
  });

  it("leaves out the oldest turns of a long thread and says so", async () => {
    const turns = Array.from({ length: 40 }, (_, n) => result(`${n}`, "x".repeat(50_000)));
    const bundle = await renderSnapshot(snapshot({ turns }));
    expect(JSON.stringify(bundle).length).toBeLessThan(1_000_000);
    expect(bundle["text/html"]).toMatch(/… 3\d earlier turns/);
  });
});
