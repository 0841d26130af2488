/**
 * Connectors as data: their parts, and the decisions of a thread's policy.
 *
 * @module
 */
import type { ClientTool } from "./tool.ts";

/** The policy of a thread without one: each label, in the order in which they are shown. */
export const DEFAULT_POLICY = {
  /** Changes nothing. */
  read_only: {},
  /** Changes something. */
  write: {},
  /** Changes something for good. Default: ask. */
  destructive: { action: "ask" },
  /** Sends data to other people. Default: ask. */
  external_send: { action: "ask" },
  /** Talks to another machine. */
  network: {},
  /** Sees secrets. Default: ask. */
  secret_access: { action: "ask" },
  /** Runs a program on this machine; when denied, it is not started. */
  local_execution: {},
  /** Requires a sandbox. Default: at most `workspace-write`. */
  sandbox_required: { sandbox: "workspace-write" },
} as const;

/** Coarse effects of a connector's tools; the policy of a thread gives them a meaning. */
export type PolicyLabel = keyof typeof DEFAULT_POLICY;

/** Every policy label, in the order in which they are shown. */
export const POLICY_LABELS = Object.keys(DEFAULT_POLICY) as readonly PolicyLabel[];

/** An MCP server of a connector. */
export interface McpServerSource {
  /** Name for its tools; it gets a suffix where another server has it. */
  readonly name: string;
  /** A process of this machine, or HTTP. */
  readonly transport: "stdio" | "http";
  /** The runtime's configuration of it, secrets included. */
  toConfig(): Readonly<Record<string, unknown>>;
}

/** A skill: instructions that the model reads when it needs them. */
export interface ConnectorSkill {
  /** Name of its directory. */
  readonly name: string;
  /** The directory, absolute, with a `SKILL.md` in it. */
  readonly path: string;
}

/** The parts of a connector. */
export interface ConnectorParts {
  /** Client tools. */
  readonly tools: readonly ClientTool[];
  /** MCP servers. */
  readonly mcpServers: readonly McpServerSource[];
  /** Skills. */
  readonly skills: readonly ConnectorSkill[];
  /** Added to the developer instructions, or `null`. */
  readonly developerInstructions: string | null;
  /** What its tools do. A label that is not one of {@linkcode POLICY_LABELS} is asked for. */
  readonly policyLabels: readonly string[];
}

/** A connector as a thread sees it. `Connector` of the connectors' entry point is one. */
export interface ConnectorSource {
  /** Name of the connector. */
  readonly name: string;
  /** Its parts; read once when a thread is opened. */
  components(): ConnectorParts;
}

/** A part of a package or record that was left out. */
export interface SkippedPart {
  /** Kind of the part. */
  readonly kind: "mcpServer" | "app";
  /** Its name. */
  readonly name: string;
  /** Why it was left out. */
  readonly reason: "disabled" | "noAuthorization";
}

/** A connector with everything that can be shown of it. */
export interface DescribedConnector extends ConnectorParts {
  /** Name of the connector. */
  readonly name: string;
  /** Description, or `null`. */
  readonly description: string | null;
  /** MCP servers, each with its program or the origin of its URL; `null` when it has no URL yet. */
  readonly mcpServers: readonly (McpServerSource & { readonly target: string | null })[];
  /** Servers and apps that were left out, and why. */
  readonly skipped: readonly SkippedPart[];
}

/** An installed plugin with everything that can be shown of it. */
export interface DescribedPlugin {
  /** Id in its directory. */
  readonly id: string;
  /** Display name. */
  readonly name: string;
  /** Description, or `null`. */
  readonly description: string | null;
  /** Path of its package below the package root, or `null` without a package. */
  readonly packagePath: string | null;
  /** Its hosted apps. */
  readonly apps: readonly { readonly appName: string }[];
  /** Labels that it declares. */
  readonly policyLabels: readonly PolicyLabel[];
  /** Whether it may be used. */
  readonly enabled: boolean;
}

/**
 * The action for a call: it goes on to the thread's own approvals, the thread's approval handler
 * is asked first, or it is refused.
 */
export type PolicyAction = "allow" | "ask" | "deny";

/** The verdict on one part: the strictest action, and the labels that demand it. */
export interface Verdict {
  /** The action for its calls. */
  readonly action: PolicyAction;
  /** Labels behind an `ask` or a `deny`. */
  readonly because: readonly string[];
}

/** Something of a connector that a thread has, or is denied. */
export interface MountedPart extends Verdict {
  /** Kind of the part. */
  readonly kind: "tool" | "MCP server" | "skill";
  /** Name on this thread. */
  readonly name: string;
}

/** A connector on a thread. */
export interface MountedConnector {
  /** Its name. */
  readonly name: string;
  /** Its labels. */
  readonly policyLabels: readonly string[];
  /** Its parts, and what the policy does with each. */
  readonly parts: readonly MountedPart[];
}
