import { describe, expect, it, vi } from "vitest";
import { show } from "../../../src/notebook/mod.ts";
import { failure, Gate, message, startOffline } from "../../../src/testing/mod.ts";
import { NotebookRig } from "../../support/notebook_rig.ts";

// Each test starts a kernel; one shows 20,000 deltas.
vi.setConfig({ testTimeout: 60_000 });

describe("show() in the kernel", () => {
  it("updates one output in place and ends with the whole turn", async () => {
    await using rig = await NotebookRig.start();
    const { text, html } = await rig.run(`
      codex.model.reply(execCommand("echo hi"), "The **answer** <script>alert(1)</script>");
      const result = await show(thread, "Go", { label: "offline model" });
      result.status`);
    expect(html.length).toBe(1);
    expect(html[0]).toContain("<strong>answer</strong>");
    expect(html[0]).not.toContain("<script>");
    expect(text).toMatch(
      /› Go\n\$ .*echo hi.* \(exit 0, .*\)\nhi\nThe [^]*\[✓ completed .* · offline model\]/,
    );
    expect(text).toContain('"completed"');
  });

  it("is one line when its result is the value of the cell, with the rest folded", async () => {
    await using rig = await NotebookRig.start();
    const { text, html } = await rig.run('codex.model.reply("Yes"); await show(thread, "Really?")');
    expect(text).toMatch(/\nTurnResult: ✓ completed[^\n]*, 2 items$/);
    expect(html[1]).toMatch(/^<details>/);
  });

  it("leaves an answer that does not fit the schema in the cell: its first issue and its head", async () => {
    await using rig = await NotebookRig.start();
    const { text } = await rig.run(`
      const { z } = await import("npm:zod@4.6.7");
      codex.model.reply(JSON.stringify({ pieces: "many\\u001b[2J" }));
      await thread.run("How many?", { output: z.object({ pieces: z.number() }) })`);
    expect(text).toContain("does not fit the schema (pieces: ");
    expect(text).toMatch(/The answer begins: \{"pieces":"many/);
  });

  it("makes at most ten updates a second of 20,000 deltas, and the last one has every character", async () => {
    await using rig = await NotebookRig.start();
    const { text, updates } = await rig.run(`
      const words = Array.from({ length: 20_000 }, (_, n) => n + " ").join("");
      codex.model.reply(message(words, { deltas: 20_000 }));
      const begunAt = performance.now();
      const long = await show(thread, "Long");
      [long.finalResponse === words, words.length, performance.now() - begunAt].join()`);
    const [, length, elapsedMs] = /"true,(\d+),([\d.]+)"/.exec(text) ?? [];
    const words = Array.from({ length: 20_000 }, (_, n) => `${n} `).join("");
    expect(Number(length)).toBe(words.length);
    expect(updates.at(-1)).toContain(words);
    expect(updates.length).toBeGreaterThan(2);
    // By the clock of the cell: on their way here, updates may catch each other up. The first and the
    // last one are in no interval.
    expect(updates.length).toBeLessThanOrEqual(Number(elapsedMs) / 100 + 2);
  });

  it("shows several turns at once, each in its own output", async () => {
    await using rig = await NotebookRig.start();
    const { html, text } = await rig.run(`
      const threads = await Promise.all([1, 2, 3, 4, 5].map(() => codex.startThread()));
      const all = await Promise.all(threads.map((each, n) => show(each, "turn " + n)));
      all.length`);
    expect(html.length).toBe(5);
    for (const n of [0, 1, 2, 3, 4]) expect(text).toContain(`› turn ${n}\n`);
  });

  it("shows why a turn failed, and rejects", async () => {
    await using rig = await NotebookRig.start();
    const { text } = await rig.run(
      'codex.model.reply(failure({ status: 400 })); await show(thread, "Fail")',
    );
    expect(text).toMatch(/- failed: [^]*\[✗ failed[^]*TurnFailedError: Cannot complete turn/);
  });
});

describe("values in the kernel", () => {
  it("show themselves", async () => {
    await using rig = await NotebookRig.start();
    const shown = async (code: string) => (await rig.run(code)).html.at(-1) ?? "nothing";
    expect(await shown("await codex.models()")).toContain("offline-model-large");
    expect(await shown("codex.server")).toContain("offline model");
    expect(await shown("codex")).toContain("offline model");
    expect(await shown('await thread.run("hello <b>")')).toContain("hello &lt;b&gt;");
    expect(await shown('const turn = await thread.startTurn("more"); await turn.result(); turn'))
      .toContain("› more");
    expect(await shown("codex.listThreads()")).toContain("Threads (1)");
    expect(await shown("await codex.listThreads().page()")).toContain("Threads (1)");
    expect(await shown("await thread.read({ includeTurns: true })")).toContain("› more");
    expect(await shown("thread")).toContain(">Thread<");
    expect(await shown('(await thread.run("hello")).usage')).toContain("of it cached");
    expect(
      await shown(
        'await thread.rename(" ").catch((error) => codex.resumeThread("none")).catch((error) => error)',
      ),
    )
      .toContain("<b>InvalidRequestError: Cannot");
    expect(await shown("await codex.account()")).toContain("No account is logged in");
  });
});

describe("show() outside a notebook", () => {
  it("writes messages as they grow and all else when it is done", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(["Once ", gate, "upon"]));
    const thread = await codex.startThread();
    let written = "";
    const grown = Promise.withResolvers<void>();
    const write = (text: string): void => {
      written += text;
      if (written.includes("Once")) grown.resolve();
    };
    const shown = show(thread, "Tell", { write });
    await grown.promise;
    expect(written).toBe("› Tell\nOnce ");
    gate.open();
    expect((await shown).finalResponse).toBe("Once upon");
    expect(written).toMatch(/^› Tell\nOnce upon\n\[✓ completed · .*\]\n$/);
  });

  it("shows a turn that has begun, or has ended, from its first event on", async () => {
    await using codex = await startOffline();
    const turn = await (await codex.startThread()).startTurn("Hi");
    await turn.result();
    let written = "";
    const result = await show(turn, { write: (text) => written += text });
    expect(written).toContain(`› Hi\n${result.finalResponse}\n[✓ completed`);
  });

  it("rejects with signal.reason; a turn that it started is interrupted, one that it was given goes on", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const gates = [new Gate(), new Gate()] as const;
    codex.model.reply(message(["a", gates[0]]), message(["b", gates[1]]));
    const write = (): void => {};
    const stop = new AbortController();
    const shown = show(thread, "Hi", { write, signal: stop.signal });
    await gates[0].reached();
    stop.abort("enough");
    await expect(shown).rejects.toBe("enough");
    const turn = await thread.startTurn("Again");
    await gates[1].reached();
    await expect(show(turn, { write, signal: AbortSignal.abort("no") })).rejects.toBe("no");
    gates[1].open();
    expect((await turn.result()).finalResponse).toBe("b");
  });

  it("rejects like the turn, and what was written stays", async () => {
    await using codex = await startOffline();
    codex.model.reply(failure({ status: 400 }));
    let written = "";
    const shown = show(await codex.startThread(), "Hi", { write: (text) => written += text });
    await expect(shown).rejects.toThrow("Cannot complete turn");
    expect(written).toMatch(/^› Hi\n- failed: [^]*\[✗ failed/);
  });
});
