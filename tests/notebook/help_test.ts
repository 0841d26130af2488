import { describe, expect, it, vi } from "vitest";
import { help, show } from "../../src/notebook/mod.ts";
import { NotebookRig } from "../support/notebook_rig.ts";

// Runs deno doc in a kernel, once for each name.
vi.setConfig({ testTimeout: 60_000 });

async function helpOf(subject: object): Promise<string> {
  let text = "";
  await help(subject, { write: (part) => text += part });
  return text;
}

describe("help()", () => {
  it("shows signature and documentation of a method, a function and an object, in a cell", async () => {
    await using rig = await NotebookRig.start();
    const { text } = await rig.run(`
      const { help } = await import("file://${Deno.cwd()}/src/notebook/mod.ts");
      await help(thread.run);
      await help(codex.map);`);
    expect(text).toMatch(/^run<[^]*input: TurnInput[^]*Runs a turn to its end/);
    expect(text).toMatch(/map<Input, Output[^]*@example/);
    expect(text).not.toContain("Defined in");
    expect(await helpOf(show)).toMatch(/^function show\(turn: Turn[^]*@example/);
  });

  it("refuses what is nothing of this module, and ends with the signal", async () => {
    await expect(helpOf(() => {})).rejects.toThrow(TypeError);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(help(show, { signal })).rejects.toThrow("enough");
  });
});
