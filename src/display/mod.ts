/**
 * Renderers: pure functions from data of the protocol to HTML, Markdown and plain text.
 *
 * @module
 */
export type { MimeBundle } from "./bundle.ts";
export { renderConnector, renderMounted, renderPlugins } from "./connectors.ts";
export { count, duration, ends, escapeHtml, first, head, oneLine } from "./text/escape.ts";
export { FINAL } from "./text/limits.ts";
export type { CardLimits, Limits } from "./text/limits.ts";
export { harmlessMarkdown, loadMarkdown, markdownHtml, preformatted } from "./text/markdown.ts";
export { renderApproval } from "./approval.ts";
export type { ApprovalButtons, ApprovalCard } from "./approval.ts";
export { errorLines, renderError, renderReport } from "./error.ts";
export {
  renderAccount,
  renderFacts,
  renderModels,
  renderRuntime,
  renderServer,
  renderThreads,
  renderUsage,
} from "./facts.ts";
export { renderProgress } from "./progress.ts";
export { renderResult, renderSnapshot, renderWatched } from "./result.ts";
export { headline, renderTurn } from "./turn/render.ts";
export type { TurnCaption } from "./turn/render.ts";
export { renderTable } from "./table.ts";
export type { Table } from "./table.ts";
export { entryText } from "./turn/text.ts";
export { TurnView } from "./turn/view.ts";
export type { PlanStep } from "./turn/view.ts";
export type { ViewEntry } from "./turn/entry.ts";
