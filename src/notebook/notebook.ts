/**
 * The Codex of a notebook.
 *
 * @module
 */
import { Codex, type CodexOptions } from "../codex/codex.ts";
import { kernel } from "./kernel.ts";
import { report } from "./report.ts";

/** Options of {@linkcode notebook}. */
export interface NotebookOptions extends CodexOptions {
  /** Starts the Codex; pass `startOffline` to work without an account. Default: `Codex.start`. */
  readonly start?: (options: CodexOptions) => Promise<Codex>;
}

/** What survives the cell that made it. Modules may be loaded twice in one kernel; the kernel is one. */
interface NotebookState {
  codex: Codex | null;
  hasListeners: boolean;
}

const KEY = Symbol.for("codex-deno.notebook");

function state(): NotebookState {
  const holder = globalThis as unknown as Record<symbol, NotebookState | undefined>;
  return holder[KEY] ??= { codex: null, hasListeners: false };
}

/**
 * Gives the notebook its Codex. Running the cell again closes the one before and starts a new one; nothing has to
 * be disposed of, because the runtime ends with the kernel.
 *
 * @example The first cell of a notebook that needs no account
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const codex = await notebook({ start: startOffline });
 * await codex.close();
 * ```
 *
 * In a notebook, Stop interrupts the turns that run, so that the cell ends and not the kernel, and errors that nobody
 * caught are shown instead of freezing the kernel.
 */
export async function notebook(options: NotebookOptions = {}): Promise<Codex> {
  const { start = Codex.start, ...rest } = options;
  const shared = state();
  await shared.codex?.close();
  shared.codex = null;
  if (kernel() && !shared.hasListeners) {
    shared.hasListeners = true;
    addListeners(shared);
  }
  return shared.codex = await start(rest);
}

function addListeners(shared: NotebookState): void {
  // Without a listener, Stop ends the kernel with all its state.
  Deno.addSignalListener("SIGINT", () => {
    if (!interruptTurns(shared.codex)) report(new Error("Nothing to stop: no turn was running"));
  });
  // An error that nobody caught stops the event loop between cells, and with it every turn.
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    report(event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    report(event.error);
  });
}

/** Stops every turn that runs, so that the cells that wait for them end; whether there were any. */
function interruptTurns(codex: Codex | null): boolean {
  const turns = codex?.client.router.activeTurns() ?? [];
  for (const { threadId } of turns) {
    void codex?.client.call("turn/interrupt", { threadId, turnId: "" }).catch(() => {});
  }
  return turns.length > 0;
}
