/**
 * Options by their friendly names, and the same as the protocol has them.
 *
 * @module
 */
import { present } from "../json.ts";
import { checkOptions, nearest, type OptionNames } from "../options_check.ts";
import type {
  AskForApproval,
  Config,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  SandboxMode,
  SandboxPolicy,
  ThreadResumeParams,
  ThreadSettingsUpdateParams,
  TurnStartParams,
  WebSearchMode,
} from "../protocol/mod.ts";

/**
 * Overrides of the runtime's configuration, by its own names in snake_case, nested
 * (`{ features: { goals: true } }`) or by dotted key (`"features.goals"`).
 */
export type ConfigOverrides = Readonly<Config>;

/**
 * Who decides when the model asks for more than the sandbox allows: the runtime's own reviewer
 * (`auto-review`), your `onApproval` (`ask`), or nothing, which declines (`deny-all`). With
 * `untrusted` every command is asked for first.
 */
export type ApprovalMode = "auto-review" | "ask" | "deny-all" | "untrusted";

/** A sandbox with its details. */
export interface SandboxSettings {
  /**
   * What commands of the model may write: nothing, the working directory, or everything.
   * `danger-full-access` is the Codex documentation's name of `full-access`.
   */
  readonly mode: "read-only" | "workspace-write" | "full-access" | "danger-full-access";
  /**
   * Whether commands may open network connections. Default: no in `read-only` and
   * `workspace-write`. A thread takes it with `workspace-write` alone; a turn and `thread.update()`
   * with `read-only` too.
   */
  readonly network?: boolean;
  /**
   * Directories besides the working directory that commands may write, as absolute paths;
   * `workspace-write` alone.
   */
  readonly writableRoots?: readonly string[];
}

/** The sandbox of a thread, with its details. */
export interface ThreadSandboxSettings extends SandboxSettings {
  /** Where web searches of the model are answered from. Default: what the configuration says. */
  readonly webSearch?: WebSearchMode;
}

/** Settings of a thread that can be changed while it is open. What is absent stays as it is. */
export interface ThreadUpdate {
  /** Model id, as `codex.models()` lists it. */
  readonly model?: string;
  /** Reasoning effort, as the model lists it. */
  readonly effort?: ReasoningEffort;
  /** How much of the reasoning is summarized. */
  readonly summary?: ReasoningSummary;
  /** Tone of the answers. Runtime 0.169.0 accepts it, and its current models ignore it. */
  readonly personality?: Personality;
  /** Working directory of the thread. Relative paths are relative to the runtime's. */
  readonly cwd?: string;
  /** The sandbox of its commands, or the runtime's own policy object. */
  readonly sandbox?: SandboxSettings["mode"] | SandboxSettings | SandboxPolicy;
  /**
   * Who decides on approvals. `on-request` and `never` are the Codex documentation's names of `ask`
   * and `deny-all`. Default for new threads: `auto-review`; resumed and forked ones keep theirs.
   */
  readonly approvalMode?: ApprovalMode | "on-request" | "never";
  /** Service tier, as the model lists it. */
  readonly serviceTier?: string;
}

/**
 * Settings of a thread that hold until a turn changes them. Absent means: what the runtime's
 * configuration says.
 */
export interface ThreadSettings extends ThreadUpdate {
  /** Name of a provider of the runtime's configuration. */
  readonly modelProvider?: string;
  /** The sandbox of its commands. */
  readonly sandbox?: ThreadSandboxSettings["mode"] | ThreadSandboxSettings;
  /**
   * Overrides of the runtime's configuration for this thread, by dotted key or nested. A dedicated
   * option wins over the same setting here.
   */
  readonly config?: ConfigOverrides;
  /** Replaces the runtime's own instructions to the model. */
  readonly baseInstructions?: string;
  /**
   * Added to the instructions. A resumed or forked thread gets them as a developer message, unless
   * it has them.
   */
  readonly developerInstructions?: string;
}

/** How a call meets a thread that runs a turn: it rejects, or waits and starts after it. */
export type WhenBusy = "reject" | "wait";

/** A sandbox by its one name. */
export type SandboxName = Exclude<SandboxSettings["mode"], "danger-full-access">;

type ApprovalModeName = NonNullable<ThreadUpdate["approvalMode"]>;
type SandboxOption = SandboxSettings["mode"] | SandboxSettings;

/**
 * Settings of a thread with one name for each thing: no alias, and the details of the sandbox in
 * `config`.
 */
export interface PlainThreadSettings extends Omit<ThreadSettings, "sandbox" | "approvalMode"> {
  readonly sandbox?: SandboxName;
  readonly approvalMode?: ApprovalMode;
}

/** Reasoning efforts that models list, from lowest to highest. */
export const EFFORTS: readonly string[] = [
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
  "ultra",
];

/** Names of {@linkcode ThreadUpdate}. */
export const THREAD_UPDATE = {
  model: true,
  effort: true,
  summary: true,
  personality: true,
  cwd: true,
  sandbox: true,
  approvalMode: true,
  serviceTier: true,
} as const satisfies OptionNames<ThreadUpdate>;

/** Names of {@linkcode ThreadSettings}. */
export const THREAD_SETTINGS = {
  ...THREAD_UPDATE,
  modelProvider: true,
  config: true,
  baseInstructions: true,
  developerInstructions: true,
} as const satisfies OptionNames<ThreadSettings>;

const SANDBOX_SETTINGS = {
  mode: true,
  network: true,
  writableRoots: true,
  webSearch: true,
} as const satisfies OptionNames<ThreadSandboxSettings>;

const SANDBOX_MODES: Readonly<Record<SandboxName, SandboxMode>> = {
  "read-only": "read-only",
  "workspace-write": "workspace-write",
  "full-access": "danger-full-access",
};

const SANDBOX_NAMES: Readonly<Record<SandboxSettings["mode"], SandboxName>> = {
  "read-only": "read-only",
  "workspace-write": "workspace-write",
  "full-access": "full-access",
  "danger-full-access": "full-access",
};

const SANDBOX_TYPES = {
  "read-only": "readOnly",
  "workspace-write": "workspaceWrite",
  "full-access": "dangerFullAccess",
} as const;

const APPROVAL_MODES: Readonly<Record<ApprovalModeName, ApprovalMode>> = {
  "auto-review": "auto-review",
  "ask": "ask",
  "deny-all": "deny-all",
  "untrusted": "untrusted",
  "on-request": "ask",
  "never": "deny-all",
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
  "untrusted": { approvalPolicy: "untrusted", approvalsReviewer: "user" },
};

/**
 * Gives each setting its one name.
 *
 * @throws {TypeError} for a sandbox or approval mode that does not exist, and for details that its
 * mode does not take.
 */
export function plainSettings<S extends ThreadSettings>(
  settings: S,
): Omit<S, "sandbox" | "approvalMode"> & PlainThreadSettings {
  const { sandbox, approvalMode, config = {} } = settings;
  const details = typeof sandbox === "object" ? sandbox : null;
  if (details) checkDetails(details, "workspace-write");
  return {
    ...settings,
    sandbox: sandbox === undefined ? undefined : sandboxName(sandbox),
    approvalMode: approvalMode === undefined ? undefined : toApprovalModeOf(approvalMode),
    config: details ? withDetails(config, details) : settings.config,
  };
}

/** The approval mode that a name means. */
export function toApprovalModeOf(name: ApprovalModeName): ApprovalMode {
  return lookUp("approvalMode", APPROVAL_MODES, name);
}

function sandboxName(sandbox: SandboxOption): SandboxName {
  return lookUp("sandbox", SANDBOX_NAMES, typeof sandbox === "string" ? sandbox : sandbox.mode);
}

/** On the machine of the runtime, whose system may differ from this one's. */
const ABSOLUTE = /^(?:[\\/]|[A-Za-z]:[\\/])/;

/** `networkMode` is the strictest mode with a separate network option. */
function checkDetails(
  sandbox: SandboxSettings,
  networkMode: "read-only" | "workspace-write",
): void {
  checkOptions("set the sandbox", sandbox, SANDBOX_SETTINGS);
  const { mode, network, writableRoots = [] } = sandbox;
  const name = sandboxName(mode);
  if (writableRoots.length > 0 && name !== "workspace-write") {
    throw new TypeError(
      `Cannot use writableRoots in the sandbox ${name}: only workspace-write has them. Leave them out`,
    );
  }
  const relative = writableRoots.find((path) => !ABSOLUTE.test(path));
  if (relative !== undefined) {
    throw new TypeError(
      `Cannot use the writable root ${
        JSON.stringify(relative)
      }: it is relative. Pass an absolute path`,
    );
  }
  const isOption = name === "workspace-write" || name === networkMode;
  if (network !== undefined && !isOption && network !== (name === "full-access")) {
    throw new TypeError(
      `Cannot switch the network ${network ? "on" : "off"} in the sandbox ${name}: ` +
        "that mode does not allow it. Use workspace-write",
    );
  }
}

/**
 * The details as configuration; the caller's own table stays one table, because the order of
 * overrides is open.
 */
function withDetails(config: ConfigOverrides, sandbox: ThreadSandboxSettings): ConfigOverrides {
  const { network, writableRoots, webSearch } = sandbox;
  const details = present({ network_access: network, writable_roots: writableRoots });
  const table = config.sandbox_workspace_write;
  const merged = table ? { sandbox_workspace_write: { ...table, ...details } } : Object.fromEntries(
    Object.entries(details).map(([key, value]) => [`sandbox_workspace_write.${key}`, value]),
  );
  return { ...config, ...merged, ...present({ web_search: webSearch }) } as ConfigOverrides;
}

/**
 * Settings as `thread/start`, `thread/resume` and `thread/fork` have them; absent ones are left
 * out.
 */
export function toThreadParams(
  settings: PlainThreadSettings,
): Omit<ThreadResumeParams, "threadId"> {
  const { config, effort, summary } = settings;
  checkEffort(effort);
  checkConfigNames(config);
  const named = present({ model_reasoning_effort: effort, model_reasoning_summary: summary });
  return present({
    model: settings.model,
    modelProvider: settings.modelProvider,
    cwd: settings.cwd,
    sandbox: settings.sandbox && SANDBOX_MODES[settings.sandbox],
    ...(settings.approvalMode && APPROVALS[settings.approvalMode]),
    config: config || Object.keys(named).length > 0 ? { ...config, ...named } : undefined,
    baseInstructions: settings.baseInstructions,
    developerInstructions: settings.developerInstructions,
    serviceTier: settings.serviceTier,
    personality: settings.personality,
  });
}

/** Settings as `thread/settings/update` has them; absent ones are left out. */
export function toUpdateParams(
  settings: ThreadUpdate,
): Omit<ThreadSettingsUpdateParams, "threadId"> {
  checkEffort(settings.effort);
  return present({
    model: settings.model,
    effort: settings.effort,
    summary: settings.summary,
    personality: settings.personality,
    cwd: settings.cwd,
    sandboxPolicy: toSandboxPolicy(settings.sandbox),
    ...(settings.approvalMode && APPROVALS[toApprovalModeOf(settings.approvalMode)]),
    serviceTier: settings.serviceTier,
  });
}

/** Settings as `turn/start` has them; absent ones are left out, so the thread keeps its own. */
export function toTurnParams(
  settings: ThreadUpdate & {
    readonly outputSchema?: unknown;
    readonly metadata?: Readonly<Record<string, string>>;
  },
): Omit<TurnStartParams, "threadId" | "input"> {
  return present({
    ...toUpdateParams(settings),
    outputSchema: settings.outputSchema as TurnStartParams["outputSchema"],
    responsesapiClientMetadata: settings.metadata,
  });
}

/** The runtime sends any effort on, and the model service ignores or refuses it. */
function checkEffort(effort: string | undefined): void {
  if (effort === undefined || EFFORTS.includes(effort)) return;
  throw new TypeError(
    `Cannot use effort ${JSON.stringify(effort)}: unknown value. Use one of ${
      EFFORTS.join(", ")
    }, ` +
      "or set model_reasoning_effort in config for a model with others",
  );
}

/** The policy that an option means; a policy object of the runtime passes unchanged. */
export function toSandboxPolicy(
  sandbox: SandboxOption | SandboxPolicy | undefined,
): SandboxPolicy | undefined {
  if (sandbox === undefined) return undefined;
  if (typeof sandbox === "object" && !("mode" in sandbox)) return sandbox;
  const { network, writableRoots }: Partial<SandboxSettings> = typeof sandbox === "object"
    ? sandbox
    : {};
  if (typeof sandbox === "object") {
    if ("webSearch" in sandbox) {
      throw new TypeError(
        "Cannot change webSearch here: it is fixed when the thread is opened. Pass it to startThread",
      );
    }
    checkDetails(sandbox, "read-only");
  }
  const type = SANDBOX_TYPES[sandboxName(sandbox)];
  const networkAccess = type === "dangerFullAccess" ? undefined : network;
  return present({ type, networkAccess, writableRoots }) as SandboxPolicy;
}

/** The mode that means these two, or `null`. */
export function toApprovalMode(policy: unknown, reviewer: unknown): ApprovalMode | null {
  const modes = Object.entries(APPROVALS) as [ApprovalMode, (typeof APPROVALS)[ApprovalMode]][];
  const found = modes.find(([, { approvalPolicy, approvalsReviewer }]) =>
    policy === approvalPolicy && (policy === "never" || reviewer === approvalsReviewer)
  );
  return found?.[0] ?? null;
}

/**
 * A caller without type checking gets an error that lists the names; the server's says only that it
 * failed.
 */
function lookUp<K extends string, V>(option: string, table: Readonly<Record<K, V>>, name: K): V {
  if (Object.hasOwn(table, name)) return table[name];
  throw new TypeError(
    `Cannot use ${option} ${JSON.stringify(name)}: unknown value. Use one of ${
      Object.keys(table).join(", ")
    }`,
  );
}

/** Top-level names that runtime 0.169.0 takes under `--strict-config`. There may be more. */
export const CONFIG_NAMES: readonly string[] = [
  "agents",
  "allow_login_shell",
  "analytics",
  "approval_policy",
  "approvals_reviewer",
  "apps",
  "audio",
  "auto_review",
  "background_terminal_max_timeout",
  "browser_use",
  "chatgpt_base_url",
  "check_for_update_on_startup",
  "cli_auth_credentials_store",
  "compact_prompt",
  "computer_use",
  "default_permissions",
  "desktop",
  "developer_instructions",
  "disable_paste_burst",
  "experimental_compact_prompt_file",
  "experimental_realtime_start_instructions",
  "experimental_realtime_webrtc_call_base_url",
  "experimental_realtime_ws_backend_prompt",
  "experimental_realtime_ws_base_url",
  "experimental_realtime_ws_model",
  "experimental_realtime_ws_startup_context",
  "experimental_thread_store_endpoint",
  "experimental_use_unified_exec_tool",
  "features",
  "feedback",
  "file_opener",
  "forced_chatgpt_workspace_id",
  "forced_login_method",
  "ghost_snapshot",
  "goals",
  "hide_agent_reasoning",
  "history",
  "hooks",
  "include_apps_instructions",
  "include_collaboration_mode_instructions",
  "include_environment_context",
  "include_permissions_instructions",
  "instructions",
  "js_repl_node_module_dirs",
  "js_repl_node_path",
  "log_dir",
  "marketplaces",
  "mcp_oauth_callback_port",
  "mcp_oauth_callback_url",
  "mcp_oauth_credentials_store",
  "mcp_servers",
  "memories",
  "model",
  "model_auto_compact_token_limit",
  "model_auto_compact_token_limit_scope",
  "model_catalog_json",
  "model_context_window",
  "model_instructions_file",
  "model_provider",
  "model_providers",
  "model_reasoning_effort",
  "model_reasoning_summary",
  "model_verbosity",
  "notice",
  "notify",
  "openai_base_url",
  "orchestrator",
  "oss_provider",
  "otel",
  "permissions",
  "personality",
  "plan_mode_reasoning_effort",
  "plugins",
  "profile",
  "profiles",
  "project_doc_fallback_filenames",
  "project_doc_max_bytes",
  "project_root_markers",
  "projects",
  "realtime",
  "review_model",
  "sandbox_mode",
  "sandbox_workspace_write",
  "service_tier",
  "shell_environment_policy",
  "show_raw_agent_reasoning",
  "skills",
  "sqlite_home",
  "suppress_unstable_features_warning",
  "thread_unload_delay_secs",
  "tool_output_token_limit",
  "tool_suggest",
  "tools",
  "tui",
  "use_legacy_landlock",
  "web_search",
  "windows",
];

/**
 * Checks the first part of each key. The runtime only warns of an unknown one and goes on without
 * it; one that is not known here and not like a known one is left to the runtime.
 *
 * @throws {TypeError} for a name that is like a known one.
 */
export function checkConfigNames(config: Readonly<Record<string, unknown>> | undefined): void {
  for (const key of Object.keys(config ?? {})) {
    const [name = ""] = key.split(".");
    if (CONFIG_NAMES.includes(name)) continue;
    const meant = name.length > 3 ? nearest(name, CONFIG_NAMES) : null;
    if (meant === null || meant.length < 4) continue;
    throw new TypeError(
      `Cannot configure ${JSON.stringify(name)}: the runtime has no such setting. Use ${meant}`,
    );
  }
}
