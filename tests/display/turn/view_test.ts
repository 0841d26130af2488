import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import { headline, renderTurn } from "../../../src/display/turn/render.ts";
import { TurnView } from "../../../src/display/turn/view.ts";
import type { TurnEvent } from "../../../src/domain/events.ts";
import { TurnFold } from "../../../src/domain/turn_result.ts";
import { type PartialEvent, show, viewOf as viewOfAll } from "../../support/turn_view.ts";

type Event = PartialEvent;
const viewOf = (...events: Event[]): TurnView => viewOfAll(events);

function item(method: "started" | "completed", facts: Record<string, unknown>): Event {
  return { method: `item/${method}`, params: { item: facts } };
}

function delta(kind: string, itemId: string, text: string): Event {
  return { method: `item/${kind}`, params: { itemId, delta: text } };
}

const MESSAGE = { id: "m", type: "agentMessage", text: "", phase: null };
const COMMAND = {
  id: "c",
  type: "commandExecution",
  command: "ls",
  cwd: "/",
  status: "inProgress",
  commandActions: [],
};

describe("TurnView", () => {
  it("shows a message that streamed in any pieces as one that came whole", () => {
    fc.assert(fc.property(fc.array(fc.string()), (pieces) => {
      const streamed = viewOf(
        item("started", MESSAGE),
        ...pieces.map((piece) => delta("agentMessage/delta", "m", piece)),
      );
      expect(streamed.answer).toBe(pieces.join(""));
      show(streamed, item("completed", { ...MESSAGE, text: "whole" }));
      expect(streamed.entries).toEqual(
        viewOf(item("completed", { ...MESSAGE, text: "whole" })).entries,
      );
    }));
  });

  it("says once that the turn waits for the network, and when it is back", () => {
    const waiting = { method: "local/waitingForNetwork", params: { waitedMs: 0 } };
    const error = { message: "Reconnecting... waiting for network" };
    const retry = { method: "error", params: { error, willRetry: true } };
    const view = viewOf(waiting, retry, waiting, retry);
    expect(renderTurn(view, { elapsedMs: null })["text/plain"]).toContain(
      "waiting for the network",
    );
    expect(view.entries.length).toBe(1);
    show(view, { method: "local/networkRestored", params: { waitedMs: 8000 } });
    expect(headline(view, { elapsedMs: null })).toBe("… running");
    expect(view.entries.length).toBe(2);
  });

  it("shows an error, and whether it is tried again", () => {
    const error = (willRetry: boolean): Event => ({
      method: "error",
      params: { error: { message: "stream broke" }, willRetry },
    });
    const { entries } = viewOf(error(true), error(true), error(false));
    expect(entries).toMatchObject([
      { kind: "notice", text: "trying again: stream broke", times: 2 },
      { kind: "notice", text: "failed: stream broke" },
    ]);
  });

  it("keeps the streamed output of a command that does not repeat it", () => {
    const { entries: [entry] } = viewOf(
      item("started", COMMAND),
      delta("commandExecution/outputDelta", "c", "a.txt\n"),
      item("completed", { ...COMMAND, status: "completed", exitCode: 0, aggregatedOutput: null }),
    );
    expect(entry).toMatchObject({ kind: "command", status: "completed", exitCode: 0, done: true });
    expect(entry?.kind === "command" && entry.output.lines(5, 100)).toBe("a.txt");
  });

  it("keeps streamed reasoning that the item does not repeat", () => {
    const reasoning = { id: "r", type: "reasoning", summary: [], content: [] };
    const { entries } = viewOf(
      item("started", reasoning),
      delta("reasoning/summaryTextDelta", "r", "First"),
      { method: "item/reasoning/summaryPartAdded", params: { itemId: "r", summaryIndex: 1 } },
      delta("reasoning/summaryTextDelta", "r", "Second"),
      item("completed", reasoning),
    );
    expect(entries).toEqual([{ kind: "reasoning", text: "First\n\nSecond", done: true }]);
  });

  it("counts commentary as no answer", () => {
    const view = viewOf(
      item("completed", { ...MESSAGE, id: "1", text: "I look", phase: "commentary" }),
      item("completed", { ...MESSAGE, id: "2", text: "Found", phase: "final_answer" }),
    );
    expect(view.answer).toBe("Found");
  });

  it("replaces what was abandoned by a note, in its place, and takes no more of it", () => {
    const view = viewOf(
      item("started", MESSAGE),
      item("started", COMMAND),
      { method: "local/itemAbandoned", params: { itemId: "m", reason: "retry" } },
      delta("agentMessage/delta", "m", "late"),
    );
    expect(view.entries.map(({ kind }) => kind)).toEqual(["notice", "command"]);
    expect(view.entries[0]).toMatchObject({ text: "message dropped (retry)" });
    expect(view.answer).toBe("");
  });

  it("keeps what an interrupted turn had said and printed, and says that it was cut off", () => {
    const abandoned = (itemId: string, reason: string): Event => ({
      method: "local/itemAbandoned",
      params: { itemId, reason },
    });
    const { entries } = viewOf(
      item("started", MESSAGE),
      delta("agentMessage/delta", "m", "Half an"),
      item("started", COMMAND),
      delta("commandExecution/outputDelta", "c", "a.txt"),
      abandoned("m", "interrupt"),
      abandoned("c", "interrupt"),
      abandoned("unknown", "interrupt"),
      delta("agentMessage/delta", "m", " answer"),
    );
    expect(entries).toMatchObject([
      { kind: "message", text: "Half an", done: true },
      { kind: "command", status: "interrupted", done: true },
      { kind: "notice", text: "the answer was cut off" },
    ]);
  });

  it("shows events that are not items", () => {
    const review = (action: Record<string, unknown>): Event => ({
      method: "item/autoApprovalReview/completed",
      params: { reviewId: JSON.stringify(action), action, review: { status: "approved" } },
    });
    const { entries, waiting } = viewOf(
      { method: "warning", params: { message: "slow" } },
      { method: "guardianWarning", params: { message: "careful" } },
      { method: "model/rerouted", params: { fromModel: "a", toModel: "b" } },
      { method: "local/turnReconciled", params: {} },
      review({ type: "command", command: "ls" }),
      review({ type: "execve", program: "/bin/ls" }),
      review({ type: "applyPatch", files: ["a", "b"] }),
      review({ type: "networkAccess", target: "x.test" }),
      review({ type: "mcpToolCall", server: "s", toolName: "t" }),
      review({ type: "requestPermissions" }),
    );
    expect(
      entries.map((entry) => "text" in entry ? entry.text : "subject" in entry && entry.subject),
    )
      .toEqual([
        "slow",
        "careful",
        "b answers for a",
        "the end was lost on the way; this is what is stored",
        "automatic review of ls",
        "automatic review of /bin/ls",
        "automatic review of changes in a, b",
        "automatic review of access to x.test",
        "automatic review of s.t",
        "automatic review of requestPermissions",
      ]);
    expect(waiting).toBe(0);
  });

  it("shows what a tool says while it runs, and no longer", () => {
    const tool = { id: "t", type: "mcpToolCall", server: "s", tool: "t", status: "inProgress" };
    const progress = {
      method: "item/mcpToolCall/progress",
      params: { itemId: "t", message: "1/2" },
    };
    const local = { method: "local/toolProgress", params: { callId: "t", text: "2/2" } };
    const view = viewOf(item("started", tool), progress);
    expect(view.entries).toMatchObject([{ note: "1/2" }]);
    show(view, local);
    expect(view.entries).toMatchObject([{ note: "2/2" }]);
    const late = [item("completed", { ...tool, status: "completed" }), progress, local];
    for (const event of late) show(view, event);
    expect(view.entries).toMatchObject([{ note: "", done: true }]);
  });

  it("knows who waits, and how each question was answered", () => {
    const request = "item/commandExecution/requestApproval";
    const view = viewOf(
      { method: "local/requestOpened", params: { requestId: 0, request, itemId: "c" } },
      { method: "local/requestOpened", params: { requestId: 1, request: "item/tool/call" } },
    );
    expect(view.waiting).toBe(1);
    show(view, {
      method: "local/requestSettled",
      params: { requestId: 0, request, outcome: "answered", decision: "accept", waitedMs: 1500 },
    });
    expect(view.waiting).toBe(0);
    expect(view.entries).toEqual([
      {
        kind: "question",
        subject: "approval of the command",
        answer: "accept after 1.5 s",
        done: true,
      },
    ]);
  });

  it("withdraws what waits when the turn ends, by its event or without one", () => {
    const request = "item/fileChange/requestApproval";
    const opened = { method: "local/requestOpened", params: { requestId: 0, request } };
    const turn = { id: "u", status: "completed", items: [], error: null };
    const ended = viewOf(opened, { method: "turn/completed", params: { turn } });
    const left = viewOf(opened);
    left.end("failed");
    for (const view of [ended, left]) {
      expect([view.waiting, view.entries]).toEqual([0, [{
        kind: "question",
        subject: "approval of the file change",
        answer: "withdrawn",
        done: true,
      }]]);
    }
    expect(left.status).toBe("failed");
  });

  it("names every kind of question", () => {
    const kinds = {
      "item/commandExecution/requestApproval": "approval of the command",
      "item/fileChange/requestApproval": "approval of the file change",
      "item/permissions/requestApproval": "approval of permissions",
      "item/tool/requestUserInput": "question to the user",
      "mcpServer/elicitation/request": "question of an MCP server",
    };
    const events = Object.keys(kinds).map((request, requestId) => ({
      method: "local/requestOpened",
      params: { requestId, request },
    }));
    const { entries, waiting } = viewOf(...events);
    expect(entries.map((entry) => "subject" in entry && entry.subject)).toEqual(
      Object.values(kinds),
    );
    expect(waiting).toBe(5);
  });

  it("is told how the turn ended, with tokens and time, where its events do not say", () => {
    const view = viewOf();
    expect([view.status, view.usage, view.durationMs]).toEqual(["running", null, null]);
    view.end("completed", { usage: { totalTokens: 5 } as never, durationMs: 7 });
    expect([view.status, view.usage, view.durationMs]).toEqual([
      "completed",
      { totalTokens: 5 },
      7,
    ]);
  });

  it("tells automatic reviews with their reason", () => {
    const review = (status: string, rationale: string | null) => ({
      reviewId: "r",
      action: { type: "command", command: "rm x", cwd: "/", source: "shell" },
      review: { status, rationale },
    });
    const { entries } = viewOf(
      { method: "item/autoApprovalReview/started", params: review("inProgress", null) },
      { method: "item/autoApprovalReview/completed", params: review("denied", "too much") },
    );
    expect(entries).toMatchObject([
      { subject: "automatic review of rm x", answer: "denied: too much" },
    ]);
  });

  it("counts the tokens of this turn and not those before it", () => {
    const usage = (total: number, last: number): Event => ({
      method: "thread/tokenUsage/updated",
      params: {
        tokenUsage: {
          total: { totalTokens: total, inputTokens: total - 10, outputTokens: 10 },
          last: { totalTokens: last, inputTokens: last - 5, outputTokens: 5 },
        },
      },
    });
    expect(viewOf(usage(1100, 100), usage(1300, 200)).usage?.totalTokens).toBe(300);
  });

  it("counts from the thread's total before the turn, where that is known, as the result does", () => {
    const counts = (total: number) => ({
      totalTokens: total,
      inputTokens: total - 10,
      cachedInputTokens: 0,
      outputTokens: 10,
      reasoningOutputTokens: 0,
    });
    const view = new TurnView(counts(1000));
    const fold = new TurnFold("t", "u", counts(1000));
    // The first request was cut off: its update repeats the one before.
    for (const [total, last] of [[1000, 400], [1250, 250]] as const) {
      const event = {
        method: "thread/tokenUsage/updated",
        params: { tokenUsage: { total: counts(total), last: counts(last) } },
      } as TurnEvent;
      view.accept(event);
      fold.accept(event);
    }
    expect(view.usage).toEqual(fold.usage);
    expect(view.usage?.totalTokens).toBe(250);
  });

  it("shows a change of files as it grows", () => {
    const change = (diff: string) => [{ path: "a", kind: { type: "update" }, diff }];
    const files = { id: "f", type: "fileChange", status: "inProgress", changes: change("+1") };
    const view = viewOf(item("started", files), {
      method: "item/fileChange/patchUpdated",
      params: { itemId: "f", changes: change("+1\n+2") },
    });
    expect(view.entries).toMatchObject([{ kind: "files", changes: change("+1\n+2") }]);
  });

  it("shows an item that it does not know by its kind, and passes over what it cannot read", () => {
    const view = viewOf(
      item("completed", { id: "n", type: "hologram" }),
      { method: "item/completed", params: { item: null }, unknown: true },
      { method: "from/the/future", params: { a: 1 } },
      { method: "item/agentMessage/delta", unknown: true },
      delta("agentMessage/delta", "nobody", "x"),
    );
    expect(view.entries).toEqual([{ kind: "notice", text: "hologram", done: true }]);
  });

  it("takes very many deltas", () => {
    const view = viewOf(item("started", MESSAGE));
    for (let n = 0; n < 300_000; n++) show(view, delta("agentMessage/delta", "m", "word "));
    expect(view.answer.length).toBe(1_500_000);
  });
});
