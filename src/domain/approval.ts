/**
 * The runtime's questions to the user, and what may answer them.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../options_check.ts";
import type {
  CommandExecutionApprovalDecision,
  CommandExecutionRequestApprovalParams,
  FileChangeRequestApprovalResponse,
  FileUpdateChange,
  McpServerElicitationRequestParams,
  McpServerElicitationRequestResponse,
  PermissionsRequestApprovalParams,
  PermissionsRequestApprovalResponse,
  ToolRequestUserInputQuestion,
  ToolRequestUserInputResponse,
} from "../protocol/mod.ts";

/** The fields of every request. */
export interface ApprovalQuestion {
  /** Thread that waits for the answer. */
  readonly threadId: string;
  /** Turn that waits, or `null` when the question does not belong to a turn. */
  readonly turnId: string | null;
  /** Item that waits, or `null` when the question does not belong to an item. */
  readonly itemId: string | null;
}

/** The model requests a command outside its sandbox, or one that needs an approval. */
export interface CommandApproval extends ApprovalQuestion {
  /** Kind of the request. */
  readonly kind: "command";
  /** The command line, or `null` when the runtime does not say. */
  readonly command: string | null;
  /** Where it would run, or `null` when the runtime does not say. */
  readonly cwd: string | null;
  /** Why the model asks, in its words, or `null`. */
  readonly reason: string | null;
  /**
   * Answers that the runtime offers, or `null`. It takes `"acceptForSession"` and `"decline"`
   * although it lists neither.
   */
  readonly availableDecisions: readonly CommandExecutionApprovalDecision[] | null;
  /**
   * Beginning of commands that it proposes to allow for good, or `null`; see
   * {@linkcode acceptWithRule}.
   */
  readonly proposedRule: readonly string[] | null;
  /** Everything the runtime sent. */
  readonly params: CommandExecutionRequestApprovalParams;
}

/** The model requests changes of files that it may not write. */
export interface FileChangeApproval extends ApprovalQuestion {
  /** Kind of the request. */
  readonly kind: "fileChange";
  /** The changes, each with its path and diff. */
  readonly changes: readonly FileUpdateChange[];
  /** Why, or `null`. */
  readonly reason: string | null;
  /** Directory for which writing would be granted for the session, or `null`. */
  readonly grantRoot: string | null;
}

/** The model requests more permissions. */
export interface PermissionsApproval extends ApprovalQuestion {
  /** Kind of the request. */
  readonly kind: "permissions";
  /** The requested permissions. */
  readonly permissions: PermissionsRequestApprovalParams["permissions"];
  /** Directory it works in. */
  readonly cwd: string;
  /** Why, or `null`. */
  readonly reason: string | null;
}

/** The model asks the user something. */
export interface UserInputRequest extends ApprovalQuestion {
  /** Kind of the request. */
  readonly kind: "userInput";
  /** Its questions. */
  readonly questions: readonly ToolRequestUserInputQuestion[];
  /** Whether the turn waits for the answer. */
  readonly isBlocking: boolean;
}

/**
 * An MCP server asks the user something, or a tool of a server or of a connector needs an approval.
 */
export interface ElicitationRequest extends ApprovalQuestion {
  /** Kind of the request. */
  readonly kind: "elicitation";
  /** The server that asks. */
  readonly serverName: string;
  /** How the answer is to be given: `form`, `url` and others. */
  readonly mode: string;
  /** The question, or `null` in a mode without one. */
  readonly message: string | null;
  /** JSON Schema of the requested content, or `null` in a mode without one. */
  readonly requestedSchema: unknown;
  /**
   * Tool that needs an approval, or `null` when the server itself asks. It is taken from the call
   * that the runtime has announced on this turn and not asked for yet, never from the question,
   * whose text the server chooses.
   */
  readonly toolName: string | null;
  /** Arguments of that call, or `null`. */
  readonly toolArguments: unknown;
  /** The code that the call runs in this program, in full, where it is a tool that runs code. */
  readonly code?: string;
  /** The connector behind the server or tool, where there is one. */
  readonly connector?: string;
  /** What that connector's tools do, in the words of a thread's policy. */
  readonly policyLabels?: readonly string[];
  /**
   * Everything the runtime sent, or `null` for a client tool of a connector, which only this module
   * asks about.
   */
  readonly params: McpServerElicitationRequestParams | null;
}

/** A question of the runtime, a union on `kind`. */
export type ApprovalRequest =
  | CommandApproval
  | FileChangeApproval
  | PermissionsApproval
  | UserInputRequest
  | ElicitationRequest;

/**
 * Yes once, yes for the session, no, or no and stop the turn.
 *
 * Only commands and file changes can stop their turn; for other questions `"cancel"` means
 * `"decline"`.
 */
export type ApprovalDecision = "accept" | "acceptForSession" | "decline" | "cancel";

/** Answers by kind of request: a decision, or the reply of the kind in full. */
export interface ApprovalAnswers {
  /** Also a rule, as of {@linkcode acceptWithRule}. */
  command: ApprovalDecision | CommandExecutionApprovalDecision;
  /** Also `{ decision }`. */
  fileChange: ApprovalDecision | FileChangeRequestApprovalResponse;
  /**
   * `"accept"` grants what was asked for until the end of the turn; a reply grants a part of it.
   */
  permissions: ApprovalDecision | PermissionsRequestApprovalResponse;
  /** Answers by the id of the question; the only decision in one word is a refusal. */
  userInput: "decline" | "cancel" | ToolRequestUserInputResponse;
  /** `"accept"` does where no content is required; else `{ action: "accept", content }`. */
  elicitation: ApprovalDecision | McpServerElicitationRequestResponse;
}

/** The second argument of an approval handler. */
export interface ApprovalContext {
  /**
   * Aborts when the answer is no longer wanted: the turn ended, another client answered, the time
   * was up, or the connection closed.
   */
  readonly signal: AbortSignal;
}

/**
 * Answers a question of the runtime: with a decision, or with the reply of its kind in full.
 *
 * It runs concurrently and has no time limit. Throwing, rejecting and any answer that does not fit
 * count as `"decline"` and are reported as a diagnostic.
 */
export type ApprovalHandler = (
  request: ApprovalRequest,
  context: ApprovalContext,
) => ApprovalAnswers[keyof ApprovalAnswers] | Promise<ApprovalAnswers[keyof ApprovalAnswers]>;

/**
 * One handler for each kind of question, each with its own answer type. Kinds left out are
 * declined.
 */
export type ApprovalHandlers = {
  readonly [K in keyof ApprovalAnswers]?: (
    request: Extract<ApprovalRequest, { kind: K }>,
    context: ApprovalContext,
  ) => ApprovalAnswers[K] | Promise<ApprovalAnswers[K]>;
};

const APPROVAL_KINDS = {
  command: true,
  fileChange: true,
  permissions: true,
  userInput: true,
  elicitation: true,
} as const satisfies OptionNames<ApprovalHandlers>;

/** @throws {TypeError} for handlers that are not a function or a table by kind. */
export function checkApprovalHandlers(onApproval: unknown): void {
  if (typeof onApproval === "function") return;
  checkOptions("set onApproval", onApproval, APPROVAL_KINDS);
}

/**
 * The answer that runs a command and allows all that begin with `rule` for good, in every thread;
 * the runtime writes it into its home.
 *
 * @throws {RangeError} when the rule is empty, which would allow everything.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline({
 *   onApproval: {
 *     command: ({ proposedRule }) => proposedRule ? acceptWithRule(proposedRule) : "decline",
 *   },
 * });
 * ```
 */
export function acceptWithRule(rule: readonly string[]): CommandExecutionApprovalDecision {
  if (rule.length === 0 || rule.some((word) => typeof word !== "string" || word === "")) {
    throw new RangeError(
      "Cannot make a rule: it has no words, or an empty one. Pass the beginning of the command",
    );
  }
  return { acceptWithExecpolicyAmendment: { execpolicy_amendment: [...rule] } };
}
