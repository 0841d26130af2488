import { describe, expect, it } from "vitest";
import { type CellOutput, Kernel, type MimeBundle } from "../../src/notebook/runner/mod.ts";
import { OutputFold } from "../../src/notebook/runner/outputs.ts";
import type { JupyterMessage } from "../../src/notebook/runner/wire.ts";
import { ROOT } from "../support/repository.ts";

const SETUP = `
import { notebook, show, progress, askApproval } from "file://${ROOT}src/notebook/mod.ts";
import { Gate, message, execCommand, startOffline } from "file://${ROOT}src/testing/mod.ts";
const codex = await notebook({ start: startOffline });
const thread = await codex.startThread();
codex.server.processId`;

/** A kernel with the notebook's Codex in it. */
class Rig implements AsyncDisposable {
  readonly kernel: Kernel;
  readonly messages: JupyterMessage[] = [];
  readonly #fold = new OutputFold();

  private constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  static async start(answers?: readonly string[]): Promise<Rig> {
    const rig = new Rig(await Kernel.start({ cwd: "/", ...(answers && { answers }) }));
    const outputs = await rig.run(SETUP);
    expect(textOf(outputs)).toMatch(/^\d+$/);
    return rig;
  }

  async run(code: string): Promise<readonly CellOutput[]> {
    this.messages.length = 0;
    const outputs = this.#fold.beginCell();
    await this.kernel.execute(code, (message) => {
      this.messages.push(message);
      this.#fold.accept(message);
    });
    return outputs.toArray();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kernel.close();
  }
}

function bundles(outputs: readonly CellOutput[]): MimeBundle[] {
  return outputs.flatMap((output) => "data" in output ? [output.data] : []);
}

function textOf(outputs: readonly CellOutput[]): string {
  return outputs.map((output) =>
    "data" in output
      ? String(output.data["text/plain"])
      : output.output_type === "stream"
      ? output.text
      : `${output.ename}: ${output.evalue}`
  ).join("\n");
}

describe("in the Deno kernel", () => {
  it("show() updates one cell in place and ends with the whole turn", async () => {
    await using rig = await Rig.start();
    const outputs = await rig.run(`
      codex.model.reply(execCommand("echo hi"), "The **answer** <script>alert(1)</script>");
      const result = await show(thread, "Go"); result.status`);
    const [card] = bundles(outputs);
    expect(card?.["text/html"]).toContain("<strong>answer</strong>");
    expect(card?.["text/html"]).not.toContain("<script>");
    expect(card?.["text/plain"]).toContain("$ /bin/bash -c 'echo hi' (exit 0)\nhi");
    expect(textOf(outputs)).toContain('"completed"');
  });

  it("show() of 20,000 deltas makes at most ten updates a second, and the last one is complete", async () => {
    await using rig = await Rig.start();
    const outputs = await rig.run(`
      codex.model.reply(message("word ".repeat(20_000), { deltas: 20_000 }));
      const started = performance.now();
      const long = await show(thread, "Long");
      [long.finalResponse.length, Math.round(performance.now() - started)].join()`);
    const [, ms = "0"] = /"100000,(\d+)"/.exec(textOf(outputs)) ?? [];
    const updates = rig.messages.filter(({ type }) => /display_data/.test(type)).length;
    expect(updates).toBeLessThanOrEqual(Number(ms) / 100 + 3);
    expect(updates).toBeGreaterThan(1);
    const [card] = bundles(outputs);
    expect(String(card?.["text/plain"])).toContain("word word");
    expect(String(card?.["text/html"]).length).toBeLessThan(1_000_000);
  });

  it("Stop interrupts the turn and not the kernel", async () => {
    await using rig = await Rig.start();
    const cell = rig.run(`
      const gate = new Gate();
      codex.model.reply(message(["begun ", gate]));
      const running = show(thread, "Wait");
      await gate.reached();
      console.log("reached");
      (await running).status`);
    await seen(rig, "reached");
    rig.kernel.interrupt();
    expect(textOf(await cell)).toContain('"interrupted"');
    expect(textOf(await rig.run("1 + 1"))).toBe("2");
  });

  it("notebook() may run again: the Codex before is closed, the new one works", async () => {
    await using rig = await Rig.start();
    const outputs = await rig.run(`
      const again = await notebook({ start: startOffline });
      const old = await thread.run("x").catch((error) => error.name);
      [old, (await (await again.startThread()).run("hello")).finalResponse].join(" | ")`);
    expect(textOf(outputs)).toMatch(/TransportClosedError \| .*hello/);
  });

  it("a killed kernel leaves no runtime behind", async () => {
    const rig = await Rig.start();
    const pid = Number(textOf(await rig.run("codex.server.processId")));
    Deno.kill(rig.kernel.pid, "SIGKILL");
    await rig.kernel.close();
    await expect(goneWithin(pid, 5000)).resolves.toBe(true);
  });

  it("an error that nobody caught is shown, and the kernel goes on", async () => {
    await using rig = await Rig.start();
    const outputs = await rig.run(
      `void Promise.reject(new TypeError("lost")); await new Promise((r) => setTimeout(r, 50)); undefined`,
    );
    expect(textOf(outputs)).toContain("TypeError: lost");
  });

  it("values show themselves", async () => {
    await using rig = await Rig.start();
    const html = async (code: string) => String(bundles(await rig.run(code))[0]?.["text/html"]);
    expect(await html("await codex.models()")).toContain("offline-model-large");
    expect(await html("codex.server")).toContain("offline model");
    expect(await html('await thread.run("hello <b>")')).toContain("hello &lt;b&gt;");
    expect(await html("codex.listThreads()")).toContain(">Threads (1)<");
    expect(await html("thread")).toContain(">Thread<");
    expect(await html('(await thread.run("hello")).usage')).toContain("inputTokens");
  });

  it("askApproval() asks the user, and declines when there is nobody to ask", async () => {
    const ask = `
      codex.model.reply(execCommand("touch made", { escalate: true }), "done");
      const careful = await codex.startThread({ approvalMode: "ask", sandbox: "read-only", onApproval: askApproval() });
      const made = await careful.run("Make it");
      made.items.find(({ type }) => type === "commandExecution").status`;
    await using attended = await Rig.start(["y"]);
    const outputs = await attended.run(ask);
    expect(textOf(outputs)).toContain("touch made");
    expect(textOf(outputs)).toContain('"completed"');
    await using alone = await Rig.start();
    expect(textOf(await alone.run(ask))).toContain('"declined"');
  });

  it("progress() is one cell updated in place", async () => {
    await using rig = await Rig.start();
    const outputs = await rig.run(`
      const report = progress();
      for (let done = 1; done <= 5; done++) report({ done, failed: 1, total: 5 });
      await new Promise((r) => setTimeout(r, 50)); undefined`);
    expect(bundles(outputs).length).toBe(1);
    expect(textOf(outputs)).toMatch(/5 of 5, .*1 failed/);
  });
});

async function seen(rig: Rig, text: string): Promise<void> {
  while (!rig.messages.some(({ content }) => String(content.text).includes(text))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    const { success } = await new Deno.Command("kill", {
      args: ["-0", String(pid)],
      stderr: "null",
    }).output();
    if (!success) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
