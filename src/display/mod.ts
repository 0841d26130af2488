/**
 * How values look: pure functions from what the protocol says to HTML, Markdown and plain text.
 *
 * @module
 */
export { DISPLAY, displayable } from "./bundle.ts";
export type { MimeBundle, Renderer } from "./bundle.ts";
export { renderConnector, renderMounted, renderPlugins } from "./connectors.ts";
export type { ConnectorFacts, MountedFacts, PluginFacts } from "./connectors.ts";
export { count, duration, ends, escapeHtml, head, oneLine, plain, spelledOut } from "./escape.ts";
export { FINAL } from "./limits.ts";
export type { CardLimits, Limits } from "./limits.ts";
export { harmlessMarkdown, loadMarkdown, markdownHtml } from "./markdown.ts";
export { renderApproval } from "./render_approval.ts";
export type { ApprovalFacts } from "./render_approval.ts";
export { errorLines, renderError, renderReport } from "./render_error.ts";
export {
  renderAccount,
  renderFacts,
  renderModels,
  renderRuntime,
  renderServer,
  renderThreads,
  renderUsage,
} from "./render_facts.ts";
export type { RuntimeFacts, ServerFacts, ThreadFacts, UsageFacts } from "./render_facts.ts";
export { renderProgress } from "./render_progress.ts";
export { renderResult, renderSnapshot, renderWatched } from "./render_result.ts";
export type { ResultFacts, SnapshotFacts } from "./render_result.ts";
export { headline, renderTurn } from "./render_turn.ts";
export type { TurnFacts } from "./render_turn.ts";
export { renderTable } from "./table.ts";
export type { Table } from "./table.ts";
export { entryText } from "./turn_text.ts";
export { TurnView } from "./turn_view.ts";
export type { PlanStep, TokenCounts, ViewEvent } from "./turn_view.ts";
export type { ViewEntry } from "./view_entry.ts";
