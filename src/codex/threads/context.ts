/**
 * What the server reports about the context of a thread: what its model sees, and what limits it.
 *
 * @module
 */
import { asRecord } from "../../json.ts";
import { signalOf } from "../../options_check.ts";
import type { MethodCaller } from "../../client/app_server_client.ts";
import { displayable } from "../../display/displayable.ts";
import type {
  ApprovalsReviewer,
  AskForApproval,
  ConfigLayerSource,
  ReasoningEffort,
  SandboxPolicy,
  ThreadSettings as WireThreadSettings,
} from "../../protocol/mod.ts";
import type { MountedConnectors } from "../../connectors/policy/compose.ts";
import { listMcpServers, type McpServer } from "../services/mcp_servers.ts";
import { type ApprovalMode, toApprovalMode } from "../../domain/settings.ts";
import { listSkills, type Skill } from "../services/skills.ts";
import type { ThreadTools } from "../tools/dispatcher.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** What the model of a thread sees, and what limits it. */
export interface ThreadContext {
  /** Id of the thread. */
  readonly threadId: string;
  /** Model that the next turn uses. */
  readonly model: string;
  /** Provider of the model. */
  readonly modelProvider: string;
  /** Reasoning effort, or `null` for the model's default. */
  readonly effort: ReasoningEffort | null;
  /** Working directory. */
  readonly cwd: string;
  /** Files whose text is among the instructions, such as `AGENTS.md`. */
  readonly instructionSources: readonly string[];
  /** Client tools of this handle, and whether a call would be answered. */
  readonly tools: readonly { readonly name: string; readonly enabled: boolean }[];
  /** MCP servers of the configuration and of the thread, with their tools. */
  readonly mcpServers: readonly McpServer[];
  /**
   * Skills in the working directory, in the home and of the runtime; those of connectors are in
   * `connectors`.
   */
  readonly skills: readonly Skill[];
  /** Connectors of this handle. */
  readonly connectors: MountedConnectors;
  /** The sandbox of its commands. */
  readonly sandbox: SandboxPolicy;
  /** When the model may ask for more, and who decides. */
  readonly approvals: {
    /** Name of the combination, or `null` for a combination without a name. */
    readonly mode: ApprovalMode | null;
    /** When it may ask. */
    readonly policy: AskForApproval;
    /** Who decides. */
    readonly reviewer: ApprovalsReviewer;
  };
  /** Where the configuration comes from, the strongest source first. */
  readonly configSources: readonly {
    /** Its kind, such as `user`, `project`, `system`, `sessionFlags`. */
    readonly type: ConfigLayerSource["type"];
    /** Its file or directory, or `null` for a layer without either. */
    readonly path: string | null;
  }[];
  /** Facts that the runtime does not report, in words. */
  readonly unknown: readonly string[];
}

/** Settings that the next turn begins with. */
export type SettingsInForce = Pick<
  WireThreadSettings,
  | "model"
  | "modelProvider"
  | "effort"
  | "cwd"
  | "sandboxPolicy"
  | "approvalPolicy"
  | "approvalsReviewer"
>;

/** The part of the context that the handle of a thread has. */
export interface KnownContext {
  readonly threadId: string;
  readonly settings: SettingsInForce;
  readonly instructionSources: readonly string[];
  readonly tools: ThreadTools;
  readonly connectors: MountedConnectors;
}

/** Asks the runtime for the rest, without changing anything. */
export async function readContext(
  client: MethodCaller,
  { settings, tools, ...known }: KnownContext,
  options: CallSignal,
): Promise<ThreadContext> {
  const signal = signalOf("read the context of the thread", options);
  const { threadId } = known;
  const { model, modelProvider, cwd, sandboxPolicy } = settings;
  const [mcpServers, skills, configSources] = await Promise.all([
    listMcpServers(client, { threadId, signal }),
    listSkills(client, { cwd, signal }),
    readConfigSources(client, cwd, signal),
  ]);
  const { approvalPolicy: policy, approvalsReviewer: reviewer } = settings;
  const context: ThreadContext = {
    ...known,
    model,
    modelProvider,
    effort: settings.effort ?? null,
    cwd,
    tools: tools.names.map((name) => ({ name, enabled: tools.isEnabled(name) })),
    mcpServers,
    skills,
    sandbox: sandboxPolicy,
    approvals: { mode: toApprovalMode(policy, reviewer), policy, reviewer },
    configSources,
    unknown: NOT_REPORTED,
  };
  return displayable(context, "context");
}

const NOT_REPORTED = [
  "which built-in tools the runtime offers, such as the shell: the model and the features decide",
  "the text of its instructions: only the files among them are named",
  "tools a thread was started with elsewhere: the model sees them, with or without a handler here",
];

async function readConfigSources(
  client: MethodCaller,
  cwd: string,
  signal: AbortSignal | undefined,
): Promise<ThreadContext["configSources"]> {
  const { layers } = await client.call("config/read", { cwd, includeLayers: true }, { signal });
  return (layers ?? [])
    .filter(({ config, disabledReason }) => !disabledReason && Object.keys(asRecord(config)).length)
    .map(({ name }) => ({ type: name.type, path: pathOf(name) }));
}

function pathOf(source: ConfigLayerSource): string | null {
  if ("file" in source) return source.file;
  return "dotCodexFolder" in source ? source.dotCodexFolder : null;
}
