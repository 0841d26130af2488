/**
 * A turn as a person sees it: its events folded into what is to be shown.
 *
 * @module
 */
import type {
  FileUpdateChange,
  ThreadItem,
  ThreadTokenUsage,
  ThreadTokenUsageUpdatedNotification,
  TurnPlanUpdatedNotification,
} from "../protocol/types.ts";

/** The least of an event of a turn. */
export interface ViewEvent {
  /** Kind of the event. */
  readonly method: string;
  /** Facts of the event. */
  readonly params?: unknown;
  /** Set when the method, or the shape of the params, is not known. */
  readonly unknown?: boolean | undefined;
}

/** One thing to show, in the order of its beginning. */
export type ViewEntry =
  | { kind: "message"; text: string; commentary: boolean; done: boolean }
  | { kind: "reasoning"; text: string }
  | {
    kind: "command";
    command: string;
    status: string;
    output: string;
    exitCode: number | null;
    durationMs: number | null;
  }
  | { kind: "files"; status: string; changes: readonly FileUpdateChange[] }
  | { kind: "tool"; label: string; status: string; detail: string }
  | { kind: "image"; text: string }
  | { kind: "notice"; text: string };

/** A step of the model's plan. */
export interface PlanStep {
  /** What is to be done. */
  readonly step: string;
  /** How far it is. */
  readonly status: string;
}

/** Folds events; the cost of each does not depend on how many there were. */
export class TurnView {
  /** What is to be shown, in order. */
  readonly entries: ViewEntry[] = [];
  /** The plan as it stands. */
  plan: readonly PlanStep[] = [];
  /** `running`, or how the turn ended. */
  status = "running";
  /** Tokens the turn has used, or `null` before the first report. */
  tokens: number | null = null;
  /** Questions that wait for an answer. */
  waiting = 0;
  #tokensBefore: number | null = null;
  readonly #byId = new Map<string, ViewEntry>();

  /** The answer so far: all messages that are no commentary. */
  get answer(): string {
    const messages = this.entries.filter((entry) => entry.kind === "message" && !entry.commentary);
    return messages.map((entry) => entry.kind === "message" ? entry.text : "").join("\n\n");
  }

  /** Takes the next event. */
  accept({ method, params, unknown }: ViewEvent): void {
    if (unknown || params === null || typeof params !== "object") return;
    const facts = params as Record<string, unknown>;
    switch (method) {
      case "item/started":
      case "item/completed":
        return this.#item(facts.item as ThreadItem, method === "item/completed");
      case "item/agentMessage/delta":
      case "item/reasoning/summaryTextDelta":
      case "item/reasoning/textDelta":
        return this.#append(facts.itemId as string, facts.delta as string);
      case "item/commandExecution/outputDelta":
        return this.#appendOutput(facts.itemId as string, facts.delta as string);
      case "turn/plan/updated":
        this.plan = (params as TurnPlanUpdatedNotification).plan;
        return;
      case "thread/tokenUsage/updated":
        return this.#usage((params as ThreadTokenUsageUpdatedNotification).tokenUsage);
      case "error":
        return this.#error(facts);
      case "turn/completed":
        this.status = (facts.turn as { status: string }).status;
        return;
      default:
        return this.#local(method, facts);
    }
  }

  /** The runtime counts for the thread; what was before the turn's first request is not the turn's. */
  #usage({ total, last }: ThreadTokenUsage): void {
    this.#tokensBefore ??= total.totalTokens - last.totalTokens;
    this.tokens = total.totalTokens - this.#tokensBefore;
  }

  #local(method: string, facts: Record<string, unknown>): void {
    switch (method) {
      case "local/itemAbandoned":
        return this.#abandon(facts.itemId as string, facts.reason as string);
      case "local/requestOpened":
        this.waiting++;
        return;
      case "local/requestSettled":
        return this.#answered(facts);
      case "local/toolProgress":
        return this.#toolProgress(facts.callId as string, facts.text as string);
    }
  }

  #item(item: ThreadItem, done: boolean): void {
    const known = this.#byId.get(item.id);
    const entry = toEntry(item, done, known);
    if (!entry) return;
    if (known) Object.assign(known, entry);
    else {
      this.#byId.set(item.id, entry);
      this.entries.push(entry);
    }
  }

  #append(itemId: string, delta: string): void {
    const entry = this.#byId.get(itemId);
    if (entry?.kind === "message" || entry?.kind === "reasoning") entry.text += delta;
  }

  #appendOutput(itemId: string, delta: string): void {
    const entry = this.#byId.get(itemId);
    if (entry?.kind === "command") entry.output += delta;
  }

  #toolProgress(callId: string, text: string): void {
    const entry = this.#byId.get(callId);
    if (entry?.kind === "tool") entry.detail = text;
  }

  #abandon(itemId: string, reason: string): void {
    const entry = this.#byId.get(itemId);
    if (!entry) return;
    this.#byId.delete(itemId);
    this.entries.splice(this.entries.indexOf(entry), 1, {
      kind: "notice",
      text: `${entry.kind} dropped (${reason})`,
    });
  }

  #answered(facts: Record<string, unknown>): void {
    this.waiting--;
    // The result of a tool says more than that it was asked.
    if (facts.request === "item/tool/call") return;
    const seconds = (Number(facts.waitedMs) / 1000).toFixed(1);
    this.entries.push({
      kind: "notice",
      text: `${questionName(String(facts.request))}: ${
        facts.decision ?? facts.outcome
      } after ${seconds} s`,
    });
  }

  #error(facts: Record<string, unknown>): void {
    const { message } = Object(facts.error) as { message?: unknown };
    this.entries.push({
      kind: "notice",
      text: `${facts.willRetry ? "trying again" : "failed"}: ${String(message ?? "")}`,
    });
  }
}

const QUESTIONS: Readonly<Record<string, string>> = {
  "item/commandExecution/requestApproval": "approval of the command",
  "item/fileChange/requestApproval": "approval of the file change",
  "item/permissions/requestApproval": "approval of permissions",
  "item/tool/requestUserInput": "question to the user",
  "mcpServer/elicitation/request": "question of an MCP server",
};

function questionName(method: string): string {
  return QUESTIONS[method] ?? method;
}

function toEntry(item: ThreadItem, done: boolean, known: ViewEntry | undefined): ViewEntry | null {
  switch (item.type) {
    case "agentMessage":
      return { kind: "message", text: item.text, commentary: item.phase === "commentary", done };
    case "reasoning": {
      const text = [...item.summary ?? [], ...item.content ?? []].join("\n\n");
      return { kind: "reasoning", text: text || (known?.kind === "reasoning" ? known.text : "") };
    }
    case "commandExecution":
      return {
        kind: "command",
        command: item.command,
        status: item.status,
        output: item.aggregatedOutput ?? (known?.kind === "command" ? known.output : ""),
        exitCode: item.exitCode ?? null,
        durationMs: item.durationMs ?? null,
      };
    case "fileChange":
      return { kind: "files", status: item.status, changes: item.changes };
    case "mcpToolCall":
      return toolEntry(
        `${item.server}.${item.tool}`,
        item.status,
        item.error?.message ?? "",
        item.arguments,
      );
    case "dynamicToolCall":
      return toolEntry(item.tool, item.status, "", item.arguments);
    case "webSearch":
      return {
        kind: "tool",
        label: "web search",
        status: done ? "completed" : "inProgress",
        detail: "",
      };
    case "imageView":
      return { kind: "image", text: item.path };
    case "contextCompaction":
      return { kind: "notice", text: "the history was compacted" };
    default:
      return null;
  }
}

function toolEntry(label: string, status: string, detail: string, args: unknown): ViewEntry {
  return { kind: "tool", label: `${label}(${JSON.stringify(args) ?? ""})`, status, detail };
}
