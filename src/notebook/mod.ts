/**
 * For notebooks in the Deno kernel: a Codex for the notebook, turns that are watched in one output,
 * progress and approvals. Outside a notebook the same calls print plain text.
 *
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const codex = await notebook({ start: startOffline }); // `notebook()` is the live one
 * codex.model.reply("A README and a folder of sources.");
 * const thread = await codex.startThread();
 * await show(thread, "What is in this folder?");
 * await codex.close();
 * ```
 *
 * @module
 */
export { askApproval } from "./approvals/ask.ts";
export type { AskOptions, Prompt } from "./approvals/ask.ts";
export { help } from "./help.ts";
export type { Keep } from "./keep.ts";
export { notebook } from "./notebook.ts";
export type { NotebookOptions } from "./notebook.ts";
export { compare, Comparison } from "./plots/compare.ts";
export type { ComparedAnswer, CompareOptions } from "./plots/compare.ts";
export { Chart, chart } from "./plots/chart.ts";
export type { PlotOptions, PlotSource } from "./plots/chart.ts";
export type { PlotLibrary } from "../deps.ts";
export { plots } from "./plots/ready_made.ts";
export { progress } from "./progress.ts";
export type { ProgressOptions, ProgressView } from "./progress.ts";
export { ask } from "./share/ask.ts";
export type { Ask, AskThreadOptions } from "./share/ask.ts";
export { notebookCells } from "./share/cells.ts";
export type { NotebookCells, NotebookCellsOptions } from "./share/cells.ts";
export { share } from "./share/share.ts";
export type { ShareOptions } from "./share/options.ts";
export type { Share } from "./share/share.ts";
export type { ShownFleetRun } from "./show/fleet_run.ts";
export type { FleetRow } from "./show/fleet_view.ts";
export { show } from "./show/show.ts";
export type { ShowTurnOptions } from "./show/show.ts";
export type { ShowOptions } from "./show/watch.ts";
export { stopSignal } from "../stop.ts";
export type { TextSink } from "./terminal/write.ts";
