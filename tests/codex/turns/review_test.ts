import { describe, expect, it } from "vitest";
import { InvalidRequestError, type ReviewTarget } from "../../../mod.ts";
import {
  parseFindings,
  parseRenderedReview,
  toReviewTarget,
} from "../../../src/codex/turns/review.ts";
import { event, Gate, message, startOffline } from "../../../src/testing/mod.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

const FINDINGS = JSON.stringify({
  findings: [{
    title: "Off by one",
    body: "The loop runs **once** too often.",
    confidence_score: 0.9,
    priority: 1,
    code_location: { absolute_file_path: "/src/loop.ts", line_range: { start: 3, end: 5 } },
  }],
  overall_correctness: "patch is incorrect",
  overall_explanation: "One bug.",
  overall_confidence_score: 0.8,
});

describe("Thread.review()", () => {
  it("gives the review as text and the findings as data", async () => {
    await using codex = await startOffline();
    codex.model.on({ kind: "review" }, unstreamed(FINDINGS));
    const thread = await codex.startThread();
    const turn = await thread.review({ instructions: "Look at the loop" });
    const result = await turn.result();
    expect(result.status).toBe("completed");
    expect(result.review).toContain("Off by one");
    expect(result.findings).toEqual({
      findings: [{
        title: "Off by one",
        body: "The loop runs **once** too often.",
        confidence: 0.9,
        priority: 1,
        location: { path: "/src/loop.ts", startLine: 3, endLine: 5 },
      }],
      overallCorrectness: "patch is incorrect",
      overallExplanation: "One bug.",
      overallConfidence: 0.8,
    });
  });

  it("keeps of a streamed answer what the runtime passes on", async () => {
    await using codex = await startOffline();
    codex.model.on({ kind: "review" }, FINDINGS);
    const thread = await codex.startThread();
    const result = await (await thread.review({ instructions: "Look" })).result();
    expect(result.findings?.findings).toMatchObject([{
      title: "Off by one",
      body: "The loop runs **once** too often.",
      location: { path: "/src/loop.ts", startLine: 3, endLine: 5 },
    }]);
    expect(result.findings?.overallExplanation).toBe("One bug.");
  });

  it("has one start, one completion and one id, although the runtime uses two", async () => {
    await using codex = await startOffline();
    codex.model.on({ kind: "review" }, FINDINGS);
    const thread = await codex.startThread();
    const turn = await thread.review({ instructions: "Look" });
    const events = await Array.fromAsync(turn);
    const methods = events.map(({ method }) => method);
    expect(methods.filter((method) => method === "turn/started").length).toBe(1);
    expect(methods.filter((method) => method === "turn/completed").length).toBe(1);
    for (const event of events) {
      const { turnId, turn: inner } = event.params as { turnId?: string; turn?: { id: string } };
      expect([undefined, null, turn.id]).toContain(turnId);
      expect([undefined, turn.id]).toContain(inner?.id);
    }
    expect((await thread.run("next")).status).toBe("completed");
  });

  it("has no findings when the reviewer answered in plain text", async () => {
    await using codex = await startOffline();
    codex.model.on({ kind: "review" }, "Looks fine to me.");
    const thread = await codex.startThread();
    const result = await (await thread.review({ instructions: "Look" })).result();
    expect(result).toMatchObject({ findings: null, review: "Looks fine to me." });
  });

  it("is interrupted although it has two ids, and cannot be steered", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.on({ kind: "review" }, message(["half", gate]));
    const thread = await codex.startThread();
    const turn = await thread.review({ instructions: "Look" });
    await gate.reached();
    await expect(turn.steer("faster")).rejects.toBeInstanceOf(InvalidRequestError);
    await turn.interrupt();
    expect((await turn.result()).status).toBe("interrupted");
    codex.model.reply("free");
    expect((await thread.run("next")).finalResponse).toBe("free");
    gate.open();
  });

  it("is interrupted from its first moment", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.on({ kind: "review" }, message([gate, "never"]));
    const thread = await codex.startThread();
    const turn = await thread.review({ instructions: "Look" });
    await turn.interrupt();
    expect((await turn.result()).status).toBe("interrupted");
    gate.open();
  });

  it.each<[string, ReviewTarget, string]>([
    ["uncommitted changes", "uncommittedChanges", "current code changes"],
    ["a commit", { commit: "abc1234", title: "Fix it" }, "abc1234"],
  ])("tells the reviewer what to look at: %s", async (_, target, words) => {
    await using codex = await startOffline();
    codex.model.on({ kind: "review" }, "Fine.");
    const thread = await codex.startThread();
    await (await thread.review(target)).result();
    expect(codex.model.requests[0]?.userTexts().join("\n")).toContain(words);
  });
});

/** An answer that comes whole, which the runtime passes on raw. */
function unstreamed(text: string) {
  const content = [{ type: "output_text", text }];
  return event({
    type: "response.output_item.done",
    item: { type: "message", role: "assistant", content },
  });
}

describe("toReviewTarget", () => {
  it("gives every target as the protocol has it", () => {
    expect(toReviewTarget({ baseBranch: "trunk" })).toEqual({
      type: "baseBranch",
      branch: "trunk",
    });
    expect(toReviewTarget({ commit: "abc" })).toEqual({ type: "commit", sha: "abc", title: null });
    expect(toReviewTarget({ commit: "abc", title: "Fix" })).toEqual({
      type: "commit",
      sha: "abc",
      title: "Fix",
    });
    expect(toReviewTarget({ instructions: "Look" })).toEqual({
      type: "custom",
      instructions: "Look",
    });
  });

  it.each<[string, unknown]>([
    ["the target is unknown. Pass", undefined],
    ["the target is unknown. Pass", null],
    ["the target is unknown. Pass", "everything"],
    ["the target is unknown. Pass", {}],
    ['there is no option "branch"', { branch: "trunk" }],
    ["baseBranch is empty. Pass a text", { baseBranch: " " }],
    ["baseBranch is empty. Pass a text", { baseBranch: 5 }],
    ["commit is empty. Pass a text", { commit: "" }],
    ["instructions is empty. Pass a text", { instructions: "" }],
  ])("refuses what is none: %s %j", (message, target) => {
    expect(() => toReviewTarget(target as ReviewTarget)).toThrow(TypeError);
    expect(() => toReviewTarget(target as ReviewTarget)).toThrow(
      `Cannot start a review: ${message}`,
    );
  });
});

describe("parseFindings", () => {
  it("is null for anything but a list of findings", () => {
    for (const text of ["", "plain", "[]", "null", "{}", '{"findings":1}']) {
      expect(parseFindings(text)).toBe(null);
    }
  });

  it("keeps a finding of which little is known", () => {
    expect(parseFindings('{"findings":[{"title":"T"},null]}')?.findings).toEqual([
      { title: "T", body: "", priority: null, confidence: null, location: null },
      { title: "", body: "", priority: null, confidence: null, location: null },
    ]);
  });

  it("keeps each fact, and takes the line where it starts for that where it ends", () => {
    const finding = (range: object) => ({
      title: "T",
      body: "B",
      priority: 0,
      confidence_score: 0.5,
      code_location: { absolute_file_path: "/a", line_range: range },
    });
    const text = JSON.stringify({
      findings: [finding({ start: 3, end: 5 }), finding({ start: 3 }), finding({ end: 5 })],
      overall_correctness: "correct",
      overall_explanation: "why",
      overall_confidence_score: 0.7,
    });
    const facts = { title: "T", body: "B", priority: 0, confidence: 0.5 };
    expect(parseFindings(text)).toEqual({
      findings: [
        { ...facts, location: { path: "/a", startLine: 3, endLine: 5 } },
        { ...facts, location: { path: "/a", startLine: 3, endLine: 3 } },
        { ...facts, location: null },
      ],
      overallCorrectness: "correct",
      overallExplanation: "why",
      overallConfidence: 0.7,
    });
  });
});

const RENDERED = [
  "It has two bugs.",
  "",
  "Full review comments:",
  "",
  "- [P1] Off by one — /a/b — c.ts:3-5",
  "  The loop runs",
  "",
  "    twice.",
  "",
  "- No priority — /d.ts:7-7",
  "  See above.",
].join("\n");

describe("parseRenderedReview", () => {
  const unknown = { overallCorrectness: null, overallConfidence: null };

  it("has the findings and the words before them", () => {
    expect(parseRenderedReview(RENDERED)).toEqual({
      findings: [
        {
          title: "[P1] Off by one — /a/b",
          body: "The loop runs\n\n  twice.",
          priority: 1,
          confidence: null,
          location: { path: "c.ts", startLine: 3, endLine: 5 },
        },
        {
          title: "No priority",
          body: "See above.",
          priority: null,
          confidence: null,
          location: { path: "/d.ts", startLine: 7, endLine: 7 },
        },
      ],
      overallExplanation: "It has two bugs.",
      ...unknown,
    });
  });

  it("may have one finding and no words, or none at all", () => {
    const one = parseRenderedReview("Review comment:\n\n- T — /a:1-2\n  B\n");
    expect(one?.findings).toMatchObject([{ title: "T", body: "B" }]);
    expect(one).toMatchObject({ overallExplanation: null, ...unknown });
    expect(parseRenderedReview("Full review comments:\n\n")?.findings).toEqual([]);
    expect(parseRenderedReview("All is well.")).toBe(null);
  });
});

describe("a review on a scripted runtime", () => {
  /** The result of a review whose reviewer started with a message, and which ended with a text. */
  async function reviewed(first: string | null, last: string | null) {
    await using server = await ScriptedServer.start();
    const turn = await (await server.codex.startThread()).review("uncommittedChanges");
    const place = { threadId: turn.threadId, turnId: turn.id };
    const item = (type: string, facts: object) => ({ type, id: type, ...facts });
    for (const text of first === null ? [] : [first, '{"findings":[]}']) {
      const started = { ...place, item: item("agentMessage", { text }), startedAtMs: 1 };
      server.notify("item/started", started);
    }
    if (last !== null) {
      const exited = item("exitedReviewMode", { review: last });
      server.notify("item/completed", { ...place, item: exited, completedAtMs: 1 });
    }
    const ended = { id: turn.id, status: "completed", items: [] };
    server.notify("turn/completed", { ...place, turn: ended });
    return await turn.result();
  }

  it("has the reviewer's first data, else those of the rendered text, and the text", async () => {
    const data = '{"findings":[{"title":"T"}]}';
    expect(await reviewed(data, RENDERED)).toMatchObject({
      review: RENDERED,
      findings: { findings: [{ title: "T" }] },
      status: "completed",
    });
    expect(await reviewed("plain", RENDERED)).toMatchObject({ findings: { findings: [] } });
    expect((await reviewed(null, RENDERED)).findings?.findings).toHaveLength(2);
    expect(await reviewed(null, "All is well.")).toMatchObject({
      review: "All is well.",
      findings: null,
    });
    expect(await reviewed(null, null)).toMatchObject({ review: null, findings: null });
  });
});
