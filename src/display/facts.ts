/**
 * Models, threads, accounts, tokens and the runtime, as tables.
 *
 * @module
 */
import type { RuntimeInfo, ServerInfo } from "../domain/runtime_info.ts";
import type { TokenUsage } from "../domain/turn_result.ts";
import type { Page, ThreadSummary } from "../domain/thread_summary.ts";
import type { Account, Model } from "../protocol/types.ts";
import type { AccountUsage, RateLimits } from "../domain/account.ts";
import type { MimeBundle } from "./bundle.ts";
import { minute } from "./result.ts";
import { renderTable } from "./table.ts";

/** Models as a table. */
export function renderModels(models: readonly Model[]): MimeBundle {
  return renderTable({
    title: `Models (${models.length})`,
    columns: ["", "id", "name", "efforts", "input"],
    rows: models.map((model) => [
      [model.isDefault && "default", model.hidden && "hidden"].filter(Boolean).join(", "),
      model.id,
      model.displayName,
      model.supportedReasoningEfforts.map(({ reasoningEffort }) => reasoningEffort).join(", "),
      model.inputModalities?.join(", ") ?? "text",
    ]),
  });
}

/** A page of threads as a table. */
export function renderThreads({ data, nextCursor }: Page<ThreadSummary>): MimeBundle {
  return renderTable({
    title: `Threads (${data.length}${nextCursor === null ? "" : " and more"})`,
    columns: ["id", "name", "preview", "status", "changed"],
    rows: data.map(({ id, name, preview, status, updatedAt }) => [
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

const COUNTS = [
  ["input", "inputTokens"],
  ["of it cached", "cachedInputTokens"],
  ["output", "outputTokens"],
  ["of it reasoning", "reasoningOutputTokens"],
  ["total", "totalTokens"],
] as const;

/** Tokens of a turn and of its thread, side by side. */
export function renderUsage(usage: TokenUsage): MimeBundle {
  const { contextShare, contextWindow, thread } = usage;
  const context = contextShare === null
    ? ""
    : `, context ${Math.round(100 * contextShare)} % of ${digits(contextWindow ?? 0)}`;
  return renderTable({
    title: `Tokens${context}`,
    columns: ["", "turn", "thread"],
    rows: COUNTS.map((
      [label, name],
    ) => [label, digits(usage[name] ?? 0), digits(thread[name] ?? 0)]),
  });
}

/** A runtime as a list of facts. */
export function renderRuntime({ version, platform, source, executable }: RuntimeInfo): MimeBundle {
  const facts = { version: version ?? "not known before it runs", platform, source, executable };
  return renderFacts("Runtime", facts);
}

/** Who answers, and whether the model is a real one. */
export function renderServer(server: ServerInfo): MimeBundle {
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

/** The limits of an account as a table. */
export function renderRateLimits({ planType, windows }: RateLimits): MimeBundle {
  return renderTable({
    title: `Rate limits${planType ? ` (${planType})` : ""}`,
    columns: ["limit", "period", "used", "resets"],
    rows: windows.map(({ name, durationMs, usedPercent, resetsAt }) => [
      name,
      durationMs === null ? null : period(durationMs),
      `${Math.round(usedPercent)} %`,
      resetsAt === null ? null : minute(resetsAt),
    ]),
  });
}

/** Tokens of an account, in all and by day. */
export function renderAccountUsage({ days, ...totals }: AccountUsage): MimeBundle {
  return renderFacts("Usage of the account", { ...totals, days: days.length });
}

function period(durationMs: number): string {
  const hours = durationMs / 3_600_000;
  return hours < 48 ? `${Math.round(hours * 10) / 10} h` : `${Math.round(hours / 24)} days`;
}
