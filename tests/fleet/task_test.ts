import { describe, expect, it } from "vitest";
import { defineTask } from "../../src/fleet/mod.ts";
import { tasksOf } from "../../src/fleet/task.ts";

const run = (row: number): number => row;

describe("defineTask", () => {
  it("refuses what cannot be a task", () => {
    expect(() => defineTask({ name: "", run })).toThrow("its name must be");
    expect(() => defineTask({ name: "a b", run })).toThrow(TypeError);
    expect(() => defineTask({ name: "a" } as never)).toThrow("run is not a function");
    expect(() => defineTask({ name: "a", run, attempts: 0 })).toThrow(RangeError);
    expect(() => defineTask({ name: "a", run, onInterrupted: "stop" as never })).toThrow(TypeError);
    expect(() => defineTask({ name: "a", run, atempts: 1 } as never)).toThrow("Use attempts");
  });

  it("is found among what a module exports, under one name", () => {
    const one = defineTask({ name: "one", run });
    const other = defineTask({ name: "one", run });
    expect([...tasksOf({ one, same: one, text: "x", nothing: null }).keys()]).toEqual(["one"]);
    expect(() => tasksOf({ one, other })).toThrow("two are called one");
    expect(one).toMatchObject({ onInterrupted: "continue", attempts: 3 });
  });
});
