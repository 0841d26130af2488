/**
 * Questions about live values, on a thread that the notebook keeps.
 *
 * @module
 */
import { kernelState } from "../../jupyter.ts";
import type { Codex } from "../../codex/codex.ts";
import type { Thread } from "../../codex/thread.ts";
import type { ThreadOptions } from "../../codex/threads/open.ts";
import type { TurnResult } from "../../domain/turn_result.ts";
import { checkOptions } from "../../options_check.ts";
import { askApproval } from "../approvals/ask.ts";
import { currentCodex, notebook } from "../notebook.ts";
import { show } from "../show/show.ts";
import { checkShareOptions, type ShareOptions } from "./options.ts";
import { addValues, type Share, share } from "./share.ts";
import { templateInput } from "./template.ts";

/** Options of the thread that {@linkcode ask} keeps. */
export interface AskThreadOptions {
  /** How values are shared, such as `{ approve: "session" }`. */
  readonly share?: ShareOptions;
  /** The thread. Its `onApproval` is `askApproval()` by default. */
  readonly thread?: ThreadOptions;
}

/** Asks the agent, with live values in the question. */
export interface Ask {
  /** Shows the turn as `show` does, and gives its result. */
  (strings: TemplateStringsArray, ...values: unknown[]): Promise<TurnResult>;
  /** The thread, or `null` before the first question. */
  readonly thread: Thread | null;
  /** The values that were shared and assigned so far. */
  readonly shared: Share<Record<string, unknown>>;
  /** Closes the thread and forgets the values; the next question starts over, with `options`. */
  reset(options?: AskThreadOptions): Promise<void>;
}

interface AskState {
  options: AskThreadOptions;
  shared: Share<Record<string, unknown>> | null;
  open: { readonly codex: Codex; readonly thread: Thread } | null;
  /** Questions start one after the other, so that they share one thread. */
  last: Promise<unknown>;
}

function state(): AskState {
  return kernelState("notebook.ask", () => ({
    options: {},
    shared: null,
    open: null,
    last: Promise.resolve(),
  }));
}

function sharedOf(kept: AskState): Share<Record<string, unknown>> {
  return kept.shared ??= share({}, kept.options.share);
}

/** The thread of the notebook's Codex; running the first cell again gives it another one. */
async function threadOf(kept: AskState): Promise<Thread> {
  const codex = currentCodex() ?? await notebook();
  if (kept.open?.codex === codex) return kept.open.thread;
  const { connectors = [], ...options } = kept.options.thread ?? {};
  const thread = await codex.startThread({
    onApproval: askApproval(),
    ...options,
    connectors: [...connectors, sharedOf(kept)],
  });
  kept.open = { codex, thread };
  return thread;
}

async function askInTurn(strings: readonly string[], values: readonly unknown[]) {
  const kept = state();
  const shared = sharedOf(kept);
  const { input, values: added } = templateInput(strings, values, shared);
  addValues(shared, added);
  return show(await threadOf(kept), input);
}

function question(strings: TemplateStringsArray, ...values: unknown[]): Promise<TurnResult> {
  const kept = state();
  const asked = kept.last.then(() => askInTurn(strings, values));
  kept.last = asked.catch(() => {});
  return asked;
}

async function reset(options: AskThreadOptions = {}): Promise<void> {
  checkOptions("start over", options, { share: true, thread: true });
  checkShareOptions(options.share ?? {});
  const kept = state();
  const { open } = kept;
  Object.assign(kept, { options, shared: null, open: null });
  await open?.thread.close();
}

/**
 * Asks the agent on a thread that the notebook keeps: text and values in the order of the
 * template, each value shared as by {@linkcode share}. A value is named by the key of an object of
 * one member, the name under which it was shared before, the name of a function or class, else
 * `value1` and so on; texts, numbers and parts such as `image(…)` stay what they are. What the
 * model assigns is in `ask.shared`.
 *
 * Code of the model asks first, as of {@linkcode share}; the thread is that of `notebook()`, which
 * is called when it was not.
 *
 * @example
 * ```ts
 * import { notebook } from "@codex-deno/codex/notebook";
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const codex = await notebook({ start: startOffline });
 * codex.model.reply("June.");
 * const sales = [{ month: "May", units: 12 }, { month: "June", units: 30 }];
 * const { finalResponse } = await ask`Which month was the best? ${{ sales }}`;
 * console.log(finalResponse, Object.keys(ask.shared)); // June. [ "sales" ]
 * await codex.close();
 * ```
 */
export const ask: Ask = Object.defineProperties(question, {
  thread: { get: () => state().open?.thread ?? null },
  shared: { get: () => sharedOf(state()) },
  reset: { value: reset },
}) as Ask;
