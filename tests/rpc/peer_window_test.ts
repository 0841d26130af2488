import { describe, expect, it } from "vitest";
import { InFlightWindow } from "../../src/rpc/peer.ts";

describe("InFlightWindow", () => {
  it("lets in as many as it has room for, the others in order of arrival", () => {
    const window = new InFlightWindow(2);
    expect([window.tryEnter(), window.tryEnter(), window.tryEnter()]).toEqual([true, true, false]);
    const entered: string[] = [];
    window.wait(() => entered.push("a"));
    window.wait(() => entered.push("b"));
    window.leave();
    expect(entered).toEqual(["a"]);
    window.leave();
    window.leave();
    expect(entered).toEqual(["a", "b"]);
    expect([window.tryEnter(), window.tryEnter()]).toEqual([true, false]);
  });

  it("gives the place of one that withdrew to the next", () => {
    const window = new InFlightWindow(1);
    window.tryEnter();
    const entered: string[] = [];
    const withdraw = window.wait(() => entered.push("a"));
    window.wait(() => entered.push("b"));
    withdraw();
    window.leave();
    expect(entered).toEqual(["b"]);
  });

  it("lets every request in once it is open", () => {
    const window = new InFlightWindow(1);
    window.tryEnter();
    const entered: string[] = [];
    window.wait(() => entered.push("a"));
    window.wait(() => entered.push("b"));
    window.open();
    expect(entered).toEqual(["a", "b"]);
    expect(window.tryEnter()).toBe(true);
    // They have entered once: a place that is given back admits none of them again.
    for (let places = 0; places < 3; places++) window.leave();
    expect(entered).toEqual(["a", "b"]);
  });
});
