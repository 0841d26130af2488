/**
 * Enforces the policy of an open thread on its connectors.
 *
 * @module
 */
import type { SandboxPolicy } from "../../protocol/mod.ts";
import type {
  ApprovalContext,
  ApprovalDecision,
  ApprovalRequest,
  ElicitationRequest,
} from "../../domain/approval.ts";
import { allowsMore, type PolicyLimit } from "./policy.ts";
import type { Verdict } from "../../domain/connector.ts";
import {
  type SandboxName,
  type ThreadUpdate,
  toApprovalModeOf,
  toSandboxPolicy,
} from "../../domain/settings.ts";
import type { ClientTool, ToolConsent, ToolContext, ToolGate } from "../../domain/tool.ts";

/** Where a tool or server of a thread comes from, and what the policy decides. */
export interface EnforcedPart extends Verdict {
  /** Name of its connector. */
  readonly connector: string;
  /** Labels of its connector. */
  readonly labels: readonly string[];
}

/** A policy, resolved for one thread. */
export interface EnforcedPolicy {
  /** Client tools by the names the model calls them by. */
  readonly tools: ReadonlyMap<string, EnforcedPart>;
  /** MCP servers of the thread, by their names in the runtime. */
  readonly servers: ReadonlyMap<string, EnforcedPart>;
  /** Upper limit of the sandbox, or `null`. */
  readonly sandbox: PolicyLimit<SandboxName> | null;
  /** Whether commands may reach the network, or `null`. */
  readonly network: PolicyLimit<boolean> | null;
  /** Whether approvals are off, so that a call that needs one is refused. */
  readonly refusesAll: boolean;
}

/** Asks the thread's handler. */
export type Asker = (
  question: ElicitationRequest,
  context: ApprovalContext,
) => Promise<ApprovalDecision>;

/** The permissions that the runtime reports when it opens a thread. */
export interface OpenedPermissions {
  readonly approvalPolicy?: unknown;
  readonly approvalsReviewer?: unknown;
  readonly sandbox?: unknown;
}

/** Enforces a policy on one thread. */
export class PolicyEnforcer {
  readonly #facts: EnforcedPolicy;
  readonly #acceptedForSession = new Set<string>();

  constructor(facts: EnforcedPolicy) {
    this.#facts = facts;
  }

  /** Refuses client tools, or requests their approval, before they run. */
  toolGate(ask: Asker): ToolGate {
    return async (tool, input, context) => {
      const part = this.#facts.tools.get(tool.name) ?? OWN_TOOL;
      if (part.action === "deny") return refusal(tool, part, "is denied by the policy");
      const consent = tool.consent?.(input) ?? null;
      if (part.action === "allow" && !consent) return null;
      // What a policy asks about is one tool; a consent may be for several.
      const scope = part.action === "allow" ? consent?.scope ?? tool.name : tool.name;
      if (this.#acceptedForSession.has(scope)) return null;
      if (this.#facts.refusesAll) {
        return refusal(tool, part, "needs an approval, and there is no handler to ask");
      }
      const question = toQuestion(tool, input, part, context);
      const decision = await ask({ ...question, ...spelled(consent) }, context);
      if (decision !== "accept" && decision !== "acceptForSession") {
        return refusal(tool, part, "was declined by the user");
      }
      const lasts = decision === "acceptForSession" || consent?.isForSession === true;
      if (lasts) this.#acceptedForSession.add(scope);
      return null;
    };
  }

  /** Adds the facts of its connector to a question. */
  annotate(request: ApprovalRequest): ApprovalRequest {
    const part = request.kind === "elicitation"
      ? this.#facts.servers.get(request.serverName)
      : undefined;
    if (!part || request.kind !== "elicitation") return request;
    return {
      ...request,
      connector: part.connector,
      policyLabels: part.labels,
      // The server's own questions pass unchanged.
      message: request.toolName === null
        ? request.message
        : withLabels(request.message, part.labels),
    };
  }

  /** @throws {TypeError} when a turn would weaken what the policy requires. */
  checkTurn({ approvalMode, sandbox }: ThreadUpdate): void {
    const asking = this.#askingServer();
    if (asking && approvalMode !== undefined && toApprovalModeOf(approvalMode) !== "ask") {
      throw new TypeError(
        `Cannot start a turn with approvalMode ${approvalMode}: the connector ` +
          `${asking.connector} (${asking.because.join(", ")}) asks for its calls. Leave it out`,
      );
    }
    const policy = toSandboxPolicy(sandbox);
    const reach = policy ? reachOf(policy) : null;
    if (reach) this.#checkReach(reach, "start a turn");
  }

  /**
   * Compares the requested permissions with the actual ones; a thread that was open already keeps
   * its own.
   *
   * @throws {TypeError} when the thread does not ask, or has more permissions than the policy
   * allows.
   */
  checkOpened(opened: OpenedPermissions): void {
    const asking = this.#askingServer();
    const asks = opened.approvalPolicy === "on-request" && opened.approvalsReviewer === "user";
    if (asking && !asks) {
      throw new TypeError(
        `Cannot give the thread the connector ${asking.connector}: its calls must be asked for ` +
          `(${asking.because.join(", ")}) and the thread does not ask. Start a new thread`,
      );
    }
    if (opened.sandbox) {
      this.#checkReach(reachOf(opened.sandbox as SandboxPolicy), "open the thread");
    }
  }

  #askingServer(): EnforcedPart | undefined {
    return this.#facts.servers.values().find(({ action }) => action === "ask");
  }

  #checkReach({ sandbox, network }: Reach, action: string): void {
    const { sandbox: limit, network: allowed } = this.#facts;
    if (limit && allowsMore(sandbox, limit.value)) {
      throw new TypeError(
        `Cannot ${action} with sandbox ${sandbox}: a connector is labelled ${limit.label}, ` +
          `which allows ${limit.value} at most. Choose that, or change the policy`,
      );
    }
    if (allowed?.value === false && network) {
      throw new TypeError(
        `Cannot ${action} with network access: a connector is labelled ${allowed.label}, ` +
          "which allows none. Switch it off, or change the policy",
      );
    }
  }
}

/** A tool that the thread was given directly. */
const OWN_TOOL: EnforcedPart = {
  action: "allow",
  because: [],
  connector: "this program",
  labels: [],
};

/** The code that is to run, for the question. */
function spelled(consent: ToolConsent | null): Pick<ElicitationRequest, "code" | "message"> | null {
  return consent && { code: consent.code, message: consent.reason };
}

/** How far commands reach. */
interface Reach {
  readonly sandbox: SandboxName;
  readonly network: boolean;
}

function reachOf(sandbox: SandboxPolicy): Reach {
  const { networkAccess } = sandbox as { networkAccess?: unknown };
  const network = networkAccess === true || networkAccess === "enabled";
  switch (sandbox.type) {
    case "readOnly":
      return { sandbox: "read-only", network };
    case "workspaceWrite":
      return { sandbox: "workspace-write", network };
    default:
      return { sandbox: "full-access", network: true };
  }
}

/**
 * The question whether a client tool may run, in the terms of one about a tool of an MCP server.
 */
function toQuestion(
  tool: ClientTool,
  input: unknown,
  { connector, labels }: EnforcedPart,
  { threadId, turnId, callId }: ToolContext,
): ElicitationRequest {
  return {
    kind: "elicitation",
    threadId,
    turnId,
    itemId: callId,
    serverName: connector,
    mode: "form",
    message: withLabels(`Allow the connector ${connector} to run "${tool.name}"?`, labels),
    requestedSchema: null,
    toolName: tool.name,
    toolArguments: input,
    connector,
    policyLabels: labels,
    params: null,
  };
}

function withLabels(message: string | null, labels: readonly string[]): string | null {
  return message === null || labels.length === 0 ? message : `${message} [${labels.join(", ")}]`;
}

function refusal({ name }: ClientTool, { connector, because }: EnforcedPart, why: string): string {
  const labels = because.length > 0 ? ` (${because.join(", ")})` : "";
  return `The tool ${name} of ${connector} ${why}${labels}`;
}
