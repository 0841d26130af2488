/**
 * A run of a fleet, watched in one output.
 *
 * @module
 */
import type { MapProgress } from "../../domain/runs/map_result.ts";
import { settlesWithin, untilAborted } from "../../async.ts";
import { renderFleetRun } from "../../display/lists/fleet_run.ts";
import type { FleetStatus } from "../../domain/runs/fleet_status.ts";
import { type Chart, chart } from "../plots/chart.ts";
import { type HostKernel, kernel } from "../kernel_display.ts";
import { LiveDisplay } from "../live_display.ts";
import { progress } from "../progress.ts";
import { writeStdout } from "../terminal/write.ts";
import { type FleetRow, FleetView } from "./fleet_view.ts";
import type { ShowOptions } from "./watch.ts";

/** A run of a fleet, as far as it is shown. */
export interface ShownFleetRun<Results> {
  /** How far it is. */
  readonly progress: MapProgress;
  /** The state of the queue and its workers. */
  status(): Promise<FleetStatus>;
  /** Is told of each row as soon as it is done, until it is disposed of. */
  observe(observer: (row: FleetRow) => void): Disposable;
  /** All results. */
  collect(): Promise<Results>;
}

/** How often the card and the state of the queue are brought up to date, in milliseconds. */
const TICK_MS = 500;
/** How often the plot is drawn again, in milliseconds. */
const PLOT_MS = 2000;
/** Time that the last look at the queue may take, in milliseconds. */
const LAST_LOOK_MS = 1000;

/** Shows a run until its end, and gives its results. */
export async function showFleetRun<Results>(
  run: ShownFleetRun<Results>,
  options: ShowOptions = {},
): Promise<Results> {
  const { signal } = options;
  signal?.throwIfAborted();
  const jupyter = kernel();
  const screen = jupyter ? new FleetCard(run, jupyter) : new FleetLines(run, options);
  try {
    return await untilAborted(run.collect(), signal);
  } finally {
    await screen.end();
  }
}

/** A card of a notebook. Nothing of it ends the run: what cannot be drawn is left out. */
class FleetCard {
  readonly #run: ShownFleetRun<unknown>;
  readonly #view = new FleetView(performance.now());
  readonly #display: LiveDisplay;
  readonly #observing: Disposable;
  readonly #timer: ReturnType<typeof setInterval>;
  #looking: Promise<void> | null = null;
  #drawing: Promise<void> | null = null;
  #drawnAt = -Infinity;
  #plot: Chart | null = null;
  #isOver = false;

  constructor(run: ShownFleetRun<unknown>, jupyter: HostKernel) {
    this.#run = run;
    this.#display = new LiveDisplay(jupyter, () => {
      const moment = { now: performance.now(), isOver: this.#isOver };
      return renderFleetRun(this.#view.facts(run.progress, this.#plot, moment));
    });
    this.#observing = run.observe((row) => {
      this.#view.accept(row, performance.now());
      this.#display.changed();
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  #tick(): void {
    void this.#look();
    if (performance.now() - this.#drawnAt >= PLOT_MS) void this.#draw();
    this.#display.changed();
  }

  /** One question at a time: a store that is away answers all of them when it is back. */
  #look(): Promise<void> {
    return this.#looking ??= this.#run.status()
      .then((status) => this.#view.hear(status, performance.now()), () => {})
      .finally(() => this.#looking = null);
  }

  #draw(): Promise<void> {
    return this.#drawing ??= throughputChart(this.#view)
      .then((plot) => {
        this.#plot = plot;
      }, () => {})
      .finally(() => {
        this.#drawing = null;
        this.#drawnAt = performance.now();
      });
  }

  /** Shows the end. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#observing[Symbol.dispose]();
    this.#isOver = true;
    await settlesWithin(this.#look(), LAST_LOOK_MS);
    await this.#drawing;
    await this.#draw();
    await this.#display.end();
  }
}

/** Lines of text, where there is no notebook. */
class FleetLines {
  readonly #observing: Disposable;

  constructor(run: ShownFleetRun<unknown>, { write = writeStdout }: ShowOptions) {
    // Lines that stay stand between those of the bar, so it is not rewritten in place.
    const report = progress({ write, inPlace: false });
    const view = new FleetView(performance.now());
    this.#observing = run.observe((row) => {
      view.accept(row, performance.now());
      const moment = { now: performance.now(), isOver: true };
      const [failure] = view.facts(run.progress, null, moment).failures;
      if (row.status === "failed" && failure) {
        const { index, input, worker, why } = failure;
        write(`row ${index} failed${worker === null ? "" : ` on ${worker}`}: ${why} (${input})\n`);
      }
      report(run.progress);
    });
  }

  end(): Promise<void> {
    this.#observing[Symbol.dispose]();
    return Promise.resolve();
  }
}

function throughputChart(view: FleetView): Promise<Chart> {
  const bars = view.throughput.bars(performance.now());
  const most = Math.max(...bars.map(({ rate }) => rate));
  return chart((Plot) => ({
    title: "Throughput",
    subtitle: `Rows done a second, at most ${Number(most.toFixed(1))}/s`,
    width: 640,
    height: 200,
    x: { label: "seconds", domain: [0, bars.at(-1)?.to ?? 1] },
    y: { label: "rows a second", grid: true },
    marks: [
      Plot.rectY(bars, { x1: "from", x2: "to", y: "rate", fill: "#4269d0" }),
      Plot.ruleY([0]),
    ],
  }));
}
