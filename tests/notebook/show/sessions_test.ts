import { describe, expect, it, vi } from "vitest";
import { show } from "../../../src/notebook/mod.ts";
import { ageOf } from "../../../src/notebook/show/sessions.ts";
import { startOffline } from "../../../src/testing/mod.ts";
import { NotebookRig } from "../../support/notebook_rig.ts";

// Each test starts a kernel and a runtime in it.
vi.setConfig({ testTimeout: 60_000 });

describe("show() of a Codex", () => {
  it("lists the sessions with the line that resumes each, and that line works", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.run("First question");
    await thread.run("Second question");
    await thread.rename("Mine");
    await (await codex.startThread()).run("Another");
    let text = "";
    await show(codex, { write: (part) => text += part });
    expect(text).toMatch(/^2 sessions\nname +changed +turns +tokens +to go on\n/);
    expect(text).toMatch(
      new RegExp(`Mine +just now +2 +[\\d,]+ +await codex.resumeThread\\("${thread.id}"\\)`),
    );
    const [, line = ""] = /Mine.*await (.*)$/m.exec(text) ?? [];
    const resume = new Function("codex", `return ${line}`);
    expect((await resume(codex)).id).toBe(thread.id);
  });

  it("says how old a session is", () => {
    const now = Date.now();
    const ages = [30_000, 90_000, 7_200_000, 200_000_000].map((ms) =>
      ageOf({ updatedAt: new Date(now - ms) }, now)
    );
    expect(ages).toEqual(["just now", "1 minute ago", "2 hours ago", "2 days ago"]);
  });
});

describe("show() of a thread", () => {
  it("shows the conversation so far", async () => {
    await using rig = await NotebookRig.start();
    await rig.run('await thread.run("One"); await thread.run("Two")');
    const { text, html } = await rig.run("await show(thread)");
    expect(text).toMatch(/› One\n[^]*› Two\n[^]*\nThreadSnapshot: One, 2 turns$/);
    expect(html[0]?.match(/<details>/g)?.length).toBe(2);
  });

  it("brings the cards back after a restart of the runtime", async () => {
    await using rig = await NotebookRig.start();
    const { text } = await rig.run(`
      await thread.run("Before");
      await codex.restart();
      await show(await codex.resumeThread(thread.id));`);
    expect(text).toContain("› Before\n");
  });

  it("follows the turn that runs until its end", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      const gate = new Gate();
      codex.model.reply(message(["begun ", gate, "and ended"]));
      const running = thread.run("Go");
      await gate.reached();
      setTimeout(() => gate.open(), 0);
      const { turns } = await show(thread);
      (await running).status`);
    const { text } = await cell;
    expect(text).toMatch(/› Go\n[^]*begun and ended[^]*\[✓ completed/);
  });
});
