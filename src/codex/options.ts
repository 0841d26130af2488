/**
 * Options by their friendly names, and the same as the protocol has them.
 *
 * @module
 */
import type { WhenBusy } from "../client/routing/thread_turns.ts";
import type {
  AskForApproval,
  ReasoningEffort,
  ReasoningSummary,
  SandboxMode,
  SandboxPolicy,
  ThreadResumeParams,
  ThreadStartParams,
  TurnStartParams,
} from "../protocol/mod.ts";

/** What commands of the model may touch: nothing to write, the working directory, or everything. */
export type SandboxName = "read-only" | "workspace-write" | "full-access";

/**
 * Who decides when the model asks for more than the sandbox allows: the runtime's own reviewer, you through
 * `onApproval`, or nobody, which declines.
 */
export type ApprovalMode = "auto-review" | "ask" | "deny-all";

/** Settings of a thread that hold until a turn changes them. Absent means: what the runtime's configuration says. */
export interface ThreadSettings {
  /** Model id, as `codex.models()` lists it. */
  readonly model?: string;
  /** Name of a provider of the runtime's configuration. */
  readonly modelProvider?: string;
  /** Working directory of the thread. Relative paths are relative to the runtime's. */
  readonly cwd?: string;
  /** What commands may touch. */
  readonly sandbox?: SandboxName;
  /** Who decides on approvals. Default for new threads: `auto-review`; resumed and forked ones keep theirs. */
  readonly approvalMode?: ApprovalMode;
  /** Overrides of the runtime's configuration for this thread, by dotted key or nested. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Replaces the runtime's own instructions to the model. */
  readonly baseInstructions?: string;
  /** Added to the instructions. */
  readonly developerInstructions?: string;
  /** Service tier, as the model lists it. */
  readonly serviceTier?: string;
}

/** Settings of one turn. Unless noted they are sticky: later turns of the thread keep them. */
export interface TurnSettings {
  /** Model id. Sticky. */
  readonly model?: string;
  /** Reasoning effort, as the model lists it. Sticky. */
  readonly effort?: ReasoningEffort;
  /** How much of the reasoning is summarized. Sticky. */
  readonly summary?: ReasoningSummary;
  /** Working directory. Sticky. */
  readonly cwd?: string;
  /** What commands may touch: a name, or the runtime's own policy. Sticky. */
  readonly sandbox?: SandboxName | SandboxPolicy;
  /** Who decides on approvals. Sticky. */
  readonly approvalMode?: ApprovalMode;
  /** JSON Schema the answer must follow; sent as it is. This turn only. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** Service tier. Sticky. */
  readonly serviceTier?: string;
  /** Names and values that go to the model service with each request of this turn. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What to do when the thread runs a turn already. Default: reject with `ThreadBusyError`. */
  readonly whenBusy?: WhenBusy;
}

const SANDBOX_MODES: Readonly<Record<SandboxName, SandboxMode>> = {
  "read-only": "read-only",
  "workspace-write": "workspace-write",
  "full-access": "danger-full-access",
};

const SANDBOX_POLICIES: Readonly<Record<SandboxName, SandboxPolicy>> = {
  "read-only": { type: "readOnly" } as SandboxPolicy,
  "workspace-write": { type: "workspaceWrite" } as SandboxPolicy,
  "full-access": { type: "dangerFullAccess" },
};

const APPROVALS: Readonly<
  Record<
    ApprovalMode,
    { approvalPolicy: AskForApproval; approvalsReviewer: "user" | "auto_review" }
  >
> = {
  "auto-review": { approvalPolicy: "on-request", approvalsReviewer: "auto_review" },
  "ask": { approvalPolicy: "on-request", approvalsReviewer: "user" },
  "deny-all": { approvalPolicy: "never", approvalsReviewer: "user" },
};

/** Settings as `thread/start`, `thread/resume` and `thread/fork` have them; absent ones are left out. */
export function toThreadParams(settings: ThreadSettings): Omit<ThreadResumeParams, "threadId"> {
  return present({
    model: settings.model,
    modelProvider: settings.modelProvider,
    cwd: settings.cwd,
    sandbox: settings.sandbox && lookUp("sandbox", SANDBOX_MODES, settings.sandbox),
    ...(settings.approvalMode && approvalParams(settings.approvalMode)),
    config: settings.config as ThreadStartParams["config"],
    baseInstructions: settings.baseInstructions,
    developerInstructions: settings.developerInstructions,
    serviceTier: settings.serviceTier,
  });
}

/** Settings as `turn/start` has them; absent ones are left out, so the thread keeps its own. */
export function toTurnParams(settings: TurnSettings): Omit<TurnStartParams, "threadId" | "input"> {
  return present({
    model: settings.model,
    effort: settings.effort,
    summary: settings.summary,
    cwd: settings.cwd,
    sandboxPolicy: toSandboxPolicy(settings.sandbox),
    ...(settings.approvalMode && approvalParams(settings.approvalMode)),
    outputSchema: settings.outputSchema as TurnStartParams["outputSchema"],
    serviceTier: settings.serviceTier,
    responsesapiClientMetadata: settings.metadata,
  });
}

/** The policy of that name; a policy is taken as it is. */
export function toSandboxPolicy(
  sandbox: SandboxName | SandboxPolicy | undefined,
): SandboxPolicy | undefined {
  return typeof sandbox === "string" ? lookUp("sandbox", SANDBOX_POLICIES, sandbox) : sandbox;
}

/** The mode that means these two, or `null`. */
export function toApprovalMode(policy: unknown, reviewer: unknown): ApprovalMode | null {
  const modes = Object.entries(APPROVALS) as [ApprovalMode, (typeof APPROVALS)[ApprovalMode]][];
  const found = modes.find(([, { approvalPolicy, approvalsReviewer }]) =>
    policy === approvalPolicy && (policy === "never" || reviewer === approvalsReviewer)
  );
  return found?.[0] ?? null;
}

function approvalParams(mode: ApprovalMode): (typeof APPROVALS)[ApprovalMode] {
  return lookUp("approvalMode", APPROVALS, mode);
}

/** A caller without type checking gets a clear error, not the server's riddle. */
function lookUp<K extends string, V>(option: string, table: Readonly<Record<K, V>>, name: K): V {
  if (Object.hasOwn(table, name)) return table[name];
  throw new TypeError(
    `Cannot use ${option} ${JSON.stringify(name)}: unknown value. Use one of ${
      Object.keys(table).join(", ")
    }`,
  );
}

/** The object without its undefined members. */
function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
