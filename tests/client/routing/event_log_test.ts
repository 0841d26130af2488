import { describe, expect, it } from "vitest";
import { EventLog, type LogEvent } from "../../../src/client/routing/event_log.ts";

interface Event extends LogEvent {
  readonly method: string;
  readonly params: { readonly itemId?: string; readonly delta?: string; readonly n?: number };
}

const delta = (text: string, itemId = "a", more = {}): Event => ({
  method: "delta",
  params: { itemId, delta: text, ...more },
});
const plain = (n: number): Event => ({ method: "plain", params: { n } });

function kept(): EventLog<Event> {
  return new EventLog<Event>({ keepHistory: true });
}

function text(events: readonly Event[]): string {
  return events.map(({ params }) => params.delta ?? `(${params.n})`).join("");
}

describe("EventLog", () => {
  it("merges unread adjacent deltas of one item without loss", async () => {
    const log = kept();
    for (const word of ["one ", "two ", "three"]) log.push(delta(word));
    log.push(plain(1));
    log.push(delta("four"));
    log.end();
    const events = await Array.fromAsync(log.read());
    expect(events.length).toBe(3);
    expect(text(events)).toBe("one two three(1)four");
  });

  it("never merges deltas of different items, methods or parts", async () => {
    const log = kept();
    log.push(delta("1", "a"));
    log.push(delta("2", "b"));
    log.push({ method: "other", params: { itemId: "b", delta: "3" } });
    log.push(delta("4", "b", { summaryIndex: 0 }));
    log.push(delta("5", "b", { summaryIndex: 1 }));
    log.push(delta("6", "b", { contentIndex: 1 }));
    log.end();
    expect((await Array.fromAsync(log.read())).length).toBe(6);
  });

  it("gives a reader that keeps up each delta by itself, the very event that came", async () => {
    const log = kept();
    const reader = log.read();
    for (const word of ["a", "b", "c"]) {
      const event = delta(word);
      const next = reader.next();
      log.push(event);
      expect((await next).value).toBe(event);
    }
  });

  it("gives a slow reader what it missed as one, and stays bounded meanwhile", async () => {
    const log = kept();
    const slow = log.read();
    log.push(delta("0,"));
    await slow.next();
    const count = 100_000;
    for (let n = 1; n <= count; n++) log.push(delta(`${n},`));
    const { value } = await slow.next();
    expect(value?.params.delta?.length).toBe(
      Array.from({ length: count }, (_, n) => `${n + 1},`).join("").length,
    );
    expect([...log.history()].length).toBe(1);
    log.push(delta("end"));
    expect((await slow.next()).value?.params.delta).toBe("end");
  });

  it("gives every reader everything, at any pace", async () => {
    const log = kept();
    const expected: string[] = [];
    const readers = Array.from({ length: 5 }, (_, pace) => ({ pace, seen: "", r: log.read() }));
    for (let n = 0; n < 2000; n++) {
      const event = n % 97 === 0 ? plain(n) : delta(`${n};`, `item${n % 2 < 1 ? 0 : 0}`);
      expected.push(event.params.delta ?? `(${event.params.n})`);
      log.push(event);
      for (const reader of readers) {
        if (n % (reader.pace * 50 + 1) !== 0) continue;
        const { value } = await reader.r.next();
        if (value) reader.seen += text([value]);
      }
    }
    log.end();
    for (const reader of readers) {
      reader.seen += text(await Array.fromAsync(reader.r));
      expect(reader.seen).toBe(expected.join(""));
    }
  });

  it("begins with the first event for a reader that comes late, even after the end", async () => {
    const log = kept();
    log.push(plain(1));
    log.push(delta("x"));
    const early = log.read();
    log.push(delta("y"));
    log.end();
    log.push(plain(2));
    expect(text(await Array.fromAsync(early))).toBe("(1)xy");
    expect(text(await Array.fromAsync(log.read()))).toBe("(1)xy");
  });

  it("without history begins with the next event, inside a run too", async () => {
    const log = new EventLog<Event>({ keepHistory: false });
    log.push(plain(1));
    log.push(delta("before "));
    const reader = log.read();
    log.push(delta("after"));
    log.push(plain(2));
    log.end();
    expect(text(await Array.fromAsync(reader))).toBe("after(2)");
    expect([...log.history()]).toEqual([]);
  });

  it("gives what is left, then throws the error it was ended with, to every reader", async () => {
    const log = kept();
    const error = new Error("gone");
    const waiting = log.read();
    log.push(plain(1));
    await waiting.next();
    const next = waiting.next();
    log.end({ error });
    log.end();
    await expect(next).rejects.toBe(error);
    expect(await waiting.next()).toEqual({ done: true, value: undefined });
    const late = log.read();
    expect((await late.next()).value).toEqual(plain(1));
    await expect(late.next()).rejects.toBe(error);
  });

  it("gives a reader in batches as one what arrives together, however fast it reads", async () => {
    const log = kept();
    const reader = log.read({ inBatches: true });
    const reading = Array.fromAsync(reader);
    for (let n = 0; n < 100; n++) {
      log.push(delta(`${n},`));
      // As from a chunk of lines: nothing else of the event loop runs between them.
      await Promise.resolve();
    }
    await new Promise((resolve) => setTimeout(resolve));
    log.push(delta("later"));
    log.push(plain(1));
    await new Promise((resolve) => setTimeout(resolve));
    log.end();
    const whole = Array.from({ length: 100 }, (_, n) => `${n},`).join("");
    const events = await reading;
    expect(events.map(({ params }) => params.delta ?? params.n)).toEqual([whole, "later", 1]);
  });

  it("ends a reader in batches at once: at the end of the log, and by its signal", async () => {
    const log = kept();
    const abort = new AbortController();
    const aborted = log.read({ inBatches: true, signal: abort.signal }).next();
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    const left = log.read({ inBatches: true });
    const next = left.next();
    log.push(delta("a"));
    log.end();
    expect((await next).value).toEqual(delta("a"));
    expect(await left.next()).toEqual({ done: true, value: undefined });
  });

  it("ends one reader with the reason of its signal, and tells once that it is done", async () => {
    const log = kept();
    const reason = new Error("enough");
    let done = 0;
    const abort = new AbortController();
    const reader = log.read({ signal: abort.signal, onDone: () => done++ });
    const other = log.read();
    const next = reader.next();
    abort.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(done).toBe(1);
    log.push(plain(1));
    expect((await other.next()).value).toEqual(plain(1));
  });

  it("listens to its signal only while it waits", async () => {
    const log = kept();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    for (const options of [{ signal }, { signal, inBatches: true }]) {
      const reader = log.read(options);
      while (listeners === 0) void reader.next();
      log.push(plain(1));
      log.push(plain(2));
      await reader.next();
      expect(listeners).toBe(0);
      await reader.return?.();
    }
  });

  it("tells that a reader is done when its loop is left or ends", async () => {
    const log = kept();
    let done = 0;
    log.push(plain(1));
    for await (const _ of log.read({ onDone: () => done++ })) break;
    expect(done).toBe(1);
    log.end();
    await Array.fromAsync(log.read({ onDone: () => done++ }));
    expect(done).toBe(2);
  });

  it("serves several next() at once in order", async () => {
    const log = kept();
    const reader = log.read();
    const nexts = [reader.next(), reader.next(), reader.next()];
    log.push(plain(1));
    log.push(plain(2));
    log.end();
    expect((await Promise.all(nexts)).map(({ value }) => value?.params.n)).toEqual([
      1,
      2,
      undefined,
    ]);
  });
});
