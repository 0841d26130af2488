import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Acknowledger } from "../../../src/rpc/websocket/acknowledger.ts";

const PAUSE_MS = 1;

describe("Acknowledger", () => {
  let sent = 0;
  let sending: Promise<void>;
  let acknowledger: Acknowledger;

  beforeEach(() => {
    vi.useFakeTimers();
    sent = 0;
    sending = Promise.resolve();
    acknowledger = new Acknowledger(() => {
      sent++;
      return sending;
    });
  });
  afterEach(() => void vi.useRealTimers());

  function read(times: number): void {
    for (let count = 0; count < times; count++) acknowledger.onRead();
  }

  it("acknowledges the first read at once, and those of a pause together at its end", async () => {
    read(1);
    expect(sent).toBe(1);
    await vi.advanceTimersByTimeAsync(0);
    read(100);
    expect(sent).toBe(1);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(sent).toBe(2);
    await vi.advanceTimersByTimeAsync(50 * PAUSE_MS);
    expect(sent).toBe(2);
    read(1);
    expect(sent).toBe(3);
  });

  it("sends one at a time, however long it takes", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sending = promise;
    read(1);
    for (let count = 0; count < 10; count++) {
      await vi.advanceTimersByTimeAsync(PAUSE_MS);
      read(10);
    }
    expect(sent).toBe(1);
    resolve();
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(sent).toBe(2);
  });

  it("sends nothing and leaves no timer when it was stopped: idle, in a pause, while it sends", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sending = promise;
    read(2);
    acknowledger.stop();
    resolve();
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    read(1);
    expect([sent, vi.getTimerCount()]).toEqual([1, 0]);

    acknowledger = new Acknowledger(() => Promise.resolve(void sent++));
    read(1);
    await vi.advanceTimersByTimeAsync(0);
    read(1);
    acknowledger.stop();
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect([sent, vi.getTimerCount()]).toEqual([2, 0]);
  });
});
