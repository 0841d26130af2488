import { describe, expect, it, vi } from "vitest";
import type { Thread } from "../../../mod.ts";
import { execCommand, Gate, message } from "../../../src/testing/mod.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { statusesOf } from "../../support/thread_statuses.ts";

// Ten clients with turns on one server.
vi.setConfig({ testTimeout: 60_000 });

const WS = { listen: "ws://127.0.0.1:0" };
const ASK = { sandbox: "read-only", approvalMode: "ask" } as const;

describe("a turn that another client started", () => {
  it("is listed, joined with its items so far, and gives its result whole", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start(WS);
    const [first, second] = [await rig.connect(server), await rig.connect(server)];
    const pause = new Gate();
    rig.harness.model.reply("done", message(["one ", pause, "two"]));
    const idle = await first.startThread();
    await idle.run("Done before");
    const turn = await (await first.startThread()).startTurn("Go");
    await pause.reached();
    const active = await second.activeThreads();
    expect(active.map(({ id }) => id)).toEqual([turn.threadId]);
    const thread = await second.resumeThread(turn.threadId);
    const joined = thread.activeTurn;
    expect(joined?.id).toBe(turn.id);
    expect(thread.activeTurn).toBe(joined);
    const methods = (async () => {
      const events = await Array.fromAsync(joined ?? []);
      return events.map(({ method }) => method);
    })();
    pause.open();
    const results = await Promise.all([turn.result(), joined?.result()]);
    expect(results.map((result) => result?.finalResponse)).toEqual(["one two", "one two"]);
    expect(results[1]?.items).toEqual(results[0]?.items);
    expect((await methods).slice(0, 3)).toEqual(["turn/started", "local/gap", "item/completed"]);
    expect((await methods).at(-1)).toBe("turn/completed");
    expect(thread.activeTurn).toBe(null);
    expect(await second.activeThreads()).toEqual([]);
  });

  // Loading it again would end a turn that is just beginning.
  it("is on a thread that stays loaded when its client leaves and another one joins", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start(WS);
    const [first, second] = [await rig.connect(server), await rig.connect(server)];
    const begun = await first.startThread(ASK);
    await begun.run("Hello");
    const { id } = begun;
    const watcher = await rig.connect(server);
    const statuses = statusesOf(watcher, id);
    await first.close();
    const thread = await second.resumeThread(id, ASK);
    expect((await thread.run("Again")).status).toBe("completed");
    expect(await statuses).toEqual(["active", "idle"]);
  });

  it("can be steered and interrupted by each client that joined it", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start(WS);
    const [first, second] = [await rig.connect(server), await rig.connect(server)];
    const [pause, steered] = [new Gate(), new Gate()];
    rig.harness.model.reply(message(["one ", pause]), message(["two ", steered]));
    const turn = await (await first.startThread()).startTurn("Go");
    await pause.reached();
    const joined = (await second.resumeThread(turn.threadId)).activeTurn;
    await joined?.steer("And this");
    await steered.reached();
    expect(rig.harness.model.requests[1]?.lastUserText).toContain("And this");
    await joined?.interrupt();
    expect((await turn.result()).status).toBe("interrupted");
    pause.open();
  });

  it("makes its thread busy", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start(WS);
    const [first, second] = [await rig.connect(server), await rig.connect(server)];
    const pause = new Gate();
    rig.harness.model.reply(message(["one ", pause]), "second");
    const turn = await (await first.startThread()).startTurn("Go");
    await pause.reached();
    const thread = await second.resumeThread(turn.threadId);
    await expect(thread.run("Too early")).rejects.toMatchObject({ turnId: turn.id });
    const waiting = thread.run("Later", { whenBusy: "wait" });
    pause.open();
    expect((await waiting).finalResponse).toBe("second");
  });
});

describe("a question of a thread that several clients have", () => {
  it("is answered by the one with a handler; the others are silent", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start(WS);
    const driver = await rig.connect(server);
    const quiet = await rig.connect(server);
    const observer = await rig.connect(server, { observe: true, onApproval: () => "decline" });
    rig.harness.model.reply(
      execCommand("echo hello", { escalate: true }),
      (request) => request.toolOutputs()[0]?.text.includes("hello") ? "it ran" : "it did not",
    );
    const asked = Promise.withResolvers<void>();
    const others = Promise.withResolvers<void>();
    const thread = await driver.startThread({
      ...ASK,
      onApproval: async () => {
        asked.resolve();
        await others.promise;
        return "accept" as const;
      },
    });
    const turn = await thread.startTurn("Go");
    await asked.promise;
    // A handle that is not held closes its thread, which ends the turn.
    const held: Thread[] = [];
    for (const codex of [quiet, observer]) {
      held.push(await codex.resumeThread(thread.id));
      // The question comes with the thread, and an answer to it would be sent before these calls.
      for (let call = 0; call < 3; call++) await codex.models();
    }
    others.resolve();
    expect((await turn.result()).finalResponse).toBe("it ran");
    expect(held.map(({ id }) => id)).toEqual([thread.id, thread.id]);
  });
});

describe("one server", () => {
  it("serves ten clients at once, each with separate threads", async () => {
    await using rig = await ServerRig.create();
    const server = await rig.start(WS);
    rig.harness.model.on(() => true, (request) => `answer to ${request.lastUserText}`);
    const clients = await Promise.all(Array.from({ length: 10 }, () => rig.connect(server)));
    const answers = await Promise.all(clients.map(async (codex, client) => {
      const thread = await codex.startThread();
      const seen: string[] = [];
      for (const round of [1, 2, 3]) {
        const { finalResponse } = await thread.run(`${client}.${round}`);
        seen.push(finalResponse ?? "");
      }
      return seen;
    }));
    const expected = clients.map((_, client) =>
      [1, 2, 3].map((round) => `answer to ${client}.${round}`)
    );
    expect(answers).toEqual(expected);
    expect(rig.harness.model.requests.length).toBe(30);
    expect((await Array.fromAsync(clients[0]?.listThreads() ?? [])).length).toBe(10);
  });
});
