/**
 * What a row of `codex.map` costs this module, by how many rows there are: the runtime is played, answers at once and
 * takes next to nothing itself.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { Codex } from "../../mod.ts";
import { createTransportPair, type Transport } from "../../src/client/mod.ts";
import { type JsonObject, sampleOf } from "../support/schema_sample.ts";

/** What was measured of one run. */
export interface MapGrowth {
  /** CPU time of the process, in milliseconds a row. */
  readonly msPerRow: number;
  /** Heap in use after the run, in MiB. */
  readonly heapMiB: number;
}

/** Runs a turn for each of so many rows, 8 at once, and reads the results as they come. */
export async function measureMapGrowth(rows: number, withCheckpoint: boolean): Promise<MapGrowth> {
  const [client, server] = createTransportPair();
  void play(server);
  const codex = await Codex.attach(client);
  const checkpoint = withCheckpoint ? await Deno.makeTempFile({ suffix: ".jsonl" }) : undefined;
  // An empty file is a new checkpoint.
  const before = cpuMs();
  let completed = 0;
  const run = codex.map(inputs(rows), async function measured({ text }, { thread, signal }) {
    return (await thread.run(text, { signal })).finalResponse;
  }, { concurrency: 8, checkpoint });
  for await (const result of run) {
    if (result.status === "failed") throw result.error;
    completed++;
  }
  const msPerRow = (cpuMs() - before) / rows;
  if (completed !== rows) throw new Error(`${completed} of ${rows} rows have an answer`);
  (globalThis as { gc?: () => void }).gc?.();
  const heapMiB = Deno.memoryUsage().heapUsed / 2 ** 20;
  await codex.close();
  if (checkpoint) await Deno.remove(checkpoint);
  return { msPerRow, heapMiB };
}

function* inputs(rows: number): Generator<{ readonly id: number; readonly text: string }> {
  for (let id = 0; id < rows; id++) yield { id, text: `What do you think of number ${id}?` };
}

/** The other end: answers each call, and each turn with a message. */
async function play(transport: Transport): Promise<void> {
  let threads = 0;
  const opened = sampleOf("ThreadStartResponse") as { thread: JsonObject };
  const say = (method: string, params: Record<string, unknown>): void => {
    void transport.send(JSON.stringify({ method, params, emittedAtMs: 1 }));
  };
  for await (const text of transport.messages) {
    const { id, method, params } = JSON.parse(text);
    if (id === undefined) continue;
    const reply = (result: unknown): void => void transport.send(JSON.stringify({ id, result }));
    if (method === "initialize") reply(sampleOf("InitializeResponse"));
    else if (method === "thread/start") {
      reply({ ...opened, thread: { ...opened.thread, id: `thread-${threads++}` } });
    } else if (method === "turn/start") {
      reply({ turn: turnOf(`turn of ${params.threadId}`, "inProgress") });
      // As messages of a process do, these come in a later turn of the event loop.
      setTimeout(() => playTurn(params.threadId, say));
    } else if (method === "thread/unsubscribe") {
      reply({ status: "unsubscribed" });
      say("thread/closed", { threadId: params.threadId });
    } else reply({});
  }
}

function playTurn(threadId: string, say: (method: string, params: JsonObject) => void): void {
  const turnId = `turn of ${threadId}`;
  const item = { type: "agentMessage", id: "item", text: "I like it." };
  const used = {
    totalTokens: 30,
    inputTokens: 20,
    cachedInputTokens: 0,
    outputTokens: 10,
    reasoningOutputTokens: 0,
  };
  say("turn/started", { threadId, turn: turnOf(turnId, "inProgress") });
  say("item/started", { threadId, turnId, startedAtMs: 1, item: { ...item, text: "" } });
  for (const delta of ["I ", "like ", "it."]) {
    say("item/agentMessage/delta", { threadId, turnId, itemId: "item", delta });
  }
  say("item/completed", { threadId, turnId, completedAtMs: 1, item });
  const tokenUsage = { total: used, last: used, modelContextWindow: null };
  say("thread/tokenUsage/updated", { threadId, turnId, tokenUsage });
  say("turn/completed", { threadId, turn: turnOf(turnId, "completed") });
}

function turnOf(id: string, status: string): Record<string, unknown> {
  return { id, rootTurnId: id, items: [], itemsView: "notLoaded", status, error: null };
}

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
