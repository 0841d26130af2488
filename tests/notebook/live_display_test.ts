import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { flushAfterEveryCell, HostKernel } from "../../src/notebook/kernel_display.ts";
import { LiveDisplay } from "../../src/notebook/live_display.ts";

/** A kernel that notes what it is to show. */
class Screen {
  readonly shown: { text: string; id: unknown; update: unknown }[] = [];
  readonly kernel = new HostKernel({
    display: (bundle, options) => {
      const { "text/plain": text = "" } = Object(bundle) as Record<string, string>;
      this.shown.push({ text, id: options.display_id, update: options.update });
      return Promise.resolve();
    },
  });
}

describe("LiveDisplay", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("shows at most ten states a second however often they change, and always the last", async () => {
    const screen = new Screen();
    let state = 0;
    const display = new LiveDisplay(screen.kernel, () => ({ "text/plain": String(state) }));
    for (; state < 1000; state++) {
      display.changed();
      await vi.advanceTimersByTimeAsync(1);
    }
    const ended = display.end();
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
    expect(screen.shown.length).toBeGreaterThan(8);
    expect(screen.shown.length).toBeLessThanOrEqual(12);
    expect(screen.shown.at(-1)?.text).toBe("1000");
    expect(screen.shown.map(({ update }) => update)).toEqual([
      false,
      ...Array(screen.shown.length - 1).fill(true),
    ]);
    expect(new Set(screen.shown.map(({ id }) => id)).size).toBe(1);
  });

  it("shows less often where many are, so that a front end drops none", async () => {
    const screen = new Screen();
    const displays = Array.from(
      { length: 200 },
      () => new LiveDisplay(screen.kernel, () => ({ "text/plain": "x" })),
    );
    for (let ms = 0; ms < 5000; ms += 20) {
      for (const display of displays) display.changed();
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(screen.shown.length).toBeLessThan(3000);
    expect(screen.shown.length).toBeGreaterThan(600);
  });

  it("shows what is wrong when a state cannot be rendered, and goes on", async () => {
    const screen = new Screen();
    let isBroken = true;
    const display = new LiveDisplay(screen.kernel, () => {
      if (isBroken) throw new TypeError("broken");
      return { "text/plain": "fine" };
    });
    await display.show();
    isBroken = false;
    await display.show();
    expect(screen.shown.map(({ text }) => text)).toEqual(["TypeError: broken", "fine"]);
  });
});

describe("the bounds of a LiveDisplay", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits 100 ms between two states", async () => {
    const screen = new Screen();
    const display = new LiveDisplay(screen.kernel, () => ({ "text/plain": "x" }));
    await display.show();
    display.changed();
    display.changed();
    await vi.advanceTimersByTimeAsync(99);
    expect(screen.shown.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect([screen.shown.length, vi.getTimerCount()]).toEqual([2, 0]);
  });

  it("waits a second where 200 messages a second are sent, and forgets them after it", async () => {
    const screen = new Screen();
    const place = { displayId: "other", update: true };
    const display = new LiveDisplay(screen.kernel, () => ({ "text/plain": "x" }));
    for (let n = 0; n < 199; n++) await screen.kernel.display({ "text/plain": "" }, place);
    await display.show();
    expect(screen.kernel.rate).toBe(200);
    display.changed();
    await vi.advanceTimersByTimeAsync(999);
    expect(screen.shown.length).toBe(200);
    await vi.advanceTimersByTimeAsync(1);
    expect([screen.shown.length, screen.kernel.rate]).toEqual([201, 201]);
    await vi.advanceTimersByTimeAsync(1);
    expect(screen.kernel.rate).toBe(1);
  });

  it("shows its last state at once, and no other after it", async () => {
    const screen = new Screen();
    let state = 1;
    const display = new LiveDisplay(screen.kernel, () => ({ "text/plain": String(state) }));
    await display.show();
    display.changed();
    state = 2;
    const ended = display.end();
    expect(screen.shown.map(({ text }) => text)).toEqual(["1", "2"]);
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
    expect([screen.shown.length, vi.getTimerCount()]).toEqual([2, 0]);
  });
});

describe("HostKernel.flush()", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits longer the more was shown just before, up to 250 ms", async () => {
    for (const [messages, waitMs] of [[1, 20], [100, 100], [1000, 250]] as const) {
      const screen = new Screen();
      const place = { displayId: "d", update: true };
      for (let n = 0; n < messages; n++) await screen.kernel.display({ "text/plain": "" }, place);
      let isDone = false;
      const flushed = screen.kernel.flush().then(() => isDone = true);
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      expect(isDone).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(isDone).toBe(true);
      await flushed;
    }
  });
});

describe("flushAfterEveryCell()", () => {
  const deno = Deno as unknown as { readonly internal: symbol } & Record<symbol, object>;
  const internals = deno[deno.internal] ?? {};
  const before = Reflect.get(internals, "jupyter");
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    Reflect.set(internals, "jupyter", before);
  });

  it("has a cell end when its value is sent and the time of the kernel has passed", async () => {
    const sent: unknown[] = [];
    const sending = Promise.withResolvers<void>();
    const owner = {
      broadcastResult: (count: number, value: unknown) => {
        sent.push([count, value]);
        return sending.promise;
      },
    };
    Reflect.set(internals, "jupyter", owner);
    flushAfterEveryCell(new Screen().kernel);
    let hasEnded = false;
    const ended = owner.broadcastResult(3, "value").then(() => hasEnded = true);
    await vi.advanceTimersByTimeAsync(1000);
    expect([sent, hasEnded]).toEqual([[[3, "value"]], false]);
    sending.resolve();
    await vi.advanceTimersByTimeAsync(19);
    expect(hasEnded).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(hasEnded).toBe(true);
    await ended;
  });

  it("changes nothing where the kernel has no such function", () => {
    for (const owner of [undefined, {}, { broadcastResult: null }]) {
      Reflect.set(internals, "jupyter", owner);
      flushAfterEveryCell(new Screen().kernel);
      expect(Object.values(owner ?? {}).some((value) => value !== null)).toBe(false);
    }
  });
});

describe("HostKernel.display()", () => {
  it("gives the kernel a copy of the bundle and its place, and waits for it", async () => {
    const shown: unknown[] = [];
    const sending = Promise.withResolvers<void>();
    const kernel = new HostKernel({
      display: (...call) => {
        shown.push(call);
        return sending.promise;
      },
    });
    const bundle = { "text/plain": "x" };
    let isShown = false;
    const showing = kernel.display(bundle, { displayId: "d", update: true })
      .then(() => isShown = true);
    expect(shown).toEqual([[bundle, { raw: true, display_id: "d", update: true }]]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(isShown).toBe(false);
    sending.resolve();
    await showing;
    expect(kernel.rate).toBe(1);
  });
});
