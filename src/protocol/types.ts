/**
 * Types of the app-server protocol, generated from runtime 0.169.0 by `deno task generate`.
 *
 * @module
 */

/** `AbsolutePathBuf` of the app-server protocol. */
export type AbsolutePathBuf = string;
/** `Account` of the app-server protocol. */
export type Account =
  | {
      type: "apiKey";
    }
  | {
      email: string | null;
      planType: PlanType;
      type: "chatgpt";
      workspaceName?: string | null;
    }
  | {
      type: "amazonBedrock";
      usesCodexManagedCredentials?: boolean;
    }
  | {
      type: "gcp";
    };
/** `PlanType` of the app-server protocol. */
export type PlanType =
  | "free"
  | "go"
  | "plus"
  | "pro"
  | "prolite"
  | "promax"
  | "team"
  | "self_serve_business_prolite"
  | "self_serve_business_usage_based"
  | "business"
  | "ent26"
  | "enterprise_cbp_automation"
  | "enterprise_cbp_usage_based"
  | "enterprise"
  | "edu"
  | "edu_plus"
  | "edu_pro"
  | "sci"
  | "sci_plus"
  | "unknown";
/** `DesktopOnboardingEntrypoint` of the app-server protocol. */
export type DesktopOnboardingEntrypoint = "life_sciences";
/** `RateLimitReachedType` of the app-server protocol. */
export type RateLimitReachedType =
  | "rate_limit_reached"
  | "workspace_owner_credits_depleted"
  | "workspace_member_credits_depleted"
  | "workspace_owner_usage_limit_reached"
  | "workspace_member_usage_limit_reached";
/** `AccountRoutingOverride` of the app-server protocol. */
export type AccountRoutingOverride = "NO_CONSTRAINT" | "us" | "us_cr";
/** `AccountSessionWorkspaceKind` of the app-server protocol. */
export type AccountSessionWorkspaceKind = "personal" | "workspace";
/** `AccountSessionsSwitchResponse` of the app-server protocol. */
export type AccountSessionsSwitchResponse =
  | {
      activeSessionId?: string | null;
      sessions: AccountSession[];
    }
  | {
      auth_url: string;
      login_id: string;
    };
/** `AuthMode` of the app-server protocol. */
export type AuthMode =
  | "apikey"
  | "chatgpt"
  | "chatgptAuthTokens"
  | "headers"
  | "agentIdentity"
  | "personalAccessToken"
  | "bedrockApiKey"
  | "bedrockAccessKeys";
/** `AddCreditsNudgeCreditType` of the app-server protocol. */
export type AddCreditsNudgeCreditType = "credits" | "usage_limit";
/** `AddCreditsNudgeEmailStatus` of the app-server protocol. */
export type AddCreditsNudgeEmailStatus = "sent" | "cooldown_active";
/** `AdditionalContextKind` of the app-server protocol. */
export type AdditionalContextKind = "untrusted" | "application";
/** `FileSystemAccessMode` of the app-server protocol. */
export type FileSystemAccessMode = "read" | "write" | "deny";
/** `FileSystemPath` of the app-server protocol. */
export type FileSystemPath =
  | {
      path: LegacyAppPathString;
      type: "path";
    }
  | {
      pattern: string;
      type: "glob_pattern";
    }
  | {
      type: "special";
      value: FileSystemSpecialPath;
    };
/** `LegacyAppPathString` of the app-server protocol. */
export type LegacyAppPathString = string;
/** `FileSystemSpecialPath` of the app-server protocol. */
export type FileSystemSpecialPath =
  | {
      kind: "root";
    }
  | {
      kind: "minimal";
    }
  | {
      kind: "project_roots";
      subpath?: LegacyAppPathString | null;
    }
  | {
      kind: "tmpdir";
    }
  | {
      kind: "slash_tmp";
    }
  | {
      kind: "unknown";
      path: string;
      subpath?: LegacyAppPathString | null;
    };
/** `AgentMessageDelivery` of the app-server protocol. */
export type AgentMessageDelivery = "async";
/** `AgentMessageInputContent` of the app-server protocol. */
export type AgentMessageInputContent =
  | {
      text: string;
      type: "input_text";
    }
  | {
      encrypted_content: string;
      type: "encrypted_content";
    };
/** `AgentPath` of the app-server protocol. */
export type AgentPath = string;
/** `AllowDenyRequirement` of the app-server protocol. */
export type AllowDenyRequirement = "allow" | "deny";
/** `ApprovalsReviewer` of the app-server protocol. */
export type ApprovalsReviewer = "user" | "auto_review" | "guardian_subagent";
/** `AppToolApproval` of the app-server protocol. */
export type AppToolApproval = "auto" | "prompt" | "writes" | "approve";
/** `ToolExposureSurface` of the app-server protocol. */
export type ToolExposureSurface = "code_mode" | "deferred" | "direct";
/** `AppTemplateUnavailableReason` of the app-server protocol. */
export type AppTemplateUnavailableReason = "NOT_CONFIGURED_FOR_WORKSPACE" | "NO_ACTIVE_WORKSPACE";
/** `NetworkDomainPermission` of the app-server protocol. */
export type NetworkDomainPermission = "allow" | "deny";
/** `ThreadId` of the app-server protocol. */
export type ThreadId = string;
/** `FileChange` of the app-server protocol. */
export type FileChange =
  | {
      content: string;
      type: "add";
    }
  | {
      content: string;
      type: "delete";
    }
  | {
      move_path?: string | null;
      type: "update";
      unified_diff: string;
    };
/** `ReviewDecision` of the app-server protocol. */
export type ReviewDecision =
  | "approved"
  | {
      approved_execpolicy_amendment: {
        proposed_execpolicy_amendment: string[];
      };
    }
  | "approved_for_session"
  | "approved_mcp_policy_amendment"
  | {
      network_policy_amendment: {
        network_policy_amendment: NetworkPolicyAmendment;
      };
    }
  | {
      denied: {
        rejection: string;
      };
    }
  | "timed_out"
  | "abort";
/** `NetworkPolicyRuleAction` of the app-server protocol. */
export type NetworkPolicyRuleAction = "allow" | "deny";
/** `AskForApproval` of the app-server protocol. */
export type AskForApproval =
  | ("untrusted" | "on-request" | "never")
  | {
      granular: {
        mcp_elicitations: boolean;
        request_permissions?: boolean;
        rules: boolean;
        sandbox_approval: boolean;
        skill_approval?: boolean;
      };
    };
/** `AutoCompactTokenLimitScope` of the app-server protocol. */
export type AutoCompactTokenLimitScope = "total" | "body_after_prefix";
/** `AutoReviewDecisionSource` of the app-server protocol. */
export type AutoReviewDecisionSource = "agent";
/** `AwsCredentialType` of the app-server protocol. */
export type AwsCredentialType = "accessKeys" | "bedrockApiKey";
/** `BedrockProviderId` of the app-server protocol. */
export type BedrockProviderId = "amazon-bedrock" | "amazon-bedrock-runtime";
/** `BedrockSetupParams` of the app-server protocol. */
export type BedrockSetupParams =
  | {
      profile: string;
      region: string;
      type: "profile";
    }
  | {
      region: string;
      type: "environment";
    };
/** `BrowserUseAccessApprovalLifetime` of the app-server protocol. */
export type BrowserUseAccessApprovalLifetime = "turn" | "thread";
/** `CancelLoginAccountStatus` of the app-server protocol. */
export type CancelLoginAccountStatus = "canceled" | "notFound";
/** `CapabilityRootLocation` of the app-server protocol. */
export type CapabilityRootLocation = {
  environmentId: string;
  path: string;
  type: "environment";
};
/** `ChatgptAuthTokensRefreshReason` of the app-server protocol. */
export type ChatgptAuthTokensRefreshReason = "unauthorized";
/** `CliAuthCredentialsStoreMode` of the app-server protocol. */
export type CliAuthCredentialsStoreMode = "file" | "keyring" | "auto" | "ephemeral";
/** `CodexErrorInfo` of the app-server protocol. */
export type CodexErrorInfo =
  | (
      | "contextWindowExceeded"
      | "sessionBudgetExceeded"
      | "usageLimitExceeded"
      | "rateLimitExceeded"
      | "flexUnavailable"
      | "serverOverloaded"
      | "modelNotFound"
      | "policyCapacityUnavailable"
      | "cyberPolicy"
      | "misalignmentPolicyViolation"
      | "tooManyDenials"
      | "internalServerError"
      | "unauthorized"
      | "badRequest"
      | "threadRollbackFailed"
      | "sandboxError"
      | "other"
    )
  | "inferenceHookDenied"
  | {
      httpConnectionFailed: {
        httpStatusCode?: number | null;
      };
    }
  | {
      responseStreamConnectionFailed: {
        httpStatusCode?: number | null;
      };
    }
  | {
      responseStreamDisconnected: {
        httpStatusCode?: number | null;
      };
    }
  | {
      responseTooManyFailedAttempts: {
        httpStatusCode?: number | null;
      };
    }
  | {
      activeTurnNotSteerable: {
        turnKind: NonSteerableTurnKind;
      };
    }
  | (string | {});
/** `NonSteerableTurnKind` of the app-server protocol. */
export type NonSteerableTurnKind = "review" | "compact";
/** `CodexResponseHandoffMode` of the app-server protocol. */
export type CodexResponseHandoffMode = "thinking" | "commentary" | "bemTags";
/** `CollabAgentStatus` of the app-server protocol. */
export type CollabAgentStatus =
  "pendingInit" | "running" | "interrupted" | "completed" | "errored" | "shutdown" | "notFound";
/** `CollabAgentTool` of the app-server protocol. */
export type CollabAgentTool =
  | "spawnAgent"
  | "sendInput"
  | "resumeAgent"
  | "wait"
  | "closeAgent"
  | "sendMessage"
  | "followupTask"
  | "interruptAgent"
  | "listAgents";
/** `CollabAgentToolCallStatus` of the app-server protocol. */
export type CollabAgentToolCallStatus = "inProgress" | "completed" | "failed" | "interrupted";
/** `ModeKind` of the app-server protocol. */
export type ModeKind = "plan" | "default";
/** `ReasoningEffort` of the app-server protocol. */
export type ReasoningEffort = string;
/** `CommandAction` of the app-server protocol. */
export type CommandAction =
  | {
      command: string;
      name: string;
      path: LegacyAppPathString;
      type: "read";
    }
  | {
      command: string;
      path?: string | null;
      type: "listFiles";
    }
  | {
      command: string;
      path?: string | null;
      query?: string | null;
      type: "search";
    }
  | {
      command: string;
      type: "unknown";
    };
/** `CommandExecOutputStream` of the app-server protocol. */
export type CommandExecOutputStream = "stdout" | "stderr";
/** `SandboxPolicy` of the app-server protocol. */
export type SandboxPolicy =
  | {
      type: "dangerFullAccess";
    }
  | {
      networkAccess?: boolean;
      type: "readOnly";
    }
  | {
      networkAccess?: NetworkAccess;
      type: "externalSandbox";
    }
  | {
      excludeSlashTmp?: boolean;
      excludeTmpdirEnvVar?: boolean;
      networkAccess?: boolean;
      type: "workspaceWrite";
      writableRoots?: AbsolutePathBuf[];
    };
/** `NetworkAccess` of the app-server protocol. */
export type NetworkAccess = "restricted" | "enabled";
/** `CommandExecutionApprovalDecision` of the app-server protocol. */
export type CommandExecutionApprovalDecision =
  | "accept"
  | "acceptForSession"
  | {
      acceptWithExecpolicyAmendment: {
        execpolicy_amendment: string[];
      };
    }
  | {
      applyNetworkPolicyAmendment: {
        network_policy_amendment: NetworkPolicyAmendment;
      };
    }
  | "decline"
  | "cancel";
/** `CommandExecutionApprovalKind` of the app-server protocol. */
export type CommandExecutionApprovalKind = ("command" | "writeStdin") | "humanCommand";
/** `NetworkApprovalProtocol` of the app-server protocol. */
export type NetworkApprovalProtocol = "http" | "https" | "socks5Tcp" | "socks5Udp";
/** `CommandExecutionSource` of the app-server protocol. */
export type CommandExecutionSource =
  "agent" | "userShell" | "unifiedExecStartup" | "unifiedExecInteraction";
/** `CommandExecutionStatus` of the app-server protocol. */
export type CommandExecutionStatus = "inProgress" | "completed" | "failed" | "declined";
/** `WebSearchProvider` of the app-server protocol. */
export type WebSearchProvider = "standalone" | "search_mcp";
/** `ForcedChatgptWorkspaceIds` of the app-server protocol. */
export type ForcedChatgptWorkspaceIds = string | string[];
/** `ForcedLoginMethod` of the app-server protocol. */
export type ForcedLoginMethod = "chatgpt" | "api";
/** `ReasoningSummary` of the app-server protocol. */
export type ReasoningSummary = ("auto" | "concise" | "detailed") | "none";
/** `Verbosity` of the app-server protocol. */
export type Verbosity = "low" | "medium" | "high";
/** `SandboxMode` of the app-server protocol. */
export type SandboxMode = "read-only" | "workspace-write" | "danger-full-access";
/** `WebSearchContextSize` of the app-server protocol. */
export type WebSearchContextSize = "low" | "medium" | "high";
/** `WebSearchMode` of the app-server protocol. */
export type WebSearchMode = "disabled" | "cached" | "indexed" | "live";
/** `MergeStrategy` of the app-server protocol. */
export type MergeStrategy = "replace" | "upsert";
/** `ConfigLayerSource` of the app-server protocol. */
export type ConfigLayerSource =
  | {
      file: AbsolutePathBuf;
      type: "packagedDefaults";
    }
  | {
      domain: string;
      key: string;
      type: "mdm";
    }
  | {
      file: AbsolutePathBuf;
      type: "system";
    }
  | {
      id: string;
      name: string;
      type: "enterpriseManaged";
    }
  | {
      file: AbsolutePathBuf;
      profile?: string | null;
      type: "user";
    }
  | {
      dotCodexFolder: AbsolutePathBuf;
      type: "project";
    }
  | {
      type: "sessionFlags";
    }
  | {
      file: AbsolutePathBuf;
      type: "legacyManagedConfigTomlFromFile";
    }
  | {
      type: "legacyManagedConfigTomlFromMdm";
    };
/** `WindowsSandboxImplementation` of the app-server protocol. */
export type WindowsSandboxImplementation = "elevated" | "unelevated" | "mxc";
/** `ResidencyRequirement` of the app-server protocol. */
export type ResidencyRequirement = "us";
/** `ConfiguredHookHandler` of the app-server protocol. */
export type ConfiguredHookHandler =
  | {
      additionalContextLimit?: number | null;
      async: boolean;
      command: string;
      commandWindows?: string | null;
      statusMessage?: string | null;
      timeoutSec?: number | null;
      type: "command";
    }
  | {
      input: {
        [k: string]: unknown;
      };
      server: string;
      statusMessage?: string | null;
      timeoutSec?: number | null;
      tool: string;
      type: "mcp_tool";
    }
  | {
      type: "prompt";
    }
  | {
      type: "agent";
    };
/** `NetworkUnixSocketPermission` of the app-server protocol. */
export type NetworkUnixSocketPermission = "allow" | "deny";
/** `OtelExporter` of the app-server protocol. */
export type OtelExporter =
  | ("none" | "statsig")
  | {
      "otlp-http": {
        endpoint: string;
        headers: {
          [k: string]: string;
        };
        protocol: OtelHttpProtocol;
        tls?: OtelTlsConfig | null;
      };
    }
  | {
      "otlp-grpc": {
        endpoint: string;
        headers: {
          [k: string]: string;
        };
        tls?: OtelTlsConfig | null;
      };
    };
/** `OtelHttpProtocol` of the app-server protocol. */
export type OtelHttpProtocol = "binary" | "json";
/** `WriteStatus` of the app-server protocol. */
export type WriteStatus = "ok" | "okOverridden";
/** `ConsumeAccountRateLimitResetCreditOutcome` of the app-server protocol. */
export type ConsumeAccountRateLimitResetCreditOutcome =
  "reset" | "nothingToReset" | "noCredit" | "alreadyRedeemed";
/** `ContentItem` of the app-server protocol. */
export type ContentItem =
  | {
      text: string;
      type: "input_text";
    }
  | ((
      | {
          image_url: string;
        }
      | {
          file_id: string;
        }
    ) & {
      detail?: ImageDetail | null;
      type: "input_image";
    })
  | ((
      | {
          audio_url: string;
        }
      | {
          file_id: string;
        }
    ) & {
      type: "input_audio";
    })
  | {
      annotations?: unknown[] | null;
      logprobs?: unknown[] | null;
      text: string;
      type: "output_text";
    };
/** `ImageDetail` of the app-server protocol. */
export type ImageDetail = "auto" | "low" | "high" | "original";
/** `ConversationTextRole` of the app-server protocol. */
export type ConversationTextRole = "user" | "developer" | "assistant";
/** `CyberAccessProgram` of the app-server protocol. */
export type CyberAccessProgram = "standard" | "daybreakBlue" | "daybreakRed";
/** `DynamicToolCallOutputContentItem` of the app-server protocol. */
export type DynamicToolCallOutputContentItem =
  | {
      text: string;
      type: "inputText";
    }
  | {
      imageUrl: string;
      type: "inputImage";
    }
  | {
      audioUrl: string;
      type: "inputAudio";
    };
/** `DynamicToolCallStatus` of the app-server protocol. */
export type DynamicToolCallStatus = "inProgress" | "completed" | "failed";
/** `DynamicToolNamespaceTool` of the app-server protocol. */
export type DynamicToolNamespaceTool = {
  deferLoading?: boolean;
  description: string;
  inputSchema: unknown;
  name: string;
  type: "function";
};
/** `DynamicToolSpec` of the app-server protocol. */
export type DynamicToolSpec =
  | {
      deferLoading?: boolean;
      description: string;
      inputSchema: unknown;
      name: string;
      type: "function";
    }
  | {
      description: string;
      name: string;
      tools: DynamicToolNamespaceTool[];
      type: "namespace";
    };
/** `PathUri` of the app-server protocol. */
export type PathUri = string;
/** `EnvironmentStatusKind` of the app-server protocol. */
export type EnvironmentStatusKind = "ready" | "pending" | "disconnected" | "unknown";
/** `ParsedCommand` of the app-server protocol. */
export type ParsedCommand =
  | {
      cmd: string;
      name: string;
      path: string;
      type: "read";
    }
  | {
      cmd: string;
      path?: string | null;
      type: "list_files";
    }
  | {
      cmd: string;
      path?: string | null;
      query?: string | null;
      type: "search";
    }
  | {
      cmd: string;
      type: "unknown";
    };
/** `ExperimentalFeatureStage` of the app-server protocol. */
export type ExperimentalFeatureStage =
  "beta" | "underDevelopment" | "stable" | "deprecated" | "removed";
/** `ExternalAgentDetectedConnectorSource` of the app-server protocol. */
export type ExternalAgentDetectedConnectorSource = "remoteMcpServersConfig" | "sessionToolUse";
/** `ExternalAgentConfigMigrationItemType` of the app-server protocol. */
export type ExternalAgentConfigMigrationItemType =
  | "AGENTS_MD"
  | "CONFIG"
  | "SKILLS"
  | "PLUGINS"
  | "MCP_SERVER_CONFIG"
  | "SUBAGENTS"
  | "HOOKS"
  | "COMMANDS"
  | "MEMORY"
  | "SESSIONS";
/** `ExternalAgentImportedConnectorSource` of the app-server protocol. */
export type ExternalAgentImportedConnectorSource = "remoteMcpServersConfig";
/** `FileChangeApprovalDecision` of the app-server protocol. */
export type FileChangeApprovalDecision = "accept" | "acceptForSession" | "decline" | "cancel";
/** `PatchChangeKind` of the app-server protocol. */
export type PatchChangeKind =
  | {
      type: "add";
    }
  | {
      type: "delete";
    }
  | {
      move_path?: string | null;
      type: "update";
    };
/** `FunctionCallOutputBody` of the app-server protocol. */
export type FunctionCallOutputBody = string | FunctionCallOutputContentItem[];
/** `FunctionCallOutputContentItem` of the app-server protocol. */
export type FunctionCallOutputContentItem =
  | {
      text: string;
      type: "input_text";
    }
  | ((
      | {
          image_url: string;
        }
      | {
          file_id: string;
        }
    ) & {
      detail?: ImageDetail | null;
      type: "input_image";
    })
  | ((
      | {
          audio_url: string;
        }
      | {
          file_id: string;
        }
    ) & {
      type: "input_audio";
    })
  | {
      encrypted_content: string;
      type: "encrypted_content";
    };
/** `FuzzyFileSearchMatchType` of the app-server protocol. */
export type FuzzyFileSearchMatchType = "file" | "directory";
/** `GatewayAuth` of the app-server protocol. */
export type GatewayAuth =
  | {
      mode: "none";
    }
  | {
      envKey: string;
      mode: "environmentVariable";
    }
  | {
      envKey?: string | null;
      mode: "externallyConfigured";
    };
/** `GatewayOAuthStatus` of the app-server protocol. */
export type GatewayOAuthStatus = "notReady" | "started" | "succeeded" | "failed";
/** `GcpProviderId` of the app-server protocol. */
export type GcpProviderId = "gcp";
/** `RateLimitResetType` of the app-server protocol. */
export type RateLimitResetType = "codexRateLimits" | "unknown";
/** `RateLimitResetCreditStatus` of the app-server protocol. */
export type RateLimitResetCreditStatus = "available" | "redeeming" | "redeemed" | "unknown";
/** `WorkspaceMessageType` of the app-server protocol. */
export type WorkspaceMessageType = "headline" | "announcement" | "unknown";
/** `GuardianRiskLevel` of the app-server protocol. */
export type GuardianRiskLevel = "low" | "medium" | "high" | "critical";
/** `GuardianApprovalReviewStatus` of the app-server protocol. */
export type GuardianApprovalReviewStatus =
  "inProgress" | "approved" | "denied" | "timedOut" | "aborted";
/** `GuardianUserAuthorization` of the app-server protocol. */
export type GuardianUserAuthorization = "unknown" | "low" | "medium" | "high";
/** `GuardianApprovalReviewAction` of the app-server protocol. */
export type GuardianApprovalReviewAction =
  | {
      command: string;
      cwd: LegacyAppPathString;
      source: GuardianCommandSource;
      type: "command";
    }
  | {
      argv: string[];
      cwd: AbsolutePathBuf;
      program: string;
      source: GuardianCommandSource;
      type: "execve";
    }
  | {
      approvalId: string;
      cwd: LegacyAppPathString;
      processId: string;
      stdin: string;
      type: "writeStdin";
    }
  | {
      cwd: LegacyAppPathString;
      files: LegacyAppPathString[];
      type: "applyPatch";
    }
  | {
      host: string;
      port: number;
      protocol: NetworkApprovalProtocol;
      target: string;
      type: "networkAccess";
    }
  | {
      connectorId?: string | null;
      connectorName?: string | null;
      server: string;
      toolName: string;
      toolTitle?: string | null;
      type: "mcpToolCall";
    }
  | {
      permissions: RequestPermissionProfile;
      reason?: string | null;
      type: "requestPermissions";
    };
/** `GuardianCommandSource` of the app-server protocol. */
export type GuardianCommandSource = "shell" | "unifiedExec";
/** `GuardianAssessmentOutcome` of the app-server protocol. */
export type GuardianAssessmentOutcome = "allow" | "deny";
/** `HookOutputEntryKind` of the app-server protocol. */
export type HookOutputEntryKind = "warning" | "stop" | "feedback" | "context" | "error";
/** `HookEventName` of the app-server protocol. */
export type HookEventName =
  | "preModelRequest"
  | "postModelRequest"
  | "preToolUse"
  | "permissionRequest"
  | "postToolUse"
  | "preCompact"
  | "postCompact"
  | "sessionStart"
  | "sessionEnd"
  | "userPromptSubmit"
  | "subagentStart"
  | "subagentStop"
  | "stop"
  | "interrupt";
/** `HookExecutionMode` of the app-server protocol. */
export type HookExecutionMode = "sync" | "async";
/** `HookHandlerType` of the app-server protocol. */
export type HookHandlerType = "command" | "mcpTool" | "prompt" | "agent";
/** `HookScope` of the app-server protocol. */
export type HookScope = "thread" | "turn";
/** `HookSource` of the app-server protocol. */
export type HookSource =
  | "system"
  | "user"
  | "project"
  | "mdm"
  | "sessionFlags"
  | "plugin"
  | "cloudRequirements"
  | "cloudManagedConfig"
  | "legacyManagedConfigFile"
  | "legacyManagedConfigMdm"
  | "unknown";
/** `HookRunStatus` of the app-server protocol. */
export type HookRunStatus = "running" | "completed" | "failed" | "blocked" | "stopped";
/** `HookMetadata` of the app-server protocol. */
export type HookMetadata =
  | {
      additionalContextLimit?: number | null;
      currentHash: string;
      displayOrder: number;
      enabled: boolean;
      environmentId?: string | null;
      eventName: HookEventName;
      isManaged: boolean;
      key: string;
      matcher?: string | null;
      pluginId?: string | null;
      source: HookSource;
      sourcePath: AbsolutePathBuf;
      statusMessage?: string | null;
      timeoutSec: number;
      trustStatus: HookTrustStatus;
      async?: boolean;
      command: string;
      handlerType: "command";
    }
  | {
      additionalContextLimit?: number | null;
      currentHash: string;
      displayOrder: number;
      enabled: boolean;
      environmentId?: string | null;
      eventName: HookEventName;
      isManaged: boolean;
      key: string;
      matcher?: string | null;
      pluginId?: string | null;
      source: HookSource;
      sourcePath: AbsolutePathBuf;
      statusMessage?: string | null;
      timeoutSec: number;
      trustStatus: HookTrustStatus;
      handlerType: "mcpTool";
      server: string;
      tool: string;
    }
  | {
      additionalContextLimit?: number | null;
      currentHash: string;
      displayOrder: number;
      enabled: boolean;
      environmentId?: string | null;
      eventName: HookEventName;
      isManaged: boolean;
      key: string;
      matcher?: string | null;
      pluginId?: string | null;
      source: HookSource;
      sourcePath: AbsolutePathBuf;
      statusMessage?: string | null;
      timeoutSec: number;
      trustStatus: HookTrustStatus;
      handlerType: "prompt";
    }
  | {
      additionalContextLimit?: number | null;
      currentHash: string;
      displayOrder: number;
      enabled: boolean;
      environmentId?: string | null;
      eventName: HookEventName;
      isManaged: boolean;
      key: string;
      matcher?: string | null;
      pluginId?: string | null;
      source: HookSource;
      sourcePath: AbsolutePathBuf;
      statusMessage?: string | null;
      timeoutSec: number;
      trustStatus: HookTrustStatus;
      handlerType: "agent";
    };
/** `HookTrustStatus` of the app-server protocol. */
export type HookTrustStatus = "managed" | "untrusted" | "trusted" | "modified";
/** `ImageGenerationFailure` of the app-server protocol. */
export type ImageGenerationFailure = {
  limitId: string;
  resetsAt?: number | null;
  type: "usageLimitExceeded";
};
/** `InputModality` of the app-server protocol. */
export type InputModality = "text" | "image" | "audio";
/** `ThreadItem` of the app-server protocol. */
export type ThreadItem =
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      clientId?: string | null;
      content: UserInput[];
      id: string;
      type: "userMessage";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      fragments: HookPromptFragment[];
      id: string;
      type: "hookPrompt";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      delivery?: AgentMessageDelivery | null;
      id: string;
      memoryCitation?: MemoryCitation | null;
      moderation?: AgentMessageModeration | null;
      phase?: MessagePhase | null;
      questions?: AsyncUserInputQuestion[] | null;
      text: string;
      type: "agentMessage";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      id: string;
      name: string;
      namespace?: string | null;
      output: FunctionCallOutputBody;
      type: "functionCallOutput";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      id: string;
      text: string;
      type: "plan";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      content?: string[];
      id: string;
      summary?: string[];
      type: "reasoning";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      aggregatedOutput?: string | null;
      command: string;
      commandActions: CommandAction[];
      cwd: LegacyAppPathString;
      durationMs?: number | null;
      exitCode?: number | null;
      id: string;
      pluginId?: string | null;
      processId?: string | null;
      scriptPath?: string | null;
      source?: CommandExecutionSource;
      status: CommandExecutionStatus;
      type: "commandExecution";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      changes: FileUpdateChange[];
      id: string;
      status: PatchApplyStatus;
      type: "fileChange";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      appContext?: McpToolCallAppContext | null;
      arguments: unknown;
      durationMs?: number | null;
      error?: McpToolCallError | null;
      id: string;
      mcpAppResourceUri?: string | null;
      mcpAppUi?: McpAppUi | null;
      pluginId?: string | null;
      readOnlyHint?: boolean | null;
      result?: McpToolCallResult | null;
      server: string;
      status: McpToolCallStatus;
      tool: string;
      type: "mcpToolCall";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      arguments: unknown;
      contentItems?: DynamicToolCallOutputContentItem[] | null;
      durationMs?: number | null;
      id: string;
      namespace?: string | null;
      status: DynamicToolCallStatus;
      success?: boolean | null;
      tool: string;
      type: "dynamicToolCall";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      agentsStates: {
        [k: string]: CollabAgentState;
      };
      id: string;
      model?: string | null;
      prompt?: string | null;
      reasoningEffort?: ReasoningEffort | null;
      receiverThreadIds: string[];
      senderThreadId: string;
      status: CollabAgentToolCallStatus;
      tool: CollabAgentTool;
      type: "collabAgentToolCall";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      agentPath: string;
      agentThreadId: string;
      id: string;
      kind: SubAgentActivityKind;
      model?: string | null;
      reasoningEffort?: ReasoningEffort | null;
      type: "subAgentActivity";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      action?: WebSearchAction | null;
      id: string;
      query: string;
      results?: unknown[] | null;
      type: "webSearch";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      id: string;
      path: LegacyAppPathString;
      type: "imageView";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      durationMs: number;
      id: string;
      type: "sleep";
    }
  | ((
      | {
          fileId: string;
        }
      | {
          result: string;
        }
    ) & {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      failure?: ImageGenerationFailure | null;
      generationId?: string | null;
      id: string;
      inputImages?: ImageGenerationInputImage[];
      revisedPrompt?: string | null;
      savedPath?: AbsolutePathBuf | null;
      status: string;
      transparentBackground?: boolean | null;
      type: "imageGeneration";
    })
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      id: string;
      review: string;
      type: "enteredReviewMode";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      id: string;
      review: string;
      type: "exitedReviewMode";
    }
  | {
      completedAtMs?: number | null;
      startedAtMs?: number | null;
      id: string;
      type: "contextCompaction";
    };
/** `UserInput` of the app-server protocol. */
export type UserInput =
  | {
      text: string;
      text_elements?: TextElement[];
      type: "text";
    }
  | ((
      | {
          url: string;
        }
      | {
          fileId: string;
        }
    ) & {
      detail?: ImageDetail | null;
      type: "image";
    })
  | {
      detail?: ImageDetail | null;
      path: string;
      type: "localImage";
    }
  | ((
      | {
          url: string;
        }
      | {
          fileId: string;
        }
    ) & {
      type: "audio";
    })
  | {
      path: string;
      type: "localAudio";
    }
  | {
      name: string;
      path: string;
      type: "skill";
    }
  | {
      name: string;
      path: string;
      type: "mention";
    };
/** `MessagePhase` of the app-server protocol. */
export type MessagePhase = "commentary" | "partial_answer" | "final_answer";
/** `PatchApplyStatus` of the app-server protocol. */
export type PatchApplyStatus = "inProgress" | "completed" | "failed" | "declined";
/** `McpAppDisplayMode` of the app-server protocol. */
export type McpAppDisplayMode = "inline" | "fullscreen";
/** `McpToolCallStatus` of the app-server protocol. */
export type McpToolCallStatus = "inProgress" | "completed" | "failed";
/** `SubAgentActivityKind` of the app-server protocol. */
export type SubAgentActivityKind = "started" | "interacted" | "interrupted" | "completed";
/** `WebSearchAction` of the app-server protocol. */
export type WebSearchAction =
  | {
      queries?: string[] | null;
      query?: string | null;
      type: "search";
    }
  | {
      type: "openPage";
      url?: string | null;
    }
  | {
      pattern?: string | null;
      type: "findInPage";
      url?: string | null;
    }
  | {
      type: "other";
    };
/** `RequestId` of the app-server protocol. */
export type RequestId = string | number;
/** `JSONRPCMessage` of the app-server protocol. */
export type JSONRPCMessage = JSONRPCRequest | JSONRPCNotification | JSONRPCResponse | JSONRPCError;
/** `McpServerStatusDetail` of the app-server protocol. */
export type McpServerStatusDetail = "full" | "toolsAndAuthOnly";
/** `McpAuthStatus` of the app-server protocol. */
export type McpAuthStatus = "unknown" | "unsupported" | "notLoggedIn" | "bearerToken" | "oAuth";
/** `McpServerConnectionStatus` of the app-server protocol. */
export type McpServerConnectionStatus =
  | "notStarted"
  | "starting"
  | "connected"
  | "authenticationRequired"
  | "failed"
  | "cancelled"
  | "disabled";
/** `LocalShellAction` of the app-server protocol. */
export type LocalShellAction = {
  command: string[];
  env?: {
    [k: string]: string;
  } | null;
  timeout_ms?: number | null;
  type: "exec";
  user?: string | null;
  working_directory?: string | null;
};
/** `LocalShellStatus` of the app-server protocol. */
export type LocalShellStatus = "completed" | "in_progress" | "incomplete";
/** `LoginAccountParams` of the app-server protocol. */
export type LoginAccountParams =
  | {
      apiKey: string;
      type: "apiKey";
    }
  | {
      appBrand?: LoginAppBrand | null;
      codexStreamlinedLogin?: boolean;
      type: "chatgpt";
      useHostedLoginSuccessPage?: boolean;
    }
  | {
      type: "chatgptDeviceCode";
    }
  | {
      accessToken: string;
      chatgptAccountId: string;
      chatgptPlanType?: string | null;
      type: "chatgptAuthTokens";
    }
  | {
      apiKey: string;
      region: string;
      type: "amazonBedrock";
    }
  | {
      accessKeyId: string;
      region: string;
      secretAccessKey: string;
      sessionToken?: string | null;
      type: "amazonBedrockAccessKeys";
    };
/** `LoginAppBrand` of the app-server protocol. */
export type LoginAppBrand = "codex" | "chatgpt";
/** `LoginAccountResponse` of the app-server protocol. */
export type LoginAccountResponse =
  | {
      type: "apiKey";
    }
  | {
      authUrl: string;
      loginId: string;
      type: "chatgpt";
    }
  | {
      loginId: string;
      type: "chatgptDeviceCode";
      userCode: string;
      verificationUrl: string;
    }
  | {
      type: "chatgptAuthTokens";
    }
  | {
      type: "amazonBedrock";
    };
/** `McpElicitationArrayType` of the app-server protocol. */
export type McpElicitationArrayType = "array";
/** `McpElicitationBooleanType` of the app-server protocol. */
export type McpElicitationBooleanType = "boolean";
/** `McpElicitationEnumSchema` of the app-server protocol. */
export type McpElicitationEnumSchema =
  | McpElicitationSingleSelectEnumSchema
  | McpElicitationMultiSelectEnumSchema
  | McpElicitationLegacyTitledEnumSchema;
/** `McpElicitationSingleSelectEnumSchema` of the app-server protocol. */
export type McpElicitationSingleSelectEnumSchema =
  McpElicitationUntitledSingleSelectEnumSchema | McpElicitationTitledSingleSelectEnumSchema;
/** `McpElicitationStringType` of the app-server protocol. */
export type McpElicitationStringType = "string";
/** `McpElicitationMultiSelectEnumSchema` of the app-server protocol. */
export type McpElicitationMultiSelectEnumSchema =
  McpElicitationUntitledMultiSelectEnumSchema | McpElicitationTitledMultiSelectEnumSchema;
/** `McpElicitationNumberType` of the app-server protocol. */
export type McpElicitationNumberType = "number" | "integer";
/** `McpElicitationObjectType` of the app-server protocol. */
export type McpElicitationObjectType = "object";
/** `McpElicitationPrimitiveSchema` of the app-server protocol. */
export type McpElicitationPrimitiveSchema =
  | McpElicitationEnumSchema
  | McpElicitationStringSchema
  | McpElicitationNumberSchema
  | McpElicitationBooleanSchema;
/** `McpElicitationStringFormat` of the app-server protocol. */
export type McpElicitationStringFormat = "email" | "uri" | "date" | "date-time";
/** `ResourceContent` of the app-server protocol. */
export type ResourceContent =
  | {
      _meta?: unknown;
      mimeType?: string | null;
      text: string;
      uri: string;
    }
  | {
      _meta?: unknown;
      blob: string;
      mimeType?: string | null;
      uri: string;
    };
/** `McpServerElicitationAction` of the app-server protocol. */
export type McpServerElicitationAction = "accept" | "decline" | "cancel";
/** `McpServerElicitationRequestParams` of the app-server protocol. */
export type McpServerElicitationRequestParams =
  | {
      serverName: string;
      threadId: string;
      turnId?: string | null;
      _meta?: unknown;
      challenge: string;
      description: string;
      mode: "openai/userVerification";
      title: string;
    }
  | {
      serverName: string;
      threadId: string;
      turnId?: string | null;
      _meta?: unknown;
      message: string;
      mode: "form";
      requestedSchema: McpElicitationSchema;
    }
  | {
      serverName: string;
      threadId: string;
      turnId?: string | null;
      _meta?: unknown;
      message: string;
      mode: "openai/form";
      requestedSchema: unknown;
    }
  | {
      serverName: string;
      threadId: string;
      turnId?: string | null;
      _meta?: unknown;
      message: string;
      mode: "openaiForm";
      requestedSchema: unknown;
    }
  | {
      serverName: string;
      threadId: string;
      turnId?: string | null;
      _meta?: unknown;
      elicitationId: string;
      message: string;
      mode: "url";
      url: string;
    };
/** `McpServerOauthClientRegistration` of the app-server protocol. */
export type McpServerOauthClientRegistration = "auto" | "cimd" | "dcr";
/** `McpServerStartupFailureReason` of the app-server protocol. */
export type McpServerStartupFailureReason = "reauthenticationRequired";
/** `McpServerStartupState` of the app-server protocol. */
export type McpServerStartupState = "starting" | "ready" | "failed" | "cancelled";
/** `MultiAgentVersion` of the app-server protocol. */
export type MultiAgentVersion = "disabled" | "v1" | "v2";
/** `ProviderSettingsPatch` of the app-server protocol. */
export type ProviderSettingsPatch =
  | {
      baseUrl?: string | null;
      envKey?: string | null;
      name?: string;
      providerId?: string | null;
      type: "customGateway";
    }
  | {
      profile?: string | null;
      providerId: BedrockProviderId;
      region?: string | null;
      type: "bedrock";
    }
  | {
      credentialFile?: string | null;
      location?: string | null;
      projectId?: string | null;
      providerId: GcpProviderId;
      type: "gcp";
    };
/** `ProviderSettings` of the app-server protocol. */
export type ProviderSettings =
  | {
      type: "openai";
    }
  | {
      auth: GatewayAuth;
      type: "customGateway";
    }
  | {
      profile?: string | null;
      region?: string | null;
      type: "bedrock";
    }
  | {
      credentialFile?: string | null;
      location?: string | null;
      projectId?: string | null;
      type: "gcp";
    };
/** `ModelProviderError` of the app-server protocol. */
export type ModelProviderError =
  | {
      currentModelProvider: string;
      modelProvider: string;
      type: "modelProviderMismatch";
    }
  | {
      modelProvider: string;
      type: "modelProviderNotConfigured";
    }
  | {
      modelProvider: string;
      requiredModelProvider: string;
      type: "modelProviderPolicyConflict";
    };
/** `ModelRerouteReason` of the app-server protocol. */
export type ModelRerouteReason = "highRiskCyberActivity";
/** `ModelVerification` of the app-server protocol. */
export type ModelVerification = "trustedAccessForCyber";
/** `MultiAgentMode` of the app-server protocol. */
export type MultiAgentMode =
  | ("explicitRequestOnly" | "proactive")
  | {
      custom: string;
    };
/** `NullableGatewayOAuthLoginParams` of the app-server protocol. */
export type NullableGatewayOAuthLoginParams = GatewayOAuthLoginParams | null;
/** `NullableGatewayOAuthReadParams` of the app-server protocol. */
export type NullableGatewayOAuthReadParams = GatewayOAuthReadParams | null;
/** `NullableGetAccountRateLimitsParams` of the app-server protocol. */
export type NullableGetAccountRateLimitsParams = GetAccountRateLimitsParams | null;
/** `NullableGetAccountTokenUsageParams` of the app-server protocol. */
export type NullableGetAccountTokenUsageParams = GetAccountTokenUsageParams | null;
/** `NullableRemoteControlDisableParams` of the app-server protocol. */
export type NullableRemoteControlDisableParams = RemoteControlDisableParams | null;
/** `NullableRemoteControlEnableParams` of the app-server protocol. */
export type NullableRemoteControlEnableParams = RemoteControlEnableParams | null;
/** `PermissionGrantScope` of the app-server protocol. */
export type PermissionGrantScope = "turn" | "session";
/** `Personality` of the app-server protocol. */
export type Personality = "none" | "friendly" | "pragmatic";
/** `PluginAuthPolicy` of the app-server protocol. */
export type PluginAuthPolicy = "ON_INSTALL" | "ON_USE";
/** `PluginAvailability` of the app-server protocol. */
export type PluginAvailability = "DISABLED_BY_ADMIN" | "AVAILABLE";
/** `ScheduledTaskSchedule` of the app-server protocol. */
export type ScheduledTaskSchedule =
  | {
      days?: ScheduledTaskWeekday[] | null;
      intervalHours: number;
      type: "hourly";
    }
  | {
      time: string;
      type: "daily";
    }
  | {
      time: string;
      type: "weekdays";
    }
  | {
      days: ScheduledTaskWeekday[];
      time: string;
      type: "weekly";
    };
/** `ScheduledTaskWeekday` of the app-server protocol. */
export type ScheduledTaskWeekday = "MO" | "TU" | "WE" | "TH" | "FR" | "SA" | "SU";
/** `PluginDisabledReason` of the app-server protocol. */
export type PluginDisabledReason =
  "disabled_by_admin" | "plan_not_eligible" | "required_app_unavailable" | "unknown";
/** `PluginInstallPolicy` of the app-server protocol. */
export type PluginInstallPolicy = "NOT_AVAILABLE" | "AVAILABLE" | "INSTALLED_BY_DEFAULT";
/** `PluginInstallPolicySource` of the app-server protocol. */
export type PluginInstallPolicySource = "WORKSPACE_SETTING" | "IMPLICIT_CANONICAL_APP";
/** `PluginShareDiscoverability` of the app-server protocol. */
export type PluginShareDiscoverability = "LISTED" | "UNLISTED" | "PRIVATE";
/** `PluginSharePrincipalType` of the app-server protocol. */
export type PluginSharePrincipalType = "user" | "group" | "workspace";
/** `PluginSharePrincipalRole` of the app-server protocol. */
export type PluginSharePrincipalRole = "reader" | "editor" | "owner";
/** `PluginSource` of the app-server protocol. */
export type PluginSource =
  | {
      path: AbsolutePathBuf;
      type: "local";
    }
  | {
      path?: string | null;
      refName?: string | null;
      sha?: string | null;
      type: "git";
      url: string;
    }
  | {
      package: string;
      registry?: string | null;
      type: "npm";
      version?: string | null;
    }
  | {
      type: "remote";
    };
/** `PluginListMarketplaceKind` of the app-server protocol. */
export type PluginListMarketplaceKind =
  "local" | "vertical" | "workspace-directory" | "shared-with-me" | "created-by-me-remote";
/** `PluginSearchScope` of the app-server protocol. */
export type PluginSearchScope = "global" | "workspace" | "personal";
/** `PluginShareTargetRole` of the app-server protocol. */
export type PluginShareTargetRole = "reader" | "editor";
/** `PluginShareUpdateDiscoverability` of the app-server protocol. */
export type PluginShareUpdateDiscoverability = "UNLISTED" | "PRIVATE" | "LISTED";
/** `ProcessOutputStream` of the app-server protocol. */
export type ProcessOutputStream = "stdout" | "stderr";
/** `ProjectChangeType` of the app-server protocol. */
export type ProjectChangeType = "created" | "updated" | "deleted";
/** `SortDirection` of the app-server protocol. */
export type SortDirection = "asc" | "desc";
/** `ProjectSortKey` of the app-server protocol. */
export type ProjectSortKey = "position" | "recencyAt";
/** `ResponseItem` of the app-server protocol. */
export type ResponseItem =
  | {
      id?: string | null;
      role: string;
      tools: unknown[];
      type: "additional_tools";
    }
  | {
      content: ContentItem[];
      encrypted_content?: string | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      phase?: MessagePhase | null;
      role: string;
      status?: string | null;
      type: "message";
    }
  | {
      author: string;
      content: AgentMessageInputContent[];
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      recipient: string;
      type: "agent_message";
    }
  | {
      content?: ReasoningItemContent[] | null;
      encrypted_content?: string | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      summary: ReasoningItemReasoningSummary[];
      type: "reasoning";
    }
  | {
      action: LocalShellAction;
      call_id?: string | null;
      encrypted_content?: string | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      status: LocalShellStatus;
      type: "local_shell_call";
    }
  | {
      arguments: string;
      call_id: string;
      encrypted_content?: string | null;
      encrypted_function_args?: string[] | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      name: string;
      namespace?: string | null;
      status?: string | null;
      type: "function_call";
    }
  | {
      arguments: unknown;
      call_id?: string | null;
      encrypted_content?: string | null;
      execution: string;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      status?: string | null;
      type: "tool_search_call";
    }
  | {
      call_id?: string | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      name?: string | null;
      namespace?: string | null;
      output: FunctionCallOutputBody;
      type: "function_call_output";
    }
  | {
      call_id: string;
      encrypted_content?: string | null;
      id?: string | null;
      input: string;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      name: string;
      namespace?: string | null;
      status?: string | null;
      type: "custom_tool_call";
    }
  | {
      call_id: string;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      name?: string | null;
      output: FunctionCallOutputBody;
      type: "custom_tool_call_output";
    }
  | {
      call_id?: string | null;
      execution: string;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      status: string;
      tools: unknown[];
      type: "tool_search_output";
    }
  | {
      action?: ResponsesApiWebSearchAction | null;
      encrypted_content?: string | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      status?: string | null;
      type: "web_search_call";
    }
  | {
      encrypted_content?: string | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      result: string;
      revised_prompt?: string | null;
      status: string;
      type: "image_generation_call";
    }
  | {
      encrypted_content: string;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      type: "compaction";
    }
  | {
      reasoning: ConfigurationReasoning;
      type: "configuration_update";
    }
  | {
      type: "compaction_trigger";
    }
  | {
      encrypted_content?: string | null;
      id?: string | null;
      internal_chat_message_metadata_passthrough?: InternalChatMessageMetadataPassthrough | null;
      type: "context_compaction";
    }
  | {
      type: "other";
    };
/** `ReasoningItemContent` of the app-server protocol. */
export type ReasoningItemContent =
  | {
      text: string;
      type: "reasoning_text";
    }
  | {
      text: string;
      type: "text";
    };
/** `ReasoningItemReasoningSummary` of the app-server protocol. */
export type ReasoningItemReasoningSummary = {
  text: string;
  type: "summary_text";
};
/** `ResponsesApiWebSearchAction` of the app-server protocol. */
export type ResponsesApiWebSearchAction =
  | {
      queries?: string[] | null;
      query?: string | null;
      type: "search";
    }
  | {
      type: "open_page";
      url?: string | null;
    }
  | {
      pattern?: string | null;
      type: "find_in_page";
      url?: string | null;
    }
  | {
      type: "other";
    };
/** `RealtimeConversationVersion` of the app-server protocol. */
export type RealtimeConversationVersion = "v1" | "v2" | "v3";
/** `RealtimeOutputModality` of the app-server protocol. */
export type RealtimeOutputModality = "text" | "audio";
/** `RealtimeVoice` of the app-server protocol. */
export type RealtimeVoice =
  | "alloy"
  | "arbor"
  | "ash"
  | "aube"
  | "ballad"
  | "breeze"
  | "bubbie"
  | "cedar"
  | "coral"
  | "cove"
  | "echo"
  | "ember"
  | "haetsal"
  | "hanul"
  | "himari"
  | "juniper"
  | "leher"
  | "maple"
  | "marin"
  | "miko"
  | "neer"
  | "porto"
  | "rindo"
  | "rio"
  | "rivage"
  | "sage"
  | "selva"
  | "shimmer"
  | "sol"
  | "sonna"
  | "spruce"
  | "tinta"
  | "vale"
  | "verse"
  | "viola";
/** `RemoteControlClientsListOrder` of the app-server protocol. */
export type RemoteControlClientsListOrder = "asc" | "desc";
/** `RemoteControlConnectionStatus` of the app-server protocol. */
export type RemoteControlConnectionStatus = "disabled" | "connecting" | "connected" | "errored";
/** `ReviewDelivery` of the app-server protocol. */
export type ReviewDelivery = "inline";
/** `ReviewTarget` of the app-server protocol. */
export type ReviewTarget =
  | {
      type: "uncommittedChanges";
    }
  | {
      branch: string;
      type: "baseBranch";
    }
  | {
      sha: string;
      title?: string | null;
      type: "commit";
    }
  | {
      instructions: string;
      type: "custom";
    };
/** `TurnItemsView` of the app-server protocol. */
export type TurnItemsView = "notLoaded" | "summary" | "full";
/** `TurnStatus` of the app-server protocol. */
export type TurnStatus = "completed" | "interrupted" | "failed" | "inProgress";
/** `SessionSource` of the app-server protocol. */
export type SessionSource =
  | ("cli" | "vscode" | "exec" | "appServer" | "unknown")
  | {
      custom: string;
    }
  | {
      subAgent: SubAgentSource;
    };
/** `SubAgentSource` of the app-server protocol. */
export type SubAgentSource =
  | ("review" | "compact" | "memory_consolidation")
  | {
      thread_spawn: {
        agent_nickname?: string | null;
        agent_path?: AgentPath | null;
        agent_role?: string | null;
        depth: number;
        parent_thread_id: ThreadId;
      };
    }
  | {
      other: string;
    };
/** `SkillScope` of the app-server protocol. */
export type SkillScope = "user" | "repo" | "system" | "admin";
/** `ThreadHistoryMode` of the app-server protocol. */
export type ThreadHistoryMode = "legacy" | "paginated";
/** `ThreadStatus` of the app-server protocol. */
export type ThreadStatus =
  | {
      type: "notLoaded";
    }
  | {
      type: "idle";
    }
  | {
      type: "systemError";
    }
  | {
      activeFlags: ThreadActiveFlag[];
      type: "active";
    };
/** `ThreadActiveFlag` of the app-server protocol. */
export type ThreadActiveFlag = "waitingOnApproval" | "waitingOnUserInput";
/** `ThreadSource` of the app-server protocol. */
export type ThreadSource = string;
/** `ThreadAttachmentAddOutcome` of the app-server protocol. */
export type ThreadAttachmentAddOutcome = "created" | "existing";
/** `ThreadAttachmentOperation` of the app-server protocol. */
export type ThreadAttachmentOperation = "created" | "deleted";
/** `ThreadGoalStatus` of the app-server protocol. */
export type ThreadGoalStatus =
  "active" | "paused" | "blocked" | "usageLimited" | "budgetLimited" | "complete";
/** `ThreadGoalMutationOrigin` of the app-server protocol. */
export type ThreadGoalMutationOrigin = "user" | "automatic";
/** `ThreadItemsListAnchor` of the app-server protocol. */
export type ThreadItemsListAnchor = {
  itemId: string;
  type: "item";
};
/** `ThreadItemsListCursor` of the app-server protocol. */
export type ThreadItemsListCursor = string | ThreadItemsListAnchor;
/** `ThreadListCwdFilter` of the app-server protocol. */
export type ThreadListCwdFilter = string | string[];
/** `ThreadSortKey` of the app-server protocol. */
export type ThreadSortKey = "created_at" | "updated_at" | "recency_at" | "section_position";
/** `ThreadSourceKind` of the app-server protocol. */
export type ThreadSourceKind =
  | "cli"
  | "vscode"
  | "exec"
  | "appServer"
  | "subAgent"
  | "subAgentReview"
  | "subAgentCompact"
  | "subAgentThreadSpawn"
  | "subAgentOther"
  | "unknown";
/** `ThreadUnreadPosition` of the app-server protocol. */
export type ThreadUnreadPosition =
  | {
      type: "threadStart";
    }
  | {
      turnId: string;
      type: "turn";
    };
/** `ThreadMemoryMode` of the app-server protocol. */
export type ThreadMemoryMode = "enabled" | "disabled";
/** `ThreadPredictionResult` of the app-server protocol. */
export type ThreadPredictionResult =
  | {
      text?: string | null;
      type: "completed";
    }
  | {
      type: "failed";
    };
/** `ThreadReadStateOperation` of the app-server protocol. */
export type ThreadReadStateOperation =
  | {
      type: "read";
    }
  | {
      type: "unread";
    };
/** `ThreadRealtimeBemItemPresentation` of the app-server protocol. */
export type ThreadRealtimeBemItemPresentation =
  | {
      type: "wholeItem";
    }
  | {
      type: "inlineMarkdown";
    }
  | {
      index: number;
      type: "inlineVisualization";
    };
/** `ThreadRealtimeItem` of the app-server protocol. */
export type ThreadRealtimeItem =
  | {
      id: string;
      realtimeSessionId: string;
      type: "realtimeSessionStarted";
    }
  | {
      id: string;
      realtimeSessionId: string;
      role: ThreadRealtimeTranscriptRole;
      text: string;
      type: "transcriptSegment";
    }
  | {
      id: string;
      realtimeSessionId: string;
      item_id: string;
      presentation: ThreadRealtimeBemItemPresentation;
      turn_id: string;
      type: "bemItemPromoted";
    }
  | {
      id: string;
      realtimeSessionId: string;
      outcome: ThreadRealtimeSessionOutcome;
      type: "realtimeSessionClosed";
    };
/** `ThreadRealtimeTranscriptRole` of the app-server protocol. */
export type ThreadRealtimeTranscriptRole = "user" | "assistant";
/** `ThreadRealtimeSessionOutcome` of the app-server protocol. */
export type ThreadRealtimeSessionOutcome = "ended" | "failed";
/** `ThreadRealtimeStartTransport` of the app-server protocol. */
export type ThreadRealtimeStartTransport =
  | {
      type: "websocket";
    }
  | {
      sdp: string;
      type: "webrtc";
    }
  | {
      callId: string;
      type: "existingCall";
    };
/** `ThreadSearchSortKey` of the app-server protocol. */
export type ThreadSearchSortKey = "created_at" | "updated_at" | "recency_at";
/** `ThreadStartSource` of the app-server protocol. */
export type ThreadStartSource = "startup" | "clear";
/** `ThreadTimelineEntry` of the app-server protocol. */
export type ThreadTimelineEntry =
  | {
      item: ThreadItem;
      position: number;
      turnId: string;
      type: "item";
    }
  | {
      item: ThreadRealtimeItem;
      position: number;
      type: "realtime";
    }
  | {
      position: number;
      started_at?: number | null;
      turn_id: string;
      type: "turnStarted";
    }
  | {
      completed_at?: number | null;
      duration_ms?: number | null;
      error?: TurnError | null;
      position: number;
      started_at?: number | null;
      status: TurnStatus;
      turn_id: string;
      type: "turnCompleted";
    };
/** `ThreadUnsubscribeStatus` of the app-server protocol. */
export type ThreadUnsubscribeStatus = "notLoaded" | "notSubscribed" | "unsubscribed";
/** `TurnPlanStepStatus` of the app-server protocol. */
export type TurnPlanStepStatus = "pending" | "inProgress" | "completed";
/** `TurnSettingsUpdateStatus` of the app-server protocol. */
export type TurnSettingsUpdateStatus = "applied" | "targetUnavailable";
/** `UserVerificationCancellationReason` of the app-server protocol. */
export type UserVerificationCancellationReason = "userCancelled" | "interrupted";
/** `UserVerificationErrorDetails` of the app-server protocol. */
export type UserVerificationErrorDetails =
  | {
      reason: UserVerificationInvalidRequestReason;
      type: "invalidRequest";
    }
  | {
      reason: UserVerificationUnavailableReason;
      type: "unavailable";
    }
  | {
      reason: UserVerificationCancellationReason;
      type: "cancelled";
    }
  | {
      reason: UserVerificationFailureReason;
      type: "failed";
    };
/** `UserVerificationInvalidRequestReason` of the app-server protocol. */
export type UserVerificationInvalidRequestReason = "invalidParams";
/** `UserVerificationUnavailableReason` of the app-server protocol. */
export type UserVerificationUnavailableReason =
  "credentialMissing" | "biometricsUnavailable" | "providerUnavailable";
/** `UserVerificationFailureReason` of the app-server protocol. */
export type UserVerificationFailureReason =
  "authenticationFailed" | "timeout" | "providerError" | "serviceError";
/** `WindowsSandboxReadiness` of the app-server protocol. */
export type WindowsSandboxReadiness = "ready" | "notConfigured" | "updateRequired";
/** `WindowsSandboxSetupMode` of the app-server protocol. */
export type WindowsSandboxSetupMode = "elevated" | "unelevated";

/** `AccountLoginCompletedNotification` of the app-server protocol. */
export interface AccountLoginCompletedNotification {
  error?: string | null;
  loginId?: string | null;
  onboardingEntrypoint?: DesktopOnboardingEntrypoint | null;
  success: boolean;
}
/** `AccountRateLimitsUpdatedNotification` of the app-server protocol. */
export interface AccountRateLimitsUpdatedNotification {
  rateLimits: RateLimitSnapshot;
}
/** `RateLimitSnapshot` of the app-server protocol. */
export interface RateLimitSnapshot {
  credits?: CreditsSnapshot | null;
  individualLimit?: SpendControlLimitSnapshot | null;
  limitId?: string | null;
  limitName?: string | null;
  normalModelSlug?: string | null;
  planType?: PlanType | null;
  primary?: RateLimitWindow | null;
  rateLimitReachedType?: RateLimitReachedType | null;
  secondary?: RateLimitWindow | null;
  spendControlReached?: boolean | null;
}
/** `CreditsSnapshot` of the app-server protocol. */
export interface CreditsSnapshot {
  balance?: string | null;
  hasCredits: boolean;
  unlimited: boolean;
}
/** `SpendControlLimitSnapshot` of the app-server protocol. */
export interface SpendControlLimitSnapshot {
  limit: string;
  remainingPercent: number;
  resetsAt: number;
  used: string;
}
/** `RateLimitWindow` of the app-server protocol. */
export interface RateLimitWindow {
  resetsAt?: number | null;
  usedPercent: number;
  windowDurationMins?: number | null;
}
/** `AccountSecuritySetupAction` of the app-server protocol. */
export interface AccountSecuritySetupAction {
  label: string;
  url: string;
}
/** `AccountSecuritySetupNotice` of the app-server protocol. */
export interface AccountSecuritySetupNotice {
  accountId: string;
  action: AccountSecuritySetupAction;
  description: string;
  title: string;
  userId: string;
}
/** `AccountSession` of the app-server protocol. */
export interface AccountSession {
  displayName?: string | null;
  email?: string | null;
  imageUrl?: string | null;
  isActive: boolean;
  lastUsedAt: number;
  selectedWorkspaceAccountId?: string | null;
  sessionId: string;
  userId?: string | null;
  workspaces: AccountSessionWorkspace[];
}
/** `AccountSessionWorkspace` of the app-server protocol. */
export interface AccountSessionWorkspace {
  accountId: string;
  imageUrl?: string | null;
  kind?: AccountSessionWorkspaceKind | null;
  name?: string | null;
}
/** `AccountSessionsListParams` of the app-server protocol. */
export interface AccountSessionsListParams {
  refreshWorkspaceMetadata?: boolean;
}
/** `AccountSessionsResponse` of the app-server protocol. */
export interface AccountSessionsResponse {
  activeSessionId?: string | null;
  sessions: AccountSession[];
}
/** `AccountSessionsSwitchParams` of the app-server protocol. */
export interface AccountSessionsSwitchParams {
  accountId: string;
  allowBrowserLogin?: boolean;
  sessionId: string;
}
/** `AccountTokenUsageDailyBucket` of the app-server protocol. */
export interface AccountTokenUsageDailyBucket {
  startDate: string;
  tokens: number;
}
/** `AccountTokenUsageSummary` of the app-server protocol. */
export interface AccountTokenUsageSummary {
  currentStreakDays?: number | null;
  lifetimeTokens?: number | null;
  longestRunningTurnSec?: number | null;
  longestStreakDays?: number | null;
  peakDailyTokens?: number | null;
}
/** `AccountUpdatedNotification` of the app-server protocol. */
export interface AccountUpdatedNotification {
  authMode?: AuthMode | null;
  planType?: PlanType | null;
}
/** `ActivePermissionProfile` of the app-server protocol. */
export interface ActivePermissionProfile {
  extends?: string | null;
  id: string;
}
/** `AdditionalContextEntry` of the app-server protocol. */
export interface AdditionalContextEntry {
  kind: AdditionalContextKind;
  name?: string | null;
  value: string;
}
/** `AdditionalFileSystemPermissions` of the app-server protocol. */
export interface AdditionalFileSystemPermissions {
  entries?: FileSystemSandboxEntry[] | null;
  globScanMaxDepth?: number | null;
  read?: LegacyAppPathString[] | null;
  write?: LegacyAppPathString[] | null;
}
/** `FileSystemSandboxEntry` of the app-server protocol. */
export interface FileSystemSandboxEntry {
  access: FileSystemAccessMode;
  path: FileSystemPath;
}
/** `AdditionalNetworkPermissions` of the app-server protocol. */
export interface AdditionalNetworkPermissions {
  enabled?: boolean | null;
}
/** `AdditionalPermissionProfile` of the app-server protocol. */
export interface AdditionalPermissionProfile {
  fileSystem?: AdditionalFileSystemPermissions | null;
  network?: AdditionalNetworkPermissions | null;
}
/** `AgentMessageDeltaNotification` of the app-server protocol. */
export interface AgentMessageDeltaNotification {
  delta: string;
  itemId: string;
  threadId: string;
  turnId: string;
}
/** `AgentMessageDisplay` of the app-server protocol. */
export interface AgentMessageDisplay {
  action: string;
  blockType?: string | null;
  checkTrustedContacts?: boolean | null;
  cyberTrustedAccess?: boolean | null;
}
/** `AgentMessageModeration` of the app-server protocol. */
export interface AgentMessageModeration {
  display?: AgentMessageDisplay | null;
  moderated: boolean;
}
/** `AnalyticsConfig` of the app-server protocol. */
export interface AnalyticsConfig {
  enabled?: boolean | null;
  [k: string]: unknown;
}
/** `AppBranding` of the app-server protocol. */
export interface AppBranding {
  category?: string | null;
  developer?: string | null;
  isDiscoverableApp: boolean;
  privacyPolicy?: string | null;
  termsOfService?: string | null;
  website?: string | null;
}
/** `AppConfig` of the app-server protocol. */
export interface AppConfig {
  approvals_reviewer?: ApprovalsReviewer | null;
  default_tools_approval_mode?: AppToolApproval | null;
  default_tools_enabled?: boolean | null;
  destructive_enabled?: boolean | null;
  enabled?: boolean;
  links?: AppLinksConfig | null;
  omit_tools_from?: ToolExposureSurface[] | null;
  open_world_enabled?: boolean | null;
  tools?: AppToolsConfig | null;
}
/** `AppLinksConfig` of the app-server protocol. */
export interface AppLinksConfig {}
/** `AppToolsConfig` of the app-server protocol. */
export interface AppToolsConfig {}
/** `AppInfo` of the app-server protocol. */
export interface AppInfo {
  appMetadata?: AppMetadata | null;
  branding?: AppBranding | null;
  description?: string | null;
  distributionChannel?: string | null;
  iconAssets?: {
    [k: string]: string;
  } | null;
  iconDarkAssets?: {
    [k: string]: string;
  } | null;
  id: string;
  installUrl?: string | null;
  isAccessible?: boolean;
  isEnabled?: boolean;
  labels?: {
    [k: string]: string;
  } | null;
  logoUrl?: string | null;
  logoUrlDark?: string | null;
  name: string;
  pluginDisplayNames?: string[];
}
/** `AppMetadata` of the app-server protocol. */
export interface AppMetadata {
  categories?: string[] | null;
  developer?: string | null;
  firstPartyRequiresInstall?: boolean | null;
  review?: AppReview | null;
  screenshots?: AppScreenshot[] | null;
  seoDescription?: string | null;
  showInComposerWhenUnlinked?: boolean | null;
  subCategories?: string[] | null;
  version?: string | null;
  versionId?: string | null;
  versionNotes?: string | null;
}
/** `AppReview` of the app-server protocol. */
export interface AppReview {
  status: string;
}
/** `AppScreenshot` of the app-server protocol. */
export interface AppScreenshot {
  fileId?: string | null;
  url?: string | null;
  userPrompt: string;
}
/** `AppLinkConfig` of the app-server protocol. */
export interface AppLinkConfig {
  approvals_reviewer?: ApprovalsReviewer | null;
  default_tools_approval_mode?: AppToolApproval | null;
}
/** `AppListUpdatedNotification` of the app-server protocol. */
export interface AppListUpdatedNotification {
  data: AppInfo[];
}
/** `AppSummary` of the app-server protocol. */
export interface AppSummary {
  category?: string | null;
  description?: string | null;
  id: string;
  installUrl?: string | null;
  name: string;
}
/** `AppTemplateSummary` of the app-server protocol. */
export interface AppTemplateSummary {
  canonicalConnectorId?: string | null;
  category?: string | null;
  description?: string | null;
  logoUrl?: string | null;
  logoUrlDark?: string | null;
  materializedAppIds: string[];
  name: string;
  reason?: AppTemplateUnavailableReason | null;
  templateId: string;
}
/** `AppToolConfig` of the app-server protocol. */
export interface AppToolConfig {
  approval_mode?: AppToolApproval | null;
  enabled?: boolean | null;
}
/** `AppToolSummary` of the app-server protocol. */
export interface AppToolSummary {
  description: string;
  disabledReason?: string | null;
  isEnabled?: boolean;
  isReadOnly?: boolean;
  name: string;
  title?: string | null;
}
/** `ApplicationNetworkRequirements` of the app-server protocol. */
export interface ApplicationNetworkRequirements {
  domains: {
    [k: string]: NetworkDomainPermission;
  };
  enabled: boolean;
}
/** `ApplicationRequirements` of the app-server protocol. */
export interface ApplicationRequirements {
  network?: ApplicationNetworkRequirements | null;
  storage?: ApplicationStorageRequirements | null;
}
/** `ApplicationStorageRequirements` of the app-server protocol. */
export interface ApplicationStorageRequirements {
  defaultProjectParent?: LegacyAppPathString | null;
  projectlessWorkspaceRoot?: LegacyAppPathString | null;
}
/** `ApplyPatchApprovalParams` of the app-server protocol. */
export interface ApplyPatchApprovalParams {
  callId: string;
  conversationId: ThreadId;
  fileChanges: {
    [k: string]: FileChange;
  };
  grantRoot?: string | null;
  reason?: string | null;
}
/** `ApplyPatchApprovalResponse` of the app-server protocol. */
export interface ApplyPatchApprovalResponse {
  decision: ReviewDecision;
}
/** `NetworkPolicyAmendment` of the app-server protocol. */
export interface NetworkPolicyAmendment {
  action: NetworkPolicyRuleAction;
  host: string;
}
/** `AppsConfig` of the app-server protocol. */
export interface AppsConfig {
  _default?: AppsDefaultConfig | null;
}
/** `AppsDefaultConfig` of the app-server protocol. */
export interface AppsDefaultConfig {
  approvals_reviewer?: ApprovalsReviewer | null;
  default_tools_approval_mode?: AppToolApproval | null;
  destructive_enabled?: boolean;
  enabled?: boolean;
  open_world_enabled?: boolean;
}
/** `AppsInstalledParams` of the app-server protocol. */
export interface AppsInstalledParams {
  forceRefresh?: boolean;
  threadId?: string | null;
}
/** `AppsInstalledResponse` of the app-server protocol. */
export interface AppsInstalledResponse {
  apps: InstalledApp[];
}
/** `InstalledApp` of the app-server protocol. */
export interface InstalledApp {
  callable: boolean;
  enabled: boolean;
  id: string;
  runtimeName?: string | null;
}
/** `AppsListParams` of the app-server protocol. */
export interface AppsListParams {
  cursor?: string | null;
  forceRefetch?: boolean;
  limit?: number | null;
  threadId?: string | null;
}
/** `AppsListResponse` of the app-server protocol. */
export interface AppsListResponse {
  data: AppInfo[];
  nextCursor?: string | null;
}
/** `AppsReadParams` of the app-server protocol. */
export interface AppsReadParams {
  appIds: string[];
  includeTools?: boolean;
  threadId?: string | null;
}
/** `AppsReadResponse` of the app-server protocol. */
export interface AppsReadResponse {
  apps: ConnectorMetadata[];
  missingAppIds: string[];
}
/** `ConnectorMetadata` of the app-server protocol. */
export interface ConnectorMetadata {
  description?: string | null;
  distributionChannel?: string | null;
  iconUrl?: string | null;
  iconUrlDark?: string | null;
  id: string;
  installUrl?: string | null;
  name: string;
  pluginDisplayNames?: string[];
  toolSummaries?: AppToolSummary[] | null;
}
/** `AsyncUserInputQuestion` of the app-server protocol. */
export interface AsyncUserInputQuestion {
  options?: string[] | null;
  title: string;
}
/** `AttestationGenerateParams` of the app-server protocol. */
export interface AttestationGenerateParams {}
/** `AttestationGenerateResponse` of the app-server protocol. */
export interface AttestationGenerateResponse {
  token: string;
}
/** `AuthRecoveryNotification` of the app-server protocol. */
export interface AuthRecoveryNotification {
  message: string;
  provider: string;
  threadId: string;
  turnId: string;
}
/** `AutoReviewRequirements` of the app-server protocol. */
export interface AutoReviewRequirements {
  ignoreRules?: string[] | null;
  requiredOnModels?: string[] | null;
}
/** `BedrockAwsProfile` of the app-server protocol. */
export interface BedrockAwsProfile {
  name: string;
  region?: string | null;
}
/** `BedrockCheckGovCloudRequirementsParams` of the app-server protocol. */
export interface BedrockCheckGovCloudRequirementsParams {}
/** `BedrockCheckGovCloudRequirementsResponse` of the app-server protocol. */
export interface BedrockCheckGovCloudRequirementsResponse {
  isGovCloud: boolean;
  shouldWarn: boolean;
}
/** `BedrockDiscoverParams` of the app-server protocol. */
export interface BedrockDiscoverParams {}
/** `BedrockDiscoverResponse` of the app-server protocol. */
export interface BedrockDiscoverResponse {
  environmentCredentials: BedrockEnvironmentCredential[];
  profiles: BedrockAwsProfile[];
}
/** `BedrockEnvironmentCredential` of the app-server protocol. */
export interface BedrockEnvironmentCredential {
  region?: string | null;
  type: AwsCredentialType;
}
/** `BedrockSetupResponse` of the app-server protocol. */
export interface BedrockSetupResponse {}
/** `BrowserUseConfig` of the app-server protocol. */
export interface BrowserUseConfig {
  allow_history_access?: boolean | null;
  default_origin_policy?: BrowserUseOriginPolicyConfig | null;
  origins?: {
    [k: string]: BrowserUseOriginPolicyConfig;
  } | null;
}
/** `BrowserUseOriginPolicyConfig` of the app-server protocol. */
export interface BrowserUseOriginPolicyConfig {
  access?: AllowDenyRequirement | null;
  downloads?: AllowDenyRequirement | null;
  full_cdp_access?: AllowDenyRequirement | null;
  uploads?: AllowDenyRequirement | null;
}
/** `BrowserUseExtensionRequirements` of the app-server protocol. */
export interface BrowserUseExtensionRequirements {
  requestHeaders?: RequestHeader[] | null;
}
/** `RequestHeader` of the app-server protocol. */
export interface RequestHeader {
  name: string;
  value: string;
}
/** `BrowserUseOriginPolicy` of the app-server protocol. */
export interface BrowserUseOriginPolicy {
  access?: AllowDenyRequirement | null;
  accessApprovalLifetime?: BrowserUseAccessApprovalLifetime | null;
  autoReview?: AllowDenyRequirement | null;
  downloads?: AllowDenyRequirement | null;
  fullCdpAccess?: AllowDenyRequirement | null;
  persistentApproval?: boolean | null;
  uploads?: AllowDenyRequirement | null;
}
/** `BrowserUseRequirements` of the app-server protocol. */
export interface BrowserUseRequirements {
  allowGlobalPersistentApproval?: boolean | null;
  allowHistoryAccess?: boolean | null;
  allowWebmcp?: boolean | null;
  defaultOriginPolicy?: BrowserUseOriginPolicy | null;
  disableAutoReview?: boolean | null;
  extension?: BrowserUseExtensionRequirements | null;
  origins?: {
    [k: string]: BrowserUseOriginPolicy;
  } | null;
}
/** `ByteRange` of the app-server protocol. */
export interface ByteRange {
  end: number;
  start: number;
}
/** `CancelLoginAccountParams` of the app-server protocol. */
export interface CancelLoginAccountParams {
  loginId: string;
}
/** `CancelLoginAccountResponse` of the app-server protocol. */
export interface CancelLoginAccountResponse {
  status: CancelLoginAccountStatus;
}
/** `ChatgptAuthTokensRefreshParams` of the app-server protocol. */
export interface ChatgptAuthTokensRefreshParams {
  previousAccountId?: string | null;
  reason: ChatgptAuthTokensRefreshReason;
}
/** `ChatgptAuthTokensRefreshResponse` of the app-server protocol. */
export interface ChatgptAuthTokensRefreshResponse {
  accessToken: string;
  chatgptAccountId: string;
  chatgptPlanType?: string | null;
}
/** `ClientInfo` of the app-server protocol. */
export interface ClientInfo {
  name: string;
  title?: string | null;
  version: string;
}
/** `CollabAgentState` of the app-server protocol. */
export interface CollabAgentState {
  message?: string | null;
  status: CollabAgentStatus;
}
/** `CollaborationMode` of the app-server protocol. */
export interface CollaborationMode {
  mode: ModeKind;
  settings: Settings;
}
/** `Settings` of the app-server protocol. */
export interface Settings {
  developer_instructions?: string | null;
  model: string;
  reasoning_effort?: ReasoningEffort | null;
}
/** `CollaborationModeListParams` of the app-server protocol. */
export interface CollaborationModeListParams {}
/** `CollaborationModeListResponse` of the app-server protocol. */
export interface CollaborationModeListResponse {
  data: CollaborationModeMask[];
}
/** `CollaborationModeMask` of the app-server protocol. */
export interface CollaborationModeMask {
  mode?: ModeKind | null;
  model?: string | null;
  name: string;
  reasoning_effort?: (ReasoningEffort | null) | null;
}
/** `CommandExecOutputDeltaNotification` of the app-server protocol. */
export interface CommandExecOutputDeltaNotification {
  capReached: boolean;
  deltaBase64: string;
  processId: string;
  stream: CommandExecOutputStream;
}
/** `CommandExecParams` of the app-server protocol. */
export interface CommandExecParams {
  command: string[];
  cwd?: string | null;
  disableOutputCap?: boolean;
  disableTimeout?: boolean;
  env?: {
    [k: string]: string | null;
  } | null;
  outputBytesCap?: number | null;
  permissionProfile?: string | null;
  processId?: string | null;
  sandboxPolicy?: SandboxPolicy | null;
  size?: CommandExecTerminalSize | null;
  streamStdin?: boolean;
  streamStdoutStderr?: boolean;
  timeoutMs?: number | null;
  tty?: boolean;
}
/** `CommandExecTerminalSize` of the app-server protocol. */
export interface CommandExecTerminalSize {
  cols: number;
  rows: number;
}
/** `CommandExecResizeParams` of the app-server protocol. */
export interface CommandExecResizeParams {
  processId: string;
  size: CommandExecTerminalSize;
}
/** `CommandExecResizeResponse` of the app-server protocol. */
export interface CommandExecResizeResponse {}
/** `CommandExecResponse` of the app-server protocol. */
export interface CommandExecResponse {
  exitCode: number;
  stderr: string;
  stdout: string;
}
/** `CommandExecTerminateParams` of the app-server protocol. */
export interface CommandExecTerminateParams {
  processId: string;
}
/** `CommandExecTerminateResponse` of the app-server protocol. */
export interface CommandExecTerminateResponse {}
/** `CommandExecWriteParams` of the app-server protocol. */
export interface CommandExecWriteParams {
  closeStdin?: boolean;
  deltaBase64?: string | null;
  processId: string;
}
/** `CommandExecWriteResponse` of the app-server protocol. */
export interface CommandExecWriteResponse {}
/** `CommandExecutionOutputDeltaNotification` of the app-server protocol. */
export interface CommandExecutionOutputDeltaNotification {
  delta: string;
  itemId: string;
  threadId: string;
  turnId: string;
}
/** `CommandExecutionRequestApprovalParams` of the app-server protocol. */
export interface CommandExecutionRequestApprovalParams {
  additionalPermissions?: AdditionalPermissionProfile | null;
  approvalId?: string | null;
  availableDecisions?: CommandExecutionApprovalDecision[] | null;
  command?: string | null;
  commandActions?: CommandAction[] | null;
  cwd?: LegacyAppPathString | null;
  environmentId?: string | null;
  itemId: string;
  kind?: CommandExecutionApprovalKind;
  networkApprovalContext?: NetworkApprovalContext | null;
  proposedExecpolicyAmendment?: string[] | null;
  proposedNetworkPolicyAmendments?: NetworkPolicyAmendment[] | null;
  reason?: string | null;
  startedAtMs: number;
  threadId: string;
  turnId: string;
}
/** `NetworkApprovalContext` of the app-server protocol. */
export interface NetworkApprovalContext {
  host: string;
  protocol: NetworkApprovalProtocol;
}
/** `CommandExecutionRequestApprovalResponse` of the app-server protocol. */
export interface CommandExecutionRequestApprovalResponse {
  decision: CommandExecutionApprovalDecision;
}
/** `CommandMigration` of the app-server protocol. */
export interface CommandMigration {
  name: string;
}
/** `ComputerUseConfig` of the app-server protocol. */
export interface ComputerUseConfig {
  default_app_access?: AllowDenyRequirement | null;
  macos?: ComputerUseMacosConfig | null;
  windows?: ComputerUseWindowsConfig | null;
}
/** `ComputerUseMacosConfig` of the app-server protocol. */
export interface ComputerUseMacosConfig {
  bundle_ids?: {
    [k: string]: AllowDenyRequirement;
  } | null;
}
/** `ComputerUseWindowsConfig` of the app-server protocol. */
export interface ComputerUseWindowsConfig {
  aumids?: {
    [k: string]: AllowDenyRequirement;
  } | null;
  exes?: ComputerUseWindowsExeConfig[] | null;
}
/** `ComputerUseWindowsExeConfig` of the app-server protocol. */
export interface ComputerUseWindowsExeConfig {
  access: AllowDenyRequirement;
  binary_name?: string | null;
  product_name: string;
  publisher_name: string;
}
/** `ComputerUseMacosRequirements` of the app-server protocol. */
export interface ComputerUseMacosRequirements {
  bundleIds?: {
    [k: string]: AllowDenyRequirement;
  } | null;
}
/** `ComputerUseRequirements` of the app-server protocol. */
export interface ComputerUseRequirements {
  allowLockedComputerUse?: boolean | null;
  allowPersistentApproval?: boolean | null;
  defaultAppAccess?: AllowDenyRequirement | null;
  macos?: ComputerUseMacosRequirements | null;
  windows?: ComputerUseWindowsRequirements | null;
}
/** `ComputerUseWindowsRequirements` of the app-server protocol. */
export interface ComputerUseWindowsRequirements {
  aumids?: {
    [k: string]: AllowDenyRequirement;
  } | null;
  exes?: ComputerUseWindowsExeRequirement[] | null;
}
/** `ComputerUseWindowsExeRequirement` of the app-server protocol. */
export interface ComputerUseWindowsExeRequirement {
  access: AllowDenyRequirement;
  binaryName?: string | null;
  productName: string;
  publisherName: string;
}
/** `Config` of the app-server protocol. */
export interface Config {
  analytics?: AnalyticsConfig | null;
  approval_policy?: AskForApproval | null;
  approvals_reviewer?: ApprovalsReviewer | null;
  apps?: AppsConfig | null;
  browser_use?: BrowserUseConfig | null;
  client_search_provider?: WebSearchProvider | null;
  compact_prompt?: string | null;
  computer_use?: ComputerUseConfig | null;
  desktop?: {
    [k: string]: unknown;
  } | null;
  developer_instructions?: string | null;
  forced_chatgpt_workspace_id?: ForcedChatgptWorkspaceIds | null;
  forced_login_method?: ForcedLoginMethod | null;
  instructions?: string | null;
  model?: string | null;
  model_auto_compact_token_limit?: number | null;
  model_auto_compact_token_limit_scope?: AutoCompactTokenLimitScope | null;
  model_context_window?: number | null;
  model_provider?: string | null;
  model_reasoning_effort?: ReasoningEffort | null;
  model_reasoning_summary?: ReasoningSummary | null;
  model_verbosity?: Verbosity | null;
  review_model?: string | null;
  sandbox_mode?: SandboxMode | null;
  sandbox_workspace_write?: SandboxWorkspaceWrite | null;
  service_tier?: string | null;
  tools?: ToolsV2 | null;
  web_search?: WebSearchMode | null;
  [k: string]: unknown;
}
/** `SandboxWorkspaceWrite` of the app-server protocol. */
export interface SandboxWorkspaceWrite {
  exclude_slash_tmp?: boolean;
  exclude_tmpdir_env_var?: boolean;
  network_access?: boolean;
  writable_roots?: string[];
}
/** `ToolsV2` of the app-server protocol. */
export interface ToolsV2 {
  web_search?: WebSearchToolConfig | null;
}
/** `WebSearchToolConfig` of the app-server protocol. */
export interface WebSearchToolConfig {
  allowed_domains?: string[] | null;
  context_size?: WebSearchContextSize | null;
  location?: WebSearchLocation | null;
}
/** `WebSearchLocation` of the app-server protocol. */
export interface WebSearchLocation {
  city?: string | null;
  country?: string | null;
  region?: string | null;
  timezone?: string | null;
}
/** `ConfigBatchWriteParams` of the app-server protocol. */
export interface ConfigBatchWriteParams {
  edits: ConfigEdit[];
  expectedVersion?: string | null;
  filePath?: string | null;
  reloadUserConfig?: boolean;
}
/** `ConfigEdit` of the app-server protocol. */
export interface ConfigEdit {
  keyPath: string;
  mergeStrategy: MergeStrategy;
  value: unknown;
}
/** `ConfigLayer` of the app-server protocol. */
export interface ConfigLayer {
  config: unknown;
  disabledReason?: string | null;
  name: ConfigLayerSource;
  version: string;
}
/** `ConfigLayerMetadata` of the app-server protocol. */
export interface ConfigLayerMetadata {
  name: ConfigLayerSource;
  version: string;
}
/** `ConfigReadParams` of the app-server protocol. */
export interface ConfigReadParams {
  cwd?: string | null;
  includeLayers?: boolean;
}
/** `ConfigReadResponse` of the app-server protocol. */
export interface ConfigReadResponse {
  config: Config;
  layers?: ConfigLayer[] | null;
  origins: {
    [k: string]: ConfigLayerMetadata;
  };
}
/** `ConfigRequirements` of the app-server protocol. */
export interface ConfigRequirements {
  additionalDeveloperInstructions?: string | null;
  allowAppshots?: boolean | null;
  allowBrowserAndComputerUse?: boolean | null;
  allowLoginShell?: boolean | null;
  allowManagedHooksOnly?: boolean | null;
  allowRemoteControl?: boolean | null;
  allowedApprovalPolicies?: AskForApproval[] | null;
  allowedApprovalsReviewers?: ApprovalsReviewer[] | null;
  allowedLoginMethods?: ForcedLoginMethod[] | null;
  allowedPermissionProfiles?: {
    [k: string]: boolean;
  } | null;
  allowedSandboxModes?: SandboxMode[] | null;
  allowedWebSearchModes?: WebSearchMode[] | null;
  allowedWindowsSandboxImplementations?: WindowsSandboxImplementation[] | null;
  application?: ApplicationRequirements | null;
  autoReview?: AutoReviewRequirements | null;
  browserUse?: BrowserUseRequirements | null;
  chatgptBaseUrl?: string | null;
  checkForUpdateOnStartup?: boolean | null;
  cliAuthCredentialsStore?: CliAuthCredentialsStoreMode | null;
  computerUse?: ComputerUseRequirements | null;
  defaultPermissions?: string | null;
  enforceResidency?: ResidencyRequirement | null;
  featureRequirements?: {
    [k: string]: boolean;
  } | null;
  feedback?: FeedbackRequirements | null;
  hooks?: ManagedHooksRequirements | null;
  inAppBrowser?: InAppBrowserRequirements | null;
  logDir?: string | null;
  modelCatalogJson?: string | null;
  modelProvider?: string | null;
  modelProviders?: {
    [k: string]: unknown;
  } | null;
  models?: ModelsRequirements | null;
  network?: NetworkRequirements | null;
  otel?: OtelRequirements | null;
  sqliteHome?: string | null;
}
/** `FeedbackRequirements` of the app-server protocol. */
export interface FeedbackRequirements {
  enabled?: boolean | null;
}
/** `ManagedHooksRequirements` of the app-server protocol. */
export interface ManagedHooksRequirements {
  Interrupt?: ConfiguredHookMatcherGroup[];
  PermissionRequest: ConfiguredHookMatcherGroup[];
  PostCompact: ConfiguredHookMatcherGroup[];
  PostModelRequest?: ConfiguredHookMatcherGroup[];
  PostToolUse: ConfiguredHookMatcherGroup[];
  PreCompact: ConfiguredHookMatcherGroup[];
  PreModelRequest?: ConfiguredHookMatcherGroup[];
  PreToolUse: ConfiguredHookMatcherGroup[];
  SessionEnd?: ConfiguredHookMatcherGroup[];
  SessionStart: ConfiguredHookMatcherGroup[];
  Stop: ConfiguredHookMatcherGroup[];
  SubagentStart: ConfiguredHookMatcherGroup[];
  SubagentStop: ConfiguredHookMatcherGroup[];
  UserPromptSubmit: ConfiguredHookMatcherGroup[];
  managedDir?: string | null;
  windowsManagedDir?: string | null;
}
/** `ConfiguredHookMatcherGroup` of the app-server protocol. */
export interface ConfiguredHookMatcherGroup {
  hooks: ConfiguredHookHandler[];
  matcher?: string | null;
}
/** `InAppBrowserRequirements` of the app-server protocol. */
export interface InAppBrowserRequirements {
  allowExternalBrowserSettingsImport?: boolean | null;
}
/** `ModelsRequirements` of the app-server protocol. */
export interface ModelsRequirements {
  newThread?: NewThreadModelDefaults | null;
}
/** `NewThreadModelDefaults` of the app-server protocol. */
export interface NewThreadModelDefaults {
  model?: string | null;
  modelReasoningEffort?: ReasoningEffort | null;
  serviceTier?: string | null;
}
/** `NetworkRequirements` of the app-server protocol. */
export interface NetworkRequirements {
  allowLocalBinding?: boolean | null;
  allowUnixSockets?: string[] | null;
  allowUpstreamProxy?: boolean | null;
  allowedDomains?: string[] | null;
  dangerouslyAllowAllUnixSockets?: boolean | null;
  dangerouslyAllowNonLoopbackProxy?: boolean | null;
  deniedDomains?: string[] | null;
  domains?: {
    [k: string]: NetworkDomainPermission;
  } | null;
  enabled?: boolean | null;
  httpPort?: number | null;
  managedAllowedDomainsOnly?: boolean | null;
  reviewDomains?: string[] | null;
  socksPort?: number | null;
  unixSockets?: {
    [k: string]: NetworkUnixSocketPermission;
  } | null;
}
/** `OtelRequirements` of the app-server protocol. */
export interface OtelRequirements {
  environment?: string | null;
  exporter?: OtelExporter | null;
  log_agent_responses?: boolean | null;
  log_guardian_assessments?: boolean | null;
  log_sse_deltas?: boolean | null;
  log_user_prompt?: boolean | null;
  metrics_exporter?: OtelExporter | null;
  span_attributes?: {
    [k: string]: string;
  } | null;
  tool_result?: OtelToolResultLogConfig | null;
  trace_exporter?: OtelExporter | null;
  tracestate?: {
    [k: string]: {
      [k: string]: string;
    };
  } | null;
}
/** `OtelTlsConfig` of the app-server protocol. */
export interface OtelTlsConfig {
  "ca-certificate"?: string | null;
  "client-certificate"?: string | null;
  "client-private-key"?: string | null;
}
/** `OtelToolResultLogConfig` of the app-server protocol. */
export interface OtelToolResultLogConfig {
  max_bytes: number;
}
/** `ConfigRequirementsReadResponse` of the app-server protocol. */
export interface ConfigRequirementsReadResponse {
  requirements?: ConfigRequirements | null;
  supportsIndependentSpeedModes?: boolean | null;
}
/** `ConfigValueWriteParams` of the app-server protocol. */
export interface ConfigValueWriteParams {
  expectedVersion?: string | null;
  filePath?: string | null;
  keyPath: string;
  mergeStrategy: MergeStrategy;
  value: unknown;
}
/** `ConfigWarningNotification` of the app-server protocol. */
export interface ConfigWarningNotification {
  details?: string | null;
  path?: string | null;
  range?: TextRange | null;
  summary: string;
}
/** `TextRange` of the app-server protocol. */
export interface TextRange {
  end: TextPosition;
  start: TextPosition;
}
/** `TextPosition` of the app-server protocol. */
export interface TextPosition {
  column: number;
  line: number;
}
/** `ConfigWriteResponse` of the app-server protocol. */
export interface ConfigWriteResponse {
  filePath: AbsolutePathBuf;
  overriddenMetadata?: OverriddenMetadata | null;
  status: WriteStatus;
  version: string;
}
/** `OverriddenMetadata` of the app-server protocol. */
export interface OverriddenMetadata {
  effectiveValue: unknown;
  message: string;
  overridingLayer: ConfigLayerMetadata;
}
/** `ConfigurationReasoning` of the app-server protocol. */
export interface ConfigurationReasoning {
  effort: ReasoningEffort;
}
/** `ConsumeAccountRateLimitResetCreditParams` of the app-server protocol. */
export interface ConsumeAccountRateLimitResetCreditParams {
  creditId?: string | null;
  idempotencyKey: string;
}
/** `ConsumeAccountRateLimitResetCreditResponse` of the app-server protocol. */
export interface ConsumeAccountRateLimitResetCreditResponse {
  outcome: ConsumeAccountRateLimitResetCreditOutcome;
}
/** `ContextCompactedNotification` of the app-server protocol. */
export interface ContextCompactedNotification {
  threadId: string;
  turnId: string;
}
/** `CurrentTimeReadParams` of the app-server protocol. */
export interface CurrentTimeReadParams {
  threadId: string;
}
/** `CurrentTimeReadResponse` of the app-server protocol. */
export interface CurrentTimeReadResponse {
  currentTimeAt: number;
}
/** `DeprecationNoticeNotification` of the app-server protocol. */
export interface DeprecationNoticeNotification {
  details?: string | null;
  summary: string;
}
/** `DynamicToolCallParams` of the app-server protocol. */
export interface DynamicToolCallParams {
  arguments: unknown;
  callId: string;
  namespace?: string | null;
  threadId: string;
  tool: string;
  turnId: string;
}
/** `DynamicToolCallResponse` of the app-server protocol. */
export interface DynamicToolCallResponse {
  contentItems: DynamicToolCallOutputContentItem[];
  success: boolean;
}
/** `EnvironmentAddParams` of the app-server protocol. */
export interface EnvironmentAddParams {
  authBearerToken?: string | null;
  connectTimeoutMs?: number | null;
  environmentId: string;
  execServerUrl: string;
  skills?: EnvironmentSkillsParams | null;
  websocketRequestId?: string | null;
}
/** `EnvironmentSkillsParams` of the app-server protocol. */
export interface EnvironmentSkillsParams {
  required?: string[] | null;
}
/** `EnvironmentAddResponse` of the app-server protocol. */
export interface EnvironmentAddResponse {}
/** `EnvironmentConnectionNotification` of the app-server protocol. */
export interface EnvironmentConnectionNotification {
  environmentId: string;
  threadId: string;
}
/** `EnvironmentInfoParams` of the app-server protocol. */
export interface EnvironmentInfoParams {
  environmentId: string;
}
/** `EnvironmentInfoResponse` of the app-server protocol. */
export interface EnvironmentInfoResponse {
  cwd?: PathUri | null;
  shell: EnvironmentShellInfo;
}
/** `EnvironmentShellInfo` of the app-server protocol. */
export interface EnvironmentShellInfo {
  name: string;
  path: string;
}
/** `EnvironmentStatusParams` of the app-server protocol. */
export interface EnvironmentStatusParams {
  environmentId: string;
}
/** `EnvironmentStatusResponse` of the app-server protocol. */
export interface EnvironmentStatusResponse {
  error?: string | null;
  status: EnvironmentStatusKind;
}
/** `ErrorNotification` of the app-server protocol. */
export interface ErrorNotification {
  error: TurnError;
  threadId: string;
  turnId: string;
  willRetry: boolean;
}
/** `TurnError` of the app-server protocol. */
export interface TurnError {
  additionalDetails?: string | null;
  codexErrorInfo?: CodexErrorInfo | null;
  message: string;
  misalignment?: MisalignmentErrorDetails | null;
}
/** `MisalignmentErrorDetails` of the app-server protocol. */
export interface MisalignmentErrorDetails {
  detailedExplanation?: string | null;
  errorType?: string | null;
  reviewTarget?: string | null;
  steer?: MisalignmentSteer | null;
}
/** `MisalignmentSteer` of the app-server protocol. */
export interface MisalignmentSteer {
  message: string;
}
/** `ExecCommandApprovalParams` of the app-server protocol. */
export interface ExecCommandApprovalParams {
  approvalId?: string | null;
  callId: string;
  command: string[];
  conversationId: ThreadId;
  cwd: string;
  parsedCmd: ParsedCommand[];
  reason?: string | null;
}
/** `ExecCommandApprovalResponse` of the app-server protocol. */
export interface ExecCommandApprovalResponse {
  decision: ReviewDecision;
}
/** `ExperimentalFeature` of the app-server protocol. */
export interface ExperimentalFeature {
  announcement?: string | null;
  defaultEnabled: boolean;
  description?: string | null;
  displayName?: string | null;
  enabled: boolean;
  name: string;
  stage: ExperimentalFeatureStage;
}
/** `ExperimentalFeatureEnablementSetParams` of the app-server protocol. */
export interface ExperimentalFeatureEnablementSetParams {
  enablement: {
    [k: string]: boolean;
  };
}
/** `ExperimentalFeatureEnablementSetResponse` of the app-server protocol. */
export interface ExperimentalFeatureEnablementSetResponse {
  enablement: {
    [k: string]: boolean;
  };
}
/** `ExperimentalFeatureListParams` of the app-server protocol. */
export interface ExperimentalFeatureListParams {
  cursor?: string | null;
  limit?: number | null;
  threadId?: string | null;
}
/** `ExperimentalFeatureListResponse` of the app-server protocol. */
export interface ExperimentalFeatureListResponse {
  data: ExperimentalFeature[];
  nextCursor?: string | null;
}
/** `ExternalAgentConfigDetectParams` of the app-server protocol. */
export interface ExternalAgentConfigDetectParams {
  cwds?: string[] | null;
  includeHome?: boolean;
  maxSessionAgeDays?: number | null;
  maxSessions?: number | null;
  migrationSource?: string | null;
  source?: string | null;
}
/** `ExternalAgentConfigDetectResponse` of the app-server protocol. */
export interface ExternalAgentConfigDetectResponse {
  connectors?: ExternalAgentDetectedConnectorCandidate[];
  items: ExternalAgentConfigMigrationItem[];
}
/** `ExternalAgentDetectedConnectorCandidate` of the app-server protocol. */
export interface ExternalAgentDetectedConnectorCandidate {
  name: string;
  sessionCount: number;
  source: ExternalAgentDetectedConnectorSource;
}
/** `ExternalAgentConfigMigrationItem` of the app-server protocol. */
export interface ExternalAgentConfigMigrationItem {
  cwd?: string | null;
  description: string;
  details?: MigrationDetails | null;
  itemType: ExternalAgentConfigMigrationItemType;
}
/** `MigrationDetails` of the app-server protocol. */
export interface MigrationDetails {
  commands?: CommandMigration[];
  hooks?: HookMigration[];
  mcpServers?: McpServerMigration[];
  memory?: string[];
  plugins?: PluginsMigration[];
  sessions?: SessionMigration[];
  skills?: SkillMigration[];
  subagents?: SubagentMigration[];
}
/** `HookMigration` of the app-server protocol. */
export interface HookMigration {
  name: string;
}
/** `McpServerMigration` of the app-server protocol. */
export interface McpServerMigration {
  name: string;
}
/** `PluginsMigration` of the app-server protocol. */
export interface PluginsMigration {
  marketplaceName: string;
  pluginNames: string[];
}
/** `SessionMigration` of the app-server protocol. */
export interface SessionMigration {
  cwd: string;
  path: string;
  title?: string | null;
}
/** `SkillMigration` of the app-server protocol. */
export interface SkillMigration {
  name: string;
}
/** `SubagentMigration` of the app-server protocol. */
export interface SubagentMigration {
  name: string;
}
/** `ExternalAgentConfigImportCompletedNotification` of the app-server protocol. */
export interface ExternalAgentConfigImportCompletedNotification {
  importId: string;
  itemTypeResults: ExternalAgentConfigImportTypeResult[];
}
/** `ExternalAgentConfigImportTypeResult` of the app-server protocol. */
export interface ExternalAgentConfigImportTypeResult {
  failures: ExternalAgentConfigImportItemTypeFailure[];
  itemType: ExternalAgentConfigMigrationItemType;
  successes: ExternalAgentConfigImportItemTypeSuccess[];
}
/** `ExternalAgentConfigImportItemTypeFailure` of the app-server protocol. */
export interface ExternalAgentConfigImportItemTypeFailure {
  cwd?: string | null;
  errorType?: string | null;
  failureStage: string;
  itemType: ExternalAgentConfigMigrationItemType;
  message: string;
  source?: string | null;
  subErrorType?: string | null;
}
/** `ExternalAgentConfigImportItemTypeSuccess` of the app-server protocol. */
export interface ExternalAgentConfigImportItemTypeSuccess {
  cwd?: string | null;
  itemType: ExternalAgentConfigMigrationItemType;
  source?: string | null;
  target?: string | null;
  title?: string | null;
}
/** `ExternalAgentConfigImportHistoriesReadResponse` of the app-server protocol. */
export interface ExternalAgentConfigImportHistoriesReadResponse {
  connectors: ExternalAgentImportedConnectorCandidate[];
  data: ExternalAgentConfigImportHistory[];
}
/** `ExternalAgentImportedConnectorCandidate` of the app-server protocol. */
export interface ExternalAgentImportedConnectorCandidate {
  name: string;
  sessionCount: number;
  source: ExternalAgentImportedConnectorSource;
}
/** `ExternalAgentConfigImportHistory` of the app-server protocol. */
export interface ExternalAgentConfigImportHistory {
  completedAtMs: number;
  failures: ExternalAgentConfigImportItemTypeFailure[];
  importId: string;
  providerId?: string | null;
  successes: ExternalAgentConfigImportItemTypeSuccess[];
}
/** `ExternalAgentConfigImportHistoryRecordParams` of the app-server protocol. */
export interface ExternalAgentConfigImportHistoryRecordParams {
  itemTypeResults: ExternalAgentConfigImportHistoryRecordTypeResultParams[];
  providerId: string;
}
/** `ExternalAgentConfigImportHistoryRecordTypeResultParams` of the app-server protocol. */
export interface ExternalAgentConfigImportHistoryRecordTypeResultParams {
  failures: ExternalAgentConfigImportItemTypeFailure[];
  itemType: ExternalAgentConfigMigrationItemType;
  successes: ExternalAgentConfigImportHistoryRecordSuccessParams[];
}
/** `ExternalAgentConfigImportHistoryRecordSuccessParams` of the app-server protocol. */
export interface ExternalAgentConfigImportHistoryRecordSuccessParams {
  cwd?: string | null;
  itemType: ExternalAgentConfigMigrationItemType;
  source?: string | null;
  target?: string | null;
  title?: string | null;
}
/** `ExternalAgentConfigImportHistoryRecordResponse` of the app-server protocol. */
export interface ExternalAgentConfigImportHistoryRecordResponse {
  importId: string;
}
/** `ExternalAgentConfigImportParams` of the app-server protocol. */
export interface ExternalAgentConfigImportParams {
  migrationItems: ExternalAgentConfigMigrationItem[];
  migrationSource?: string | null;
  providerId?: string | null;
  source?: string | null;
}
/** `ExternalAgentConfigImportProgressNotification` of the app-server protocol. */
export interface ExternalAgentConfigImportProgressNotification {
  importId: string;
  itemTypeResults: ExternalAgentConfigImportTypeResult[];
}
/** `ExternalAgentConfigImportResponse` of the app-server protocol. */
export interface ExternalAgentConfigImportResponse {
  importId: string;
}
/** `FeedbackSaveParams` of the app-server protocol. */
export interface FeedbackSaveParams {
  classification: string;
  extraLogFiles?: string[] | null;
  includeLogs?: boolean;
  reason?: string | null;
  savePath: LegacyAppPathString;
  tags?: {
    [k: string]: string;
  } | null;
  threadId?: string | null;
}
/** `FeedbackSaveResponse` of the app-server protocol. */
export interface FeedbackSaveResponse {
  promptHash?: string | null;
  savedPath: LegacyAppPathString;
  threadId: string;
}
/** `FeedbackUploadParams` of the app-server protocol. */
export interface FeedbackUploadParams {
  classification: string;
  extraLogFiles?: string[] | null;
  includeLogs?: boolean;
  reason?: string | null;
  tags?: {
    [k: string]: string;
  } | null;
  threadId?: string | null;
}
/** `FeedbackUploadResponse` of the app-server protocol. */
export interface FeedbackUploadResponse {
  promptHash?: string | null;
  threadId: string;
}
/** `FileChangeOutputDeltaNotification` of the app-server protocol. */
export interface FileChangeOutputDeltaNotification {
  delta: string;
  itemId: string;
  threadId: string;
  turnId: string;
}
/** `FileChangePatchUpdatedNotification` of the app-server protocol. */
export interface FileChangePatchUpdatedNotification {
  changes: FileUpdateChange[];
  itemId: string;
  threadId: string;
  turnId: string;
}
/** `FileUpdateChange` of the app-server protocol. */
export interface FileUpdateChange {
  diff: string;
  kind: PatchChangeKind;
  path: string;
}
/** `FileChangeRequestApprovalParams` of the app-server protocol. */
export interface FileChangeRequestApprovalParams {
  grantRoot?: string | null;
  itemId: string;
  reason?: string | null;
  startedAtMs: number;
  threadId: string;
  turnId: string;
}
/** `FileChangeRequestApprovalResponse` of the app-server protocol. */
export interface FileChangeRequestApprovalResponse {
  decision: FileChangeApprovalDecision;
}
/** `FsChangedNotification` of the app-server protocol. */
export interface FsChangedNotification {
  changedPaths: AbsolutePathBuf[];
  watchId: string;
}
/** `FsCopyParams` of the app-server protocol. */
export interface FsCopyParams {
  destinationPath: AbsolutePathBuf;
  recursive?: boolean;
  sourcePath: AbsolutePathBuf;
}
/** `FsCopyResponse` of the app-server protocol. */
export interface FsCopyResponse {}
/** `FsCreateDirectoryParams` of the app-server protocol. */
export interface FsCreateDirectoryParams {
  path: AbsolutePathBuf;
  recursive?: boolean | null;
}
/** `FsCreateDirectoryResponse` of the app-server protocol. */
export interface FsCreateDirectoryResponse {}
/** `FsGetMetadataParams` of the app-server protocol. */
export interface FsGetMetadataParams {
  path: AbsolutePathBuf;
}
/** `FsGetMetadataResponse` of the app-server protocol. */
export interface FsGetMetadataResponse {
  createdAtMs: number;
  isDirectory: boolean;
  isFile: boolean;
  isSymlink: boolean;
  modifiedAtMs: number;
}
/** `FsReadDirectoryEntry` of the app-server protocol. */
export interface FsReadDirectoryEntry {
  fileName: string;
  isDirectory: boolean;
  isFile: boolean;
}
/** `FsReadDirectoryParams` of the app-server protocol. */
export interface FsReadDirectoryParams {
  path: AbsolutePathBuf;
}
/** `FsReadDirectoryResponse` of the app-server protocol. */
export interface FsReadDirectoryResponse {
  entries: FsReadDirectoryEntry[];
}
/** `FsReadFileParams` of the app-server protocol. */
export interface FsReadFileParams {
  path: AbsolutePathBuf;
}
/** `FsReadFileResponse` of the app-server protocol. */
export interface FsReadFileResponse {
  dataBase64: string;
}
/** `FsRemoveParams` of the app-server protocol. */
export interface FsRemoveParams {
  force?: boolean | null;
  path: AbsolutePathBuf;
  recursive?: boolean | null;
}
/** `FsRemoveResponse` of the app-server protocol. */
export interface FsRemoveResponse {}
/** `FsUnwatchParams` of the app-server protocol. */
export interface FsUnwatchParams {
  watchId: string;
}
/** `FsUnwatchResponse` of the app-server protocol. */
export interface FsUnwatchResponse {}
/** `FsWatchParams` of the app-server protocol. */
export interface FsWatchParams {
  path: AbsolutePathBuf;
  watchId: string;
}
/** `FsWatchResponse` of the app-server protocol. */
export interface FsWatchResponse {
  path: AbsolutePathBuf;
}
/** `FsWriteFileParams` of the app-server protocol. */
export interface FsWriteFileParams {
  dataBase64: string;
  path: AbsolutePathBuf;
}
/** `FsWriteFileResponse` of the app-server protocol. */
export interface FsWriteFileResponse {}
/** `FuzzyFileSearchParams` of the app-server protocol. */
export interface FuzzyFileSearchParams {
  cancellationToken?: string | null;
  query: string;
  roots: string[];
}
/** `FuzzyFileSearchResponse` of the app-server protocol. */
export interface FuzzyFileSearchResponse {
  files: FuzzyFileSearchResult[];
}
/** `FuzzyFileSearchResult` of the app-server protocol. */
export interface FuzzyFileSearchResult {
  file_name: string;
  indices?: number[] | null;
  match_type: FuzzyFileSearchMatchType;
  path: string;
  root: string;
  score: number;
}
/** `FuzzyFileSearchSessionCompletedNotification` of the app-server protocol. */
export interface FuzzyFileSearchSessionCompletedNotification {
  sessionId: string;
}
/** `FuzzyFileSearchSessionStartParams` of the app-server protocol. */
export interface FuzzyFileSearchSessionStartParams {
  roots: string[];
  sessionId: string;
}
/** `FuzzyFileSearchSessionStartResponse` of the app-server protocol. */
export interface FuzzyFileSearchSessionStartResponse {}
/** `FuzzyFileSearchSessionStopParams` of the app-server protocol. */
export interface FuzzyFileSearchSessionStopParams {
  sessionId: string;
}
/** `FuzzyFileSearchSessionStopResponse` of the app-server protocol. */
export interface FuzzyFileSearchSessionStopResponse {}
/** `FuzzyFileSearchSessionUpdateParams` of the app-server protocol. */
export interface FuzzyFileSearchSessionUpdateParams {
  query: string;
  sessionId: string;
}
/** `FuzzyFileSearchSessionUpdateResponse` of the app-server protocol. */
export interface FuzzyFileSearchSessionUpdateResponse {}
/** `FuzzyFileSearchSessionUpdatedNotification` of the app-server protocol. */
export interface FuzzyFileSearchSessionUpdatedNotification {
  files: FuzzyFileSearchResult[];
  query: string;
  sessionId: string;
}
/** `GatewayOAuthCancelResponse` of the app-server protocol. */
export interface GatewayOAuthCancelResponse {}
/** `GatewayOAuthChangedNotification` of the app-server protocol. */
export interface GatewayOAuthChangedNotification {
  authUrl?: string | null;
  error?: string | null;
  loginId?: string | null;
  providerId: string;
  status: GatewayOAuthStatus;
}
/** `GatewayOAuthLoginParams` of the app-server protocol. */
export interface GatewayOAuthLoginParams {
  deviceAuth?: boolean;
  modelProvider?: string | null;
}
/** `GatewayOAuthLoginResponse` of the app-server protocol. */
export interface GatewayOAuthLoginResponse {
  prompt?: GatewayOAuthPrompt | null;
}
/** `GatewayOAuthPrompt` of the app-server protocol. */
export interface GatewayOAuthPrompt {
  loginId: string;
  userCode: string;
  verificationUrl: string;
}
/** `GatewayOAuthReadParams` of the app-server protocol. */
export interface GatewayOAuthReadParams {
  modelProvider?: string | null;
}
/** `GatewayOAuthReadResponse` of the app-server protocol. */
export interface GatewayOAuthReadResponse {
  error?: string | null;
  providerId: string;
  providerName: string;
  required: boolean;
  status?: GatewayOAuthStatus | null;
  supportsDeviceAuth?: boolean;
}
/** `GcpSetupParams` of the app-server protocol. */
export interface GcpSetupParams {
  credentialFile?: string | null;
  location?: string | null;
  projectId: string;
}
/** `GcpSetupResponse` of the app-server protocol. */
export interface GcpSetupResponse {}
/** `GetAccountParams` of the app-server protocol. */
export interface GetAccountParams {
  refreshToken?: boolean;
}
/** `GetAccountRateLimitsParams` of the app-server protocol. */
export interface GetAccountRateLimitsParams {
  excludeResetCreditDetails?: boolean;
  supportsLunaReserve?: boolean;
}
/** `GetAccountRateLimitsResponse` of the app-server protocol. */
export interface GetAccountRateLimitsResponse {
  accountId?: string | null;
  ordinaryUsageAllowed?: boolean | null;
  rateLimitResetCredits?: RateLimitResetCreditsSummary | null;
  rateLimitUpsell?: unknown;
  rateLimits: RateLimitSnapshot;
  rateLimitsByLimitId?: {
    [k: string]: RateLimitSnapshot;
  } | null;
}
/** `RateLimitResetCreditsSummary` of the app-server protocol. */
export interface RateLimitResetCreditsSummary {
  availableCount: number;
  credits?: RateLimitResetCredit[] | null;
}
/** `RateLimitResetCredit` of the app-server protocol. */
export interface RateLimitResetCredit {
  description?: string | null;
  expiresAt?: number | null;
  grantedAt: number;
  id: string;
  resetType: RateLimitResetType;
  status: RateLimitResetCreditStatus;
  title?: string | null;
}
/** `GetAccountResponse` of the app-server protocol. */
export interface GetAccountResponse {
  account?: Account | null;
  requiresOpenaiAuth: boolean;
  userId?: string | null;
  workspaceRouting?: WorkspaceRouting | null;
}
/** `WorkspaceRouting` of the app-server protocol. */
export interface WorkspaceRouting {
  accountRoutingOverride: AccountRoutingOverride;
  backendOrigin: string;
  chatgptAccountId: string;
}
/** `GetAccountSecuritySetupResponse` of the app-server protocol. */
export interface GetAccountSecuritySetupResponse {
  notice?: AccountSecuritySetupNotice | null;
}
/** `GetAccountTokenUsageParams` of the app-server protocol. */
export interface GetAccountTokenUsageParams {
  threadId?: string | null;
}
/** `GetAccountTokenUsageResponse` of the app-server protocol. */
export interface GetAccountTokenUsageResponse {
  dailyUsageBuckets?: AccountTokenUsageDailyBucket[] | null;
  summary: AccountTokenUsageSummary;
  threadUsage?: ThreadUsage | null;
}
/** `ThreadUsage` of the app-server protocol. */
export interface ThreadUsage {
  estimatedUsageCreditsMicros: number;
  estimatedUsageUsdMicros?: number | null;
  groups: ThreadUsageBreakdownGroup[];
  nativeUsageUsdMicros?: number | null;
  threadId: string;
}
/** `ThreadUsageBreakdownGroup` of the app-server protocol. */
export interface ThreadUsageBreakdownGroup {
  cachedInputTokens?: number | null;
  estimatedUsageCreditsMicros: number;
  inputTokens?: number | null;
  model?: string | null;
  netNewInputTokens?: number | null;
  outputTokens?: number | null;
  reasoningEffort?: string | null;
  speed?: string | null;
  totalTokens?: number | null;
}
/** `GetWorkspaceMessagesResponse` of the app-server protocol. */
export interface GetWorkspaceMessagesResponse {
  featureEnabled: boolean;
  messages: WorkspaceMessage[];
}
/** `WorkspaceMessage` of the app-server protocol. */
export interface WorkspaceMessage {
  archivedAt?: number | null;
  createdAt?: number | null;
  messageBody: string;
  messageId: string;
  messageType: WorkspaceMessageType;
}
/** `GitInfo` of the app-server protocol. */
export interface GitInfo {
  branch?: string | null;
  originUrl?: string | null;
  sha?: string | null;
}
/** `GrantedPermissionProfile` of the app-server protocol. */
export interface GrantedPermissionProfile {
  fileSystem?: AdditionalFileSystemPermissions | null;
  network?: AdditionalNetworkPermissions | null;
}
/** `GuardianApprovalReview` of the app-server protocol. */
export interface GuardianApprovalReview {
  rationale?: string | null;
  riskLevel?: GuardianRiskLevel | null;
  status: GuardianApprovalReviewStatus;
  userAuthorization?: GuardianUserAuthorization | null;
}
/** `RequestPermissionProfile` of the app-server protocol. */
export interface RequestPermissionProfile {
  fileSystem?: AdditionalFileSystemPermissions | null;
  network?: AdditionalNetworkPermissions | null;
}
/** `GuardianWarningNotification` of the app-server protocol. */
export interface GuardianWarningNotification {
  message: string;
  threadId: string;
}
/** `HookCompletedNotification` of the app-server protocol. */
export interface HookCompletedNotification {
  run: HookRunSummary;
  threadId: string;
  turnId?: string | null;
}
/** `HookRunSummary` of the app-server protocol. */
export interface HookRunSummary {
  completedAt?: number | null;
  displayOrder: number;
  durationMs?: number | null;
  entries: HookOutputEntry[];
  eventName: HookEventName;
  executionMode: HookExecutionMode;
  handlerType: HookHandlerType;
  id: string;
  scope: HookScope;
  source?: HookSource;
  sourcePath: LegacyAppPathString;
  startedAt: number;
  status: HookRunStatus;
  statusMessage?: string | null;
}
/** `HookOutputEntry` of the app-server protocol. */
export interface HookOutputEntry {
  kind: HookOutputEntryKind;
  text: string;
}
/** `HookErrorInfo` of the app-server protocol. */
export interface HookErrorInfo {
  message: string;
  path: string;
}
/** `HookPromptFragment` of the app-server protocol. */
export interface HookPromptFragment {
  hookRunId: string;
  text: string;
}
/** `HookStartedNotification` of the app-server protocol. */
export interface HookStartedNotification {
  run: HookRunSummary;
  threadId: string;
  turnId?: string | null;
}
/** `HooksListEntry` of the app-server protocol. */
export interface HooksListEntry {
  cwd: string;
  errors: HookErrorInfo[];
  hooks: HookMetadata[];
  warnings: string[];
}
/** `HooksListParams` of the app-server protocol. */
export interface HooksListParams {
  cwds?: string[];
  threadId?: string | null;
}
/** `HooksListResponse` of the app-server protocol. */
export interface HooksListResponse {
  data: HooksListEntry[];
}
/** `ImageGenerationInputImage` of the app-server protocol. */
export interface ImageGenerationInputImage {
  path: AbsolutePathBuf;
  sha256: string;
}
/** `InitializeCapabilities` of the app-server protocol. */
export interface InitializeCapabilities {
  experimentalApi?: boolean;
  explicitGatewayOauth?: boolean;
  extensions?: {
    [k: string]: unknown;
  } | null;
  mcpServerOpenaiFormElicitation?: boolean;
  optOutNotificationMethods?: string[] | null;
  requestAttestation?: boolean;
  requiredHumanApproval?: boolean;
}
/** `InitializeParams` of the app-server protocol. */
export interface InitializeParams {
  capabilities?: InitializeCapabilities | null;
  clientInfo: ClientInfo;
}
/** `InitializeResponse` of the app-server protocol. */
export interface InitializeResponse {
  codexHome: AbsolutePathBuf;
  platformFamily: string;
  platformOs: string;
  userAgent: string;
}
/** `InternalChatMessageMetadataPassthrough` of the app-server protocol. */
export interface InternalChatMessageMetadataPassthrough {
  turn_id?: string | null;
}
/** `ItemCompletedNotification` of the app-server protocol. */
export interface ItemCompletedNotification {
  completedAtMs: number;
  contentTokenCount?: number | null;
  item: ThreadItem;
  threadId: string;
  turnId: string;
}
/** `TextElement` of the app-server protocol. */
export interface TextElement {
  byteRange: ByteRange;
  placeholder?: string | null;
}
/** `MemoryCitation` of the app-server protocol. */
export interface MemoryCitation {
  entries: MemoryCitationEntry[];
  threadIds: string[];
}
/** `MemoryCitationEntry` of the app-server protocol. */
export interface MemoryCitationEntry {
  lineEnd: number;
  lineStart: number;
  note: string;
  path: string;
}
/** `McpToolCallAppContext` of the app-server protocol. */
export interface McpToolCallAppContext {
  actionName?: string | null;
  appName?: string | null;
  connectorId: string;
  linkId?: string | null;
  resourceUri?: string | null;
}
/** `McpToolCallError` of the app-server protocol. */
export interface McpToolCallError {
  message: string;
}
/** `McpAppUi` of the app-server protocol. */
export interface McpAppUi {
  preferredModelDisplayMode: McpAppDisplayMode;
  resourceUri: string;
}
/** `McpToolCallResult` of the app-server protocol. */
export interface McpToolCallResult {
  _meta?: unknown;
  content: unknown[];
  structuredContent?: unknown;
}
/** `ItemGuardianApprovalReviewCompletedNotification` of the app-server protocol. */
export interface ItemGuardianApprovalReviewCompletedNotification {
  action: GuardianApprovalReviewAction;
  completedAtMs: number;
  decisionSource: AutoReviewDecisionSource;
  review: GuardianApprovalReview;
  reviewId: string;
  startedAtMs: number;
  targetItemId?: string | null;
  threadId: string;
  turnId: string;
}
/** `ItemGuardianApprovalReviewStartedNotification` of the app-server protocol. */
export interface ItemGuardianApprovalReviewStartedNotification {
  action: GuardianApprovalReviewAction;
  review: GuardianApprovalReview;
  reviewId: string;
  startedAtMs: number;
  targetItemId?: string | null;
  threadId: string;
  turnId: string;
}
/** `ItemStartedNotification` of the app-server protocol. */
export interface ItemStartedNotification {
  item: ThreadItem;
  startedAtMs: number;
  threadId: string;
  turnId: string;
}
/** `JSONRPCError` of the app-server protocol. */
export interface JSONRPCError {
  error: JSONRPCErrorError;
  id: RequestId;
}
/** `JSONRPCErrorError` of the app-server protocol. */
export interface JSONRPCErrorError {
  code: number;
  data?: unknown;
  message: string;
}
/** `JSONRPCRequest` of the app-server protocol. */
export interface JSONRPCRequest {
  id: RequestId;
  method: string;
  params?: unknown;
  trace?: W3CTraceContext | null;
}
/** `W3CTraceContext` of the app-server protocol. */
export interface W3CTraceContext {
  traceparent?: string | null;
  tracestate?: string | null;
}
/** `JSONRPCNotification` of the app-server protocol. */
export interface JSONRPCNotification {
  method: string;
  params?: unknown;
}
/** `JSONRPCResponse` of the app-server protocol. */
export interface JSONRPCResponse {
  id: RequestId;
  result: unknown;
}
/** `ListMcpServerStatusParams` of the app-server protocol. */
export interface ListMcpServerStatusParams {
  cursor?: string | null;
  detail?: McpServerStatusDetail | null;
  limit?: number | null;
  serverName?: string | null;
  threadId?: string | null;
}
/** `ListMcpServerStatusResponse` of the app-server protocol. */
export interface ListMcpServerStatusResponse {
  data: McpServerStatus[];
  nextCursor?: string | null;
}
/** `McpServerStatus` of the app-server protocol. */
export interface McpServerStatus {
  authStatus: McpAuthStatus;
  httpOrigin?: string | null;
  name: string;
  pluginId?: string | null;
  resourceTemplates: ResourceTemplate[];
  resources: Resource[];
  runtimeStatus?: McpServerConnectionStatus | null;
  serverCapabilities?: unknown;
  serverInfo?: McpServerInfo | null;
  toolListMeta?: unknown;
  tools: {
    [k: string]: Tool;
  };
  toolsError?: string | null;
}
/** `ResourceTemplate` of the app-server protocol. */
export interface ResourceTemplate {
  annotations?: unknown;
  description?: string | null;
  mimeType?: string | null;
  name: string;
  title?: string | null;
  uriTemplate: string;
}
/** `Resource` of the app-server protocol. */
export interface Resource {
  _meta?: unknown;
  annotations?: unknown;
  description?: string | null;
  icons?: unknown[] | null;
  mimeType?: string | null;
  name: string;
  size?: number | null;
  title?: string | null;
  uri: string;
}
/** `McpServerInfo` of the app-server protocol. */
export interface McpServerInfo {
  description?: string | null;
  icons?: unknown[] | null;
  name: string;
  title?: string | null;
  version: string;
  websiteUrl?: string | null;
}
/** `Tool` of the app-server protocol. */
export interface Tool {
  _meta?: unknown;
  annotations?: unknown;
  description?: string | null;
  icons?: unknown[] | null;
  inputSchema: unknown;
  name: string;
  outputSchema?: unknown;
  title?: string | null;
}
/** `LogoutAccountResponse` of the app-server protocol. */
export interface LogoutAccountResponse {}
/** `MarketplaceAddParams` of the app-server protocol. */
export interface MarketplaceAddParams {
  refName?: string | null;
  source: string;
  sparsePaths?: string[] | null;
}
/** `MarketplaceAddResponse` of the app-server protocol. */
export interface MarketplaceAddResponse {
  alreadyAdded: boolean;
  installedRoot: AbsolutePathBuf;
  marketplaceName: string;
}
/** `MarketplaceInterface` of the app-server protocol. */
export interface MarketplaceInterface {
  displayName?: string | null;
}
/** `MarketplaceLoadErrorInfo` of the app-server protocol. */
export interface MarketplaceLoadErrorInfo {
  marketplacePath: AbsolutePathBuf;
  message: string;
}
/** `MarketplaceRemoveParams` of the app-server protocol. */
export interface MarketplaceRemoveParams {
  marketplaceName: string;
}
/** `MarketplaceRemoveResponse` of the app-server protocol. */
export interface MarketplaceRemoveResponse {
  installedRoot?: AbsolutePathBuf | null;
  marketplaceName: string;
}
/** `MarketplaceUpgradeErrorInfo` of the app-server protocol. */
export interface MarketplaceUpgradeErrorInfo {
  marketplaceName: string;
  message: string;
}
/** `MarketplaceUpgradeParams` of the app-server protocol. */
export interface MarketplaceUpgradeParams {
  marketplaceName?: string | null;
}
/** `MarketplaceUpgradeResponse` of the app-server protocol. */
export interface MarketplaceUpgradeResponse {
  errors: MarketplaceUpgradeErrorInfo[];
  selectedMarketplaces: string[];
  upgradedRoots: AbsolutePathBuf[];
}
/** `McpElicitationBooleanSchema` of the app-server protocol. */
export interface McpElicitationBooleanSchema {
  default?: boolean | null;
  description?: string | null;
  title?: string | null;
  type: McpElicitationBooleanType;
}
/** `McpElicitationConstOption` of the app-server protocol. */
export interface McpElicitationConstOption {
  const: string;
  title: string;
}
/** `McpElicitationUntitledSingleSelectEnumSchema` of the app-server protocol. */
export interface McpElicitationUntitledSingleSelectEnumSchema {
  default?: string | null;
  description?: string | null;
  enum: string[];
  title?: string | null;
  type: McpElicitationStringType;
}
/** `McpElicitationTitledSingleSelectEnumSchema` of the app-server protocol. */
export interface McpElicitationTitledSingleSelectEnumSchema {
  default?: string | null;
  description?: string | null;
  oneOf: McpElicitationConstOption[];
  title?: string | null;
  type: McpElicitationStringType;
}
/** `McpElicitationUntitledMultiSelectEnumSchema` of the app-server protocol. */
export interface McpElicitationUntitledMultiSelectEnumSchema {
  default?: string[] | null;
  description?: string | null;
  items: McpElicitationUntitledEnumItems;
  maxItems?: number | null;
  minItems?: number | null;
  title?: string | null;
  type: McpElicitationArrayType;
}
/** `McpElicitationUntitledEnumItems` of the app-server protocol. */
export interface McpElicitationUntitledEnumItems {
  enum: string[];
  type: McpElicitationStringType;
}
/** `McpElicitationTitledMultiSelectEnumSchema` of the app-server protocol. */
export interface McpElicitationTitledMultiSelectEnumSchema {
  default?: string[] | null;
  description?: string | null;
  items: McpElicitationTitledEnumItems;
  maxItems?: number | null;
  minItems?: number | null;
  title?: string | null;
  type: McpElicitationArrayType;
}
/** `McpElicitationTitledEnumItems` of the app-server protocol. */
export interface McpElicitationTitledEnumItems {
  anyOf: McpElicitationConstOption[];
}
/** `McpElicitationLegacyTitledEnumSchema` of the app-server protocol. */
export interface McpElicitationLegacyTitledEnumSchema {
  default?: string | null;
  description?: string | null;
  enum: string[];
  enumNames?: string[] | null;
  title?: string | null;
  type: McpElicitationStringType;
}
/** `McpElicitationNumberSchema` of the app-server protocol. */
export interface McpElicitationNumberSchema {
  default?: number | null;
  description?: string | null;
  maximum?: number | null;
  minimum?: number | null;
  title?: string | null;
  type: McpElicitationNumberType;
}
/** `McpElicitationStringSchema` of the app-server protocol. */
export interface McpElicitationStringSchema {
  default?: string | null;
  description?: string | null;
  format?: McpElicitationStringFormat | null;
  maxLength?: number | null;
  minLength?: number | null;
  title?: string | null;
  type: McpElicitationStringType;
}
/** `McpElicitationSchema` of the app-server protocol. */
export interface McpElicitationSchema {
  $schema?: string | null;
  properties: {
    [k: string]: McpElicitationPrimitiveSchema;
  };
  required?: string[] | null;
  type: McpElicitationObjectType;
}
/** `McpResourceReadParams` of the app-server protocol. */
export interface McpResourceReadParams {
  _meta?: {
    [k: string]: unknown;
  } | null;
  connectorId?: string | null;
  originCallId?: string | null;
  server: string;
  target?: McpResourceReadTarget | null;
  threadId?: string | null;
  uri: string;
}
/** `McpResourceReadTarget` of the app-server protocol. */
export interface McpResourceReadTarget {
  connectorId: string;
  linkId: string | null;
}
/** `McpResourceReadResponse` of the app-server protocol. */
export interface McpResourceReadResponse {
  contents: ResourceContent[];
  originCallId?: string | null;
}
/** `McpServerElicitationRequestResponse` of the app-server protocol. */
export interface McpServerElicitationRequestResponse {
  _meta?: unknown;
  action: McpServerElicitationAction;
  content?: unknown;
}
/** `McpServerEventNotification` of the app-server protocol. */
export interface McpServerEventNotification {
  method: string;
  params: unknown;
}
/** `McpServerEventStreamNotification` of the app-server protocol. */
export interface McpServerEventStreamNotification {
  notification: McpServerEventNotification;
  subscriptionId: string;
}
/** `McpServerEventStreamStartParams` of the app-server protocol. */
export interface McpServerEventStreamStartParams {
  _meta?: unknown;
  arguments: unknown;
  name: string;
  server: string;
  subscriptionId: string;
  threadId: string;
}
/** `McpServerEventStreamStartResponse` of the app-server protocol. */
export interface McpServerEventStreamStartResponse {}
/** `McpServerEventStreamStopParams` of the app-server protocol. */
export interface McpServerEventStreamStopParams {
  subscriptionId: string;
}
/** `McpServerEventStreamStopResponse` of the app-server protocol. */
export interface McpServerEventStreamStopResponse {}
/** `McpServerOauthLoginCompletedNotification` of the app-server protocol. */
export interface McpServerOauthLoginCompletedNotification {
  error?: string | null;
  loginId?: string | null;
  name: string;
  success: boolean;
  threadId?: string | null;
}
/** `McpServerOauthLoginParams` of the app-server protocol. */
export interface McpServerOauthLoginParams {
  clientRegistration?: McpServerOauthClientRegistration | null;
  name: string;
  scopes?: string[] | null;
  threadId?: string | null;
  timeoutSecs?: number | null;
}
/** `McpServerOauthLoginResponse` of the app-server protocol. */
export interface McpServerOauthLoginResponse {
  authorizationUrl: string;
  loginId?: string | null;
}
/** `McpServerRefreshResponse` of the app-server protocol. */
export interface McpServerRefreshResponse {}
/** `McpServerStatusUpdatedNotification` of the app-server protocol. */
export interface McpServerStatusUpdatedNotification {
  error?: string | null;
  failureReason?: McpServerStartupFailureReason | null;
  name: string;
  status: McpServerStartupState;
  threadId?: string | null;
}
/** `McpServerToolCallParams` of the app-server protocol. */
export interface McpServerToolCallParams {
  _meta?: unknown;
  arguments?: unknown;
  server: string;
  threadId: string;
  tool: string;
}
/** `McpServerToolCallResponse` of the app-server protocol. */
export interface McpServerToolCallResponse {
  _meta?: unknown;
  content: unknown[];
  isError?: boolean | null;
  structuredContent?: unknown;
}
/** `McpToolCallProgressNotification` of the app-server protocol. */
export interface McpToolCallProgressNotification {
  itemId: string;
  message: string;
  threadId: string;
  turnId: string;
}
/** `MemoryResetResponse` of the app-server protocol. */
export interface MemoryResetResponse {}
/** `MemoryStatusParams` of the app-server protocol. */
export interface MemoryStatusParams {
  minConsolidatedThreads?: number | null;
}
/** `MemoryStatusResponse` of the app-server protocol. */
export interface MemoryStatusResponse {
  v2ConsolidatedThreads: number;
  v2Ready: boolean;
}
/** `MockExperimentalMethodParams` of the app-server protocol. */
export interface MockExperimentalMethodParams {
  value?: string | null;
}
/** `MockExperimentalMethodResponse` of the app-server protocol. */
export interface MockExperimentalMethodResponse {
  echoed?: string | null;
}
/** `Model` of the app-server protocol. */
export interface Model {
  additionalSpeedTiers?: string[];
  availabilityNux?: ModelAvailabilityNux | null;
  availableAccessPrograms?: ModelAccessPrograms | null;
  defaultReasoningEffort: ReasoningEffort;
  defaultServiceTier?: string | null;
  description: string;
  displayName: string;
  hidden: boolean;
  id: string;
  inputModalities?: InputModality[];
  isDefault: boolean;
  model: string;
  modelSpecialty?: string | null;
  multiAgentVersion?: MultiAgentVersion | null;
  serviceTiers?: ModelServiceTier[];
  supportedReasoningEfforts: ReasoningEffortOption[];
  supportsPersonality?: boolean;
  upgrade?: string | null;
  upgradeInfo?: ModelUpgradeInfo | null;
}
/** `ModelAvailabilityNux` of the app-server protocol. */
export interface ModelAvailabilityNux {
  message: string;
}
/** `ModelAccessPrograms` of the app-server protocol. */
export interface ModelAccessPrograms {
  cyber: CyberAccessProgram[];
}
/** `ModelServiceTier` of the app-server protocol. */
export interface ModelServiceTier {
  description: string;
  id: string;
  name: string;
}
/** `ReasoningEffortOption` of the app-server protocol. */
export interface ReasoningEffortOption {
  description: string;
  reasoningEffort: ReasoningEffort;
}
/** `ModelUpgradeInfo` of the app-server protocol. */
export interface ModelUpgradeInfo {
  migrationMarkdown?: string | null;
  model: string;
  modelLink?: string | null;
  retirementAt?: number | null;
  upgradeCopy?: string | null;
}
/** `ModelListParams` of the app-server protocol. */
export interface ModelListParams {
  cursor?: string | null;
  includeHidden?: boolean | null;
  limit?: number | null;
  modelProvider?: string | null;
}
/** `ModelListResponse` of the app-server protocol. */
export interface ModelListResponse {
  data: Model[];
  nextCursor?: string | null;
}
/** `ModelProviderCapabilitiesReadParams` of the app-server protocol. */
export interface ModelProviderCapabilitiesReadParams {}
/** `ModelProviderCapabilitiesReadResponse` of the app-server protocol. */
export interface ModelProviderCapabilitiesReadResponse {
  imageGeneration: boolean;
  webSearch: boolean;
}
/** `ModelProviderConfigWriteParams` of the app-server protocol. */
export interface ModelProviderConfigWriteParams {
  settings: ProviderSettingsPatch;
}
/** `ModelProviderConfigWriteResponse` of the app-server protocol. */
export interface ModelProviderConfigWriteResponse {
  provider: ModelProviderSummary;
}
/** `ModelProviderSummary` of the app-server protocol. */
export interface ModelProviderSummary {
  baseUrl?: string | null;
  canEdit: boolean;
  id: string;
  name: string;
  settings: ProviderSettings;
}
/** `ModelProviderListParams` of the app-server protocol. */
export interface ModelProviderListParams {}
/** `ModelProviderListResponse` of the app-server protocol. */
export interface ModelProviderListResponse {
  canChangeDefault: boolean;
  data: ModelProviderSummary[];
  defaultProviderId: string;
}
/** `ModelReroutedNotification` of the app-server protocol. */
export interface ModelReroutedNotification {
  fromModel: string;
  reason: ModelRerouteReason;
  threadId: string;
  toModel: string;
  turnId: string;
}
/** `ModelSafetyBufferingUpdatedNotification` of the app-server protocol. */
export interface ModelSafetyBufferingUpdatedNotification {
  fasterModel?: string | null;
  model: string;
  reasons: string[];
  showBufferingUi: boolean;
  threadId: string;
  turnId: string;
  useCases: string[];
}
/** `ModelVerificationNotification` of the app-server protocol. */
export interface ModelVerificationNotification {
  threadId: string;
  turnId: string;
  verifications: ModelVerification[];
}
/** `RemoteControlDisableParams` of the app-server protocol. */
export interface RemoteControlDisableParams {
  ephemeral?: boolean;
}
/** `RemoteControlEnableParams` of the app-server protocol. */
export interface RemoteControlEnableParams {
  ephemeral?: boolean;
}
/** `PermissionProfileListParams` of the app-server protocol. */
export interface PermissionProfileListParams {
  cursor?: string | null;
  cwd?: string | null;
  limit?: number | null;
}
/** `PermissionProfileListResponse` of the app-server protocol. */
export interface PermissionProfileListResponse {
  data: PermissionProfileSummary[];
  nextCursor?: string | null;
}
/** `PermissionProfileSummary` of the app-server protocol. */
export interface PermissionProfileSummary {
  allowed: boolean;
  description?: string | null;
  id: string;
}
/** `PermissionsRequestApprovalParams` of the app-server protocol. */
export interface PermissionsRequestApprovalParams {
  cwd: LegacyAppPathString;
  environmentId?: string | null;
  itemId: string;
  permissions: RequestPermissionProfile;
  reason?: string | null;
  startedAtMs: number;
  threadId: string;
  turnId: string;
}
/** `PermissionsRequestApprovalResponse` of the app-server protocol. */
export interface PermissionsRequestApprovalResponse {
  permissions: GrantedPermissionProfile;
  scope?: PermissionGrantScope;
  strictAutoReview?: boolean | null;
}
/** `PlanDeltaNotification` of the app-server protocol. */
export interface PlanDeltaNotification {
  delta: string;
  itemId: string;
  threadId: string;
  turnId: string;
}
/** `PluginDetail` of the app-server protocol. */
export interface PluginDetail {
  appTemplates: AppTemplateSummary[];
  apps: AppSummary[];
  description?: string | null;
  hooks: PluginHookSummary[];
  marketplaceName: string;
  marketplacePath?: AbsolutePathBuf | null;
  mcpServers: string[];
  onboardingSkill?: SkillSummary | null;
  scheduledTasks?: ScheduledTaskSummary[] | null;
  shareUrl?: string | null;
  skills: SkillSummary[];
  summary: PluginSummary;
}
/** `PluginHookSummary` of the app-server protocol. */
export interface PluginHookSummary {
  eventName: HookEventName;
  key: string;
}
/** `SkillSummary` of the app-server protocol. */
export interface SkillSummary {
  description: string;
  enabled: boolean;
  interface?: SkillInterface | null;
  name: string;
  path?: LegacyAppPathString | null;
  shortDescription?: string | null;
}
/** `SkillInterface` of the app-server protocol. */
export interface SkillInterface {
  brandColor?: string | null;
  defaultPrompt?: string | null;
  displayName?: string | null;
  iconLarge?: AbsolutePathBuf | null;
  iconLargeUrl?: string | null;
  iconSmall?: AbsolutePathBuf | null;
  iconSmallUrl?: string | null;
  shortDescription?: string | null;
}
/** `ScheduledTaskSummary` of the app-server protocol. */
export interface ScheduledTaskSummary {
  key: string;
  name: string;
  prompt: string;
  schedule: ScheduledTaskSchedule;
}
/** `PluginSummary` of the app-server protocol. */
export interface PluginSummary {
  authPolicy: PluginAuthPolicy;
  availability?: PluginAvailability;
  disabledReason?: PluginDisabledReason | null;
  eligiblePlanTypes?: string[] | null;
  enabled: boolean;
  id: string;
  installPolicy: PluginInstallPolicy;
  installPolicySource?: PluginInstallPolicySource | null;
  installed: boolean;
  installedAt?: number | null;
  interface?: PluginInterface | null;
  keywords?: string[];
  localVersion?: string | null;
  mustShowInstallationInterstitial?: boolean | null;
  name: string;
  remotePluginId?: string | null;
  shareContext?: PluginShareContext | null;
  source: PluginSource;
  version?: string | null;
}
/** `PluginInterface` of the app-server protocol. */
export interface PluginInterface {
  brandColor?: string | null;
  capabilities: string[];
  category?: string | null;
  composerIcon?: AbsolutePathBuf | null;
  composerIconUrl?: string | null;
  defaultPrompt?: string[] | null;
  developerName?: string | null;
  displayName?: string | null;
  logo?: AbsolutePathBuf | null;
  logoDark?: AbsolutePathBuf | null;
  logoUrl?: string | null;
  logoUrlDark?: string | null;
  longDescription?: string | null;
  privacyPolicyUrl?: string | null;
  screenshotUrls: string[];
  screenshots: AbsolutePathBuf[];
  shortDescription?: string | null;
  termsOfServiceUrl?: string | null;
  websiteUrl?: string | null;
}
/** `PluginShareContext` of the app-server protocol. */
export interface PluginShareContext {
  canPublishToWorkspace?: boolean | null;
  creatorAccountUserId?: string | null;
  creatorName?: string | null;
  discoverability?: PluginShareDiscoverability | null;
  remotePluginId: string;
  remoteVersion?: string | null;
  sharePrincipals?: PluginSharePrincipal[] | null;
  shareUrl?: string | null;
}
/** `PluginSharePrincipal` of the app-server protocol. */
export interface PluginSharePrincipal {
  name: string;
  principalId: string;
  principalType: PluginSharePrincipalType;
  role: PluginSharePrincipalRole;
}
/** `PluginInstallParams` of the app-server protocol. */
export interface PluginInstallParams {
  installAttemptId?: string | null;
  marketplacePath?: AbsolutePathBuf | null;
  pluginName: string;
  remoteMarketplaceName?: string | null;
}
/** `PluginInstallResponse` of the app-server protocol. */
export interface PluginInstallResponse {
  appsNeedingAuth: AppSummary[];
  authPolicy: PluginAuthPolicy;
}
/** `PluginInstalledParams` of the app-server protocol. */
export interface PluginInstalledParams {
  cwds?: AbsolutePathBuf[] | null;
  installSuggestionPluginNames?: string[] | null;
}
/** `PluginInstalledResponse` of the app-server protocol. */
export interface PluginInstalledResponse {
  marketplaceLoadErrors?: MarketplaceLoadErrorInfo[];
  marketplaces: PluginMarketplaceEntry[];
}
/** `PluginMarketplaceEntry` of the app-server protocol. */
export interface PluginMarketplaceEntry {
  interface?: MarketplaceInterface | null;
  name: string;
  path?: AbsolutePathBuf | null;
  plugins: PluginSummary[];
}
/** `PluginListParams` of the app-server protocol. */
export interface PluginListParams {
  cwds?: AbsolutePathBuf[] | null;
  forceRefetch?: boolean;
  marketplaceKinds?: PluginListMarketplaceKind[] | null;
}
/** `PluginListResponse` of the app-server protocol. */
export interface PluginListResponse {
  featuredPluginIds?: string[];
  marketplaceLoadErrors?: MarketplaceLoadErrorInfo[];
  marketplaces: PluginMarketplaceEntry[];
}
/** `PluginReadParams` of the app-server protocol. */
export interface PluginReadParams {
  marketplacePath?: AbsolutePathBuf | null;
  pluginName: string;
  remoteMarketplaceName?: string | null;
}
/** `PluginReadResponse` of the app-server protocol. */
export interface PluginReadResponse {
  plugin: PluginDetail;
}
/** `PluginReconcileChangedPlugin` of the app-server protocol. */
export interface PluginReconcileChangedPlugin {
  hasApps: boolean;
  hasHooks: boolean;
  hasMcps: boolean;
  hasSkills: boolean;
  id: string;
}
/** `PluginReconcileParams` of the app-server protocol. */
export interface PluginReconcileParams {
  reason?: string | null;
}
/** `PluginReconcileResponse` of the app-server protocol. */
export interface PluginReconcileResponse {
  changedPlugins: PluginReconcileChangedPlugin[];
  failedMaterializationRemotePluginIds: string[];
  failedRemotePluginIds: string[];
}
/** `PluginSearchParams` of the app-server protocol. */
export interface PluginSearchParams {
  cursor?: string | null;
  cwds?: AbsolutePathBuf[] | null;
  limit?: number | null;
  scope?: PluginSearchScope | null;
  searchTerm: string;
}
/** `PluginSearchResponse` of the app-server protocol. */
export interface PluginSearchResponse {
  data: PluginSearchResult[];
  nextCursor?: string | null;
}
/** `PluginSearchResult` of the app-server protocol. */
export interface PluginSearchResult {
  marketplaceName: string;
  marketplacePath?: AbsolutePathBuf | null;
  plugin: PluginSummary;
}
/** `PluginShareCheckoutParams` of the app-server protocol. */
export interface PluginShareCheckoutParams {
  remotePluginId: string;
}
/** `PluginShareCheckoutResponse` of the app-server protocol. */
export interface PluginShareCheckoutResponse {
  marketplaceName: string;
  marketplacePath: AbsolutePathBuf;
  pluginId: string;
  pluginName: string;
  pluginPath: AbsolutePathBuf;
  remotePluginId: string;
  remoteVersion?: string | null;
}
/** `PluginShareDeleteParams` of the app-server protocol. */
export interface PluginShareDeleteParams {
  remotePluginId: string;
}
/** `PluginShareDeleteResponse` of the app-server protocol. */
export interface PluginShareDeleteResponse {}
/** `PluginShareListItem` of the app-server protocol. */
export interface PluginShareListItem {
  localPluginPath?: AbsolutePathBuf | null;
  plugin: PluginSummary;
}
/** `PluginShareListParams` of the app-server protocol. */
export interface PluginShareListParams {}
/** `PluginShareListResponse` of the app-server protocol. */
export interface PluginShareListResponse {
  data: PluginShareListItem[];
}
/** `PluginShareSaveParams` of the app-server protocol. */
export interface PluginShareSaveParams {
  discoverability?: PluginShareDiscoverability | null;
  pluginPath: AbsolutePathBuf;
  remotePluginId?: string | null;
  shareTargets?: PluginShareTarget[] | null;
}
/** `PluginShareTarget` of the app-server protocol. */
export interface PluginShareTarget {
  principalId: string;
  principalType: PluginSharePrincipalType;
  role: PluginShareTargetRole;
}
/** `PluginShareSaveResponse` of the app-server protocol. */
export interface PluginShareSaveResponse {
  canPublishToWorkspace?: boolean | null;
  remotePluginId: string;
  shareUrl: string;
}
/** `PluginShareUpdateTargetsParams` of the app-server protocol. */
export interface PluginShareUpdateTargetsParams {
  discoverability: PluginShareUpdateDiscoverability;
  remotePluginId: string;
  shareTargets: PluginShareTarget[];
}
/** `PluginShareUpdateTargetsResponse` of the app-server protocol. */
export interface PluginShareUpdateTargetsResponse {
  discoverability: PluginShareDiscoverability;
  principals: PluginSharePrincipal[];
}
/** `PluginSkillReadParams` of the app-server protocol. */
export interface PluginSkillReadParams {
  remoteMarketplaceName: string;
  remotePluginId: string;
  skillName: string;
}
/** `PluginSkillReadResponse` of the app-server protocol. */
export interface PluginSkillReadResponse {
  contents?: string | null;
}
/** `PluginUninstallParams` of the app-server protocol. */
export interface PluginUninstallParams {
  pluginId: string;
}
/** `PluginUninstallResponse` of the app-server protocol. */
export interface PluginUninstallResponse {}
/** `ProcessExitedNotification` of the app-server protocol. */
export interface ProcessExitedNotification {
  exitCode: number;
  outputDrainTimedOut?: boolean | null;
  processHandle: string;
  stderr: string;
  stderrCapReached: boolean;
  stdout: string;
  stdoutCapReached: boolean;
}
/** `ProcessKillParams` of the app-server protocol. */
export interface ProcessKillParams {
  processHandle: string;
}
/** `ProcessKillResponse` of the app-server protocol. */
export interface ProcessKillResponse {}
/** `ProcessOutputDeltaNotification` of the app-server protocol. */
export interface ProcessOutputDeltaNotification {
  capReached: boolean;
  deltaBase64: string;
  processHandle: string;
  stream: ProcessOutputStream;
}
/** `ProcessResizePtyParams` of the app-server protocol. */
export interface ProcessResizePtyParams {
  processHandle: string;
  size: ProcessTerminalSize;
}
/** `ProcessTerminalSize` of the app-server protocol. */
export interface ProcessTerminalSize {
  cols: number;
  rows: number;
}
/** `ProcessResizePtyResponse` of the app-server protocol. */
export interface ProcessResizePtyResponse {}
/** `ProcessSpawnParams` of the app-server protocol. */
export interface ProcessSpawnParams {
  command: string[];
  cwd: AbsolutePathBuf;
  env?: {
    [k: string]: string | null;
  } | null;
  outputBytesCap?: number | null;
  processHandle: string;
  size?: ProcessTerminalSize | null;
  streamStdin?: boolean;
  streamStdoutStderr?: boolean;
  timeoutMs?: number | null;
  tty?: boolean;
}
/** `ProcessSpawnResponse` of the app-server protocol. */
export interface ProcessSpawnResponse {}
/** `ProcessWriteStdinParams` of the app-server protocol. */
export interface ProcessWriteStdinParams {
  closeStdin?: boolean;
  deltaBase64?: string | null;
  processHandle: string;
}
/** `ProcessWriteStdinResponse` of the app-server protocol. */
export interface ProcessWriteStdinResponse {}
/** `Project` of the app-server protocol. */
export interface Project {
  createdAt: number;
  id: string;
  metadata: {
    [k: string]: string;
  };
  name: string;
  position: number;
  recencyAt?: number | null;
  roots: ProjectRoot[];
  updatedAt: number;
}
/** `ProjectRoot` of the app-server protocol. */
export interface ProjectRoot {
  path: AbsolutePathBuf;
}
/** `ProjectChangedNotification` of the app-server protocol. */
export interface ProjectChangedNotification {
  changeType: ProjectChangeType;
  projectId: string;
}
/** `ProjectCreateParams` of the app-server protocol. */
export interface ProjectCreateParams {
  idempotencyKey: string;
  metadata?: {
    [k: string]: string;
  } | null;
  name: string;
  roots: ProjectRoot[];
}
/** `ProjectCreateResponse` of the app-server protocol. */
export interface ProjectCreateResponse {
  project: Project;
}
/** `ProjectDeleteParams` of the app-server protocol. */
export interface ProjectDeleteParams {
  projectId: string;
}
/** `ProjectDeleteResponse` of the app-server protocol. */
export interface ProjectDeleteResponse {}
/** `ProjectImportParams` of the app-server protocol. */
export interface ProjectImportParams {
  idempotencyKey: string;
  metadata?: {
    [k: string]: string;
  } | null;
  name: string;
  roots: ProjectRoot[];
  threads?: string[] | null;
}
/** `ProjectImportResponse` of the app-server protocol. */
export interface ProjectImportResponse {
  project: Project;
}
/** `ProjectListParams` of the app-server protocol. */
export interface ProjectListParams {
  cursor?: string | null;
  limit?: number | null;
  sortDirection?: SortDirection | null;
  sortKey?: ProjectSortKey | null;
}
/** `ProjectListResponse` of the app-server protocol. */
export interface ProjectListResponse {
  data: Project[];
  nextCursor?: string | null;
}
/** `ProjectMoveParams` of the app-server protocol. */
export interface ProjectMoveParams {
  beforeProjectId?: string | null;
  projectId: string;
}
/** `ProjectMoveResponse` of the app-server protocol. */
export interface ProjectMoveResponse {}
/** `ProjectReadParams` of the app-server protocol. */
export interface ProjectReadParams {
  projectId: string;
}
/** `ProjectReadResponse` of the app-server protocol. */
export interface ProjectReadResponse {
  project: Project;
}
/** `ProjectUpdateParams` of the app-server protocol. */
export interface ProjectUpdateParams {
  metadata?: {
    [k: string]: string;
  } | null;
  name?: string | null;
  projectId: string;
  roots?: ProjectRoot[] | null;
}
/** `ProjectUpdateResponse` of the app-server protocol. */
export interface ProjectUpdateResponse {
  project: Project;
}
/** `QueuedSubmission` of the app-server protocol. */
export interface QueuedSubmission {
  clientUserMessageId: string;
  id: string;
  input: UserInput[];
  responsesapiClientMetadata?: {
    [k: string]: string;
  } | null;
}
/** `RawResponseCompletedNotification` of the app-server protocol. */
export interface RawResponseCompletedNotification {
  responseId: string;
  threadId: string;
  turnId: string;
  usage?: TokenUsageBreakdown | null;
  usageMetadata?: ResponseUsageMetadata | null;
}
/** `TokenUsageBreakdown` of the app-server protocol. */
export interface TokenUsageBreakdown {
  cacheWriteInputTokens?: number;
  cachedInputTokens: number;
  inputTokens: number;
  outputTokens: number;
  reasoningOutputTokens: number;
  totalTokens: number;
}
/** `ResponseUsageMetadata` of the app-server protocol. */
export interface ResponseUsageMetadata {
  amount?: string | null;
  metadata?: unknown;
}
/** `RawResponseItemCompletedNotification` of the app-server protocol. */
export interface RawResponseItemCompletedNotification {
  item: ResponseItem;
  threadId: string;
  turnId: string;
}
/** `RealtimeVoicesList` of the app-server protocol. */
export interface RealtimeVoicesList {
  defaultV1: RealtimeVoice;
  defaultV2: RealtimeVoice;
  v1: RealtimeVoice[];
  v2: RealtimeVoice[];
  v3?: RealtimeVoice[];
}
/** `ReasoningSummaryPartAddedNotification` of the app-server protocol. */
export interface ReasoningSummaryPartAddedNotification {
  itemId: string;
  summaryIndex: number;
  threadId: string;
  turnId: string;
}
/** `ReasoningSummaryTextDeltaNotification` of the app-server protocol. */
export interface ReasoningSummaryTextDeltaNotification {
  delta: string;
  itemId: string;
  summaryIndex: number;
  threadId: string;
  turnId: string;
}
/** `ReasoningTextDeltaNotification` of the app-server protocol. */
export interface ReasoningTextDeltaNotification {
  contentIndex: number;
  delta: string;
  itemId: string;
  threadId: string;
  turnId: string;
}
/** `RemoteControlClient` of the app-server protocol. */
export interface RemoteControlClient {
  appVersion?: string | null;
  clientId: string;
  deviceModel?: string | null;
  deviceType?: string | null;
  displayName?: string | null;
  lastSeenAt?: number | null;
  osVersion?: string | null;
  platform?: string | null;
}
/** `RemoteControlClientsListParams` of the app-server protocol. */
export interface RemoteControlClientsListParams {
  cursor?: string | null;
  environmentId: string;
  limit?: number | null;
  order?: RemoteControlClientsListOrder | null;
}
/** `RemoteControlClientsListResponse` of the app-server protocol. */
export interface RemoteControlClientsListResponse {
  data: RemoteControlClient[];
  nextCursor?: string | null;
}
/** `RemoteControlClientsRevokeParams` of the app-server protocol. */
export interface RemoteControlClientsRevokeParams {
  clientId: string;
  environmentId: string;
}
/** `RemoteControlClientsRevokeResponse` of the app-server protocol. */
export interface RemoteControlClientsRevokeResponse {}
/** `RemoteControlDisableResponse` of the app-server protocol. */
export interface RemoteControlDisableResponse {
  environmentId?: string | null;
  installationId: string;
  serverName: string;
  status: RemoteControlConnectionStatus;
}
/** `RemoteControlEnableResponse` of the app-server protocol. */
export interface RemoteControlEnableResponse {
  environmentId?: string | null;
  installationId: string;
  serverName: string;
  status: RemoteControlConnectionStatus;
}
/** `RemoteControlPairingStartParams` of the app-server protocol. */
export interface RemoteControlPairingStartParams {
  manualCode?: boolean;
}
/** `RemoteControlPairingStartResponse` of the app-server protocol. */
export interface RemoteControlPairingStartResponse {
  environmentId: string;
  expiresAt: number;
  manualPairingCode?: string | null;
  pairingCode: string;
}
/** `RemoteControlPairingStatusParams` of the app-server protocol. */
export interface RemoteControlPairingStatusParams {
  manualPairingCode?: string | null;
  pairingCode?: string | null;
}
/** `RemoteControlPairingStatusResponse` of the app-server protocol. */
export interface RemoteControlPairingStatusResponse {
  claimed: boolean;
}
/** `RemoteControlStatusChangedNotification` of the app-server protocol. */
export interface RemoteControlStatusChangedNotification {
  environmentId?: string | null;
  installationId: string;
  serverName: string;
  status: RemoteControlConnectionStatus;
}
/** `RemoteControlStatusReadResponse` of the app-server protocol. */
export interface RemoteControlStatusReadResponse {
  environmentId?: string | null;
  installationId: string;
  serverName: string;
  status: RemoteControlConnectionStatus;
}
/** `ReviewStartParams` of the app-server protocol. */
export interface ReviewStartParams {
  delivery?: ReviewDelivery | null;
  target: ReviewTarget;
  threadId: string;
}
/** `ReviewStartResponse` of the app-server protocol. */
export interface ReviewStartResponse {
  reviewThreadId: string;
  turn: Turn;
}
/** `Turn` of the app-server protocol. */
export interface Turn {
  completedAt?: number | null;
  durationMs?: number | null;
  error?: TurnError | null;
  id: string;
  items: ThreadItem[];
  itemsView?: TurnItemsView;
  rootTurnId?: string | null;
  startedAt?: number | null;
  status: TurnStatus;
}
/** `RolloutCompressResponse` of the app-server protocol. */
export interface RolloutCompressResponse {}
/** `SelectedCapabilityRoot` of the app-server protocol. */
export interface SelectedCapabilityRoot {
  id: string;
  location: CapabilityRootLocation;
}
/** `SendAddCreditsNudgeEmailParams` of the app-server protocol. */
export interface SendAddCreditsNudgeEmailParams {
  creditType: AddCreditsNudgeCreditType;
}
/** `SendAddCreditsNudgeEmailResponse` of the app-server protocol. */
export interface SendAddCreditsNudgeEmailResponse {
  status: AddCreditsNudgeEmailStatus;
}
/** `ServerDiagnosticsGauge` of the app-server protocol. */
export interface ServerDiagnosticsGauge {
  name: string;
  value: number;
}
/** `ServerDiagnosticsParams` of the app-server protocol. */
export interface ServerDiagnosticsParams {}
/** `ServerDiagnosticsProcess` of the app-server protocol. */
export interface ServerDiagnosticsProcess {
  id: number;
  physicalFootprintBytes?: number | null;
  residentMemoryBytes?: number | null;
}
/** `ServerDiagnosticsResponse` of the app-server protocol. */
export interface ServerDiagnosticsResponse {
  gauges: ServerDiagnosticsGauge[];
  process: ServerDiagnosticsProcess;
}
/** `ServerRequestResolvedNotification` of the app-server protocol. */
export interface ServerRequestResolvedNotification {
  requestId: RequestId;
  threadId: string;
}
/** `SkillDependencies` of the app-server protocol. */
export interface SkillDependencies {
  tools: SkillToolDependency[];
}
/** `SkillToolDependency` of the app-server protocol. */
export interface SkillToolDependency {
  command?: string | null;
  description?: string | null;
  transport?: string | null;
  type: string;
  url?: string | null;
  value: string;
}
/** `SkillErrorInfo` of the app-server protocol. */
export interface SkillErrorInfo {
  message: string;
  path: string;
}
/** `SkillMetadata` of the app-server protocol. */
export interface SkillMetadata {
  dependencies?: SkillDependencies | null;
  description: string;
  enabled: boolean;
  interface?: SkillInterface | null;
  name: string;
  path: LegacyAppPathString;
  pluginId?: string | null;
  scope: SkillScope;
  shortDescription?: string | null;
}
/** `SkillsChangedNotification` of the app-server protocol. */
export interface SkillsChangedNotification {}
/** `SkillsConfigWriteParams` of the app-server protocol. */
export interface SkillsConfigWriteParams {
  enabled: boolean;
  name?: string | null;
  path?: AbsolutePathBuf | null;
}
/** `SkillsConfigWriteResponse` of the app-server protocol. */
export interface SkillsConfigWriteResponse {
  effectiveEnabled: boolean;
}
/** `SkillsExtraRootsSetParams` of the app-server protocol. */
export interface SkillsExtraRootsSetParams {
  extraRoots: AbsolutePathBuf[];
}
/** `SkillsExtraRootsSetResponse` of the app-server protocol. */
export interface SkillsExtraRootsSetResponse {}
/** `SkillsListEntry` of the app-server protocol. */
export interface SkillsListEntry {
  cwd: string;
  errors: SkillErrorInfo[];
  skills: SkillMetadata[];
}
/** `SkillsListParams` of the app-server protocol. */
export interface SkillsListParams {
  cwds?: string[];
  forceReload?: boolean;
}
/** `SkillsListResponse` of the app-server protocol. */
export interface SkillsListResponse {
  data: SkillsListEntry[];
}
/** `StrictReviewRequiredNotification` of the app-server protocol. */
export interface StrictReviewRequiredNotification {
  startedAtMs: number;
  threadId: string;
  turnId: string;
}
/** `TerminalInteractionNotification` of the app-server protocol. */
export interface TerminalInteractionNotification {
  itemId: string;
  processId: string;
  stdin: string;
  threadId: string;
  turnId: string;
}
/** `Thread` of the app-server protocol. */
export interface Thread {
  agentNickname?: string | null;
  agentRole?: string | null;
  attachedToThreadId?: string | null;
  canAcceptDirectInput?: boolean | null;
  cliVersion: string;
  createdAt: number;
  cwd: AbsolutePathBuf;
  daybreakEnabled?: boolean | null;
  environments?: ThreadEnvironment[] | null;
  ephemeral: boolean;
  extra?: ThreadExtra | null;
  forkedFromId?: string | null;
  gitInfo?: GitInfo | null;
  historyMode?: ThreadHistoryMode;
  id: string;
  model?: string | null;
  modelProvider: string;
  name?: string | null;
  originator?: string | null;
  parentThreadId?: string | null;
  path?: string | null;
  preview: string;
  projectId: string | null;
  reasoningEffort?: ReasoningEffort | null;
  recencyAt?: number | null;
  section?: ThreadSection | null;
  sectionEnteredAt?: number | null;
  sessionId: string;
  source: SessionSource;
  status: ThreadStatus;
  threadSource?: ThreadSource | null;
  turns: Turn[];
  updatedAt: number;
}
/** `ThreadEnvironment` of the app-server protocol. */
export interface ThreadEnvironment {
  cwd: LegacyAppPathString;
  environmentId: string;
  runtimeWorkspaceRoots: LegacyAppPathString[];
}
/** `ThreadExtra` of the app-server protocol. */
export interface ThreadExtra {}
/** `ThreadSection` of the app-server protocol. */
export interface ThreadSection {
  appearance?: ThreadSectionAppearance | null;
  id: string;
  name: string;
}
/** `ThreadSectionAppearance` of the app-server protocol. */
export interface ThreadSectionAppearance {
  color?: string | null;
  icon?: string | null;
}
/** `ThreadApproveGuardianDeniedActionParams` of the app-server protocol. */
export interface ThreadApproveGuardianDeniedActionParams {
  event: unknown;
  threadId: string;
}
/** `ThreadApproveGuardianDeniedActionResponse` of the app-server protocol. */
export interface ThreadApproveGuardianDeniedActionResponse {}
/** `ThreadArchiveParams` of the app-server protocol. */
export interface ThreadArchiveParams {
  threadId: string;
}
/** `ThreadArchiveResponse` of the app-server protocol. */
export interface ThreadArchiveResponse {}
/** `ThreadArchivedNotification` of the app-server protocol. */
export interface ThreadArchivedNotification {
  threadId: string;
}
/** `ThreadAttachment` of the app-server protocol. */
export interface ThreadAttachment {
  attachmentType: string;
  createdAt: number;
  id: string;
  identityKey: string;
  payload: unknown;
}
/** `ThreadAttachmentAddParams` of the app-server protocol. */
export interface ThreadAttachmentAddParams {
  attachmentType: string;
  identityKey: string;
  payload: unknown;
  threadId: string;
}
/** `ThreadAttachmentAddResponse` of the app-server protocol. */
export interface ThreadAttachmentAddResponse {
  attachment: ThreadAttachment;
  outcome: ThreadAttachmentAddOutcome;
}
/** `ThreadAttachmentListParams` of the app-server protocol. */
export interface ThreadAttachmentListParams {
  cursor?: string | null;
  limit?: number | null;
  threadId: string;
}
/** `ThreadAttachmentListResponse` of the app-server protocol. */
export interface ThreadAttachmentListResponse {
  data: ThreadAttachment[];
  nextCursor?: string | null;
}
/** `ThreadAttachmentOwner` of the app-server protocol. */
export interface ThreadAttachmentOwner {
  archived: boolean;
  threadId: string;
}
/** `ThreadAttachmentOwnerListParams` of the app-server protocol. */
export interface ThreadAttachmentOwnerListParams {
  archived?: boolean | null;
  attachmentType: string;
  cursor?: string | null;
  identityKey: string;
  limit?: number | null;
}
/** `ThreadAttachmentOwnerListResponse` of the app-server protocol. */
export interface ThreadAttachmentOwnerListResponse {
  data: ThreadAttachmentOwner[];
  nextCursor?: string | null;
}
/** `ThreadAttachmentRemoveParams` of the app-server protocol. */
export interface ThreadAttachmentRemoveParams {
  attachmentType: string;
  identityKey: string;
  threadId: string;
}
/** `ThreadAttachmentRemoveResponse` of the app-server protocol. */
export interface ThreadAttachmentRemoveResponse {}
/** `ThreadAttachmentUpdatedNotification` of the app-server protocol. */
export interface ThreadAttachmentUpdatedNotification {
  attachmentId: string;
  attachmentType: string;
  identityKey: string;
  operation: ThreadAttachmentOperation;
  threadId: string;
}
/** `ThreadBackgroundTerminal` of the app-server protocol. */
export interface ThreadBackgroundTerminal {
  command: string;
  cpuPercent?: number | null;
  cwd: LegacyAppPathString;
  itemId: string;
  osPid?: number | null;
  processId: string;
  rssKb?: number | null;
}
/** `ThreadBackgroundTerminalsCleanParams` of the app-server protocol. */
export interface ThreadBackgroundTerminalsCleanParams {
  threadId: string;
}
/** `ThreadBackgroundTerminalsCleanResponse` of the app-server protocol. */
export interface ThreadBackgroundTerminalsCleanResponse {}
/** `ThreadBackgroundTerminalsListParams` of the app-server protocol. */
export interface ThreadBackgroundTerminalsListParams {
  cursor?: string | null;
  limit?: number | null;
  threadId: string;
}
/** `ThreadBackgroundTerminalsListResponse` of the app-server protocol. */
export interface ThreadBackgroundTerminalsListResponse {
  data: ThreadBackgroundTerminal[];
  nextCursor?: string | null;
}
/** `ThreadBackgroundTerminalsTerminateParams` of the app-server protocol. */
export interface ThreadBackgroundTerminalsTerminateParams {
  processId: string;
  threadId: string;
}
/** `ThreadBackgroundTerminalsTerminateResponse` of the app-server protocol. */
export interface ThreadBackgroundTerminalsTerminateResponse {
  terminated: boolean;
}
/** `ThreadClosedNotification` of the app-server protocol. */
export interface ThreadClosedNotification {
  threadId: string;
}
/** `ThreadCompactStartParams` of the app-server protocol. */
export interface ThreadCompactStartParams {
  threadId: string;
}
/** `ThreadCompactStartResponse` of the app-server protocol. */
export interface ThreadCompactStartResponse {}
/** `ThreadDecrementElicitationParams` of the app-server protocol. */
export interface ThreadDecrementElicitationParams {
  threadId: string;
}
/** `ThreadDecrementElicitationResponse` of the app-server protocol. */
export interface ThreadDecrementElicitationResponse {
  count: number;
  paused: boolean;
}
/** `ThreadDeleteParams` of the app-server protocol. */
export interface ThreadDeleteParams {
  threadId: string;
}
/** `ThreadDeleteResponse` of the app-server protocol. */
export interface ThreadDeleteResponse {}
/** `ThreadDeletedNotification` of the app-server protocol. */
export interface ThreadDeletedNotification {
  threadId: string;
}
/** `ThreadForkParams` of the app-server protocol. */
export interface ThreadForkParams {
  approvalPolicy?: AskForApproval | null;
  approvalsReviewer?: ApprovalsReviewer | null;
  attachToSource?: boolean;
  baseInstructions?: string | null;
  beforeTurnId?: string | null;
  config?: {
    [k: string]: unknown;
  } | null;
  cwd?: string | null;
  deferGoalContinuation?: boolean;
  developerInstructions?: string | null;
  ephemeral?: boolean;
  excludeTurns?: boolean;
  experimentalDisablePredictionMcp?: boolean;
  experimentalPredictionMode?: boolean;
  lastTurnId?: string | null;
  model?: string | null;
  modelProvider?: string | null;
  path?: string | null;
  permissions?: string | null;
  runtimeWorkspaceRoots?: AbsolutePathBuf[] | null;
  sandbox?: SandboxMode | null;
  serviceTier?: string | null;
  threadId: string;
  threadSource?: ThreadSource | null;
}
/** `ThreadForkResponse` of the app-server protocol. */
export interface ThreadForkResponse {
  activePermissionProfile?: ActivePermissionProfile | null;
  approvalPolicy: AskForApproval;
  approvalsReviewer: ApprovalsReviewer;
  cwd: AbsolutePathBuf;
  disabledPluginIds?: string[];
  instructionSources?: LegacyAppPathString[];
  model: string;
  modelProvider: string;
  multiAgentMode?: MultiAgentMode;
  reasoningEffort?: ReasoningEffort | null;
  runtimeWorkspaceRoots?: AbsolutePathBuf[];
  sandbox: SandboxPolicy;
  serviceTier?: string | null;
  thread: Thread;
}
/** `ThreadGoal` of the app-server protocol. */
export interface ThreadGoal {
  createdAt: number;
  objective: string;
  status: ThreadGoalStatus;
  threadId: string;
  timeUsedSeconds: number;
  tokenBudget?: number | null;
  tokensUsed: number;
  updatedAt: number;
}
/** `ThreadGoalClearParams` of the app-server protocol. */
export interface ThreadGoalClearParams {
  origin?: ThreadGoalMutationOrigin | null;
  threadId: string;
}
/** `ThreadGoalClearResponse` of the app-server protocol. */
export interface ThreadGoalClearResponse {
  cleared: boolean;
}
/** `ThreadGoalClearedNotification` of the app-server protocol. */
export interface ThreadGoalClearedNotification {
  threadId: string;
}
/** `ThreadGoalGetParams` of the app-server protocol. */
export interface ThreadGoalGetParams {
  threadId: string;
}
/** `ThreadGoalGetResponse` of the app-server protocol. */
export interface ThreadGoalGetResponse {
  goal?: ThreadGoal | null;
}
/** `ThreadGoalSetParams` of the app-server protocol. */
export interface ThreadGoalSetParams {
  objective?: string | null;
  origin?: ThreadGoalMutationOrigin | null;
  status?: ThreadGoalStatus | null;
  threadId: string;
  tokenBudget?: number | null;
}
/** `ThreadGoalSetResponse` of the app-server protocol. */
export interface ThreadGoalSetResponse {
  goal: ThreadGoal;
}
/** `ThreadGoalUpdatedNotification` of the app-server protocol. */
export interface ThreadGoalUpdatedNotification {
  goal: ThreadGoal;
  threadId: string;
  turnId?: string | null;
}
/** `ThreadGuardianAssessment` of the app-server protocol. */
export interface ThreadGuardianAssessment {
  outcome: GuardianAssessmentOutcome;
  rationale: string;
  riskLevel: GuardianRiskLevel;
  userAuthorization: GuardianUserAuthorization;
}
/** `ThreadGuardianReviewParams` of the app-server protocol. */
export interface ThreadGuardianReviewParams {
  threadId: string;
}
/** `ThreadGuardianReviewResponse` of the app-server protocol. */
export interface ThreadGuardianReviewResponse {
  assessment?: ThreadGuardianAssessment | null;
  callId: string;
}
/** `ThreadIncrementElicitationParams` of the app-server protocol. */
export interface ThreadIncrementElicitationParams {
  threadId: string;
}
/** `ThreadIncrementElicitationResponse` of the app-server protocol. */
export interface ThreadIncrementElicitationResponse {
  count: number;
  paused: boolean;
}
/** `ThreadInjectItemsParams` of the app-server protocol. */
export interface ThreadInjectItemsParams {
  items: unknown[];
  threadId: string;
}
/** `ThreadInjectItemsResponse` of the app-server protocol. */
export interface ThreadInjectItemsResponse {}
/** `ThreadItemEntry` of the app-server protocol. */
export interface ThreadItemEntry {
  completedAtMs?: number | null;
  item: ThreadItem;
  outputDeferred?: boolean;
  startedAtMs?: number | null;
  turnId: string;
}
/** `ThreadItemOutputDeferral` of the app-server protocol. */
export interface ThreadItemOutputDeferral {
  commandExecution?: boolean;
  mcpToolCall?: boolean;
}
/** `ThreadItemsListParams` of the app-server protocol. */
export interface ThreadItemsListParams {
  cursor?: ThreadItemsListCursor | null;
  deferOutput?: ThreadItemOutputDeferral | null;
  limit?: number | null;
  sortDirection?: SortDirection | null;
  threadId: string;
  turnId?: string | null;
}
/** `ThreadItemsListResponse` of the app-server protocol. */
export interface ThreadItemsListResponse {
  backwardsCursor?: string | null;
  data: ThreadItemEntry[];
  nextCursor?: string | null;
}
/** `ThreadItemsReadParams` of the app-server protocol. */
export interface ThreadItemsReadParams {
  itemIds: string[];
  threadId: string;
  turnId: string;
}
/** `ThreadItemsReadResponse` of the app-server protocol. */
export interface ThreadItemsReadResponse {
  data: ThreadItemEntry[];
}
/** `ThreadListParams` of the app-server protocol. */
export interface ThreadListParams {
  ancestorThreadId?: string | null;
  archived?: boolean | null;
  attachedToThreadId?: string | null;
  currentAccountOnly?: boolean;
  cursor?: string | null;
  cwd?: ThreadListCwdFilter | null;
  excludedThreadIds?: string[] | null;
  includeAttachedThreads?: boolean;
  limit?: number | null;
  modelProviders?: string[] | null;
  originators?: string[] | null;
  parentThreadId?: string | null;
  projectId?: string | null;
  searchTerm?: string | null;
  sectionId?: string | null;
  sortDirection?: SortDirection | null;
  sortKey?: ThreadSortKey | null;
  sourceKinds?: ThreadSourceKind[] | null;
  useStateDbOnly?: boolean;
}
/** `ThreadListResponse` of the app-server protocol. */
export interface ThreadListResponse {
  backwardsCursor?: string | null;
  data: Thread[];
  nextCursor?: string | null;
  readStates?: {
    [k: string]: ThreadReadState;
  } | null;
}
/** `ThreadReadState` of the app-server protocol. */
export interface ThreadReadState {
  firstUnread?: ThreadUnreadPosition | null;
  revision: string;
}
/** `ThreadLoadedListParams` of the app-server protocol. */
export interface ThreadLoadedListParams {
  cursor?: string | null;
  limit?: number | null;
}
/** `ThreadLoadedListResponse` of the app-server protocol. */
export interface ThreadLoadedListResponse {
  data: string[];
  nextCursor?: string | null;
}
/** `ThreadMemoryModeSetParams` of the app-server protocol. */
export interface ThreadMemoryModeSetParams {
  mode: ThreadMemoryMode;
  threadId: string;
}
/** `ThreadMemoryModeSetResponse` of the app-server protocol. */
export interface ThreadMemoryModeSetResponse {}
/** `ThreadMemoryReadParams` of the app-server protocol. */
export interface ThreadMemoryReadParams {
  threadId: string;
}
/** `ThreadMemoryReadResponse` of the app-server protocol. */
export interface ThreadMemoryReadResponse {
  summary?: string | null;
}
/** `ThreadMetadataGitInfoUpdateParams` of the app-server protocol. */
export interface ThreadMetadataGitInfoUpdateParams {
  branch?: string | null;
  originUrl?: string | null;
  sha?: string | null;
}
/** `ThreadMetadataUpdateParams` of the app-server protocol. */
export interface ThreadMetadataUpdateParams {
  daybreakEnabled?: boolean | null;
  gitInfo?: ThreadMetadataGitInfoUpdateParams | null;
  projectId?: string | null;
  threadId: string;
}
/** `ThreadMetadataUpdateResponse` of the app-server protocol. */
export interface ThreadMetadataUpdateResponse {
  thread: Thread;
}
/** `ThreadNameUpdatedNotification` of the app-server protocol. */
export interface ThreadNameUpdatedNotification {
  threadId: string;
  threadName?: string | null;
}
/** `ThreadPredictionRequestParams` of the app-server protocol. */
export interface ThreadPredictionRequestParams {
  sourceTurnId: string;
  threadId: string;
}
/** `ThreadPredictionRequestResponse` of the app-server protocol. */
export interface ThreadPredictionRequestResponse {}
/** `ThreadPredictionUpdatedNotification` of the app-server protocol. */
export interface ThreadPredictionUpdatedNotification {
  result: ThreadPredictionResult;
  sourceTurnId: string;
  threadId: string;
}
/** `ThreadPrepareApprovedPlanParams` of the app-server protocol. */
export interface ThreadPrepareApprovedPlanParams {
  attachmentPath?: string | null;
  markdown: string;
  threadId: string;
}
/** `ThreadPrepareApprovedPlanResponse` of the app-server protocol. */
export interface ThreadPrepareApprovedPlanResponse {
  prompt: string;
}
/** `ThreadProjectUpdatedNotification` of the app-server protocol. */
export interface ThreadProjectUpdatedNotification {
  projectId: string | null;
  threadId: string;
}
/** `ThreadQueueAddParams` of the app-server protocol. */
export interface ThreadQueueAddParams {
  clientUserMessageId: string;
  input: UserInput[];
  responsesapiClientMetadata?: {
    [k: string]: string;
  } | null;
  threadId: string;
}
/** `ThreadQueueAddResponse` of the app-server protocol. */
export interface ThreadQueueAddResponse {
  queuedSubmission: QueuedSubmission;
}
/** `ThreadQueueChangedNotification` of the app-server protocol. */
export interface ThreadQueueChangedNotification {
  threadId: string;
}
/** `ThreadQueueDeleteParams` of the app-server protocol. */
export interface ThreadQueueDeleteParams {
  queuedSubmissionId: string;
  threadId: string;
}
/** `ThreadQueueDeleteResponse` of the app-server protocol. */
export interface ThreadQueueDeleteResponse {
  deleted: boolean;
}
/** `ThreadQueueListParams` of the app-server protocol. */
export interface ThreadQueueListParams {
  cursor?: string | null;
  limit?: number | null;
  threadId: string;
}
/** `ThreadQueueListResponse` of the app-server protocol. */
export interface ThreadQueueListResponse {
  data: QueuedSubmission[];
  nextCursor?: string | null;
}
/** `ThreadQueueReorderParams` of the app-server protocol. */
export interface ThreadQueueReorderParams {
  queuedSubmissionIds: string[];
  threadId: string;
}
/** `ThreadQueueReorderResponse` of the app-server protocol. */
export interface ThreadQueueReorderResponse {}
/** `ThreadQueueStartParams` of the app-server protocol. */
export interface ThreadQueueStartParams {
  queuedSubmissionId?: string | null;
  threadId: string;
}
/** `ThreadQueueStartResponse` of the app-server protocol. */
export interface ThreadQueueStartResponse {
  turn: Turn;
}
/** `ThreadQueueUpdateParams` of the app-server protocol. */
export interface ThreadQueueUpdateParams {
  input: UserInput[];
  queuedSubmissionId: string;
  responsesapiClientMetadata?: {
    [k: string]: string;
  } | null;
  threadId: string;
}
/** `ThreadQueueUpdateResponse` of the app-server protocol. */
export interface ThreadQueueUpdateResponse {
  queuedSubmission: QueuedSubmission;
}
/** `ThreadReadParams` of the app-server protocol. */
export interface ThreadReadParams {
  includeTurns?: boolean;
  threadId: string;
}
/** `ThreadReadResponse` of the app-server protocol. */
export interface ThreadReadResponse {
  readState?: ThreadReadState | null;
  thread: Thread;
}
/** `ThreadReadStateChangedNotification` of the app-server protocol. */
export interface ThreadReadStateChangedNotification {
  readState: ThreadReadState;
  threadId: string;
}
/** `ThreadReadStateUpdateParams` of the app-server protocol. */
export interface ThreadReadStateUpdateParams {
  expectedRevision: string;
  operation: ThreadReadStateOperation;
  threadId: string;
}
/** `ThreadReadStateUpdateResponse` of the app-server protocol. */
export interface ThreadReadStateUpdateResponse {
  readState: ThreadReadState;
}
/** `ThreadRealtimeAppendAudioParams` of the app-server protocol. */
export interface ThreadRealtimeAppendAudioParams {
  audio: ThreadRealtimeAudioChunk;
  threadId: string;
}
/** `ThreadRealtimeAudioChunk` of the app-server protocol. */
export interface ThreadRealtimeAudioChunk {
  data: string;
  itemId?: string | null;
  numChannels: number;
  sampleRate: number;
  samplesPerChannel?: number | null;
}
/** `ThreadRealtimeAppendAudioResponse` of the app-server protocol. */
export interface ThreadRealtimeAppendAudioResponse {}
/** `ThreadRealtimeAppendSpeechParams` of the app-server protocol. */
export interface ThreadRealtimeAppendSpeechParams {
  text: string;
  threadId: string;
}
/** `ThreadRealtimeAppendSpeechResponse` of the app-server protocol. */
export interface ThreadRealtimeAppendSpeechResponse {}
/** `ThreadRealtimeAppendTextParams` of the app-server protocol. */
export interface ThreadRealtimeAppendTextParams {
  role?: ConversationTextRole;
  text: string;
  threadId: string;
}
/** `ThreadRealtimeAppendTextResponse` of the app-server protocol. */
export interface ThreadRealtimeAppendTextResponse {}
/** `ThreadRealtimeClosedNotification` of the app-server protocol. */
export interface ThreadRealtimeClosedNotification {
  reason?: string | null;
  threadId: string;
}
/** `ThreadRealtimeErrorNotification` of the app-server protocol. */
export interface ThreadRealtimeErrorNotification {
  message: string;
  threadId: string;
}
/** `ThreadRealtimeInitialItem` of the app-server protocol. */
export interface ThreadRealtimeInitialItem {
  role: ConversationTextRole;
  text: string;
}
/** `ThreadRealtimeItemAddedNotification` of the app-server protocol. */
export interface ThreadRealtimeItemAddedNotification {
  item: unknown;
  threadId: string;
}
/** `ThreadRealtimeItemCompletedNotification` of the app-server protocol. */
export interface ThreadRealtimeItemCompletedNotification {
  item: ThreadRealtimeItem;
  threadId: string;
}
/** `ThreadRealtimeItemStartedNotification` of the app-server protocol. */
export interface ThreadRealtimeItemStartedNotification {
  item: ThreadRealtimeItem;
  threadId: string;
}
/** `ThreadRealtimeItemTranscriptDeltaNotification` of the app-server protocol. */
export interface ThreadRealtimeItemTranscriptDeltaNotification {
  delta: string;
  itemId: string;
  threadId: string;
}
/** `ThreadRealtimeListVoicesParams` of the app-server protocol. */
export interface ThreadRealtimeListVoicesParams {}
/** `ThreadRealtimeListVoicesResponse` of the app-server protocol. */
export interface ThreadRealtimeListVoicesResponse {
  voices: RealtimeVoicesList;
}
/** `ThreadRealtimeOutputAudioDeltaNotification` of the app-server protocol. */
export interface ThreadRealtimeOutputAudioDeltaNotification {
  audio: ThreadRealtimeAudioChunk;
  threadId: string;
}
/** `ThreadRealtimeSdpNotification` of the app-server protocol. */
export interface ThreadRealtimeSdpNotification {
  sdp: string;
  threadId: string;
}
/** `ThreadRealtimeStartParams` of the app-server protocol. */
export interface ThreadRealtimeStartParams {
  backendReasoningStatus?: boolean;
  clientManagedHandoffs?: boolean | null;
  codexResponseHandoffChannelPrefixes?: {
    [k: string]: string[];
  } | null;
  codexResponseHandoffMode?: CodexResponseHandoffMode | null;
  codexResponseItemPrefix?: string | null;
  codexResponsesAsItems?: boolean | null;
  delegationAckFiller?: boolean | null;
  flushTranscriptTailOnSessionEnd?: boolean | null;
  includeStartupContext?: boolean | null;
  initialItems?: ThreadRealtimeInitialItem[] | null;
  model?: string | null;
  outputModality: RealtimeOutputModality;
  prompt?: string | null;
  realtimeEndInstructions?: string | null;
  realtimeSessionId?: string | null;
  realtimeStartInstructions?: string | null;
  threadId: string;
  transport?: ThreadRealtimeStartTransport | null;
  version?: RealtimeConversationVersion | null;
  voice?: RealtimeVoice | null;
  voiceSessionId?: string | null;
}
/** `ThreadRealtimeStartResponse` of the app-server protocol. */
export interface ThreadRealtimeStartResponse {}
/** `ThreadRealtimeStartedNotification` of the app-server protocol. */
export interface ThreadRealtimeStartedNotification {
  realtimeSessionId?: string | null;
  threadId: string;
  version: RealtimeConversationVersion;
}
/** `ThreadRealtimeStopParams` of the app-server protocol. */
export interface ThreadRealtimeStopParams {
  threadId: string;
}
/** `ThreadRealtimeStopResponse` of the app-server protocol. */
export interface ThreadRealtimeStopResponse {}
/** `ThreadRealtimeTranscriptDeltaNotification` of the app-server protocol. */
export interface ThreadRealtimeTranscriptDeltaNotification {
  delta: string;
  role: string;
  threadId: string;
}
/** `ThreadRealtimeTranscriptDoneNotification` of the app-server protocol. */
export interface ThreadRealtimeTranscriptDoneNotification {
  role: string;
  text: string;
  threadId: string;
}
/** `ThreadResumeInitialTurnsPageParams` of the app-server protocol. */
export interface ThreadResumeInitialTurnsPageParams {
  itemsView?: TurnItemsView | null;
  limit?: number | null;
  sortDirection?: SortDirection | null;
}
/** `ThreadResumeParams` of the app-server protocol. */
export interface ThreadResumeParams {
  approvalPolicy?: AskForApproval | null;
  approvalsReviewer?: ApprovalsReviewer | null;
  baseInstructions?: string | null;
  config?: {
    [k: string]: unknown;
  } | null;
  cwd?: string | null;
  developerInstructions?: string | null;
  excludeTurns?: boolean;
  history?: ResponseItem[] | null;
  initialTurnsPage?: ThreadResumeInitialTurnsPageParams | null;
  model?: string | null;
  modelProvider?: string | null;
  path?: string | null;
  permissions?: string | null;
  personality?: Personality | null;
  runtimeWorkspaceRoots?: AbsolutePathBuf[] | null;
  sandbox?: SandboxMode | null;
  serviceTier?: string | null;
  threadId: string;
}
/** `ThreadResumeResponse` of the app-server protocol. */
export interface ThreadResumeResponse {
  activePermissionProfile?: ActivePermissionProfile | null;
  approvalPolicy: AskForApproval;
  approvalsReviewer: ApprovalsReviewer;
  collaborationMode?: CollaborationMode | null;
  cwd: AbsolutePathBuf;
  disabledPluginIds?: string[];
  initialTurnsPage?: TurnsPage | null;
  instructionSources?: LegacyAppPathString[];
  itemsBackwardsCursor?: string | null;
  model: string;
  modelProvider: string;
  multiAgentMode?: MultiAgentMode;
  reasoningEffort?: ReasoningEffort | null;
  runtimeWorkspaceRoots?: AbsolutePathBuf[];
  sandbox: SandboxPolicy;
  serviceTier?: string | null;
  thread: Thread;
  turnsBackwardsCursor?: string | null;
}
/** `TurnsPage` of the app-server protocol. */
export interface TurnsPage {
  backwardsCursor?: string | null;
  data: Turn[];
  nextCursor?: string | null;
}
/** `ThreadRevertParams` of the app-server protocol. */
export interface ThreadRevertParams {
  beforeTurnId: string;
  threadId: string;
}
/** `ThreadRevertResponse` of the app-server protocol. */
export interface ThreadRevertResponse {
  itemsBackwardsCursor?: string | null;
  thread: Thread;
  turnsBackwardsCursor?: string | null;
}
/** `ThreadRevertedNotification` of the app-server protocol. */
export interface ThreadRevertedNotification {
  threadId: string;
}
/** `ThreadSampleCancelParams` of the app-server protocol. */
export interface ThreadSampleCancelParams {
  requestId: RequestId;
}
/** `ThreadSampleCancelResponse` of the app-server protocol. */
export interface ThreadSampleCancelResponse {}
/** `ThreadSampleParams` of the app-server protocol. */
export interface ThreadSampleParams {
  allowInProgressTurn?: boolean;
  disableMcp?: boolean;
  effort?: ReasoningEffort | null;
  expectedTurnId: string;
  interruptOnCancel?: boolean | null;
  prompt: string;
  responsesapiClientMetadata?: {
    [k: string]: string;
  } | null;
  threadId: string;
  threadSource?: ThreadSource | null;
  turnTrigger?: string | null;
}
/** `ThreadSampleResponse` of the app-server protocol. */
export interface ThreadSampleResponse {
  cachedInputTokens?: number | null;
  inputTokens?: number | null;
  outputTokens?: number | null;
  responseId: string;
  sourceTurnId: string;
  text?: string | null;
}
/** `ThreadSearchOccurrence` of the app-server protocol. */
export interface ThreadSearchOccurrence {
  itemId: string;
  snippet: string;
  snippetMatchRange: ThreadSearchTextRange;
  turnCursor: string;
  turnId: string;
}
/** `ThreadSearchTextRange` of the app-server protocol. */
export interface ThreadSearchTextRange {
  end: number;
  start: number;
}
/** `ThreadSearchOccurrencesParams` of the app-server protocol. */
export interface ThreadSearchOccurrencesParams {
  cursor?: string | null;
  limit?: number | null;
  searchTerm: string;
  threadId: string;
}
/** `ThreadSearchOccurrencesResponse` of the app-server protocol. */
export interface ThreadSearchOccurrencesResponse {
  data: ThreadSearchOccurrence[];
  nextCursor?: string | null;
}
/** `ThreadSearchParams` of the app-server protocol. */
export interface ThreadSearchParams {
  archived?: boolean | null;
  currentAccountOnly?: boolean;
  cursor?: string | null;
  includeAttachedThreads?: boolean;
  limit?: number | null;
  searchTerm: string;
  sortDirection?: SortDirection | null;
  sortKey?: ThreadSearchSortKey | null;
  sourceKinds?: ThreadSourceKind[] | null;
}
/** `ThreadSearchResponse` of the app-server protocol. */
export interface ThreadSearchResponse {
  backwardsCursor?: string | null;
  data: ThreadSearchResult[];
  nextCursor?: string | null;
}
/** `ThreadSearchResult` of the app-server protocol. */
export interface ThreadSearchResult {
  snippet: string;
  thread: Thread;
}
/** `ThreadSectionChangedNotification` of the app-server protocol. */
export interface ThreadSectionChangedNotification {
  sectionId: string | null;
  threadId: string;
}
/** `ThreadSectionCreateParams` of the app-server protocol. */
export interface ThreadSectionCreateParams {
  appearance?: ThreadSectionAppearance | null;
  name: string;
}
/** `ThreadSectionCreateResponse` of the app-server protocol. */
export interface ThreadSectionCreateResponse {
  section: ThreadSection;
}
/** `ThreadSectionDeleteParams` of the app-server protocol. */
export interface ThreadSectionDeleteParams {
  sectionId: string;
}
/** `ThreadSectionDeleteResponse` of the app-server protocol. */
export interface ThreadSectionDeleteResponse {}
/** `ThreadSectionListParams` of the app-server protocol. */
export interface ThreadSectionListParams {
  cursor?: string | null;
  limit?: number | null;
}
/** `ThreadSectionListResponse` of the app-server protocol. */
export interface ThreadSectionListResponse {
  data: ThreadSection[];
  nextCursor?: string | null;
}
/** `ThreadSectionMoveParams` of the app-server protocol. */
export interface ThreadSectionMoveParams {
  beforeThreadId?: string | null;
  sectionId: string | null;
  threadId: string;
}
/** `ThreadSectionMoveResponse` of the app-server protocol. */
export interface ThreadSectionMoveResponse {}
/** `ThreadSectionUpdateParams` of the app-server protocol. */
export interface ThreadSectionUpdateParams {
  appearance?: ThreadSectionAppearance | null;
  name: string;
  sectionId: string;
}
/** `ThreadSectionUpdateResponse` of the app-server protocol. */
export interface ThreadSectionUpdateResponse {
  section: ThreadSection;
}
/** `ThreadSetNameParams` of the app-server protocol. */
export interface ThreadSetNameParams {
  name: string;
  threadId: string;
}
/** `ThreadSetNameResponse` of the app-server protocol. */
export interface ThreadSetNameResponse {}
/** `ThreadSettings` of the app-server protocol. */
export interface ThreadSettings {
  activePermissionProfile?: ActivePermissionProfile | null;
  approvalPolicy: AskForApproval;
  approvalsReviewer: ApprovalsReviewer;
  collaborationMode: CollaborationMode;
  cwd: AbsolutePathBuf;
  disabledPluginIds?: string[];
  effort?: ReasoningEffort | null;
  environments?: ThreadEnvironment[] | null;
  model: string;
  modelProvider: string;
  multiAgentMode?: MultiAgentMode;
  personality?: Personality | null;
  sandboxPolicy: SandboxPolicy;
  serviceTier?: string | null;
  summary?: ReasoningSummary | null;
}
/** `ThreadSettingsUpdateParams` of the app-server protocol. */
export interface ThreadSettingsUpdateParams {
  approvalPolicy?: AskForApproval | null;
  approvalsReviewer?: ApprovalsReviewer | null;
  collaborationMode?: CollaborationMode | null;
  cwd?: string | null;
  disabledPluginIds?: string[] | null;
  effort?: ReasoningEffort | null;
  environments?: TurnEnvironmentParams[] | null;
  model?: string | null;
  multiAgentMode?: MultiAgentMode | null;
  permissions?: string | null;
  personality?: Personality | null;
  sandboxPolicy?: SandboxPolicy | null;
  serviceTier?: string | null;
  summary?: ReasoningSummary | null;
  threadId: string;
}
/** `TurnEnvironmentParams` of the app-server protocol. */
export interface TurnEnvironmentParams {
  cwd: LegacyAppPathString;
  environmentId: string;
  runtimeWorkspaceRoots?: LegacyAppPathString[] | null;
}
/** `ThreadSettingsUpdateResponse` of the app-server protocol. */
export interface ThreadSettingsUpdateResponse {}
/** `ThreadSettingsUpdatedNotification` of the app-server protocol. */
export interface ThreadSettingsUpdatedNotification {
  threadId: string;
  threadSettings: ThreadSettings;
}
/** `ThreadShellCommandParams` of the app-server protocol. */
export interface ThreadShellCommandParams {
  command: string;
  threadId: string;
  timeoutMs?: number | null;
}
/** `ThreadShellCommandResponse` of the app-server protocol. */
export interface ThreadShellCommandResponse {}
/** `ThreadStartParams` of the app-server protocol. */
export interface ThreadStartParams {
  allowProviderModelFallback?: boolean;
  approvalPolicy?: AskForApproval | null;
  approvalsReviewer?: ApprovalsReviewer | null;
  baseInstructions?: string | null;
  config?: {
    [k: string]: unknown;
  } | null;
  cwd?: string | null;
  daybreakEnabled?: boolean | null;
  developerInstructions?: string | null;
  dynamicTools?: DynamicToolSpec[] | null;
  environments?: TurnEnvironmentParams[] | null;
  ephemeral?: boolean | null;
  experimentalRawEvents?: boolean;
  historyMode?: ThreadHistoryMode | null;
  mockExperimentalField?: string | null;
  model?: string | null;
  modelProvider?: string | null;
  multiAgentMode?: MultiAgentMode | null;
  permissions?: string | null;
  personality?: Personality | null;
  projectId?: string | null;
  runtimeWorkspaceRoots?: AbsolutePathBuf[] | null;
  sandbox?: SandboxMode | null;
  selectedCapabilityRoots?: SelectedCapabilityRoot[] | null;
  serviceName?: string | null;
  serviceTier?: string | null;
  sessionStartSource?: ThreadStartSource | null;
  threadSource?: ThreadSource | null;
}
/** `ThreadStartResponse` of the app-server protocol. */
export interface ThreadStartResponse {
  activePermissionProfile?: ActivePermissionProfile | null;
  approvalPolicy: AskForApproval;
  approvalsReviewer: ApprovalsReviewer;
  cwd: AbsolutePathBuf;
  disabledPluginIds?: string[];
  instructionSources?: LegacyAppPathString[];
  model: string;
  modelProvider: string;
  multiAgentMode?: MultiAgentMode;
  reasoningEffort?: ReasoningEffort | null;
  runtimeWorkspaceRoots?: AbsolutePathBuf[];
  sandbox: SandboxPolicy;
  serviceTier?: string | null;
  thread: Thread;
}
/** `ThreadStartedNotification` of the app-server protocol. */
export interface ThreadStartedNotification {
  thread: Thread;
}
/** `ThreadStatusChangedNotification` of the app-server protocol. */
export interface ThreadStatusChangedNotification {
  status: ThreadStatus;
  threadId: string;
}
/** `ThreadTimelineListParams` of the app-server protocol. */
export interface ThreadTimelineListParams {
  cursor?: string | null;
  limit?: number | null;
  threadId: string;
}
/** `ThreadTimelineListResponse` of the app-server protocol. */
export interface ThreadTimelineListResponse {
  activeRealtimeSessionAtPageStart?: string | null;
  data: ThreadTimelineEntry[];
  nextCursor?: string | null;
}
/** `ThreadTokenUsage` of the app-server protocol. */
export interface ThreadTokenUsage {
  last: TokenUsageBreakdown;
  modelContextWindow?: number | null;
  total: TokenUsageBreakdown;
}
/** `ThreadTokenUsageUpdatedNotification` of the app-server protocol. */
export interface ThreadTokenUsageUpdatedNotification {
  threadId: string;
  tokenUsage: ThreadTokenUsage;
  turnId: string;
}
/** `ThreadTurnsListParams` of the app-server protocol. */
export interface ThreadTurnsListParams {
  cursor?: string | null;
  itemsView?: TurnItemsView | null;
  limit?: number | null;
  sortDirection?: SortDirection | null;
  threadId: string;
}
/** `ThreadTurnsListResponse` of the app-server protocol. */
export interface ThreadTurnsListResponse {
  backwardsCursor?: string | null;
  data: Turn[];
  nextCursor?: string | null;
}
/** `ThreadUnarchiveParams` of the app-server protocol. */
export interface ThreadUnarchiveParams {
  threadId: string;
}
/** `ThreadUnarchiveResponse` of the app-server protocol. */
export interface ThreadUnarchiveResponse {
  thread: Thread;
}
/** `ThreadUnarchivedNotification` of the app-server protocol. */
export interface ThreadUnarchivedNotification {
  threadId: string;
}
/** `ThreadUnsubscribeParams` of the app-server protocol. */
export interface ThreadUnsubscribeParams {
  threadId: string;
}
/** `ThreadUnsubscribeResponse` of the app-server protocol. */
export interface ThreadUnsubscribeResponse {
  status: ThreadUnsubscribeStatus;
}
/** `ToolRequestUserInputAnswer` of the app-server protocol. */
export interface ToolRequestUserInputAnswer {
  answers: string[];
}
/** `ToolRequestUserInputOption` of the app-server protocol. */
export interface ToolRequestUserInputOption {
  description: string;
  label: string;
}
/** `ToolRequestUserInputParams` of the app-server protocol. */
export interface ToolRequestUserInputParams {
  autoResolutionMs?: number | null;
  isBlocking: boolean;
  itemId: string;
  questions: ToolRequestUserInputQuestion[];
  threadId: string;
  turnId: string;
}
/** `ToolRequestUserInputQuestion` of the app-server protocol. */
export interface ToolRequestUserInputQuestion {
  header: string;
  id: string;
  isOther?: boolean;
  isSecret?: boolean;
  options?: ToolRequestUserInputOption[] | null;
  question: string;
}
/** `ToolRequestUserInputResponse` of the app-server protocol. */
export interface ToolRequestUserInputResponse {
  answers: {
    [k: string]: ToolRequestUserInputAnswer;
  };
}
/** `TurnCompletedNotification` of the app-server protocol. */
export interface TurnCompletedNotification {
  threadId: string;
  turn: Turn;
}
/** `TurnDiffUpdatedNotification` of the app-server protocol. */
export interface TurnDiffUpdatedNotification {
  diff: string;
  threadId: string;
  turnId: string;
}
/** `TurnInterruptParams` of the app-server protocol. */
export interface TurnInterruptParams {
  threadId: string;
  turnId: string;
}
/** `TurnInterruptResponse` of the app-server protocol. */
export interface TurnInterruptResponse {}
/** `TurnModerationMetadataNotification` of the app-server protocol. */
export interface TurnModerationMetadataNotification {
  metadata: unknown;
  threadId: string;
  turnId: string;
}
/** `TurnPlanStep` of the app-server protocol. */
export interface TurnPlanStep {
  status: TurnPlanStepStatus;
  step: string;
}
/** `TurnPlanUpdatedNotification` of the app-server protocol. */
export interface TurnPlanUpdatedNotification {
  explanation?: string | null;
  plan: TurnPlanStep[];
  threadId: string;
  turnId: string;
}
/** `TurnSettingsUpdateParams` of the app-server protocol. */
export interface TurnSettingsUpdateParams {
  approvalsReviewer?: ApprovalsReviewer | null;
  effort?: ReasoningEffort | null;
  environments?: TurnEnvironmentParams[] | null;
  model?: string | null;
  serviceTier?: string | null;
  summary?: ReasoningSummary | null;
  threadId: string;
  turnId: string;
}
/** `TurnSettingsUpdateResponse` of the app-server protocol. */
export interface TurnSettingsUpdateResponse {
  status: TurnSettingsUpdateStatus;
}
/** `TurnStartParams` of the app-server protocol. */
export interface TurnStartParams {
  additionalContext?: {
    [k: string]: AdditionalContextEntry;
  } | null;
  approvalPolicy?: AskForApproval | null;
  approvalsReviewer?: ApprovalsReviewer | null;
  clientUserMessageId?: string | null;
  collaborationMode?: CollaborationMode | null;
  cwd?: string | null;
  cyberAccessProgram?: CyberAccessProgram | null;
  disabledPluginIds?: string[] | null;
  effort?: ReasoningEffort | null;
  environments?: TurnEnvironmentParams[] | null;
  input: UserInput[];
  model?: string | null;
  multiAgentMode?: MultiAgentMode | null;
  outputSchema?: unknown;
  parentTurnId?: string | null;
  permissions?: string | null;
  personality?: Personality | null;
  responsesapiClientMetadata?: {
    [k: string]: string;
  } | null;
  responsesapiClientMetadataPatch?: {
    [k: string]: string;
  } | null;
  rootTurnId?: string | null;
  runtimeWorkspaceRoots?: AbsolutePathBuf[] | null;
  sandboxPolicy?: SandboxPolicy | null;
  serviceTier?: string | null;
  serviceTierForTurn?: string | null;
  summary?: ReasoningSummary | null;
  threadId: string;
  toolOutput?: TurnToolOutput | null;
  turnTrigger?: string | null;
}
/** `TurnToolOutput` of the app-server protocol. */
export interface TurnToolOutput {
  name: string;
  namespace?: string | null;
  output: FunctionCallOutputBody;
  retain?: boolean;
}
/** `TurnStartResponse` of the app-server protocol. */
export interface TurnStartResponse {
  turn: Turn;
}
/** `TurnStartedNotification` of the app-server protocol. */
export interface TurnStartedNotification {
  threadId: string;
  turn: Turn;
}
/** `TurnSteerParams` of the app-server protocol. */
export interface TurnSteerParams {
  additionalContext?: {
    [k: string]: AdditionalContextEntry;
  } | null;
  clientUserMessageId?: string | null;
  expectedTurnId: string;
  input: UserInput[];
  responsesapiClientMetadata?: {
    [k: string]: string;
  } | null;
  responsesapiClientMetadataPatch?: {
    [k: string]: string;
  } | null;
  threadId: string;
}
/** `TurnSteerResponse` of the app-server protocol. */
export interface TurnSteerResponse {
  turnId: string;
}
/** `UserVerificationCancelParams` of the app-server protocol. */
export interface UserVerificationCancelParams {
  requestId: RequestId;
}
/** `UserVerificationCancelResponse` of the app-server protocol. */
export interface UserVerificationCancelResponse {}
/** `UserVerificationDeleteParams` of the app-server protocol. */
export interface UserVerificationDeleteParams {}
/** `UserVerificationDeleteResponse` of the app-server protocol. */
export interface UserVerificationDeleteResponse {}
/** `UserVerificationEnrollParams` of the app-server protocol. */
export interface UserVerificationEnrollParams {}
/** `UserVerificationEnrollResponse` of the app-server protocol. */
export interface UserVerificationEnrollResponse {
  algorithm?: string | null;
  credentialId: string;
  publicKey?: string | null;
}
/** `UserVerificationProof` of the app-server protocol. */
export interface UserVerificationProof {
  credentialId: string;
  signature: string;
}
/** `UserVerificationRpcError` of the app-server protocol. */
export interface UserVerificationRpcError {
  code: number;
  data: UserVerificationErrorDetails;
  message: string;
}
/** `UserVerificationStatusParams` of the app-server protocol. */
export interface UserVerificationStatusParams {}
/** `UserVerificationStatusResponse` of the app-server protocol. */
export interface UserVerificationStatusResponse {
  credentialId?: string | null;
  unavailableMessage?: string | null;
  unavailableReason?: UserVerificationUnavailableReason | null;
}
/** `UserVerificationVerifyParams` of the app-server protocol. */
export interface UserVerificationVerifyParams {
  challenge: string;
  description: string;
  title: string;
}
/** `UserVerificationVerifyResponse` of the app-server protocol. */
export interface UserVerificationVerifyResponse {
  proof: UserVerificationProof;
}
/** `WarningNotification` of the app-server protocol. */
export interface WarningNotification {
  message: string;
  threadId?: string | null;
}
/** `WindowsSandboxReadinessResponse` of the app-server protocol. */
export interface WindowsSandboxReadinessResponse {
  status: WindowsSandboxReadiness;
}
/** `WindowsSandboxSetupCompletedNotification` of the app-server protocol. */
export interface WindowsSandboxSetupCompletedNotification {
  error?: string | null;
  mode: WindowsSandboxSetupMode;
  success: boolean;
}
/** `WindowsSandboxSetupStartParams` of the app-server protocol. */
export interface WindowsSandboxSetupStartParams {
  cwd?: AbsolutePathBuf | null;
  mode: WindowsSandboxSetupMode;
}
/** `WindowsSandboxSetupStartResponse` of the app-server protocol. */
export interface WindowsSandboxSetupStartResponse {
  started: boolean;
}
/** `WindowsWorldWritableWarningNotification` of the app-server protocol. */
export interface WindowsWorldWritableWarningNotification {
  extraCount: number;
  failedScan: boolean;
  samplePaths: string[];
}
