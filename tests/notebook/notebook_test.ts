import { describe, expect, it, vi } from "vitest";
import { type CellView, NotebookRig } from "../support/notebook_rig.ts";
import { isAlive, whenGone } from "../support/processes.ts";
import { ROOT } from "../support/repository.ts";
import { until } from "../support/until.ts";

// Each test starts a kernel, some three.
vi.setConfig({ testTimeout: 60_000 });

describe("notebook()", () => {
  it("says with what it works, so that the offline model is not taken for a real one", async () => {
    await using rig = await NotebookRig.start();
    const { text } = await rig.run("const other = await notebook({ start: startOffline });");
    expect(text).toMatch(/^Codex \d+\.\d+\.\d+ · offline model · Deno \d/);
    const quiet = await rig.run(
      "await notebook({ start: startOffline, banner: false }); undefined",
    );
    expect(quiet.text).toBe("");
  });

  it("may run again, also while it runs: the Codex before is closed, the last one works", async () => {
    await using rig = await NotebookRig.start();
    const { text } = await rig.run(`
      const [second, third] = await Promise.all([1, 2].map(() => notebook({ start: startOffline, banner: false })));
      const fates = [];
      for (const each of [thread, ...await Promise.allSettled([second.startThread(), third.startThread()])]) {
        fates.push(each.reason?.name ?? await (each.value ?? each).run("x").then(({ status }) => status, ({ name }) => name));
      }
      fates.join()`);
    expect(text).toContain('"TransportClosedError,TransportClosedError,completed"');
  });

  it("gives what a cell printed and its value time to arrive before the next cell begins", async () => {
    await using rig = await NotebookRig.start();
    await rig.run('var late = false; setTimeout(() => late = true, 10); "value"');
    expect((await rig.run("late")).text).toBe("true");
  });

  it("leaves no runtime behind when the kernel is killed, ends by itself, or restarts", async () => {
    for (const end of ["SIGKILL", "exit", "close"] as const) {
      const rig = await NotebookRig.start();
      if (end === "exit") await rig.run("Deno.exit(0)").catch(() => {});
      if (end === "SIGKILL") Deno.kill(rig.kernel.pid, "SIGKILL");
      await rig.kernel.close();
      await expectGone(rig.runtimeId);
    }
  });
});

describe("Stop", () => {
  it("interrupts the turn and not the kernel", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      codex.model.reply(message(["begun ", new Gate()]));
      await show(thread, "Wait")`);
    await rig.seen("begun");
    rig.stop();
    const { text } = await cell;
    expect(text).toContain("AbortError: Stopped by the user");
    expect(text).toContain("[■ interrupted");
    expect((await rig.run("1 + 1")).text).toBe("2");
    await rig.afterStop();
    expect((await rig.run('(await thread.run("again")).status')).text).toContain("completed");
  });

  it("ends a loop of turns, shown or not", async () => {
    await using rig = await NotebookRig.start();
    for (const call of ['show(thread, "Wait")', 'thread.run("Wait")']) {
      const cell = rig.run(`
        codex.model.on("Wait", () => message(["begun ", new Gate()]));
        var rounds = 0;
        for (; rounds < 5; rounds++) {
          const running = ${call};
          console.log("round");
          await running;
        }`);
      await rig.seen("round");
      rig.stop();
      expect((await cell).text).toContain("AbortError: Stopped by the user");
      expect((await rig.run("rounds")).text).toBe("0");
      await rig.run("codex.model.clear()");
      await rig.afterStop();
    }
  });

  it("stops a turn that is only about to begin", async () => {
    await using rig = await NotebookRig.start();
    for (const call of ['show(thread, "Wait")', 'thread.run("Wait")']) {
      const cell = rig.run(`
        codex.model.reply(message(["x", new Gate()]));
        console.log("now");
        (await ${call}.catch((error) => ({ status: error.name }))).status`);
      await rig.seen("now");
      rig.stop();
      expect((await cell).text).toContain('"AbortError"');
      await rig.run("codex.model.clear()");
      await rig.afterStop();
    }
  });

  it("interrupts turns that are not shown, and shown turns of a Codex that is not the notebook's", async () => {
    await using rig = await NotebookRig.start();
    const hidden = rig.run(`
      const gate = new Gate();
      codex.model.reply(message(["x", gate]));
      const running = thread.run("Wait");
      await gate.reached();
      console.log("reached");
      await running`);
    await rig.seen("reached");
    rig.stop();
    expect((await hidden).text).toContain("AbortError: Stopped by the user");
    await rig.afterStop();
    const foreign = rig.run(`
      const own = await startOffline();
      own.model.reply(message(["begun ", new Gate()]));
      await show(await own.startThread(), "Wait")`);
    await rig.seen("begun");
    rig.stop();
    expect((await foreign).text).toContain("AbortError: Stopped by the user");
    await rig.run("await own.close()");
  });

  it("ends a run over many inputs as a whole", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      codex.model.reply(...Array.from({ length: 50 }, () => message(["x", new Gate()])));
      const inputs = Array.from({ length: 50 }, (_, n) => n);
      let begun = 0;
      const task = async (n, { thread, signal }) => {
        if (++begun === 2) console.log("two begun");
        return (await thread.run(String(n), { signal })).status;
      };
      await Array.fromAsync(codex.map(inputs, task, { concurrency: 2 }))`);
    await rig.seen("two begun");
    rig.stop();
    expect((await cell).text).toContain("AbortError: Stopped by the user");
    expect((await rig.run("begun")).text).toBe("2");
  });

  it("ends a start that takes its time, such as a download", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      console.log("starting");
      await notebook({
        start: ({ signal }) => new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
      })`);
    await rig.seen("starting");
    rig.stop();
    const { text } = await cell;
    expect(text).toContain("AbortError: Stopped by the user");
    expect(text).not.toContain("No turn was running");
    expect((await rig.run("await notebook({ start: startOffline })")).text).toContain("Codex 0.");
  });

  it("aborts what got stopSignal()", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      console.log("waiting");
      await new Promise((_, reject) => {
        const signal = stopSignal();
        signal.addEventListener("abort", () => reject(signal.reason));
      })`);
    await rig.seen("waiting");
    rig.stop();
    expect((await cell).text).toContain("AbortError: Stopped by the user");
  });

  it("ends a cell whose turn is being started, within 5 s", async () => {
    await using rig = await NotebookRig.start();
    await rig.run('await thread.run("begin")');
    Deno.kill(rig.runtimeId, "SIGSTOP");
    const cell = rig.run(`
      const wait = setTimeout;
      globalThis.setTimeout = (work, ms, ...rest) => {
        if (ms === 5000) console.log("it is given 5 s");
        return wait(work, ms === 5000 ? 0 : ms, ...rest);
      };
      const starting = thread.run("not taken");
      while (!codex.client.router.isBusy) await new Promise((resolve) => setTimeout(resolve));
      console.log("starting");
      await starting`);
    await rig.seen("starting");
    rig.stop();
    expect((await cell).text).toMatch(/it is given 5 s\n[^]*AbortError: Stopped by the user/);
    Deno.kill(rig.runtimeId, "SIGCONT");
  });

  it("says so when there is nothing to stop, and the kernel lives on", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      const going = released();
      console.log("waiting");
      await going;
      "lives on"`);
    await rig.seen("waiting");
    rig.stop();
    await rig.seen("No turn was running");
    rig.release();
    expect((await cell).text).toContain('"lives on"');
  });

  it("ends the runtime when a turn does not stop", async () => {
    await using rig = await NotebookRig.start();
    const { cell } = await stopStuckTurn(rig);
    expect((await cell).text).toMatch(/its runtime was ended[^]*TransportClosedError/);
    await rig.afterStop();
    const again = await rig.run(`
      const fresh = await notebook({ start: startOffline });
      (await (await fresh.startThread()).run("x")).status`);
    expect(again.text).toContain('"completed"');
  });

  it("ends it at once: a kernel that dies right after leaves no runtime", async () => {
    await using rig = await NotebookRig.start();
    const { cell } = await stopStuckTurn(rig);
    await rig.seen("its runtime was ended");
    Deno.kill(rig.kernel.pid, "SIGKILL");
    await cell.catch(() => {});
    await expectGone(rig.runtimeId);
  });
});

describe("Stop during Run All", () => {
  it("ends the cells behind the one that runs, for every kind of turn they begin", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      // The clock stands, so that a slow machine begins the next cells within the second.
      const now = performance.now();
      performance.now = () => now;
      codex.model.reply(message(["begun ", new Gate()]));
      await show(thread, "Wait")`);
    await rig.seen("begun");
    rig.stop();
    expect((await cell).text).toContain("AbortError: Stopped by the user");
    for (
      const call of [
        'await show(thread, "Next")',
        'await thread.run("Next")',
        "await thread.compact()",
        'await Array.fromAsync(codex.map([1, 2], (n, { thread }) => thread.run("Next")))',
      ]
    ) {
      expect((await rig.run(call)).text).toContain("AbortError: Stopped by the user");
    }
    expect((await rig.run("codex.model.requests.length")).text).toBe("1");
  });
});

describe("Stop keeps its word about", () => {
  it("the waits of retryOnOverload", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      const { retryOnOverload, ServerBusyError } = await import("file://${ROOT}mod.ts");
      const busy = new ServerBusyError("model/list", { code: -32001, message: "overloaded" });
      await retryOnOverload(() => Promise.reject(busy), {
        initialDelayMs: 60_000,
        maxDelayMs: 60_000,
        onRetry: () => console.log("waiting"),
      })`);
    await rig.seen("waiting");
    rig.stop();
    const { text } = await cell;
    expect(text).toContain("AbortError: Stopped by the user");
    expect(text).not.toContain("No turn was running");
  });

  it("what a running command had printed", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      // The runtime does not report what a command prints at its very start.
      codex.model.reply(execCommand("while :; do echo printed; sleep 0.1; done"));
      await show(await codex.startThread({ sandbox: "full-access" }), "Go")`);
    await rig.seen("printed\\nprinted");
    rig.stop();
    const { text } = await cell;
    expect(text).toMatch(/sleep 0\.1.* \(interrupted.*\)\nprinted\nprinted/);
    expect(text).not.toContain("dropped");
  });

  it("an approval that waits: it is withdrawn in both cards, and an answer after it counts for nothing", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      codex.model.reply(execCommand("touch x", { escalate: true, justification: "why" }), "Done.");
      const typed = Promise.withResolvers();
      const asking = await codex.startThread({
        sandbox: "read-only",
        approvalMode: "ask",
        onApproval: askApproval({ prompt: () => { console.log("asked"); return typed.promise; } }),
      });
      await show(asking, "Go")`);
    await rig.seen("asked");
    rig.stop();
    const { text } = await cell;
    const { text: late } = await rig.run('typed.resolve("y"); undefined');
    expect(text + late).toContain("[withdrawn]");
    expect(text + late).not.toMatch(/accept|waits for an answer/);
    expect(text).toContain("↳ approval of the command: ");
  });
});

describe("an uncaught error", () => {
  it("is shown, and neither freezes timers between cells nor the cell", async () => {
    await using rig = await NotebookRig.start();
    await using ticks = await TickFile.make();
    const cell = rig.run(`
      var ticks = 0;
      setInterval(() => Deno.writeTextFileSync(${JSON.stringify(ticks.path)}, String(++ticks)), 5);
      const going = released();
      void Promise.reject(new TypeError("lost", { cause: new Error("deeper") }));
      setTimeout(() => { throw new RangeError("thrown") }, 10);
      await going;`);
    await rig.seen("RangeError: thrown");
    rig.release();
    const { text } = await cell;
    expect(text).toMatch(/TypeError: lost\ncaused by Error: deeper\nRangeError: thrown/);
    const before = ticks.count();
    await until(() => ticks.count() > before + 20);
    expect(Number((await rig.run("ticks")).text)).toBeGreaterThan(before + 20);
  });

  it("is counted when there are many", async () => {
    await using rig = await NotebookRig.start();
    const cell = rig.run(`
      const going = released();
      for (let n = 0; n < 1000; n++) void Promise.reject(new Error("n" + n));
      await going;`);
    await rig.seen("… 997 more uncaught errors");
    rig.release();
    const { text, html, updates } = await cell;
    expect(text).toContain("Error: n0\nError: n1\nError: n2\n… 997 more uncaught errors");
    expect(html).toEqual([expect.stringMatching(/n0[^]*n2[^]*… 997 more uncaught errors/)]);
    // Ten updates a second, and not one for each error.
    expect(updates.length).toBeLessThan(100);
  });
});

/** A file in which a timer of the kernel counts. */
class TickFile implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<TickFile> {
    return new TickFile(await Deno.makeTempFile());
  }

  count(): number {
    return Number(Deno.readTextFileSync(this.path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path);
  }
}

/**
 * Stops a turn twice whose runtime does not react; the kernel's clock is a second ahead after each
 * Stop. The cell is in an object, so that it is not awaited here.
 */
async function stopStuckTurn(rig: NotebookRig): Promise<{ cell: Promise<CellView> }> {
  const cell = rig.run(`
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    performance.now = () => now() + aheadMs;
    Deno.addSignalListener("SIGINT", () => {
      aheadMs += 1001;
      console.log("asked to stop");
    });
    codex.model.reply(message(["begun ", new Gate()]));
    await show(thread, "Wait")`);
  await rig.seen("begun");
  Deno.kill(rig.runtimeId, "SIGSTOP");
  rig.stop();
  await rig.seen("asked to stop");
  rig.stop();
  return { cell };
}

/** Fails by the test's limit when the process does not end. */
async function expectGone(pid: number): Promise<void> {
  await whenGone(pid);
  expect(await isAlive(pid)).toBe(false);
}
