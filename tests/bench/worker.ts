/**
 * One contender in a separate process, so that its CPU time and memory are measured alone: takes
 * tasks from stdin, a JSON text a line, and answers each on stdout. `deno run -A worker.ts
 * <contender>`.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { readLines } from "../../src/rpc/stdio.ts";
import type { BenchThread, Contender, Place, Session } from "./contender.ts";
import { type RecordedMessage, Recording } from "../../src/testing/recording.ts";
import { measureGrowth, type Shape } from "./growth.ts";
import { measureMapGrowth } from "./map_growth.ts";

/** What can be asked of a worker. */
export type Task =
  | { readonly task: "open" | "firstTurn" | "thread" | "reconnect"; readonly place: Place }
  | { readonly task: "turn"; readonly place: Place; readonly ephemeral: boolean }
  | { readonly task: "longTurn"; readonly place: Place; readonly deltas: number }
  | { readonly task: "manyTurns"; readonly place: Place; readonly turns: number }
  | { readonly task: "map"; readonly place: Place; readonly inputs: number }
  | { readonly task: "replay"; readonly file: string; readonly reads: boolean }
  | { readonly task: "find" }
  | { readonly task: "growth"; readonly shape: Shape }
  | { readonly task: "mapGrowth"; readonly rows: number; readonly checkpoint: boolean };

/** Figures by name. */
export type Figures = Record<string, number>;

/** What a worker answers. */
export type Answer = { readonly figures: Figures } | { readonly error: string };

const SHORT_TURN = "5 deltas";
/** What `map` does unless told otherwise. */
const MAP_CONCURRENCY = 4;

class Worker {
  readonly #contender: Contender;
  #session: Session | undefined;
  #thread: BenchThread | undefined;
  #ephemeralThread: BenchThread | undefined;
  #recorded: readonly RecordedMessage[] | undefined;

  constructor(contender: Contender) {
    this.#contender = contender;
  }

  async run(task: Task): Promise<Figures> {
    switch (task.task) {
      case "open":
        return await this.#timeOpen(task.place, false);
      case "firstTurn":
        return await this.#timeOpen(task.place, true);
      case "reconnect":
        return await this.#timeReconnection(task.place);
      case "thread":
        return await this.#timeThread(task.place);
      case "turn":
        return await this.#timeTurn(task.place, task.ephemeral);
      case "longTurn":
        return await this.#timeLongTurn(task.place, task.deltas);
      case "manyTurns":
        return await this.#timeManyTurns(task.place, task.turns);
      case "map":
        return await this.#timeMap(task.place, task.inputs);
      case "replay":
        return await this.#timeReplay(task.file, task.reads);
      case "find":
        return await timeFind();
      case "growth":
        return { us: await measureGrowth(task.shape) };
      case "mapGrowth":
        return { ...await measureMapGrowth(task.rows, task.checkpoint) };
    }
  }

  async close(): Promise<void> {
    await this.#session?.close();
    await this.#contender.end?.();
  }

  async #timeOpen(place: Place, withTurn: boolean): Promise<Figures> {
    const startedAt = performance.now();
    const session = await this.#contender.open(place);
    if (withTurn) await runTurn(await session.startThread({ ephemeral: false }), SHORT_TURN);
    const ms = performance.now() - startedAt;
    await session.close();
    return { ms };
  }

  async #timeReconnection(place: Place): Promise<Figures> {
    const { reconnect } = this.#contender;
    if (!reconnect) throw new Error("Cannot reconnect: this contender has a process");
    return { ms: await reconnect(place) };
  }

  async #timeThread(place: Place): Promise<Figures> {
    const session = await this.#open(place);
    const startedAt = performance.now();
    await session.startThread({ ephemeral: false });
    return { ms: performance.now() - startedAt };
  }

  async #timeTurn(place: Place, ephemeral: boolean): Promise<Figures> {
    const session = await this.#open(place);
    const thread = ephemeral
      ? this.#ephemeralThread ??= await session.startThread({ ephemeral })
      : this.#thread ??= await session.startThread({ ephemeral });
    const { ms, firstDeltaMs } = await runTurn(thread, SHORT_TURN);
    return { ms, ...(firstDeltaMs === undefined ? {} : { firstDeltaMs }) };
  }

  async #timeLongTurn(place: Place, deltas: number): Promise<Figures> {
    const session = await this.#open(place);
    const thread = await session.startThread({ ephemeral: false });
    // The process of the thread is started with its first turn by those that open none.
    await runTurn(thread, SHORT_TURN);
    const before = cpuMs();
    const turn = await runTurn(thread, `${deltas} deltas`);
    return { ms: turn.ms, cpuMs: cpuMs() - before, deltas: turn.deltas };
  }

  async #timeManyTurns(place: Place, turns: number): Promise<Figures> {
    const session = await this.#open(place);
    const threads: BenchThread[] = [];
    for (let n = 0; n < turns; n++) threads.push(await session.startThread({ ephemeral: false }));
    const startedAt = performance.now();
    await Promise.all(threads.map((thread) => runTurn(thread, SHORT_TURN)));
    return { ms: performance.now() - startedAt, peakMiB: peakMemory() };
  }

  async #timeMap(place: Place, inputs: number): Promise<Figures> {
    const session = await this.#open(place);
    if (!session.map) throw new Error("Cannot map: this contender runs one turn at a time");
    const texts = Array.from({ length: inputs }, () => SHORT_TURN);
    const startedAt = performance.now();
    const answers = await session.map(texts, MAP_CONCURRENCY);
    const ms = performance.now() - startedAt;
    if (answers !== inputs) throw new Error(`${answers} of ${inputs} inputs have an answer`);
    return { ms, peakMiB: peakMemory() };
  }

  async #timeReplay(file: string, reads: boolean): Promise<Figures> {
    const { replay } = this.#contender;
    if (!replay) throw new Error("Cannot replay: this contender reads from a process only");
    this.#recorded ??= Recording.parse(await Deno.readTextFile(file)).messages;
    const ms = await replay(this.#recorded, reads);
    return { thousandsPerSecond: this.#recorded.length / ms };
  }

  async #open(place: Place): Promise<Session> {
    return this.#session ??= await this.#contender.open(place);
  }
}

interface TurnFigures {
  readonly ms: number;
  readonly firstDeltaMs: number | undefined;
  readonly deltas: number;
}

async function runTurn(thread: BenchThread, text: string): Promise<TurnFigures> {
  let deltas = 0;
  let firstDeltaMs: number | undefined;
  const startedAt = performance.now();
  const answer = await thread.run(text, () => {
    if (deltas++ === 0) firstDeltaMs = performance.now() - startedAt;
  });
  const ms = performance.now() - startedAt;
  if (!answer.endsWith("end")) throw new Error(`The answer is not whole: ${answer.slice(-20)}`);
  return { ms, firstDeltaMs, deltas };
}

/** The search alone, as every start does it. */
async function timeFind(): Promise<Figures> {
  const { findRuntime } = await import("../../src/runtime/mod.ts");
  const startedAt = performance.now();
  if (!await findRuntime()) throw new Error("Cannot find the runtime: it is not installed");
  return { ms: performance.now() - startedAt };
}

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** The most this process ever had, in MiB; where the system does not tell, what it has now. */
function peakMemory(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss / 2 ** 20;
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}

if (import.meta.main) {
  const { contender } = await import(`./contenders/${Deno.args[0]}.ts`);
  const worker = new Worker(contender);
  for await (const line of readLines(Deno.stdin.readable)) {
    console.log(JSON.stringify(await answerTo(worker, JSON.parse(line))));
  }
  await worker.close();
  // Some contenders leave processes open that would keep this one alive.
  Deno.exit(0);
}

async function answerTo(worker: Worker, task: Task): Promise<Answer> {
  try {
    return { figures: await worker.run(task) };
  } catch (error) {
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}
