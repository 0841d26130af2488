import { describe, expect, it } from "vitest";
import { show } from "../../../src/notebook/mod.ts";
import { startOffline } from "../../../src/testing/mod.ts";
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

describe("the last value of a cell", () => {
  it("that is a list, a run or no account says what it is", async () => {
    await using rig = await NotebookRig.start();
    expect((await rig.run("await thread.run('One'); thread.turns()")).text).toContain("List of 1");
    expect((await rig.run("codex.map([1, 2], () => 1)")).text).toContain("0 of 2");
    expect((await rig.run("await codex.account()")).text).toContain("No account is logged in");
    expect((await rig.run("null")).text).toBe("");
  });
});
