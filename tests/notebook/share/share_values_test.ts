import { describe, expect, it } from "vitest";
import { share, shareWith } from "../../../src/notebook/share/share.ts";

describe("share()", () => {
  it("gives a thread its tools, its labels and what the model has to know", () => {
    const { tools: _, ...parts } = share({
      sales: [1],
      get later() {
        return 1;
      },
    }).components();
    expect(parts).toEqual({
      mcpServers: [],
      skills: [],
      policyLabels: ["write", "local_execution"],
      developerInstructions: expect.stringMatching(
        /^The user shares live values of a notebook with you:\n- sales: array of 1 element\n- later: getter\nCall `describe` before you use a value\. `evaluate` runs TypeScript/,
      ),
    });
    const safe = share({}, { readOnly: true }).components();
    expect(safe.policyLabels).toEqual(["read_only"]);
    expect(safe.developerInstructions).toMatch(
      /:\n- none yet\n.* You can look at the values and show them, and not compute with them\.$/,
    );
  });

  it("has its own members hidden and fixed, and values that can change", () => {
    const values = Object.freeze({
      a: 1,
      get b() {
        return 2;
      },
    });
    const shared = share(values as { a: number; b: number }, { name: "mine" });
    expect([shared.name, Object.keys(shared)]).toEqual(["mine", ["a", "b"]]);
    expect(share({}).name).toBe("the notebook");
    const own = Object.getOwnPropertyDescriptors(shared);
    for (const hidden of [own.name, own.components]) {
      expect(hidden).toMatchObject({ enumerable: false, writable: false, configurable: false });
    }
    expect(own.a).toEqual({ value: 1, enumerable: true, writable: true, configurable: true });
    expect(own.b).toMatchObject({ enumerable: true, configurable: true, set: undefined });
  });

  it("adds values to those of the thread's first share, each under a name that can be", () => {
    const [other, shared] = [{ name: "crm", components: () => ({}) }, share({ a: 1 })];
    const thread = { connectors: { sources: [other, shared] } } as never;
    shareWith(thread, { a: 2, b: 3 });
    expect([shared.a, shared.b]).toEqual([2, 3]);
    expect(() => shareWith(thread, { then: 1 })).toThrow("the name is taken");
    expect(() => shareWith(thread, [1] as never)).toThrow("Pass an object");
    expect(() => shareWith({ connectors: { sources: [other] } } as never, { a: 1 })).toThrow(
      /^Cannot share values with the thread: it was started without share\(\)/,
    );
  });

  it("is a table of names and kinds in a cell", async () => {
    const shared = share({
      a: 1,
      get b() {
        return 2;
      },
    });
    const look = (shared as unknown as Record<PropertyKey, unknown>)[Symbol.for("Jupyter.display")];
    const bundle = await (look as () => Promise<Record<string, string>>).call(shared);
    expect(bundle["text/plain"]).toBe("Shared values\nname  kind\na     number\nb     getter");
  });
});
