/**
 * Models, threads, accounts, tokens and the runtime, as tables.
 *
 * @module
 */
import type { Account, Model } from "../protocol/types.ts";
import type { MimeBundle } from "./bundle.ts";
import { minute } from "./result.ts";
import { renderTable } from "./table.ts";

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
export function renderThreads(threads: readonly ThreadFacts[], hasMore = false): MimeBundle {
  return renderTable({
    title: `Threads (${threads.length}${hasMore ? " and more" : ""})`,
    columns: ["id", "name", "preview", "status", "changed"],
    rows: threads.map(({ id, name, preview, status, updatedAt }) => [
      id,
      name,
      preview.slice(0, 60),
      status,
      minute(updatedAt),
    ]),
  });
}

/** An account as a list of facts. */
export function renderAccount(account: Account): MimeBundle {
  return renderFacts("Account", account);
}

interface Counts {
  readonly totalTokens: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningOutputTokens: number;
}

/** The least of what a turn used. */
export interface UsageFacts extends Counts {
  readonly thread: Counts;
  readonly contextWindow: number | null;
  readonly contextShare: number | null;
}

const COUNTS = [
  ["input", "inputTokens"],
  ["of it cached", "cachedInputTokens"],
  ["output", "outputTokens"],
  ["of it reasoning", "reasoningOutputTokens"],
  ["total", "totalTokens"],
] as const;

/** Tokens of a turn and of its thread, side by side. */
export function renderUsage(usage: UsageFacts): MimeBundle {
  const { contextShare, contextWindow, thread } = usage;
  const context = contextShare === null
    ? ""
    : `, context ${Math.round(100 * contextShare)} % of ${digits(contextWindow ?? 0)}`;
  return renderTable({
    title: `Tokens${context}`,
    columns: ["", "turn", "thread"],
    rows: COUNTS.map(([label, name]) => [label, digits(usage[name]), digits(thread[name])]),
  });
}

/** The least of a runtime that can be started. */
export interface RuntimeFacts {
  readonly executable: string;
  readonly version: string | null;
  readonly source: string;
  readonly platform: string;
}

/** A runtime as a list of facts. */
export function renderRuntime({ version, platform, source, executable }: RuntimeFacts): MimeBundle {
  const facts = { version: version ?? "not known before it runs", platform, source, executable };
  return renderFacts("Runtime", facts);
}

/** The least of who answers at the other end. */
export interface ServerFacts {
  readonly version: string;
  readonly platform: string;
  readonly codexHome: string;
  readonly label: string | null;
  readonly runtime: RuntimeFacts | null;
  readonly processId: number | null;
}

/** Who answers, and whether the model is a real one. */
export function renderServer(server: ServerFacts): MimeBundle {
  const { version, label, platform, codexHome, runtime, processId } = server;
  return renderFacts("Codex", {
    version,
    "model service": label ?? "live",
    platform,
    home: codexHome,
    executable: runtime ? `${runtime.executable} (${runtime.source})` : null,
    "process id": processId === null ? null : String(processId),
  });
}

/** Plain facts of an object, one a row; objects within are left out. */
export function renderFacts(title: string, facts: object): MimeBundle {
  const rows = Object.entries(facts)
    .filter(([, value]) => value === null || typeof value !== "object")
    .map(([name, value]) => [name, typeof value === "number" ? digits(value) : fact(value)]);
  return renderTable({ title, columns: [], rows });
}

function digits(number: number): string {
  return number.toLocaleString("en-US");
}

function fact(value: unknown): string {
  return String(value ?? "–");
}
