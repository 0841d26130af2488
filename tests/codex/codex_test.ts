import { describe, expect, it } from "vitest";
import { z } from "npm:zod@4.6.7";
import {
  InvalidRequestError,
  RUNTIME_VERSION,
  type Thread,
  ThreadClosedError,
  TurnFailedError,
} from "../../mod.ts";
import {
  AppServerHarness,
  failure,
  Gate,
  message,
  type OfflineCodex,
  startOffline,
} from "../../src/testing/mod.ts";
import { isAlive } from "../support/processes.ts";

describe("Codex.server", () => {
  it("tells the runtime's version, its home, and that the model is the offline one", async () => {
    await using codex = await startOffline();
    expect(codex.server).toMatchObject({
      name: "codex app-server",
      version: RUNTIME_VERSION,
      userAgent: expect.stringContaining(`/${RUNTIME_VERSION}`),
      codexHome: codex.home.codexHome,
      label: "offline model",
      runtime: { version: RUNTIME_VERSION },
    });
    expect(codex.server.platform).toMatch(/^(unix|windows)\//);
  });
});

describe("a thread's life", () => {
  it("has a name that is read back", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.rename("Näme ✓");
    expect((await thread.read()).name).toBe("Näme ✓");
    await expect(thread.rename("  ")).rejects.toBeInstanceOf(TypeError);
  });

  it("is read with its turns in order", async () => {
    await using codex = await startOffline();
    codex.model.reply("first answer", "second answer");
    const thread = await codex.startThread();
    await thread.run("first question");
    await thread.run("second question");
    const { turns } = await thread.read({ includeTurns: true });
    expect(turns?.map(({ status, items }) => [status, ...items.map(textOf)])).toEqual([
      ["completed", "first question", "first answer"],
      ["completed", "second question", "second answer"],
    ]);
    expect((await thread.read()).turns).toBe(null);
  });

  it("reads a thread without turns as one with none", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    expect((await thread.read({ includeTurns: true })).turns).toEqual([]);
  });

  it("lists items page by page, of all turns or of one", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.run("one");
    const { turnId } = await thread.run("two");
    expect((await Array.fromAsync(thread.items())).length).toBe(4);
    const items = await Array.fromAsync(thread.items({ turnId }));
    expect(items.map(({ type }) => type)).toEqual(["userMessage", "agentMessage"]);
  });

  it("continues the conversation after it is resumed in another process", async () => {
    await using harness = await AppServerHarness.start();
    const first = await harness.startCodex();
    const { id } = await ranThread(first, "remember: blue");
    const { processId } = first.server;
    await first.close();
    expect(await isAlive(processId ?? 0)).toBe(false);
    const second = await harness.startCodex();
    const thread = await second.resumeThread(id);
    expect(thread.id).toBe(id);
    await thread.run("which colour?");
    const texts = harness.model.requests.at(-1)?.userTexts();
    expect(texts).toContain("remember: blue");
    expect(texts).toContain("which colour?");
  });

  it("gives a fork its own id and the history of its source", async () => {
    await using codex = await startOffline();
    const thread = await ranThread(codex, "shared past");
    const fork = await codex.forkThread(thread.id);
    expect(fork.id).not.toBe(thread.id);
    await fork.run("only here");
    expect(codex.model.requests.at(-1)?.userTexts()).toContain("shared past");
    expect((await fork.read()).forkedFromId).toBe(thread.id);
    expect((await thread.read({ includeTurns: true })).turns?.length).toBe(1);
  });

  it("is forked up to one of its turns", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const { turnId } = await thread.run("kept");
    await thread.run("left out");
    const fork = await codex.forkThread(thread.id, { lastTurnId: turnId });
    await fork.run("next");
    const texts = codex.model.requests.at(-1)?.userTexts();
    expect(texts).toContain("kept");
    expect(texts).not.toContain("left out");
  });

  it("keeps its id when it is archived and brought back", async () => {
    await using codex = await startOffline();
    const thread = await ranThread(codex, "hello");
    await codex.archiveThread(thread.id);
    await expect(thread.run("gone")).rejects.toMatchObject({
      constructor: ThreadClosedError,
      reason: "archived",
    });
    const back = await codex.unarchiveThread(thread.id);
    expect(back.id).toBe(thread.id);
    expect((await back.run("again")).status).toBe("completed");
  });

  it("ends a running turn as interrupted when it is archived", async () => {
    await using codex = await startOffline();
    const thread = await ranThread(codex, "hello");
    const gate = new Gate();
    codex.model.reply(message(["half", gate]));
    const turn = await thread.startTurn("hold");
    await gate.reached();
    await codex.archiveThread(thread.id);
    expect((await turn.result()).status).toBe("interrupted");
    gate.open();
  });

  it("is gone for good when it is deleted", async () => {
    await using codex = await startOffline();
    const thread = await ranThread(codex, "hello");
    await codex.deleteThread(thread.id);
    await expect(codex.resumeThread(thread.id)).rejects.toBeInstanceOf(InvalidRequestError);
    expect(await Array.fromAsync(codex.listThreads())).toEqual([]);
  });

  it("loses a turn and all after it when it is reverted, and is listed once", async () => {
    await using codex = await startOffline();
    const thread = await ranThread(codex, "kept");
    const { turnId } = await thread.run("taken back");
    await thread.revert(turnId);
    await thread.run("instead");
    expect(codex.model.requests.at(-1)?.userTexts()).not.toContain("taken back");
    expect((await Array.fromAsync(codex.listThreads())).map(({ id }) => id)).toEqual([thread.id]);
  });

  it("takes raw items and a shell command into its history", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ sandbox: "read-only" });
    await thread.injectItems([
      { type: "message", role: "user", content: [{ type: "input_text", text: "injected" }] },
    ]);
    const command = await thread.runShellCommand("echo from the shell");
    const { items } = await command.result();
    expect(items).toMatchObject([{
      type: "commandExecution",
      aggregatedOutput: expect.stringContaining("from the shell"),
    }]);
    await thread.run("what do you know?");
    const seen = codex.model.requests.at(-1)?.userTexts().join("\n");
    expect(seen).toContain("injected");
    expect(seen).toContain("from the shell");
  });
});

describe("Codex.listThreads()", () => {
  it("keeps archived and other threads apart", async () => {
    await using codex = await startOffline();
    const kept = await ranThread(codex, "kept");
    const archived = await ranThread(codex, "put away");
    await codex.archiveThread(archived.id);
    const ids = async (filter = {}) =>
      (await Array.fromAsync(codex.listThreads(filter))).map(({ id }) => id);
    expect(await ids()).toEqual([kept.id]);
    expect(await ids({ archived: true })).toEqual([archived.id]);
  });

  it("hides the pages, newest first, and gives one on demand", async () => {
    await using codex = await startOffline();
    const ids: string[] = [];
    for (const name of ["a", "b", "c"]) ids.push((await ranThread(codex, name)).id);
    const all = await Array.fromAsync(codex.listThreads({ pageSize: 2 }), ({ id }) => id);
    expect(all.toSorted()).toEqual(ids.toSorted());
    expect(await Array.fromAsync(codex.listThreads({ pageSize: 2, order: "asc" }), (t) => t.id))
      .toEqual(all.toReversed());
    const list = codex.listThreads({ pageSize: 2 });
    const page = await list.page();
    expect(page.data.length).toBe(2);
    const rest = await list.page({ cursor: page.nextCursor });
    expect(rest.data.length).toBe(1);
  });

  it("filters by text and by directory", async () => {
    await using codex = await startOffline({ files: { "sub/file": "" } });
    const here = await ranThread(codex, "weather in Rome");
    const sub = await codex.startThread({ cwd: `${codex.home.workspace}/sub` });
    await sub.run("weather in Oslo");
    const ids = async (filter: Parameters<typeof codex.listThreads>[0]) =>
      await Array.fromAsync(codex.listThreads(filter), ({ id }) => id);
    expect(await ids({ search: "Rome" })).toEqual([here.id]);
    expect(await ids({ cwd: `${codex.home.workspace}/sub` })).toEqual([sub.id]);
    expect(await ids({ cwd: [codex.home.workspace, `${codex.home.workspace}/sub`] }))
      .toHaveLength(2);
    expect(await ids({ modelProviders: ["another"] })).toEqual([]);
  });

  it("refuses a page size that cannot be before it asks", async () => {
    await using codex = await startOffline();
    await expect(codex.listThreads({ pageSize: 0 }).page()).rejects.toBeInstanceOf(RangeError);
  });
});

describe("opening a thread that cannot be opened", () => {
  it("says that it has no turns yet", async () => {
    await using codex = await startOffline();
    // Held until the end: a thread whose handle is dropped is unloaded, and then nothing is left of it.
    await using thread = await codex.startThread();
    for (const open of [() => codex.resumeThread(thread.id), () => codex.forkThread(thread.id)]) {
      const error = await open().catch((error) => error);
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(error.message).toContain("it has no turns yet. Run a turn on it first");
    }
  });

  it("says that it is in memory only", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ ephemeral: true });
    await thread.run("hello");
    await expect(codex.resumeThread(thread.id)).rejects.toThrow("kept in memory only");
    await expect(codex.forkThread(thread.id)).rejects.toThrow("kept in memory only");
  });

  it("says that it is unknown, and the connection lives on", async () => {
    await using codex = await startOffline();
    const unknown = "00000000-0000-7000-8000-000000000000";
    await expect(codex.resumeThread(unknown)).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(codex.resumeThread("no id")).rejects.toBeInstanceOf(InvalidRequestError);
    expect((await codex.models()).length).toBeGreaterThan(0);
  });

  it("says that its last turn still runs", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    const thread = await ranThread(codex, "hello");
    codex.model.reply(message([gate, "late"]));
    const turn = await thread.startTurn("hold");
    await gate.reached();
    await expect(codex.forkThread(thread.id, { lastTurnId: turn.id }))
      .rejects.toBeInstanceOf(InvalidRequestError);
    gate.open();
    expect((await turn.result()).finalResponse).toBe("late");
  });
});

describe("Thread.compact()", () => {
  it("is a turn that asks the model once more and leaves a summary", async () => {
    await using codex = await startOffline();
    codex.model.on({ kind: "compaction" }, "SUMMARY OF IT");
    const thread = await ranThread(codex, "a long story");
    const turn = await thread.compact();
    const { items, status } = await turn.result();
    expect(status).toBe("completed");
    expect(items.map(({ type }) => type)).toContain("contextCompaction");
    expect(codex.model.requests.map(({ kind }) => kind)).toEqual(["turn", "compaction"]);
    await thread.run("go on");
    expect(codex.model.requests.at(-1)?.userTexts().join("\n")).toContain("SUMMARY OF IT");
  });
});

describe("Codex.startThread()", () => {
  it("hands instructions, configuration and model on", async () => {
    await using codex = await startOffline();
    const config = { "features.view_image": false };
    const thread = await codex.startThread({
      model: "offline-model-large",
      baseInstructions: "BASE INSTRUCTIONS",
      developerInstructions: "MORE INSTRUCTIONS",
      config,
    });
    expect(thread.model).toBe("offline-model-large");
    await thread.run("hello");
    const [request] = codex.model.requests;
    const texts = request?.developerTexts().join("\n");
    expect(texts).toContain("BASE INSTRUCTIONS");
    expect(texts).toContain("MORE INSTRUCTIONS");
    expect(request?.model).toBe("offline-model-large");
    expect(request?.toolNames()).not.toContain("view_image");
    expect(config).toEqual({ "features.view_image": false });
  });

  it("refuses unknown options before anything is sent", async () => {
    await using codex = await startOffline();
    await expect(codex.startThread({ sandbox: "none" as "read-only" }))
      .rejects.toThrow('Cannot use sandbox "none"');
    await expect(codex.startThread({ approvalMode: "yes" as "ask" }))
      .rejects.toBeInstanceOf(TypeError);
  });

  it("rejects with the reason of a signal", async () => {
    await using codex = await startOffline();
    const reason = new Error("changed my mind");
    await expect(codex.startThread({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect((await codex.startThread()).id).toBeTruthy();
  });
});

function textOf(item: { type: string; text?: string; content?: unknown[] }): string {
  return item.text ?? (item.content?.[0] as { text: string }).text;
}

async function ranThread(
  codex: { startThread(): Promise<Thread> },
  input: string,
): Promise<Thread> {
  const thread = await codex.startThread();
  await thread.run(input);
  return thread;
}

/** Threads in the runtime's memory. */
async function loaded(codex: OfflineCodex): Promise<readonly string[]> {
  return (await codex.client.call("thread/loaded/list", {})).data;
}

describe("codex.run()", () => {
  it("runs one turn, with the settings of its thread, and closes the thread", async () => {
    await using codex = await startOffline();
    codex.model.reply("Two files.");
    const { finalResponse, threadId } = await codex.run("What is here?", {
      effort: "low",
      developerInstructions: "Be short.",
      metadata: { ticket: "T-1" },
    });
    expect(finalResponse).toBe("Two files.");
    const [request] = codex.model.requests;
    expect(request?.effort).toBe("low");
    expect(request?.developerTexts().join()).toContain("Be short.");
    expect(request?.headers.get("x-codex-turn-metadata")).toContain("T-1");
    expect(await loaded(codex)).not.toContain(threadId);
    expect(await Array.fromAsync(codex.listThreads())).toEqual([]);
  });

  it("gives a checked value for a schema, and asks again with repair", async () => {
    await using codex = await startOffline();
    codex.model.reply("seven", message('{"count":7}'));
    const { output, rejected } = await codex.run("How many?", {
      output: z.object({ count: z.number() }),
      repair: 1,
    });
    expect(output.count + 1).toBe(8);
    expect(rejected.length).toBe(1);
    expect(await loaded(codex)).toEqual([]);
  });

  it("keeps the thread with ephemeral: false, unloaded", async () => {
    await using codex = await startOffline();
    const { threadId } = await codex.run("Hello", { ephemeral: false });
    expect(await Array.fromAsync(codex.listThreads(), ({ id }) => id)).toEqual([threadId]);
    expect(await loaded(codex)).toEqual([]);
  });

  it("closes the thread of a turn that failed", async () => {
    await using codex = await startOffline();
    codex.model.reply(failure({ status: 400 }));
    await expect(codex.run("Hello")).rejects.toBeInstanceOf(TurnFailedError);
    expect(await loaded(codex)).toEqual([]);
  });

  it("interrupts the turn, closes the thread and rejects with the reason when aborted", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["One ", gate, "two"]));
    const controller = new AbortController();
    const run = codex.run("Hello", { signal: controller.signal });
    await gate.reached();
    controller.abort("enough");
    await expect(run).rejects.toBe("enough");
    expect(await loaded(codex)).toEqual([]);
  });

  it("starts nothing for an input that is empty or a signal that is aborted", async () => {
    await using codex = await startOffline();
    await expect(codex.run([])).rejects.toBeInstanceOf(TypeError);
    await expect(codex.run("Hello", { signal: AbortSignal.abort("no") })).rejects.toBe("no");
    expect(await loaded(codex)).toEqual([]);
  });
});
