/**
 * A turn as it is displayed: its events folded into entries.
 *
 * @module
 */
import type { LocalEvent, LocalEvents, TurnEvent } from "../../domain/events.ts";
import { TurnFold } from "../../domain/turn_result.ts";
import type {
  GuardianApprovalReviewAction,
  Notification,
  NotificationParams,
  ThreadItem,
  TokenUsageBreakdown,
} from "../../protocol/mod.ts";
import { duration } from "../text/escape.ts";
import { notice, toEntry, type ViewEntry } from "./entry.ts";

/** A step of the model's plan. */
export interface PlanStep {
  /** The step in words. */
  readonly step: string;
  /** How far it is. */
  readonly status: string;
}

/** The end of a turn that its events do not tell. */
interface KnownEnd {
  readonly status: string;
  readonly usage?: TokenUsageBreakdown | null;
  readonly durationMs?: number | null;
}

/**
 * Folds events; the cost of each does not depend on how many there were. Status, tokens and
 * duration are those of a {@linkcode TurnFold}, as in the turn's result.
 */
export class TurnView {
  /** The entries to show, in order. Entries are replaced and changed, never removed. */
  readonly entries: ViewEntry[] = [];
  /** The plan as it stands. */
  plan: readonly PlanStep[] = [];
  /** Whether the model service cannot be reached. */
  isOffline = false;
  readonly #places = new Map<string, number>();
  readonly #questions = new Map<string | number, number>();
  readonly #fold: TurnFold;
  #end: KnownEnd | null = null;

  /** `usedTokens` is the thread's total before the turn, or `null` when it is unknown. */
  constructor(usedTokens: TokenUsageBreakdown | null = null) {
    this.#fold = new TurnFold("", "", usedTokens);
  }

  /** `running`, or how the turn ended. */
  get status(): string {
    return this.#end?.status ?? this.#fold.status;
  }

  /** Tokens the turn has used, or `null` before the first report. */
  get usage(): TokenUsageBreakdown | null {
    return this.#end?.usage ?? this.#fold.usage;
  }

  /** How long the turn took, in milliseconds, or `null` before its end. */
  get durationMs(): number | null {
    return this.#end?.durationMs ?? this.#fold.durationMs;
  }

  /** Questions that wait for an answer. */
  get waiting(): number {
    return this.#questions.size;
  }

  /** The answer so far: all messages except commentary. */
  get answer(): string {
    const messages = this.entries.filter((entry) => entry.kind === "message");
    return messages.filter(({ commentary }) => !commentary).map(({ text }) => text).join("\n\n");
  }

  /** Takes an item that is complete. */
  acceptItem(item: ThreadItem): void {
    this.#item(item, true);
  }

  /**
   * Sets how the turn ended, where its events do not tell. No question waits for an answer
   * afterwards.
   */
  end(status: string, facts: Omit<KnownEnd, "status"> = {}): void {
    this.#end = { ...facts, status };
    this.#withdrawQuestions();
  }

  #withdrawQuestions(): void {
    for (const key of [...this.#questions.keys()]) this.#answer(key, "withdrawn");
  }

  /** Takes the next event. */
  accept(event: TurnEvent): void {
    if (event.unknown) return;
    this.#fold.accept(event);
    switch (event.method) {
      case "item/started":
      case "item/completed":
        this.#item(event.params.item, event.method === "item/completed");
        return;
      case "item/agentMessage/delta":
      case "item/reasoning/summaryTextDelta":
      case "item/reasoning/textDelta":
      case "item/plan/delta":
      case "item/commandExecution/outputDelta":
        this.#append(event.params.itemId, event.params.delta);
        return;
      case "item/reasoning/summaryPartAdded":
        this.#append(event.params.itemId, "\n\n");
        return;
      case "item/fileChange/patchUpdated":
        this.#patch(event.params);
        return;
      case "item/mcpToolCall/progress":
        this.#toolProgress(event.params.itemId, event.params.message);
        return;
      case "turn/plan/updated":
        this.plan = event.params.plan;
        return;
      case "turn/completed":
        this.#withdrawQuestions();
        return;
      default:
        this.#acceptAside(event);
    }
  }

  /** Events that are not items. */
  #acceptAside(event: Notification | LocalEvent): void {
    switch (event.method) {
      case "error":
        this.#error(event.params);
        return;
      case "warning":
      case "guardianWarning":
        this.#note(event.params.message);
        return;
      case "model/rerouted":
        this.#note(`${event.params.toModel} answers for ${event.params.fromModel}`);
        return;
      case "item/autoApprovalReview/started":
        this.#ask(`review:${event.params.reviewId}`, reviewed(event.params.action));
        return;
      case "item/autoApprovalReview/completed":
        this.#reviewed(event.params);
        return;
      case "local/itemAbandoned":
        this.#abandon(event.params.itemId, event.params.reason);
        return;
      case "local/requestOpened":
        this.#opened(event.params);
        return;
      case "local/requestSettled":
        this.#settled(event.params);
        return;
      case "local/toolProgress":
        this.#toolProgress(event.params.callId, event.params.text);
        return;
      case "local/waitingForNetwork":
        this.#offline();
        return;
      case "local/networkRestored":
        this.isOffline = false;
        this.#note(`the network is back after ${duration(event.params.waitedMs)}`);
        return;
      case "local/turnReconciled":
        this.#note("the end was lost on the way; this is what is stored");
    }
  }

  #item(item: ThreadItem, done: boolean): void {
    const place = this.#places.get(item.id);
    const entry = toEntry(item, done, place === undefined ? undefined : this.entries[place]);
    if (!entry) return;
    if (place !== undefined) this.entries[place] = entry;
    else this.#places.set(item.id, this.entries.push(entry) - 1);
  }

  #entry(itemId: string): ViewEntry | undefined {
    const place = this.#places.get(itemId);
    return place === undefined ? undefined : this.entries[place];
  }

  #append(itemId: string, delta: string): void {
    const entry = this.#entry(itemId);
    switch (entry?.kind) {
      case "message":
      case "reasoning":
      case "proposal":
        entry.text += delta;
        return;
      case "command":
        entry.output.append(delta);
    }
  }

  #patch({ itemId, changes }: NotificationParams<"item/fileChange/patchUpdated">): void {
    const entry = this.#entry(itemId);
    if (entry?.kind === "files" && !entry.done) entry.changes = changes;
  }

  #toolProgress(itemId: string, text: string): void {
    const entry = this.#entry(itemId);
    if (entry?.kind === "tool" && !entry.done) entry.note = text;
  }

  #abandon(itemId: string, reason: string): void {
    const place = this.#places.get(itemId);
    const entry = this.#entry(itemId);
    if (place === undefined || !entry) return;
    this.#places.delete(itemId);
    if (reason === "interrupt") {
      this.#cutOff(entry);
      return;
    }
    this.entries[place] = notice(`${entry.kind} dropped (${reason})`);
  }

  /** Text and output of an interrupted turn stay. */
  #cutOff(entry: ViewEntry): void {
    entry.done = true;
    if (entry.kind === "message") this.#note("the answer was cut off");
    else if ("status" in entry) entry.status = "interrupted";
  }

  #opened({ requestId, request }: { requestId: string | number; request: string }): void {
    const subject = QUESTIONS.get(request);
    if (subject) this.#ask(requestId, subject);
  }

  #settled(
    { requestId, outcome, decision, waitedMs }: LocalEvents["local/requestSettled"],
  ): void {
    this.#answer(requestId, `${decision ?? outcome} after ${duration(waitedMs)}`);
  }

  #reviewed(
    { reviewId, action, review }: NotificationParams<"item/autoApprovalReview/completed">,
  ): void {
    const key = `review:${reviewId}`;
    if (!this.#questions.has(key)) this.#ask(key, reviewed(action));
    this.#answer(key, [review.status, review.rationale].filter(Boolean).join(": "));
  }

  #ask(key: string | number, subject: string): void {
    const entry = { kind: "question" as const, subject, answer: null, done: false };
    this.#questions.set(key, this.entries.push(entry) - 1);
  }

  #answer(key: string | number, answer: string): void {
    const entry = this.entries[this.#questions.get(key) ?? -1];
    this.#questions.delete(key);
    if (entry?.kind === "question") Object.assign(entry, { answer, done: true });
  }

  #offline(): void {
    if (!this.isOffline) this.#note("no connection to the model service: waiting for the network");
    this.isOffline = true;
  }

  /** While the network is away, the runtime repeats itself. */
  #error({ error, willRetry }: NotificationParams<"error">): void {
    if (this.isOffline && willRetry) return;
    this.#note(`${willRetry ? "trying again" : "failed"}: ${error.message}`);
  }

  /** A note that says the same as the one before, but for a number, takes its place. */
  #note(text: string): void {
    const last = this.entries.at(-1);
    if (last?.kind !== "notice" || withoutNumbers(last.text) !== withoutNumbers(text)) {
      this.entries.push(notice(text));
      return;
    }
    const times = (last.times ?? 1) + 1;
    this.entries[this.entries.length - 1] = { ...notice(text), times };
  }
}

/**
 * What is asked, by the request's method. A call of a client tool is not shown as a question: its
 * result says more.
 */
const QUESTIONS: ReadonlyMap<string, string> = new Map([
  ["item/commandExecution/requestApproval", "approval of the command"],
  ["item/fileChange/requestApproval", "approval of the file change"],
  ["item/permissions/requestApproval", "approval of permissions"],
  ["item/tool/requestUserInput", "question to the user"],
  ["mcpServer/elicitation/request", "question of an MCP server"],
]);

function reviewed(action: GuardianApprovalReviewAction): string {
  switch (action.type) {
    case "command":
      return `automatic review of ${action.command}`;
    case "execve":
      return `automatic review of ${action.program}`;
    case "applyPatch":
      return `automatic review of changes in ${action.files.join(", ")}`;
    case "networkAccess":
      return `automatic review of access to ${action.target}`;
    case "mcpToolCall":
      return `automatic review of ${action.server}.${action.toolName}`;
    default:
      return `automatic review of ${action.type}`;
  }
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, "#");
}
