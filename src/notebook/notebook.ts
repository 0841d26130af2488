/**
 * The Codex of a notebook.
 *
 * @module
 */
import { kernelState } from "../jupyter.ts";
import { checkOptions, type OptionNames, signalOf } from "../options_check.ts";
import type { MapTask } from "../codex/map/options.ts";
import { Codex } from "../codex/codex.ts";
import { CODEX_OPTIONS, type CodexOptions } from "../codex/session/options.ts";
import type { MapOptions } from "../codex/map/options.ts";
import { escapeHtml } from "../display/mod.ts";
import type { RuntimeProgress } from "../domain/runtime_info.ts";
import { type Keep, openKept } from "./keep.ts";
import { flushAfterEveryCell, type HostKernel, kernel } from "./kernel_display.ts";
import { progress } from "./progress.ts";
import { report } from "./report.ts";
import { showRunning } from "./show/running.ts";
import { stopAll, stopSignalAnd, stopState, untilStopped } from "../stop.ts";
import { writeStdout } from "./terminal/write.ts";
import { takeOtherUncaught } from "./uncaught.ts";

/** Options of {@linkcode notebook}. */
export interface NotebookOptions<C extends Codex = Codex> extends CodexOptions {
  /** Starts the Codex; pass `startOffline` to work without an account. Default: `Codex.start`. */
  readonly start?: (options: CodexOptions) => Promise<C>;
  /**
   * Keeps the runtime in a server that outlives the kernel: turns go on when the kernel is
   * restarted, the browser is closed or the kernel crashes, and running the first cell again joins
   * them. `true` keeps it until `codex.stopServer()` or `deno task serve --stop`, a time such as
   * `"1h"` until it had no client for so long. Default: the runtime ends with the kernel.
   *
   * **A server is one trust domain: every client may use every thread, and answer the approvals of
   * all of them.**
   */
  readonly keep?: Keep;
  /** Whether to show versions, and whether the model is a real one. Default `true`. */
  readonly banner?: boolean;
}

const NOTEBOOK_OPTIONS = {
  ...CODEX_OPTIONS,
  start: true,
  keep: true,
  banner: true,
} as const satisfies OptionNames<NotebookOptions>;

interface NotebookState {
  codex: Codex | null;
  hasListeners: boolean;
  /** When each turn was asked to stop. */
  readonly stopping: Map<string, number>;
  /** Calls come one after the other: a cell may be run again before it has ended. */
  last: Promise<unknown>;
}

function state(): NotebookState {
  return kernelState("notebook", () => ({
    codex: null,
    hasListeners: false,
    stopping: new Map(),
    last: Promise.resolve(),
  }));
}

const ACTION = "start the notebook's Codex";

/**
 * Gives the notebook its Codex. Running the cell again closes the one before and starts a new one;
 * nothing has to be disposed of, because the runtime ends with the kernel.
 *
 * In a notebook, Stop interrupts the turns that run, and a cell that awaits their results gets an
 * `AbortError`, so that the cell ends and not the kernel. Uncaught errors are shown instead of
 * freezing the kernel. A download of the runtime shows its progress.
 *
 * @example The first cell of a notebook that needs no account
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const codex = await notebook({ start: startOffline });
 * await codex.close();
 * ```
 */
export async function notebook<C extends Codex = Codex>(
  options: NotebookOptions<C> = {},
): Promise<C> {
  // Another `start` has other options, and checks them.
  if (!options?.start) checkOptions(ACTION, options, NOTEBOOK_OPTIONS);
  else signalOf(ACTION, { signal: options.signal });
  const shared = state();
  // Stop ends a start too, which may have to download the runtime.
  const started = untilStopped(
    options.signal,
    (signal) => shared.last.then(() => startIn(shared, { ...options, signal })),
  );
  shared.last = started.catch(() => {});
  return await started;
}

/** The Codex that {@linkcode notebook} started last, unless it was closed by it. */
export function currentCodex(): Codex | null {
  return state().codex;
}

async function startIn<C extends Codex>(
  shared: NotebookState,
  options: NotebookOptions<C>,
): Promise<C> {
  const { keep, banner = true, ...rest } = options;
  const { start = startOf(keep), ...own } = rest;
  if (keep !== undefined && options.start) {
    throw new TypeError(
      "Cannot keep the runtime: start creates another one. Leave out start or keep",
    );
  }
  const jupyter = kernel();
  if (jupyter) listen(shared, jupyter);
  await shared.codex?.close();
  shared.codex = null;
  own.signal?.throwIfAborted();
  const codex = await start({ onProgress: downloadProgress(), ...own }) as C;
  shared.codex = stoppable(codex);
  if (jupyter) tellingNoAccount(codex, jupyter);
  if (banner) await showBanner(codex);
  if (keep !== undefined) await showRunning(codex);
  await jupyter?.flush();
  return codex;
}

function startOf(keep: Keep | undefined): (options: CodexOptions) => Promise<Codex> {
  return keep === undefined ? Codex.start : (options) => openKept(keep, options);
}

/** Shows nothing when the runtime is there already. */
function downloadProgress(): (progress: RuntimeProgress) => void {
  const show = progress();
  let isDownloading = false;
  return (step) => {
    isDownloading ||= step.phase === "download";
    if (isDownloading) show(step);
  };
}

/** Stop ends a run over many inputs as a whole, and not only the turns that run at that moment. */
function stoppable<C extends Codex>(codex: C): C {
  const map = codex.map.bind(codex);
  const stoppableMap: typeof map = <Input, Output>(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    task: MapTask<Input, Output>,
    options: MapOptions<Input, Output> = {},
  ) => {
    stopState.refusal?.check();
    const run = map(inputs, task, { ...options, signal: stopSignalAnd(options.signal) });
    // The last state of a progress bar has to be out before the cell ends.
    return run.defer(() => Promise.resolve(kernel()?.flush()));
  };
  Object.defineProperty(stoppableMap, "name", { value: "map" });
  return Object.defineProperty(codex, "map", { value: stoppableMap, configurable: true });
}

/** The kernel shows nothing for `null`, so `account()` shows what its answer means. */
function tellingNoAccount<C extends Codex>(codex: C, jupyter: HostKernel): C {
  const account = codex.account.bind(codex);
  const noted: typeof account = async (options) => {
    const answer = await account(options);
    if (answer === null) await showLine(jupyter, NO_ACCOUNT);
    return answer;
  };
  Object.defineProperty(noted, "name", { value: "account" });
  return Object.defineProperty(codex, "account", { value: noted, configurable: true });
}

const NO_ACCOUNT = "No account is logged in (null)";

async function showBanner({ server }: Codex): Promise<void> {
  const { version, label, platform } = server;
  const parts = [`Codex ${version}`, label ?? "live model", `Deno ${Deno.version.deno}`, platform];
  const text = parts.join(" · ");
  const jupyter = kernel();
  if (jupyter) await showLine(jupyter, text);
  else writeStdout(`${text}\n`);
}

async function showLine(jupyter: HostKernel, text: string): Promise<void> {
  const bundle = {
    "text/html": `<div style="opacity:.8">${escapeHtml(text)}</div>`,
    "text/plain": text,
  };
  await jupyter.display(bundle, { displayId: crypto.randomUUID(), update: false });
}

function listen(shared: NotebookState, jupyter: HostKernel): void {
  if (shared.hasListeners) return;
  shared.hasListeners = true;
  flushAfterEveryCell(jupyter);
  // Without a listener, Stop ends the kernel with all its state.
  Deno.addSignalListener("SIGINT", () => stop(shared));
  // An uncaught error stops the event loop between cells, and with it every turn.
  takeOtherUncaught(({ value }) => report(value));
}

/**
 * Time in which a turn that was asked to stop has to do so before the next Stop ends its runtime.
 */
const GRACE_MS = 1000;
/**
 * Time in which a turn that is about to begin does so. A kernel that gets a restart request is gone
 * by then.
 */
const BEGIN_MS = 500;
const POLL_MS = 50;

function stop(shared: NotebookState): void {
  const reason = new DOMException("Stopped by the user", "AbortError");
  const stopped = stopAll(reason);
  if (isStuck(shared)) {
    endRuntime(shared);
    return;
  }
  if (stopTurns(shared, reason) || stopped) return;
  const deadline = performance.now() + BEGIN_MS;
  const timer = setInterval(() => {
    const isOver = performance.now() > deadline;
    if (isOver) report(NOTHING_TO_STOP);
    if (isOver || stopTurns(shared, reason)) clearInterval(timer);
  }, POLL_MS);
}

/**
 * Stops every turn that runs or is being started: what waits for it ends with `reason`, within 5 s.
 * Returns whether there were any.
 */
function stopTurns({ codex, stopping }: NotebookState, reason: Error): boolean {
  const router = codex?.client.router;
  if (!router?.isBusy) return false;
  for (const { turnId } of router.activeTurns()) {
    stopping.set(turnId, stopping.get(turnId) ?? performance.now());
  }
  void router.stopTurns(reason);
  return true;
}

/** Whether a turn runs that was asked to stop a while ago. */
function isStuck({ codex, stopping }: NotebookState): boolean {
  const running = codex?.client.router.activeTurns() ?? [];
  const longAgo = performance.now() - GRACE_MS;
  return running.some(({ turnId }) => (stopping.get(turnId) ?? Infinity) < longAgo);
}

const NOTHING_TO_STOP = new DOMException(
  "No turn was running. What else a cell waits for ends only if it got stopSignal(), or when the kernel restarts",
  "AbortError",
);

/**
 * Closing asks first, and the kernel may be restarted before it kills: a runtime that is stuck
 * would outlive it.
 */
function kill(processId: number | null): void {
  if (processId === null) return;
  try {
    Deno.kill(processId, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function endRuntime(shared: NotebookState): void {
  const { codex } = shared;
  shared.codex = null;
  kill(codex?.server.processId ?? null);
  void codex?.close();
  report(
    new DOMException(
      "The turn did not stop, so its runtime was ended. Run notebook() again",
      "AbortError",
    ),
  );
}
