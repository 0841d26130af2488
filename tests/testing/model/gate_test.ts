import { describe, expect, it } from "vitest";
import { Gate } from "../../../src/testing/mod.ts";

describe("Gate", () => {
  it("lets nothing pass before it is open, and everything after", async () => {
    const gate = new Gate();
    const passed: string[] = [];
    const early = gate.pass().then(() => passed.push("early"));
    await gate.reached();
    expect(passed).toEqual([]);
    gate.open();
    await early;
    await gate.pass();
    expect(passed).toEqual(["early"]);
    expect(gate.isOpen).toBe(true);
    expect(gate.arrivals).toBe(2);
  });

  it("reached(n) resolves at the nth arrival, at once when it was before", async () => {
    const gate = new Gate();
    let third = false;
    const waiting = gate.reached(3).then(() => third = true);
    void gate.pass();
    void gate.pass();
    await gate.reached(2);
    expect(third).toBe(false);
    void gate.pass();
    await waiting;
    await gate.reached();
  });

  it("reached() rejects with signal.reason when aborted", async () => {
    const reason = new Error("enough");
    const abort = new AbortController();
    const waiting = new Gate().reached(1, { signal: abort.signal });
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(new Gate().reached(1, { signal: abort.signal })).rejects.toBe(reason);
  });
});
