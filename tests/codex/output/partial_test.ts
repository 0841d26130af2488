import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { partialOutputs } from "../../../src/codex/output/partial.ts";
import type { TurnEvent } from "../../../src/domain/events.ts";

type Step = [method: string, params: object];

const delta = (itemId: string, delta: string): Step => [
  "item/agentMessage/delta",
  { itemId, delta },
];
const started = (id: string, phase?: string, type = "agentMessage"): Step => [
  "item/started",
  { item: { type, id, phase } },
];
const completed = (id: string, text: string, type = "agentMessage"): Step => [
  "item/completed",
  { item: { type, id, text } },
];
const unknown = { method: "item/agentMessage/delta", params: {}, unknown: true };

function eventsOf(steps: readonly Step[]): TurnEvent[] {
  return steps.map(([method, params]) => ({ method, params }) as TurnEvent);
}

async function* given(events: readonly TurnEvent[]): AsyncGenerator<TurnEvent> {
  for (const event of events) yield await Promise.resolve(event);
}

/** The values of a turn that has ended, so that no time is waited for. */
async function valuesOf(
  steps: readonly Step[],
  read: (value: unknown) => unknown = (value) => value,
): Promise<unknown[]> {
  const ended = Promise.resolve();
  const events = given([unknown as TurnEvent, ...eventsOf(steps)]);
  return await Array.fromAsync(partialOutputs({ events, ended, read }));
}

describe("partialOutputs()", () => {
  it("gives the value after each part that changes it", async () => {
    const steps = [
      started("a"),
      delta("a", '{"n"'),
      delta("a", ":[1,"),
      delta("a", " "),
      delta("a", "2]"),
      delta("a", "}"),
      completed("a", '{"n":[1,2]}'),
      ["turn/completed", {}] as Step,
    ];
    expect(await valuesOf(steps)).toEqual([{}, { n: [1] }, { n: [1, 2] }]);
  });

  it("begins again with each message, in pieces or whole, and leaves commentary out", async () => {
    const steps = [
      started("c", "commentary"),
      started("r", "commentary", "reasoning"),
      delta("c", "[0]"),
      completed("c", "[0]"),
      delta("a", "[1]"),
      delta("b", "[1"),
      completed("a", "[1]"),
      completed("p", "[2]", "plan"),
      delta("r", "[3]"),
    ];
    expect(await valuesOf(steps)).toEqual([[1], [1], [1], [3]]);
  });

  it("gives nothing of a message that is not JSON, and never changes a value", async () => {
    expect(await valuesOf([delta("a", "Sure! "), delta("a", "[1]")])).toEqual([]);
    const values = await valuesOf([delta("a", "[[1,"), delta("a", "2]")]);
    expect(values).toEqual([[[1]], [[1, 2]]]);
  });

  it("gives what is read of the value; nothing where that is too deep, and any other error", async () => {
    const steps = [delta("a", "[1"), delta("a", ",2]")];
    expect(await valuesOf(steps, (value) => ({ value }))).toEqual([
      { value: [1] },
      { value: [1, 2] },
    ]);
    const tooDeep = (): never => {
      throw new RangeError("Maximum call stack size exceeded");
    };
    expect(await valuesOf(steps, tooDeep)).toEqual([]);
    const fault = new TypeError("a fault");
    await expect(valuesOf(steps, () => {
      throw fault;
    })).rejects.toBe(fault);
  });
});

describe("the pace of partialOutputs()", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  /** Values of a turn that runs; making each takes 10 ms. */
  function running() {
    const values: unknown[] = [];
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const now = performance.now.bind(performance);
    let spentMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now() + spentMs);
    const read = (value: unknown): unknown => {
      spentMs += 10;
      return value;
    };
    const events = given(eventsOf([delta("a", "[1"), delta("a", ",2"), delta("a", ",3]")]));
    const done = (async () => {
      for await (const value of partialOutputs({ events, ended, read })) values.push(value);
    })();
    return { values, end, done };
  }

  it("rests nine times as long as a value took", async () => {
    const { values, done } = running();
    await vi.advanceTimersByTimeAsync(0);
    expect(values).toEqual([[1]]);
    await vi.advanceTimersByTimeAsync(89);
    expect(values).toEqual([[1]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(values).toEqual([[1], [1, 2]]);
    await vi.advanceTimersByTimeAsync(200);
    await done;
  });

  it("does not rest any more when the turn has ended", async () => {
    const { values, end, done } = running();
    await vi.advanceTimersByTimeAsync(0);
    end();
    await done;
    expect(values).toEqual([[1], [1, 2], [1, 2, 3]]);
  });
});
