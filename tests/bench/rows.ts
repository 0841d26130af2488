/**
 * The rows of the table, and how each is measured.
 *
 * @module
 */
import { AppServerHarness } from "../../src/testing/mod.ts";
import type { Contender } from "./contender.ts";
import { measureShow } from "./notebook_show.ts";
import { record } from "./replay.ts";
import type { Place } from "./contender.ts";
import type { Rig } from "./rig.ts";
import { ScriptTimer } from "./scripts.ts";
import type { Task } from "./worker.ts";

/** How much is measured. */
export interface Effort {
  /** Share of the rounds that each row has; at least one round is run. */
  readonly rounds: number;
  /** Deltas of the long turn, and a tenth of the messages of the replay. */
  readonly deltas: number;
  /** Turns at once. */
  readonly turns: number;
  /** Inputs of `map`. */
  readonly inputs: number;
  /** Events of which the growth is the mean. */
  readonly events: number;
  /** Contenders by the name of their file. */
  readonly contenders: readonly string[];
}

/** One line of the table. */
export interface Measure {
  /** What was measured. */
  readonly title: string;
  /** Of the figures. */
  readonly unit: string;
  /** Rounds by contender. */
  readonly figures: Readonly<Record<string, readonly number[]>>;
  /** What must hold. */
  readonly bar?: Bar;
  /** Also tell the 95th percentile. */
  readonly p95?: true;
  /** Set where the contenders are this module over each transport. */
  readonly byTransport?: true;
}

/** A limit for this module. */
export interface Bar {
  /** Contender it is held against; without one the limit is in the measure's unit. */
  readonly against?: string;
  /** The least or the most. */
  readonly limit: number;
  /** Whether more is better. */
  readonly atLeast?: true;
}

/** A row of the table: some measures that are taken at once. */
export type Row = (rig: Rig, effort: Effort) => Promise<Measure[]>;

/** All rows by name, in the order of the table. */
export const ROWS: Readonly<Record<string, Row>> = {
  open: async (rig, effort) => {
    const figures = await compare(rig, effort, {
      rounds: 15,
      can: ({ answersOnOpen }) => answersOnOpen,
      task: async () => ({ task: "open", place: await rig.newPlace() }),
    });
    const bar = { against: "raw_probe", limit: 1.15 };
    return [{ title: "start to first answer", unit: "ms", figures: figures("ms"), bar }];
  },
  firstTurn: async (rig, effort) => {
    const figures = await compare(rig, effort, {
      rounds: 15,
      task: async () => ({ task: "firstTurn", place: await rig.newPlace() }),
    });
    return [{ title: "start to end of first turn", unit: "ms", figures: figures("ms") }];
  },
  thread: async (rig, effort) => {
    const figures = await compare(rig, effort, {
      rounds: 40,
      can: ({ opensThreads }) => opensThreads,
      task: async () => ({ task: "thread", place: await rig.newPlace() }),
    });
    return [{ title: "thread start", unit: "ms", figures: figures("ms"), p95: true }];
  },
  turn: async (rig, effort) => {
    const figures = await compare(rig, effort, {
      rounds: 60,
      task: async () => ({ task: "turn", place: await rig.newPlace(), ephemeral: false }),
    });
    const title = "warm turn of 5 deltas, persisted";
    const ms = figures("ms");
    return [
      { title, unit: "ms", figures: ms, bar: { against: "raw_probe", limit: 1.1 }, p95: true },
      {
        title: `${title} (against the SDK)`,
        unit: "ms",
        figures: ms,
        bar: { against: "codex_sdk", limit: 0.25 },
      },
      { title: "time to first delta", unit: "ms", figures: figures("firstDeltaMs"), p95: true },
    ];
  },
  ephemeral: async (rig, effort) => {
    const figures = await compare(rig, effort, {
      rounds: 60,
      can: ({ ephemeral }) => ephemeral,
      task: async () => ({ task: "turn", place: await rig.newPlace(), ephemeral: true }),
    });
    const title = "warm turn of 5 deltas, ephemeral";
    const bar = { against: "raw_probe", limit: 1.1 };
    return [{ title, unit: "ms", figures: figures("ms"), p95: true, bar }];
  },
  longTurn: async (rig, effort) => {
    const { deltas } = effort;
    const figures = await compare(rig, effort, {
      rounds: 15,
      task: async () => ({ task: "longTurn", place: await rig.newPlace(), deltas }),
    });
    const title = `turn of ${count(deltas)} deltas`;
    const bar = { against: "raw_probe", limit: 1.08 };
    return [
      { title, unit: "ms", figures: figures("ms"), bar },
      { title: `${title}: CPU time of our process`, unit: "ms", figures: figures("cpuMs") },
      { title: `${title}: deltas delivered`, unit: "", figures: figures("deltas") },
    ];
  },
  manyTurns: (rig, effort) => {
    const { turns } = effort;
    return measureAtOnce(rig, effort, `${count(turns)} turns at once`, {
      rounds: 5,
      task: async () => ({ task: "manyTurns", place: await rig.newPlace(), turns }),
    });
  },
  map: (rig, effort) => {
    const { inputs } = effort;
    return measureAtOnce(rig, effort, `map over ${count(inputs)} inputs, 4 at once`, {
      rounds: 3,
      task: async () => ({ task: "map", place: await rig.newPlace(), inputs }),
    });
  },
  mapGrowth: measureMapGrowth,
  replay: measureReplay,
  imports: measureImports,
  typeChecks: measureTypeChecks,
  find: async (rig, effort) => {
    const figures = await compare(rig, effort, {
      rounds: 30,
      can: (_, name) => name === "toolkit",
      task: () => Promise.resolve({ task: "find" }),
    });
    return [{ title: "find the installed runtime", unit: "ms", figures: figures("ms") }];
  },
  show: measureShown,
  transports: measureTransports,
};

/** Whether figures are wanted, and not only that all of it runs. */
export function warmsUp({ rounds }: Effort): boolean {
  return rounds > 0;
}

/** This module over stdio, a Unix socket and TCP. */
export const TRANSPORTS = ["toolkit", "toolkit_unix", "toolkit_ws"] as const;

interface Comparison {
  /** Rounds of a full run. */
  readonly rounds: number;
  /** Contenders that can do it. Default: all. */
  can?(contender: Contender, name: string): boolean | undefined;
  /** Made once for each contender, or for each process if those are fresh. */
  task(): Promise<Task>;
  /** Every round in a new process, without a warm-up. */
  readonly fresh?: boolean;
}

type FiguresOf = (figure: string) => Record<string, number[]>;

/**
 * The contenders in turns, the order turned round by round, after one round that does not count.
 */
async function compare(rig: Rig, effort: Effort, row: Comparison): Promise<FiguresOf> {
  const names = await able(effort.contenders, row);
  const collected: Record<string, Record<string, number[]>> = {};
  await using owned = new AsyncDisposableStack();
  const runs = new Map<string, () => Promise<Record<string, number>>>();
  for (const name of names) {
    if (row.fresh) {
      runs.set(name, () => runFresh(rig, name, row));
      continue;
    }
    const worker = rig.workers.take(name, owned);
    const task = await row.task();
    if (warmsUp(effort)) await worker.run(task);
    runs.set(name, () => worker.run(task));
  }
  for (let round = 0; round < roundsOf(row.rounds, effort); round++) {
    for (const name of round % 2 ? names.toReversed() : names) {
      for (const [figure, value] of Object.entries(await runs.get(name)?.() ?? {})) {
        ((collected[figure] ??= {})[name] ??= []).push(value);
      }
    }
  }
  return (figure) => collected[figure] ?? {};
}

async function runFresh(
  rig: Rig,
  name: string,
  row: Comparison,
): Promise<Record<string, number>> {
  await using owned = new AsyncDisposableStack();
  return await rig.workers.take(name, owned).run(await row.task());
}

async function able(names: readonly string[], { can }: Comparison): Promise<string[]> {
  const all = await Promise.all(names.map(async (name) => {
    const { contender } = await import(`./contenders/${name}.ts`);
    return { name, can: can ? can(contender, name) : true };
  }));
  return all.filter(({ can }) => can).map(({ name }) => name);
}

/** Time and memory of many turns at once; the peak is a process's own only once. */
async function measureAtOnce(
  rig: Rig,
  effort: Effort,
  title: string,
  row: Pick<Comparison, "rounds" | "task">,
): Promise<Measure[]> {
  const can = ({ manyAtOnce }: Contender): boolean | undefined => manyAtOnce;
  const figures = await compare(rig, effort, { ...row, fresh: true, can });
  return [
    { title, unit: "ms", figures: figures("ms") },
    { title: `${title}: our peak memory`, unit: "MiB", figures: figures("peakMiB") },
  ];
}

/** What a row costs, and what stays of it, from few rows to a hundred times as many. */
async function measureMapGrowth(rig: Rig, effort: Effort): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const checkpoint of [false, true]) {
    for (const factor of [1, 10, 100]) {
      const rows = factor * effort.inputs;
      const figures = await compare(rig, effort, {
        rounds: factor < 100 ? 3 : 1,
        can: (_, name) => name === "toolkit",
        fresh: true,
        task: () => Promise.resolve({ task: "mapGrowth", rows, checkpoint }),
      });
      const title = `map over ${count(rows)} rows${checkpoint ? ", with a checkpoint" : ""}`;
      measures.push(
        {
          title: `${title}: our CPU time a row`,
          unit: "ms",
          figures: figures("msPerRow"),
          bar: { limit: 10 },
        },
        { title: `${title}: heap afterwards`, unit: "MiB", figures: figures("heapMiB") },
      );
    }
  }
  return measures;
}

async function measureReplay(rig: Rig, effort: Effort): Promise<Measure[]> {
  const file = await Deno.makeTempFile();
  try {
    await using harness = await AppServerHarness.start({ fallback: rig.answer });
    const recording = await record(harness, effort.deltas * 10);
    await Deno.writeTextFile(file, recording.toString());
    const title = `replay of ${count(recording.messages.length)} recorded messages`;
    const bar = { against: "raw_probe", limit: 0.4, atLeast: true } as const;
    const measures: Measure[] = [];
    for (const reads of [false, true]) {
      const figures = await compare(rig, effort, {
        rounds: 9,
        can: ({ replay }) => replay !== undefined,
        task: () => Promise.resolve({ task: "replay", file, reads }),
      });
      measures.push({
        title: reads ? `${title}, the text read` : title,
        unit: "1000/s",
        figures: figures("thousandsPerSecond"),
        bar,
      });
    }
    return measures;
  } finally {
    await Deno.remove(file);
  }
}

async function measureImports(_rig: Rig, effort: Effort): Promise<Measure[]> {
  await using timer = await ScriptTimer.create();
  const imports: Record<string, number[]> = {};
  // The probe imports nothing.
  const packages = effort.contenders.filter((name) => name !== "raw_probe");
  if (warmsUp(effort)) { for (const name of [...packages, "nothing"]) await timer.run(name); }
  for (let round = 0; round < roundsOf(21, effort); round++) {
    const empty = await timer.run("nothing");
    for (const name of packages) (imports[name] ??= []).push(await timer.run(name) - empty);
  }
  return [
    { title: "import, over an empty script", unit: "ms", figures: imports, bar: { limit: 45 } },
  ];
}

async function measureTypeChecks(_rig: Rig, effort: Effort): Promise<Measure[]> {
  await using timer = await ScriptTimer.create();
  const checks: Record<string, number[]> = {};
  for (const name of effort.contenders) await timer.check(name);
  for (let round = 0; round < roundsOf(5, effort); round++) {
    for (const name of effort.contenders) (checks[name] ??= []).push(await timer.check(name));
  }
  return [{ title: "type check of a new script, imports by URL", unit: "ms", figures: checks }];
}

async function measureShown(_rig: Rig, effort: Effort): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const deltas of [5, effort.deltas]) {
    const { result, show } = await measureShow(deltas, roundsOf(15, effort));
    const ratios = show.map((ms, round) => ms / (result[round] ?? NaN));
    const title = `turn of ${count(deltas)} deltas in a notebook`;
    const measure = {
      title: `${title}, shown ÷ not shown`,
      unit: "",
      figures: { toolkit: ratios },
    };
    measures.push(
      { title: `${title}, not shown`, unit: "ms", figures: { toolkit: result } },
      { title: `${title}, shown`, unit: "ms", figures: { toolkit: show } },
      deltas > 5 ? { ...measure, bar: { limit: 1.25 } } : measure,
    );
  }
  return measures;
}

async function measureTransports(rig: Rig, full: Effort): Promise<Measure[]> {
  const effort = { ...full, contenders: TRANSPORTS };
  const { deltas, turns } = effort;
  const place = (): Promise<Place> => rig.newPlace();
  const connects = await compare(rig, effort, {
    rounds: 15,
    task: async () => ({ task: "open", place: await place() }),
  });
  const warm = await compare(rig, effort, {
    rounds: 60,
    task: async () => ({ task: "turn", place: await place(), ephemeral: false }),
  });
  const long = await compare(rig, effort, {
    rounds: 15,
    task: async () => ({ task: "longTurn", place: await place(), deltas }),
  });
  const many = await compare(rig, effort, {
    rounds: 5,
    fresh: true,
    task: async () => ({ task: "manyTurns", place: await place(), turns }),
  });
  const reconnects = await compare(rig, effort, {
    rounds: 15,
    can: (_, name) => name === "toolkit_ws",
    task: async () => ({ task: "reconnect", place: await place() }),
  });
  const ms = { unit: "ms", byTransport: true } as const;
  const longTurn = `turn of ${count(deltas)} deltas`;
  return [
    { ...ms, title: "start or connect, to first answer", figures: connects("ms") },
    {
      ...ms,
      title: "warm turn of 5 deltas, persisted",
      figures: warm("ms"),
      p95: true,
      bar: { against: "toolkit", limit: 1.15 },
    },
    { ...ms, title: longTurn, figures: long("ms"), bar: { against: "toolkit", limit: 1.1 } },
    { ...ms, title: `${longTurn}: CPU time of our process`, figures: long("cpuMs") },
    { ...ms, title: `${count(turns)} turns at once`, figures: many("ms") },
    {
      ...ms,
      title: "connection broken, until its thread is open again",
      figures: reconnects("ms"),
    },
  ];
}

function roundsOf(rounds: number, effort: Effort): number {
  return Math.max(1, Math.round(rounds * effort.rounds));
}

/** A number as it is read best. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}
