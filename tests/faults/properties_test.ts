import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import type { TurnEvent } from "../../mod.ts";
import { EventLog } from "../../src/client/routing/event_log.ts";
import { EventRouter } from "../../src/client/routing/event_router.ts";
import type { ServerEvent } from "../../src/domain/events.ts";
import type { Turn, UnknownMethod } from "../../src/protocol/mod.ts";
import { TestPort } from "../support/turn_port.ts";
import { TurnFold } from "../../src/domain/turn_result.ts";
import { readLines } from "../../src/rpc/stdio.ts";
import { StderrTail } from "../../src/rpc/stderr_tail.ts";
import { type JsonObject, sampleOf } from "../support/schema_sample.ts";

/**
 * Text with everything that is hard to cut: empty, astral, combining, separators that do not end a
 * line.
 */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "é", "𝄞𝄞", "\u2028\u2029", "\\n", "\r", "\u0000", "👩‍👩‍👧"),
);

describe("framing, held against any text and any cut", () => {
  it("gives the same lines however the bytes are cut", async () => {
    const line = anyText.map((text) => JSON.stringify(text));
    const lines = fc.array(line, { minLength: 1, maxLength: 20 });
    const cuts = fc.array(fc.nat(400), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(lines, cuts, async (wanted, places) => {
        const bytes = new TextEncoder().encode(wanted.map((text) => `${text}\n`).join(""));
        expect(await linesOf(cut(bytes, places))).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  it("gives the same lines with a cut at every single byte", async () => {
    const wanted = ['{"a":"é𝄞"}', "", "x", '"👩‍👩‍👧"'];
    const bytes = new TextEncoder().encode(wanted.map((text) => `${text}\r\n`).join(""));
    expect(await linesOf(cut(bytes, [...bytes.keys()]))).toEqual(wanted);
  });
});

describe("routing, held against any interleaving", () => {
  it("gives each turn exactly its own events, in order", async () => {
    const turns = fc.array(fc.nat(20), { minLength: 1, maxLength: 8 });
    const random = fc.infiniteStream(fc.nat());
    // How many of the starts are answered before the first event; the others after the last one.
    await fc.assert(
      fc.asyncProperty(turns, random, fc.nat(8), async (sizes, choices, answered) => {
        const scripts = sizes.map((size, index) => script(index, size));
        const router = new EventRouter(new TestPort());
        const starts = scripts.map((_, index) => beginStart(router, index));
        for (const start of starts.slice(0, answered)) start.answer();
        await Promise.all(starts.slice(0, answered).map(({ channel }) => channel));
        for (const event of interleave(scripts, choices)) router.accept(event);
        for (const start of starts) start.answer();
        for (const [index, { channel }] of starts.entries()) {
          expect([...(await channel).log.history()]).toEqual(scripts[index]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("a log of events, held against any sequence of deltas and any readers", () => {
  const delta = fc.record({ item: fc.constantFrom("a", "b"), text: anyText });

  it("merges without loss: every reader's text of each item is the whole text", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(delta, fc.constant(null)), { maxLength: 600, size: "max" }),
        fc.infiniteStream(fc.nat(9)),
        async (deltas, random) => {
          const log = new EventLog<TurnEvent>({ keepHistory: true });
          const eager = Array.fromAsync(log.read());
          const slow = log.read();
          const slowSeen: TurnEvent[] = [];
          for (const entry of deltas) {
            log.push(entry ? deltaEvent(0, entry.item, entry.text) : otherEvent(0, "between"));
            // An empty delta is nothing to read for who has read everything.
            if (random.next().value === 0 && entry?.text !== "") {
              const { value } = await slow.next();
              if (value) slowSeen.push(value);
            }
          }
          log.end();
          slowSeen.push(...await Array.fromAsync(slow));
          for (const seen of [await eager, slowSeen, await Array.fromAsync(log.read())]) {
            for (const item of ["a", "b"]) {
              const wanted = deltas.flatMap((entry) => entry?.item === item ? [entry.text] : []);
              expect(textOf(seen, item)).toBe(wanted.join(""));
            }
            expect(seen.filter((event) => event.unknown).length)
              .toBe(deltas.filter((entry) => entry === null).length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("and the fold's final response is that text", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 50 }), (texts) => {
        const fold = new TurnFold("thread-0", "turn-0");
        const log = new EventLog<TurnEvent>({ keepHistory: true });
        const text = texts.join("");
        for (const piece of texts) log.push(deltaEvent(0, "a", piece));
        log.push(completedItem(0, "a", text));
        log.push(completedTurn(0));
        for (const event of log.history()) fold.accept(event);
        const turn: Turn = { id: "turn-0", items: [], status: "completed" };
        expect(fold.outcome(turn)).toMatchObject({ finalResponse: text });
        expect(textOf([...log.history()], "a")).toBe(text);
      }),
    );
  });
});

describe("the tail of stderr, held against any cut", () => {
  it("shows no part of a key that is longer than a word", () => {
    // Around the place where the oldest text is dropped.
    const afterKey = fc.oneof(fc.integer({ min: 8130, max: 8200 }), fc.nat(20_000));
    const key = "sk-abcdefghijklmnopqrstuvwxyz0123456789";
    fc.assert(
      fc.property(afterKey, fc.array(fc.nat(40_000), { maxLength: 2 }), (length, places) => {
        const text = `${"x ".repeat(10_000)}\nkey ${key}\n${"y ".repeat(length / 2)}`;
        const tail = new StderrTail();
        for (const chunk of cut(new TextEncoder().encode(text), places)) {
          tail.push(new TextDecoder().decode(chunk));
        }
        expect(tail.toString()).not.toMatch(/[a-z]{7}|\d{4}/);
        expect(tail.toString().length).toBeLessThanOrEqual(8192);
      }),
      { numRuns: 200 },
    );
  });
});

/** The bytes in pieces, cut at the places that lie in them. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...places.toSorted((a, b) => a - b), bytes.length]
    .map((place) => Math.min(place, bytes.length));
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

async function linesOf(pieces: readonly Uint8Array[]): Promise<string[]> {
  // A byte stream, as a process's output is; it needs separate buffers that are not empty.
  const chunks = pieces.filter((piece) => piece.length > 0).map((piece) => new Uint8Array(piece));
  const bytes = new ReadableStream<Uint8Array<ArrayBuffer>>({
    type: "bytes",
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return await Array.fromAsync(readLines(bytes, new AbortController().signal));
}

/** Begins to start a turn; `answer` is the runtime's answer to the request. */
function beginStart(router: EventRouter, index: number) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const channel = router.route(`thread-${index}`).startTurn({ request: () => promise });
  return { channel, answer: () => resolve(`turn-${index}`) };
}

/**
 * Takes events from the scripts in an order that the numbers decide, each script's own order kept.
 */
function* interleave<E>(
  scripts: readonly E[][],
  random: Iterator<number>,
): Generator<E> {
  const queues = scripts.map((events) => [...events]).filter((events) => events.length > 0);
  while (queues.length > 0) {
    const index = Number(random.next().value) % queues.length;
    const queue = queues[index];
    const event = queue?.shift();
    if (event) yield event;
    if (queue?.length === 0) queues.splice(index, 1);
  }
}

/**
 * The events of one turn; no two deltas of one item follow each other, so that none can be merged.
 */
function script(index: number, size: number): ServerEvent[] {
  const turn = { ...sampleOf("Turn") as JsonObject, id: `turn-${index}`, items: [] };
  const started = { method: "turn/started", params: { threadId: `thread-${index}`, turn } };
  const middle = Array.from(
    { length: size },
    (_, place) =>
      place % 2 === 0 ? deltaEvent(index, "a", `${place}`) : otherEvent(index, "between"),
  );
  return [started as ServerEvent, ...middle, completedTurn(index)];
}

function deltaEvent(index: number, itemId: string, delta: string): ServerEvent {
  const params = { threadId: `thread-${index}`, turnId: `turn-${index}`, itemId, delta };
  return { method: "item/agentMessage/delta", params } as ServerEvent;
}

function otherEvent(index: number, name: string): ServerEvent {
  const params = { threadId: `thread-${index}`, turnId: `turn-${index}` };
  return { method: `item/${name}` as UnknownMethod, params, unknown: true };
}

function completedItem(index: number, id: string, text: string): ServerEvent {
  const item = { type: "agentMessage", id, text, phase: null };
  const params = { threadId: `thread-${index}`, turnId: `turn-${index}`, item, completedAtMs: 1 };
  return { method: "item/completed", params } as ServerEvent;
}

function completedTurn(index: number): ServerEvent {
  const sample = sampleOf("Turn") as JsonObject;
  const turn = { ...sample, id: `turn-${index}`, items: [], status: "completed", error: null };
  return { method: "turn/completed", params: { threadId: `thread-${index}`, turn } } as ServerEvent;
}

function textOf(events: readonly TurnEvent[], itemId: string): string {
  return events.map((event) =>
    event.method === "item/agentMessage/delta" && !event.unknown && event.params.itemId === itemId
      ? event.params.delta
      : ""
  ).join("");
}
