/**
 * What an event costs this module, by how many turns, items and deltas there are.
 *
 * @module
 */
import { Codex, type Thread } from "../../mod.ts";
import { createTransportPair, type Transport } from "../../src/client/mod.ts";
import { type JsonObject, sampleOf } from "../support/schema_sample.ts";

/** What the turns look like. */
export interface Shape {
  /** Turns under way at once, each on a separate thread, their messages in turns. */
  readonly turns: number;
  /** Items of a turn. */
  readonly items: number;
  /** Deltas of an item. */
  readonly deltas: number;
  /** Least number of events to take the mean of. */
  readonly events: number;
}

/** Mean time from message to read event, in microseconds, with validation, routing and folding. */
export async function measureGrowth(shape: Shape): Promise<number> {
  const [client, server] = createTransportPair();
  const runtime = new PlayedRuntime(server);
  const codex = await Codex.attach(client);
  const threads: Thread[] = [];
  for (let n = 0; n < shape.turns; n++) threads.push(await codex.startThread());
  let ms = 0;
  let events = 0;
  for (let round = 0; events < shape.events; round++) {
    const messages = messagesOf(shape, round);
    runtime.play(messages, shape.turns);
    const startedAt = performance.now();
    await Promise.all(threads.map(readTurn));
    ms += performance.now() - startedAt;
    events += messages.length;
  }
  await codex.close();
  return ms / events * 1000;
}

async function readTurn(thread: Thread): Promise<void> {
  const turn = await thread.startTurn("go");
  let last: string | undefined;
  for await (const event of turn) last = event.method;
  if (last !== "turn/completed") throw new Error(`The last event was ${last}`);
  await turn.result();
}

/** The other end: opens threads and turns, and plays messages when the last turn was opened. */
class PlayedRuntime {
  readonly #transport: Transport;
  #threads = 0;
  #round = -1;
  #toStart = 0;
  #messages: readonly string[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
    void this.#serve();
  }

  play(messages: readonly string[], turns: number): void {
    this.#round++;
    this.#messages = messages;
    this.#toStart = turns;
  }

  async #serve(): Promise<void> {
    for await (const text of this.#transport.messages) {
      const { id, method, params } = JSON.parse(text);
      if (id === undefined) continue;
      void this.#transport.send(JSON.stringify({ id, result: this.#result(method, params) }));
      if (method !== "turn/start" || --this.#toStart > 0) continue;
      for (const message of this.#messages) void this.#transport.send(message);
    }
  }

  #result(method: string, params: { readonly threadId: string }): unknown {
    if (method === "initialize") return sampleOf("InitializeResponse");
    if (method === "thread/start") return opened(threadIdOf(this.#threads++));
    return { turn: turnOf(turnIdOf(params.threadId, this.#round), "inProgress") };
  }
}

/** The messages of all turns of a round, one of each turn at a time. */
function messagesOf(shape: Shape, round: number): string[] {
  const turns = Array.from({ length: shape.turns }, (_, n) => turnMessages(shape, n, round));
  const length = turns[0]?.length ?? 0;
  return Array.from({ length }, (_, i) => turns.map((messages) => messages[i] ?? "")).flat();
}

function turnMessages({ items, deltas }: Shape, thread: number, round: number): string[] {
  const threadId = threadIdOf(thread);
  const turnId = turnIdOf(threadId, round);
  const messages: string[] = [];
  const say = (method: string, params: Record<string, unknown>): void => {
    messages.push(JSON.stringify({ method, params: { threadId, ...params }, emittedAtMs: 1 }));
  };
  say("turn/started", { turn: turnOf(turnId, "inProgress") });
  for (let n = 0; n < items; n++) {
    const itemId = `item-${n}`;
    const item = { type: "agentMessage", id: itemId, text: "" };
    say("item/started", { turnId, startedAtMs: 1, item });
    for (let i = 0; i < deltas; i++) {
      say("item/agentMessage/delta", { turnId, itemId, delta: "a few words " });
    }
    const text = "a few words ".repeat(deltas);
    say("item/completed", { turnId, completedAtMs: 1, item: { ...item, text } });
  }
  say("turn/completed", { turn: turnOf(turnId, "completed") });
  return messages;
}

function threadIdOf(n: number): string {
  return `thread-${n}`;
}

function turnIdOf(threadId: string, round: number): string {
  return `${threadId}-turn-${round}`;
}

function turnOf(id: string, status: string): Record<string, unknown> {
  return { id, rootTurnId: id, items: [], itemsView: "notLoaded", status, error: null };
}

function opened(id: string): JsonObject {
  const result = sampleOf("ThreadStartResponse") as JsonObject;
  Object(result.thread).id = id;
  return result;
}
