/**
 * For notebooks in the Deno kernel: a Codex for the notebook, turns that are watched in one output cell, progress
 * and approvals. Outside a notebook the same calls print plain text.
 *
 * @module
 */
export { askApproval } from "./ask_approval.ts";
export type { Prompt } from "./ask_approval.ts";
export type { LiveDisplayOptions, TextSink } from "./live_display.ts";
export { notebook } from "./notebook.ts";
export type { NotebookOptions } from "./notebook.ts";
export { progress } from "./progress.ts";
export type { CountProgress, ProgressView } from "./progress.ts";
export { show } from "./show.ts";
export type { ShowOptions } from "./show.ts";
