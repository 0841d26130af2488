import { describe, expect, it } from "vitest";
import { z } from "npm:zod@4.6.7";
import { TurnFailedError } from "../../mod.ts";
import { failure, Gate, message, type OfflineCodex, startOffline } from "../../src/testing/mod.ts";
import { runDeno } from "../support/deno_command.ts";
import { ROOT } from "../support/repository.ts";

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

describe("a typo in the options", () => {
  const PROGRAM = `import { Codex } from "./mod.ts";
import { z } from "npm:zod@4.6.7";
const codex = await Codex.start();
const thread = await codex.startThread();
await thread.run("Hi", { outptu: z.string() });
await thread.run("Hi", { output: z.string(), efort: "low" });
await thread.startTurn("Hi", { modle: "m" });
await codex.run("Hi", { sanbox: "read-only" });
await codex.run("Hi", { output: z.string(), sandbox: "read-onyl" });
`;

  it("of run and startTurn is one error at its place", async () => {
    const file = `${ROOT}typo_${crypto.randomUUID()}.ts`;
    await Deno.writeTextFile(file, PROGRAM);
    try {
      const { stderr } = await runDeno(["check", "--quiet", file], { cwd: ROOT });
      const places = [...stderr.matchAll(/\.ts[^:]*:[^\d]*(\d+)[^:]*:[^\d]*(\d+)/g)]
        .map(([, line, column]) => `${line}:${column}`);
      expect(places).toEqual(["5:26", "6:46", "7:32", "8:25", "9:45"]);
      expect(stderr.match(/\[ERROR\]/g)?.length).toBe(5);
      expect(stderr).not.toContain("overload");
    } finally {
      await Deno.remove(file);
    }
  });
});
