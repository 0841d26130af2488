/**
 * The renderer of every value that a notebook can show, by name.
 *
 * @module
 */
import { renderConnector, renderMounted, renderPlugins } from "./connectors.ts";
import { renderError, renderReport } from "./error.ts";
import {
  renderAccount,
  renderAccountUsage,
  renderFacts,
  renderModels,
  renderRateLimits,
  renderRuntime,
  renderServer,
  renderThreads,
  renderUsage,
} from "./facts.ts";
import { renderFleetStatus } from "./lists/fleet_status.ts";
import { renderMapResults } from "./lists/map_results.ts";
import { renderImage } from "./image.ts";
import { renderMapRun, renderPage } from "./lists/unread.ts";
import { renderResult, renderShown, renderSnapshot, renderWatched } from "./result.ts";
import { renderTable } from "./table.ts";

/** The renderers. */
export const RENDERERS = {
  account: renderAccount,
  accountUsage: renderAccountUsage,
  connector: renderConnector,
  context: (context: object) => renderFacts("What the model sees", context),
  error: renderError,
  image: renderImage,
  fleetStatus: renderFleetStatus,
  mapResults: renderMapResults,
  mapRun: renderMapRun,
  models: renderModels,
  page: renderPage,
  mounted: renderMounted,
  plugins: renderPlugins,
  rateLimits: renderRateLimits,
  report: renderReport,
  result: renderResult,
  runtime: renderRuntime,
  server: renderServer,
  shownThread: renderShown,
  snapshot: renderSnapshot,
  table: renderTable,
  thread: ({ id, model, cwd }: { id: string; model: string; cwd: string }) =>
    renderFacts("Thread", { id, model, cwd }),
  threads: renderThreads,
  usage: renderUsage,
  watched: renderWatched,
};
