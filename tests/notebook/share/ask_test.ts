import { describe, expect, it } from "vitest";
import { share, show } from "../../../src/notebook/mod.ts";
import { startOffline } from "../../../src/testing/mod.ts";
import { inOneKernel } from "./share_rig.ts";

const SETUP = `
const sales = [{ month: "May", units: 12 }, { month: "June", units: 30 }];
const prompts = () => codex.model.requests.map((request) => request.lastUserText);
await ask.reset({ share: { approve: "allow" } });`;

describe("ask, in one kernel", () => {
  it("asks about live values on a thread that the notebook keeps", () =>
    inOneKernel(SETUP, {
      "shares values by name and shows the turn": async (rig) => {
        expect(await rig.valueOf("ask.thread")).toBe(null);
        await rig.run(`codex.model.reply(
          toolCall("assign", { name: "best", code: "sales.reduce((a, b) => a.units > b.units ? a : b)" }),
          (request) => "June, " + request.toolOutputs().length + " call");`);
        const { html, text } = await rig.run(
          "(await ask`Which month was the best? ${{ sales }}`).finalResponse",
        );
        expect(text).toContain("› Which month was the best? `sales`");
        expect(text).toContain("June, 1 call");
        expect(html[0]).toMatch(/<details open>.*assign.*<code>.*sales/);
        expect(await rig.valueOf("ask.shared.best")).toEqual({ month: "June", units: 30 });
      },
      "goes on with the same thread, whose values stay": async (rig) => {
        const id = await rig.valueOf("ask.thread.id");
        await rig.run('codex.model.reply("Yes"); await ask`Was ${sales} complete? ${[1, 2]}`');
        expect(await rig.valueOf("prompts().at(-1)")).toBe("Was `sales` complete? `value1`");
        expect(await rig.valueOf("ask.thread.id")).toBe(id);
        expect(await rig.valueOf("Object.keys(ask.shared)")).toEqual(["sales", "best", "value1"]);
      },
      "starts two questions of one cell one after the other": async (rig) => {
        await rig.run('codex.model.reply("1", "2")');
        const { text } = await rig.run(
          "(await Promise.all([ask`First`, ask`Second`])).map((each) => each.finalResponse).join()",
        );
        expect(text).toContain('"1,2"');
      },
      "begins anew after a reset, and with another Codex": async (rig) => {
        const id = await rig.valueOf("ask.thread.id");
        await rig.run("await ask.reset()");
        expect(await rig.valueOf("[ask.thread, Object.keys(ask.shared)]")).toEqual([null, []]);
        await rig.run("await ask`Hello`");
        const next = await rig.valueOf("ask.thread.id");
        expect(next === id).toBe(false);
        await rig.run(
          "const another = await notebook({ start: startOffline }); await ask`Hello again`",
        );
        expect(await rig.valueOf("ask.thread.id") === next).toBe(false);
      },
      "refuses options that cannot be": async (rig) => {
        expect((await rig.run("await ask.reset({ shared: {} })")).text).toContain("Use share");
      },
      // All checks, in one kernel.
    }), 120_000);
});

describe("show() with share", () => {
  const write = (): void => {};

  it("adds values to those that the thread shares", async () => {
    await using codex = await startOffline();
    const shared = share({ sales: [1] });
    const thread = await codex.startThread({ connectors: [shared] });
    await show(thread, "Look", { share: { sales: [2], more: 3 }, write });
    expect([shared.sales, shared.more]).toEqual([[2], 3]);
  });

  it("says how to start a thread that can share", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await expect(show(thread, "Look", { share: { a: 1 }, write })).rejects.toThrow(
      "Start it with startThread({ connectors: [share({})] })",
    );
    expect(codex.model.requests).toEqual([]);
  });
});
