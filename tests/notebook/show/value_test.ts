import { describe, expect, it } from "vitest";
import { show } from "../../../src/notebook/mod.ts";
import { startOffline } from "../../../src/testing/mod.ts";
import { cellOutputs } from "../../support/cell_outputs.ts";
import { NotebookRig } from "../../support/notebook_rig.ts";

/** What `show` writes outside a notebook. */
async function shown(value: unknown): Promise<string> {
  let text = "";
  await show(value, { write: (part) => text += part });
  return text;
}

describe("show() of a value", () => {
  it("makes a table of the results of a map, taken one by one or collected", async () => {
    await using codex = await startOffline();
    const task = (n: number): number => {
      if (n === 2) throw new Error("two is not liked");
      return n * 10;
    };
    const results = await Array.fromAsync(codex.map([1, 2, 3], task, { concurrency: 1 }));
    for (const value of [results, await codex.map([1, 2, 3], task).collect()]) {
      expect(await shown(value)).toMatch(/^3 rows[^]*two is not liked[^]*30/);
    }
  });

  it("says what null is, and shows texts and plain objects", async () => {
    expect(await shown(null)).toBe("null: there is none\n");
    expect(await shown("text")).toBe("text\n");
    expect(await shown({ a: 1 })).toBe("{ a: 1 }\n");
  });

  it("tells lists and runs that are not read yet what they are", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.run("One");
    expect(await shown(thread.turns())).toMatch(/^List of 1 entry\nid +status/);
    const run = codex.map([1, 2], () => 1);
    expect(await shown(run)).toMatch(/done +0 of 2[^]*await run.collect\(\)/);
    await run.collect();
    expect(await shown(run)).toMatch(/done +2 of 2/);
  });
});

describe("show() of results and other values", () => {
  const row = {
    status: "completed",
    index: 0,
    input: "in",
    output: "out",
    restored: false,
    attempts: 1,
    usage: null,
    cost: null,
    durationMs: 5,
  };

  it("takes rows for results, as long as all of them are, and the longest for their time", async () => {
    const rows = [row, { ...row, index: 1, durationMs: 1500 }, { ...row, index: 2 }];
    expect(await shown(rows)).toMatch(/^3 rows · 1\.5 s\n0 {2}in {2}out\n/);
    expect(await shown([{ ...row, status: "failed", error: new Error("no") }])).toMatch(
      /^1 row · 1 failed · 5 ms\n0 {2}in {2}failed: Error: no/,
    );
    const others = [
      [],
      [row, null],
      [row, { ...row, index: "1" }],
      [row, { ...row, attempts: null }],
      [{ ...row, status: "running" }],
      [{ status: "completed", index: 0, attempts: 1 }],
    ];
    for (const value of others) expect(await shown(value)).not.toMatch(/^\d rows?/);
  });

  it("shows what shows itself, and refuses options that are not there", async () => {
    const look = { [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "itself" }) };
    expect(await shown(look)).toBe("itself\n");
    expect(await shown(undefined)).toBe("undefined\n");
    await expect(show(1, { lable: "a" } as never)).rejects.toThrow('no option "lable"');
  });

  it("is an output of its own in a cell, and has arrived when it resolves", async () => {
    using outputs = cellOutputs();
    await show("a <b>");
    await show({ a: 1 });
    expect(outputs.map(({ bundle, update }) => [bundle["text/plain"], update])).toEqual([
      ["a <b>", false],
      ["{ a: 1 }", false],
    ]);
    expect(outputs[0]?.bundle["text/html"]).toContain("a &lt;b&gt;</pre>");
    expect(outputs[0]?.display_id).not.toBe(outputs[1]?.display_id);
  });
});

describe("the last value of a cell", () => {
  it("that is a list, a run or no account says what it is", async () => {
    await using rig = await NotebookRig.start();
    expect((await rig.run("await thread.run('One'); thread.turns()")).text).toContain("List of 1");
    expect((await rig.run("codex.map([1, 2], () => 1)")).text).toContain("0 of 2");
    expect((await rig.run("await codex.account()")).text).toContain("No account is logged in");
    expect((await rig.run("null")).text).toBe("");
  });
});
