/**
 * How values look: pure functions from what the protocol says to HTML, Markdown and plain text.
 *
 * @module
 */
export { DISPLAY, displayable } from "./bundle.ts";
export type { MimeBundle } from "./bundle.ts";
export { renderConnector, renderMounted, renderPlugins } from "./connectors.ts";
export type { ConnectorFacts, MountedFacts, PluginFacts } from "./connectors.ts";
export { escapeHtml, head, plain } from "./escape.ts";
export { loadMarkdown, markdownHtml } from "./markdown.ts";
export { errorLines, renderError } from "./render_error.ts";
export {
  renderAccount,
  renderFacts,
  renderModels,
  renderResult,
  renderThreads,
} from "./render_result.ts";
export type { ResultFacts, ThreadFacts } from "./render_result.ts";
export { renderTurn } from "./render_turn.ts";
export type { TurnFacts } from "./render_turn.ts";
export { renderTable } from "./table.ts";
export type { Table } from "./table.ts";
export { TurnView } from "./turn_view.ts";
export type { PlanStep, ViewEntry, ViewEvent } from "./turn_view.ts";
