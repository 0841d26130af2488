import { describe, expect, it } from "vitest";
import { MessageQueue } from "../../src/rpc/message_queue.ts";

describe("MessageQueue", () => {
  it("keeps the order of a hundred thousand items, pushed before and between reads", async () => {
    const queue = new MessageQueue<number>();
    const count = 100_000;
    for (let n = 0; n < count / 2; n++) queue.push(n);
    let expected = 0;
    for await (const item of queue) {
      if (item !== expected++) throw new Error(`${item} is out of order`);
      if (item < count / 2) queue.push(item + count / 2);
      if (item === count - 1) queue.end();
    }
    expect(expected).toBe(count);
  });

  it("gives what is left, then throws the error it was ended with", async () => {
    const queue = new MessageQueue<string>();
    const error = new Error("broken");
    queue.push("left");
    queue.end(error);
    queue.push("ignored");
    queue.end();
    const reader = queue[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: "left" });
    await expect(reader.next()).rejects.toBe(error);
  });

  it("wakes a reader that waits: with an item, the end, or the error", async () => {
    const wake = async (act: (queue: MessageQueue<string>) => void) => {
      const queue = new MessageQueue<string>();
      const next = queue[Symbol.asyncIterator]().next();
      act(queue);
      return await next;
    };
    expect(await wake((queue) => queue.push("x"))).toEqual({ done: false, value: "x" });
    expect(await wake((queue) => queue.end())).toEqual({ done: true, value: undefined });
    await expect(wake((queue) => queue.end(new Error("broken")))).rejects.toThrow("broken");
  });

  it("drops everything when its reader leaves", async () => {
    const queue = new MessageQueue<number>();
    queue.push(1);
    queue.push(2);
    for await (const _ of queue) break;
    queue.push(3);
    expect(await Array.fromAsync(queue)).toEqual([]);
  });
});
