import { describe, expect, it } from "vitest";
import { ResultQueue } from "../../../src/codex/map/result_queue.ts";

function queueOf(isOrdered: boolean, ...indexes: number[]): ResultQueue<{ index: number }> {
  const queue = new ResultQueue<{ index: number }>(isOrdered);
  for (const index of indexes) queue.add({ index });
  return queue;
}

describe("ResultQueue", () => {
  it("gives results in the order of the inputs, each when those before it are there", () => {
    const queue = queueOf(true, 2, 1);
    expect([queue.waiting, queue.take(false)]).toEqual([0, null]);
    queue.add({ index: 0 });
    expect(queue.waiting).toBe(3);
    expect([queue.take(false), queue.waiting]).toEqual([{ index: 0 }, 2]);
    expect([queue.take(false), queue.take(false)]).toEqual([{ index: 1 }, { index: 2 }]);
    expect([queue.take(false), queue.waiting]).toEqual([null, 0]);
  });

  it("gives results in the order of their arrival", () => {
    const queue = queueOf(false, 2, 0);
    expect(queue.waiting).toBe(2);
    expect([queue.take(false), queue.take(false)]).toEqual([{ index: 2 }, { index: 0 }]);
    queue.add({ index: 1 });
    expect([queue.waiting, queue.take(false), queue.take(true)]).toEqual([1, { index: 1 }, null]);
  });

  it("passes over those that will never come, where it is told so", () => {
    const queue = queueOf(true, 4, 2);
    expect(queue.take(true)).toEqual({ index: 2 });
    expect([queue.waiting, queue.take(false)]).toEqual([0, null]);
    queue.add({ index: 3 });
    expect(queue.waiting).toBe(2);
    expect([queue.take(true), queue.take(true)]).toEqual([{ index: 3 }, { index: 4 }]);
    expect(queue.take(true)).toBe(null);
  });
});
