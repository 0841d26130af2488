/**
 * Finished things, as they look in a notebook.
 *
 * @module
 */
import type { Account, Model, ThreadItem } from "../protocol/types.ts";
import type { MimeBundle } from "./bundle.ts";
import { loadMarkdown } from "./markdown.ts";
import { renderTurn } from "./render_turn.ts";
import { renderTable } from "./table.ts";
import { TurnView } from "./turn_view.ts";

/** The least of a turn's result. */
export interface ResultFacts {
  readonly status: string;
  readonly items: readonly ThreadItem[];
  readonly usage: { readonly totalTokens: number } | null;
  readonly durationMs: number | null;
}

/** A finished turn, as it looked while it ran. */
export async function renderResult(result: ResultFacts): Promise<MimeBundle> {
  await loadMarkdown();
  const view = new TurnView();
  for (const item of result.items) view.accept({ method: "item/completed", params: { item } });
  view.status = result.status;
  view.tokens = result.usage?.totalTokens ?? null;
  return renderTurn(view, { elapsedMs: result.durationMs });
}

/** Models as a table. */
export function renderModels(models: readonly Model[]): MimeBundle {
  return renderTable({
    title: `Models (${models.length})`,
    columns: ["", "id", "name", "efforts", "input"],
    rows: models.map((model) => [
      model.isDefault ? "default" : model.hidden ? "hidden" : "",
      model.id,
      model.displayName,
      model.supportedReasoningEfforts.map(({ reasoningEffort }) => reasoningEffort).join(", "),
      model.inputModalities?.join(", ") ?? "text",
    ]),
  });
}

/** The least of a thread in a list. */
export interface ThreadFacts {
  readonly id: string;
  readonly name: string | null;
  readonly preview: string;
  readonly status: string;
  readonly updatedAt: Date;
}

/** Threads as a table. */
export function renderThreads(threads: readonly ThreadFacts[]): MimeBundle {
  return renderTable({
    title: `Threads (${threads.length})`,
    columns: ["id", "name", "preview", "status", "changed"],
    rows: threads.map(({ id, name, preview, status, updatedAt }) => [
      id,
      name,
      preview.slice(0, 60),
      status,
      updatedAt.toISOString().slice(0, 16).replace("T", " "),
    ]),
  });
}

/** An account as a list of facts. */
export function renderAccount(account: Account): MimeBundle {
  return renderFacts("Account", account);
}

/** Plain facts of an object, one a row; objects within are left out. */
export function renderFacts(title: string, facts: object): MimeBundle {
  const rows = Object.entries(facts)
    .filter(([, value]) => value === null || typeof value !== "object")
    .map((
      [name, value],
    ) => [name, typeof value === "number" ? value.toLocaleString("en-US") : String(value ?? "–")]);
  return renderTable({ title, columns: [], rows });
}
