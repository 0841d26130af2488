/**
 * The methods of the app-server protocol, generated from runtime 0.169.0 by `deno task generate`.
 *
 * @module
 */
import type {
  AccountLoginCompletedNotification,
  AccountRateLimitsUpdatedNotification,
  AccountSessionsListParams,
  AccountSessionsResponse,
  AccountSessionsSwitchParams,
  AccountSessionsSwitchResponse,
  AccountUpdatedNotification,
  AgentMessageDeltaNotification,
  AppListUpdatedNotification,
  ApplyPatchApprovalParams,
  ApplyPatchApprovalResponse,
  AppsInstalledParams,
  AppsInstalledResponse,
  AppsListParams,
  AppsListResponse,
  AppsReadParams,
  AppsReadResponse,
  AttestationGenerateParams,
  AttestationGenerateResponse,
  AuthRecoveryNotification,
  BedrockCheckGovCloudRequirementsParams,
  BedrockCheckGovCloudRequirementsResponse,
  BedrockDiscoverParams,
  BedrockDiscoverResponse,
  BedrockSetupParams,
  BedrockSetupResponse,
  CancelLoginAccountParams,
  CancelLoginAccountResponse,
  ChatgptAuthTokensRefreshParams,
  ChatgptAuthTokensRefreshResponse,
  CollaborationModeListParams,
  CollaborationModeListResponse,
  CommandExecOutputDeltaNotification,
  CommandExecParams,
  CommandExecResizeParams,
  CommandExecResizeResponse,
  CommandExecResponse,
  CommandExecTerminateParams,
  CommandExecTerminateResponse,
  CommandExecWriteParams,
  CommandExecWriteResponse,
  CommandExecutionOutputDeltaNotification,
  CommandExecutionRequestApprovalParams,
  CommandExecutionRequestApprovalResponse,
  ConfigBatchWriteParams,
  ConfigReadParams,
  ConfigReadResponse,
  ConfigRequirementsReadResponse,
  ConfigValueWriteParams,
  ConfigWarningNotification,
  ConfigWriteResponse,
  ConsumeAccountRateLimitResetCreditParams,
  ConsumeAccountRateLimitResetCreditResponse,
  ContextCompactedNotification,
  CurrentTimeReadParams,
  CurrentTimeReadResponse,
  DeprecationNoticeNotification,
  DynamicToolCallParams,
  DynamicToolCallResponse,
  EnvironmentAddParams,
  EnvironmentAddResponse,
  EnvironmentConnectionNotification,
  EnvironmentInfoParams,
  EnvironmentInfoResponse,
  EnvironmentStatusParams,
  EnvironmentStatusResponse,
  ErrorNotification,
  ExecCommandApprovalParams,
  ExecCommandApprovalResponse,
  ExperimentalFeatureEnablementSetParams,
  ExperimentalFeatureEnablementSetResponse,
  ExperimentalFeatureListParams,
  ExperimentalFeatureListResponse,
  ExternalAgentConfigDetectParams,
  ExternalAgentConfigDetectResponse,
  ExternalAgentConfigImportCompletedNotification,
  ExternalAgentConfigImportHistoriesReadResponse,
  ExternalAgentConfigImportHistoryRecordParams,
  ExternalAgentConfigImportHistoryRecordResponse,
  ExternalAgentConfigImportParams,
  ExternalAgentConfigImportProgressNotification,
  ExternalAgentConfigImportResponse,
  FeedbackSaveParams,
  FeedbackSaveResponse,
  FeedbackUploadParams,
  FeedbackUploadResponse,
  FileChangeOutputDeltaNotification,
  FileChangePatchUpdatedNotification,
  FileChangeRequestApprovalParams,
  FileChangeRequestApprovalResponse,
  FsChangedNotification,
  FsCopyParams,
  FsCopyResponse,
  FsCreateDirectoryParams,
  FsCreateDirectoryResponse,
  FsGetMetadataParams,
  FsGetMetadataResponse,
  FsReadDirectoryParams,
  FsReadDirectoryResponse,
  FsReadFileParams,
  FsReadFileResponse,
  FsRemoveParams,
  FsRemoveResponse,
  FsUnwatchParams,
  FsUnwatchResponse,
  FsWatchParams,
  FsWatchResponse,
  FsWriteFileParams,
  FsWriteFileResponse,
  FuzzyFileSearchParams,
  FuzzyFileSearchResponse,
  FuzzyFileSearchSessionCompletedNotification,
  FuzzyFileSearchSessionStartParams,
  FuzzyFileSearchSessionStartResponse,
  FuzzyFileSearchSessionStopParams,
  FuzzyFileSearchSessionStopResponse,
  FuzzyFileSearchSessionUpdateParams,
  FuzzyFileSearchSessionUpdateResponse,
  FuzzyFileSearchSessionUpdatedNotification,
  GatewayOAuthCancelResponse,
  GatewayOAuthChangedNotification,
  GatewayOAuthLoginParams,
  GatewayOAuthLoginResponse,
  GatewayOAuthReadParams,
  GatewayOAuthReadResponse,
  GcpSetupParams,
  GcpSetupResponse,
  GetAccountParams,
  GetAccountRateLimitsParams,
  GetAccountRateLimitsResponse,
  GetAccountResponse,
  GetAccountSecuritySetupResponse,
  GetAccountTokenUsageParams,
  GetAccountTokenUsageResponse,
  GetWorkspaceMessagesResponse,
  GuardianWarningNotification,
  HookCompletedNotification,
  HookStartedNotification,
  HooksListParams,
  HooksListResponse,
  InitializeParams,
  InitializeResponse,
  ItemCompletedNotification,
  ItemGuardianApprovalReviewCompletedNotification,
  ItemGuardianApprovalReviewStartedNotification,
  ItemStartedNotification,
  ListMcpServerStatusParams,
  ListMcpServerStatusResponse,
  LoginAccountParams,
  LoginAccountResponse,
  LogoutAccountResponse,
  MarketplaceAddParams,
  MarketplaceAddResponse,
  MarketplaceRemoveParams,
  MarketplaceRemoveResponse,
  MarketplaceUpgradeParams,
  MarketplaceUpgradeResponse,
  McpResourceReadParams,
  McpResourceReadResponse,
  McpServerElicitationRequestParams,
  McpServerElicitationRequestResponse,
  McpServerEventStreamNotification,
  McpServerEventStreamStartParams,
  McpServerEventStreamStartResponse,
  McpServerEventStreamStopParams,
  McpServerEventStreamStopResponse,
  McpServerOauthLoginCompletedNotification,
  McpServerOauthLoginParams,
  McpServerOauthLoginResponse,
  McpServerRefreshResponse,
  McpServerStatusUpdatedNotification,
  McpServerToolCallParams,
  McpServerToolCallResponse,
  McpToolCallProgressNotification,
  MemoryResetResponse,
  MemoryStatusParams,
  MemoryStatusResponse,
  MockExperimentalMethodParams,
  MockExperimentalMethodResponse,
  ModelListParams,
  ModelListResponse,
  ModelProviderCapabilitiesReadParams,
  ModelProviderCapabilitiesReadResponse,
  ModelProviderConfigWriteParams,
  ModelProviderConfigWriteResponse,
  ModelProviderListParams,
  ModelProviderListResponse,
  ModelReroutedNotification,
  ModelSafetyBufferingUpdatedNotification,
  ModelVerificationNotification,
  PermissionProfileListParams,
  PermissionProfileListResponse,
  PermissionsRequestApprovalParams,
  PermissionsRequestApprovalResponse,
  PlanDeltaNotification,
  PluginInstallParams,
  PluginInstallResponse,
  PluginInstalledParams,
  PluginInstalledResponse,
  PluginListParams,
  PluginListResponse,
  PluginReadParams,
  PluginReadResponse,
  PluginReconcileParams,
  PluginReconcileResponse,
  PluginSearchParams,
  PluginSearchResponse,
  PluginShareCheckoutParams,
  PluginShareCheckoutResponse,
  PluginShareDeleteParams,
  PluginShareDeleteResponse,
  PluginShareListParams,
  PluginShareListResponse,
  PluginShareSaveParams,
  PluginShareSaveResponse,
  PluginShareUpdateTargetsParams,
  PluginShareUpdateTargetsResponse,
  PluginSkillReadParams,
  PluginSkillReadResponse,
  PluginUninstallParams,
  PluginUninstallResponse,
  ProcessExitedNotification,
  ProcessKillParams,
  ProcessKillResponse,
  ProcessOutputDeltaNotification,
  ProcessResizePtyParams,
  ProcessResizePtyResponse,
  ProcessSpawnParams,
  ProcessSpawnResponse,
  ProcessWriteStdinParams,
  ProcessWriteStdinResponse,
  ProjectChangedNotification,
  ProjectCreateParams,
  ProjectCreateResponse,
  ProjectDeleteParams,
  ProjectDeleteResponse,
  ProjectImportParams,
  ProjectImportResponse,
  ProjectListParams,
  ProjectListResponse,
  ProjectMoveParams,
  ProjectMoveResponse,
  ProjectReadParams,
  ProjectReadResponse,
  ProjectUpdateParams,
  ProjectUpdateResponse,
  ReasoningSummaryPartAddedNotification,
  ReasoningSummaryTextDeltaNotification,
  ReasoningTextDeltaNotification,
  RemoteControlClientsListParams,
  RemoteControlClientsListResponse,
  RemoteControlClientsRevokeParams,
  RemoteControlClientsRevokeResponse,
  RemoteControlDisableParams,
  RemoteControlDisableResponse,
  RemoteControlEnableParams,
  RemoteControlEnableResponse,
  RemoteControlPairingStartParams,
  RemoteControlPairingStartResponse,
  RemoteControlPairingStatusParams,
  RemoteControlPairingStatusResponse,
  RemoteControlStatusChangedNotification,
  RemoteControlStatusReadResponse,
  ReviewStartParams,
  ReviewStartResponse,
  RolloutCompressResponse,
  SendAddCreditsNudgeEmailParams,
  SendAddCreditsNudgeEmailResponse,
  ServerDiagnosticsParams,
  ServerDiagnosticsResponse,
  ServerRequestResolvedNotification,
  SkillsChangedNotification,
  SkillsConfigWriteParams,
  SkillsConfigWriteResponse,
  SkillsExtraRootsSetParams,
  SkillsExtraRootsSetResponse,
  SkillsListParams,
  SkillsListResponse,
  StrictReviewRequiredNotification,
  TerminalInteractionNotification,
  ThreadApproveGuardianDeniedActionParams,
  ThreadApproveGuardianDeniedActionResponse,
  ThreadArchiveParams,
  ThreadArchiveResponse,
  ThreadArchivedNotification,
  ThreadAttachmentAddParams,
  ThreadAttachmentAddResponse,
  ThreadAttachmentListParams,
  ThreadAttachmentListResponse,
  ThreadAttachmentOwnerListParams,
  ThreadAttachmentOwnerListResponse,
  ThreadAttachmentRemoveParams,
  ThreadAttachmentRemoveResponse,
  ThreadAttachmentUpdatedNotification,
  ThreadBackgroundTerminalsCleanParams,
  ThreadBackgroundTerminalsCleanResponse,
  ThreadBackgroundTerminalsListParams,
  ThreadBackgroundTerminalsListResponse,
  ThreadBackgroundTerminalsTerminateParams,
  ThreadBackgroundTerminalsTerminateResponse,
  ThreadClosedNotification,
  ThreadCompactStartParams,
  ThreadCompactStartResponse,
  ThreadDecrementElicitationParams,
  ThreadDecrementElicitationResponse,
  ThreadDeleteParams,
  ThreadDeleteResponse,
  ThreadDeletedNotification,
  ThreadForkParams,
  ThreadForkResponse,
  ThreadGoalClearParams,
  ThreadGoalClearResponse,
  ThreadGoalClearedNotification,
  ThreadGoalGetParams,
  ThreadGoalGetResponse,
  ThreadGoalSetParams,
  ThreadGoalSetResponse,
  ThreadGoalUpdatedNotification,
  ThreadGuardianReviewParams,
  ThreadGuardianReviewResponse,
  ThreadIncrementElicitationParams,
  ThreadIncrementElicitationResponse,
  ThreadInjectItemsParams,
  ThreadInjectItemsResponse,
  ThreadItemsListParams,
  ThreadItemsListResponse,
  ThreadItemsReadParams,
  ThreadItemsReadResponse,
  ThreadListParams,
  ThreadListResponse,
  ThreadLoadedListParams,
  ThreadLoadedListResponse,
  ThreadMemoryModeSetParams,
  ThreadMemoryModeSetResponse,
  ThreadMemoryReadParams,
  ThreadMemoryReadResponse,
  ThreadMetadataUpdateParams,
  ThreadMetadataUpdateResponse,
  ThreadNameUpdatedNotification,
  ThreadPredictionRequestParams,
  ThreadPredictionRequestResponse,
  ThreadPredictionUpdatedNotification,
  ThreadPrepareApprovedPlanParams,
  ThreadPrepareApprovedPlanResponse,
  ThreadProjectUpdatedNotification,
  ThreadQueueAddParams,
  ThreadQueueAddResponse,
  ThreadQueueChangedNotification,
  ThreadQueueDeleteParams,
  ThreadQueueDeleteResponse,
  ThreadQueueListParams,
  ThreadQueueListResponse,
  ThreadQueueReorderParams,
  ThreadQueueReorderResponse,
  ThreadQueueStartParams,
  ThreadQueueStartResponse,
  ThreadQueueUpdateParams,
  ThreadQueueUpdateResponse,
  ThreadReadParams,
  ThreadReadResponse,
  ThreadReadStateChangedNotification,
  ThreadReadStateUpdateParams,
  ThreadReadStateUpdateResponse,
  ThreadRealtimeAppendAudioParams,
  ThreadRealtimeAppendAudioResponse,
  ThreadRealtimeAppendSpeechParams,
  ThreadRealtimeAppendSpeechResponse,
  ThreadRealtimeAppendTextParams,
  ThreadRealtimeAppendTextResponse,
  ThreadRealtimeClosedNotification,
  ThreadRealtimeErrorNotification,
  ThreadRealtimeItemAddedNotification,
  ThreadRealtimeItemCompletedNotification,
  ThreadRealtimeItemStartedNotification,
  ThreadRealtimeItemTranscriptDeltaNotification,
  ThreadRealtimeListVoicesParams,
  ThreadRealtimeListVoicesResponse,
  ThreadRealtimeOutputAudioDeltaNotification,
  ThreadRealtimeSdpNotification,
  ThreadRealtimeStartParams,
  ThreadRealtimeStartResponse,
  ThreadRealtimeStartedNotification,
  ThreadRealtimeStopParams,
  ThreadRealtimeStopResponse,
  ThreadRealtimeTranscriptDeltaNotification,
  ThreadRealtimeTranscriptDoneNotification,
  ThreadResumeParams,
  ThreadResumeResponse,
  ThreadRevertParams,
  ThreadRevertResponse,
  ThreadRevertedNotification,
  ThreadSampleCancelParams,
  ThreadSampleCancelResponse,
  ThreadSampleParams,
  ThreadSampleResponse,
  ThreadSearchOccurrencesParams,
  ThreadSearchOccurrencesResponse,
  ThreadSearchParams,
  ThreadSearchResponse,
  ThreadSectionChangedNotification,
  ThreadSectionCreateParams,
  ThreadSectionCreateResponse,
  ThreadSectionDeleteParams,
  ThreadSectionDeleteResponse,
  ThreadSectionListParams,
  ThreadSectionListResponse,
  ThreadSectionMoveParams,
  ThreadSectionMoveResponse,
  ThreadSectionUpdateParams,
  ThreadSectionUpdateResponse,
  ThreadSetNameParams,
  ThreadSetNameResponse,
  ThreadSettingsUpdateParams,
  ThreadSettingsUpdateResponse,
  ThreadSettingsUpdatedNotification,
  ThreadShellCommandParams,
  ThreadShellCommandResponse,
  ThreadStartParams,
  ThreadStartResponse,
  ThreadStartedNotification,
  ThreadStatusChangedNotification,
  ThreadTimelineListParams,
  ThreadTimelineListResponse,
  ThreadTokenUsageUpdatedNotification,
  ThreadTurnsListParams,
  ThreadTurnsListResponse,
  ThreadUnarchiveParams,
  ThreadUnarchiveResponse,
  ThreadUnarchivedNotification,
  ThreadUnsubscribeParams,
  ThreadUnsubscribeResponse,
  ToolRequestUserInputParams,
  ToolRequestUserInputResponse,
  TurnCompletedNotification,
  TurnDiffUpdatedNotification,
  TurnInterruptParams,
  TurnInterruptResponse,
  TurnModerationMetadataNotification,
  TurnPlanUpdatedNotification,
  TurnSettingsUpdateParams,
  TurnSettingsUpdateResponse,
  TurnStartParams,
  TurnStartResponse,
  TurnStartedNotification,
  TurnSteerParams,
  TurnSteerResponse,
  UserVerificationCancelParams,
  UserVerificationCancelResponse,
  UserVerificationDeleteParams,
  UserVerificationDeleteResponse,
  UserVerificationEnrollParams,
  UserVerificationEnrollResponse,
  UserVerificationStatusParams,
  UserVerificationStatusResponse,
  UserVerificationVerifyParams,
  UserVerificationVerifyResponse,
  WarningNotification,
  WindowsSandboxReadinessResponse,
  WindowsSandboxSetupCompletedNotification,
  WindowsSandboxSetupStartParams,
  WindowsSandboxSetupStartResponse,
  WindowsWorldWritableWarningNotification,
} from "./types.ts";

/** Every request of the client: its params and its result, by method. */
export interface ClientRequests {
  "account/bedrock/checkGovCloudRequirements": { params: BedrockCheckGovCloudRequirementsParams; result: BedrockCheckGovCloudRequirementsResponse };
  "account/bedrock/discover": { params: BedrockDiscoverParams; result: BedrockDiscoverResponse };
  "account/bedrock/setup": { params: BedrockSetupParams; result: BedrockSetupResponse };
  "account/gatewayOAuth/cancel": { params: undefined; result: GatewayOAuthCancelResponse };
  /** Authorize a configured provider without changing the default or any thread's provider. */
  "account/gatewayOAuth/login": { params: GatewayOAuthLoginParams | null | undefined; result: GatewayOAuthLoginResponse };
  /** Read credential readiness for a configured provider without starting browser login. */
  "account/gatewayOAuth/read": { params: GatewayOAuthReadParams | null | undefined; result: GatewayOAuthReadResponse };
  "account/gcp/setup": { params: GcpSetupParams; result: GcpSetupResponse };
  "account/login/cancel": { params: CancelLoginAccountParams; result: CancelLoginAccountResponse };
  "account/login/start": { params: LoginAccountParams; result: LoginAccountResponse };
  "account/logout": { params: undefined; result: LogoutAccountResponse };
  "account/rateLimitResetCredit/consume": { params: ConsumeAccountRateLimitResetCreditParams; result: ConsumeAccountRateLimitResetCreditResponse };
  /** Usage-read capabilities of the requesting client, never inferred from its experiment arm. */
  "account/rateLimits/read": { params: GetAccountRateLimitsParams | null | undefined; result: GetAccountRateLimitsResponse };
  "account/read": { params: GetAccountParams; result: GetAccountResponse };
  "account/securitySetup/read": { params: undefined; result: GetAccountSecuritySetupResponse };
  "account/sendAddCreditsNudgeEmail": { params: SendAddCreditsNudgeEmailParams; result: SendAddCreditsNudgeEmailResponse };
  "account/usage/read": { params: GetAccountTokenUsageParams | null | undefined; result: GetAccountTokenUsageResponse };
  "account/workspaceMessages/read": { params: undefined; result: GetWorkspaceMessagesResponse };
  "accountSession/list": { params: AccountSessionsListParams; result: AccountSessionsResponse };
  "accountSession/switch": { params: AccountSessionsSwitchParams; result: AccountSessionsSwitchResponse };
  /** Read the committed installed connector runtime snapshot. */
  "app/installed": { params: AppsInstalledParams; result: AppsInstalledResponse };
  /** EXPERIMENTAL - list available apps/connectors. */
  "app/list": { params: AppsListParams; result: AppsListResponse };
  /** EXPERIMENTAL - read metadata for specific apps/connectors. */
  "app/read": { params: AppsReadParams; result: AppsReadResponse };
  /** Lists collaboration mode presets. */
  "collaborationMode/list": { params: CollaborationModeListParams; result: CollaborationModeListResponse };
  /** Execute a standalone command (argv vector) under the server's sandbox. */
  "command/exec": { params: CommandExecParams; result: CommandExecResponse };
  /** Resize a running PTY-backed `command/exec` session by client-supplied `processId`. */
  "command/exec/resize": { params: CommandExecResizeParams; result: CommandExecResizeResponse };
  /** Terminate a running `command/exec` session by client-supplied `processId`. */
  "command/exec/terminate": { params: CommandExecTerminateParams; result: CommandExecTerminateResponse };
  /** Write stdin bytes to a running `command/exec` session or close stdin. */
  "command/exec/write": { params: CommandExecWriteParams; result: CommandExecWriteResponse };
  "config/batchWrite": { params: ConfigBatchWriteParams; result: ConfigWriteResponse };
  "config/mcpServer/reload": { params: undefined; result: McpServerRefreshResponse };
  "config/read": { params: ConfigReadParams; result: ConfigReadResponse };
  "config/value/write": { params: ConfigValueWriteParams; result: ConfigWriteResponse };
  "configRequirements/read": { params: undefined; result: ConfigRequirementsReadResponse };
  /** Adds or replaces a remote environment by id for later selection. */
  "environment/add": { params: EnvironmentAddParams; result: EnvironmentAddResponse };
  /** Reads information from a configured execution environment. */
  "environment/info": { params: EnvironmentInfoParams; result: EnvironmentInfoResponse };
  /** Reads the current status of a configured execution environment. */
  "environment/status": { params: EnvironmentStatusParams; result: EnvironmentStatusResponse };
  "experimentalFeature/enablement/set": { params: ExperimentalFeatureEnablementSetParams; result: ExperimentalFeatureEnablementSetResponse };
  "experimentalFeature/list": { params: ExperimentalFeatureListParams; result: ExperimentalFeatureListResponse };
  "externalAgentConfig/detect": { params: ExternalAgentConfigDetectParams; result: ExternalAgentConfigDetectResponse };
  "externalAgentConfig/import": { params: ExternalAgentConfigImportParams; result: ExternalAgentConfigImportResponse };
  "externalAgentConfig/import/readHistories": { params: undefined; result: ExternalAgentConfigImportHistoriesReadResponse };
  "externalAgentConfig/import/recordHistory": { params: ExternalAgentConfigImportHistoryRecordParams; result: ExternalAgentConfigImportHistoryRecordResponse };
  "feedback/save": { params: FeedbackSaveParams; result: FeedbackSaveResponse };
  "feedback/upload": { params: FeedbackUploadParams; result: FeedbackUploadResponse };
  /** Copy a file or directory tree on the host filesystem. */
  "fs/copy": { params: FsCopyParams; result: FsCopyResponse };
  /** Create a directory on the host filesystem. */
  "fs/createDirectory": { params: FsCreateDirectoryParams; result: FsCreateDirectoryResponse };
  /** Request metadata for an absolute path. */
  "fs/getMetadata": { params: FsGetMetadataParams; result: FsGetMetadataResponse };
  /** List direct child names for a directory. */
  "fs/readDirectory": { params: FsReadDirectoryParams; result: FsReadDirectoryResponse };
  /** Read a file from the host filesystem. */
  "fs/readFile": { params: FsReadFileParams; result: FsReadFileResponse };
  /** Remove a file or directory tree from the host filesystem. */
  "fs/remove": { params: FsRemoveParams; result: FsRemoveResponse };
  /** Stop filesystem watch notifications for a prior `fs/watch`. */
  "fs/unwatch": { params: FsUnwatchParams; result: FsUnwatchResponse };
  /** Start filesystem watch notifications for an absolute path. */
  "fs/watch": { params: FsWatchParams; result: FsWatchResponse };
  /** Write a file on the host filesystem. */
  "fs/writeFile": { params: FsWriteFileParams; result: FsWriteFileResponse };
  "fuzzyFileSearch": { params: FuzzyFileSearchParams; result: FuzzyFileSearchResponse };
  "fuzzyFileSearch/sessionStart": { params: FuzzyFileSearchSessionStartParams; result: FuzzyFileSearchSessionStartResponse };
  "fuzzyFileSearch/sessionStop": { params: FuzzyFileSearchSessionStopParams; result: FuzzyFileSearchSessionStopResponse };
  "fuzzyFileSearch/sessionUpdate": { params: FuzzyFileSearchSessionUpdateParams; result: FuzzyFileSearchSessionUpdateResponse };
  "hooks/list": { params: HooksListParams; result: HooksListResponse };
  "initialize": { params: InitializeParams; result: InitializeResponse };
  "marketplace/add": { params: MarketplaceAddParams; result: MarketplaceAddResponse };
  "marketplace/remove": { params: MarketplaceRemoveParams; result: MarketplaceRemoveResponse };
  "marketplace/upgrade": { params: MarketplaceUpgradeParams; result: MarketplaceUpgradeResponse };
  "mcpServer/event/stream/start": { params: McpServerEventStreamStartParams; result: McpServerEventStreamStartResponse };
  "mcpServer/event/stream/stop": { params: McpServerEventStreamStopParams; result: McpServerEventStreamStopResponse };
  "mcpServer/oauth/login": { params: McpServerOauthLoginParams; result: McpServerOauthLoginResponse };
  "mcpServer/resource/read": { params: McpResourceReadParams; result: McpResourceReadResponse };
  "mcpServer/tool/call": { params: McpServerToolCallParams; result: McpServerToolCallResponse };
  "mcpServerStatus/list": { params: ListMcpServerStatusParams; result: ListMcpServerStatusResponse };
  "memory/reset": { params: undefined; result: MemoryResetResponse };
  "memory/status": { params: MemoryStatusParams; result: MemoryStatusResponse };
  /** Test-only method used to validate experimental gating. */
  "mock/experimentalMethod": { params: MockExperimentalMethodParams; result: MockExperimentalMethodResponse };
  "model/list": { params: ModelListParams; result: ModelListResponse };
  "modelProvider/capabilities/read": { params: ModelProviderCapabilitiesReadParams; result: ModelProviderCapabilitiesReadResponse };
  "modelProvider/config/write": { params: ModelProviderConfigWriteParams; result: ModelProviderConfigWriteResponse };
  "modelProvider/list": { params: ModelProviderListParams; result: ModelProviderListResponse };
  "permissionProfile/list": { params: PermissionProfileListParams; result: PermissionProfileListResponse };
  "plugin/install": { params: PluginInstallParams; result: PluginInstallResponse };
  "plugin/installed": { params: PluginInstalledParams; result: PluginInstalledResponse };
  "plugin/list": { params: PluginListParams; result: PluginListResponse };
  "plugin/read": { params: PluginReadParams; result: PluginReadResponse };
  "plugin/reconcile": { params: PluginReconcileParams; result: PluginReconcileResponse };
  "plugin/search": { params: PluginSearchParams; result: PluginSearchResponse };
  "plugin/share/checkout": { params: PluginShareCheckoutParams; result: PluginShareCheckoutResponse };
  "plugin/share/delete": { params: PluginShareDeleteParams; result: PluginShareDeleteResponse };
  "plugin/share/list": { params: PluginShareListParams; result: PluginShareListResponse };
  "plugin/share/save": { params: PluginShareSaveParams; result: PluginShareSaveResponse };
  "plugin/share/updateTargets": { params: PluginShareUpdateTargetsParams; result: PluginShareUpdateTargetsResponse };
  "plugin/skill/read": { params: PluginSkillReadParams; result: PluginSkillReadResponse };
  "plugin/uninstall": { params: PluginUninstallParams; result: PluginUninstallResponse };
  /** Terminate a running `process/spawn` session by client-supplied `processHandle`. */
  "process/kill": { params: ProcessKillParams; result: ProcessKillResponse };
  /** Resize a running PTY-backed `process/spawn` session by client-supplied `processHandle`. */
  "process/resizePty": { params: ProcessResizePtyParams; result: ProcessResizePtyResponse };
  /** Spawn a standalone process (argv vector) without a Codex sandbox. */
  "process/spawn": { params: ProcessSpawnParams; result: ProcessSpawnResponse };
  /** Write stdin bytes to a running `process/spawn` session or close stdin. */
  "process/writeStdin": { params: ProcessWriteStdinParams; result: ProcessWriteStdinResponse };
  "project/create": { params: ProjectCreateParams; result: ProjectCreateResponse };
  "project/delete": { params: ProjectDeleteParams; result: ProjectDeleteResponse };
  "project/import": { params: ProjectImportParams; result: ProjectImportResponse };
  "project/list": { params: ProjectListParams; result: ProjectListResponse };
  "project/move": { params: ProjectMoveParams; result: ProjectMoveResponse };
  "project/read": { params: ProjectReadParams; result: ProjectReadResponse };
  "project/update": { params: ProjectUpdateParams; result: ProjectUpdateResponse };
  "remoteControl/client/list": { params: RemoteControlClientsListParams; result: RemoteControlClientsListResponse };
  "remoteControl/client/revoke": { params: RemoteControlClientsRevokeParams; result: RemoteControlClientsRevokeResponse };
  "remoteControl/disable": { params: RemoteControlDisableParams | null | undefined; result: RemoteControlDisableResponse };
  "remoteControl/enable": { params: RemoteControlEnableParams | null | undefined; result: RemoteControlEnableResponse };
  "remoteControl/pairing/start": { params: RemoteControlPairingStartParams; result: RemoteControlPairingStartResponse };
  "remoteControl/pairing/status": { params: RemoteControlPairingStatusParams; result: RemoteControlPairingStatusResponse };
  "remoteControl/status/read": { params: undefined; result: RemoteControlStatusReadResponse };
  "review/start": { params: ReviewStartParams; result: ReviewStartResponse };
  /** Start a best-effort background compression pass for cold local rollouts. */
  "rollout/compress": { params: undefined; result: RolloutCompressResponse };
  /** Read content-free, process-local diagnostics. */
  "server/diagnostics": { params: ServerDiagnosticsParams; result: ServerDiagnosticsResponse };
  "skills/config/write": { params: SkillsConfigWriteParams; result: SkillsConfigWriteResponse };
  "skills/extraRoots/set": { params: SkillsExtraRootsSetParams; result: SkillsExtraRootsSetResponse };
  "skills/list": { params: SkillsListParams; result: SkillsListResponse };
  "thread/approveGuardianDeniedAction": { params: ThreadApproveGuardianDeniedActionParams; result: ThreadApproveGuardianDeniedActionResponse };
  "thread/archive": { params: ThreadArchiveParams; result: ThreadArchiveResponse };
  /** Parameters for creating or locating an attachment on its owning thread. */
  "thread/attachment/add": { params: ThreadAttachmentAddParams; result: ThreadAttachmentAddResponse };
  /** Parameters for listing attachments from one thread. */
  "thread/attachment/list": { params: ThreadAttachmentListParams; result: ThreadAttachmentListResponse };
  /** Parameters for deleting an attachment by its stable thread-local identity. */
  "thread/attachment/remove": { params: ThreadAttachmentRemoveParams; result: ThreadAttachmentRemoveResponse };
  /** Parameters for reverse lookup by attachment identity within this server's store. */
  "thread/attachmentOwner/list": { params: ThreadAttachmentOwnerListParams; result: ThreadAttachmentOwnerListResponse };
  "thread/backgroundTerminals/clean": { params: ThreadBackgroundTerminalsCleanParams; result: ThreadBackgroundTerminalsCleanResponse };
  "thread/backgroundTerminals/list": { params: ThreadBackgroundTerminalsListParams; result: ThreadBackgroundTerminalsListResponse };
  "thread/backgroundTerminals/terminate": { params: ThreadBackgroundTerminalsTerminateParams; result: ThreadBackgroundTerminalsTerminateResponse };
  "thread/compact/start": { params: ThreadCompactStartParams; result: ThreadCompactStartResponse };
  /**
   * Decrement the thread-local out-of-band elicitation counter.
   *
   * When the count reaches zero, timeout accounting resumes for the thread.
   */
  "thread/decrement_elicitation": { params: ThreadDecrementElicitationParams; result: ThreadDecrementElicitationResponse };
  "thread/delete": { params: ThreadDeleteParams; result: ThreadDeleteResponse };
  /**
   * There are two ways to fork a thread: 1. By thread_id: load the thread from disk by thread_id
   * and fork it into a new thread. 2. By path: load the thread from disk by path and fork it into a
   * new thread.
   *
   * If using a non-empty path, the thread_id param will be ignored. Empty string path values are
   * treated as absent.
   *
   * Prefer using thread_id whenever possible.
   */
  "thread/fork": { params: ThreadForkParams; result: ThreadForkResponse };
  "thread/goal/clear": { params: ThreadGoalClearParams; result: ThreadGoalClearResponse };
  "thread/goal/get": { params: ThreadGoalGetParams; result: ThreadGoalGetResponse };
  "thread/goal/set": { params: ThreadGoalSetParams; result: ThreadGoalSetResponse };
  /** Review the idle thread's final injected exec_command without executing it. */
  "thread/guardianReview": { params: ThreadGuardianReviewParams; result: ThreadGuardianReviewResponse };
  /**
   * Increment the thread-local out-of-band elicitation counter.
   *
   * This is used by external helpers to pause timeout accounting while a user approval or other
   * elicitation is pending outside the app-server request flow.
   */
  "thread/increment_elicitation": { params: ThreadIncrementElicitationParams; result: ThreadIncrementElicitationResponse };
  /** Append raw Responses API items to the thread history without starting a user turn. */
  "thread/inject_items": { params: ThreadInjectItemsParams; result: ThreadInjectItemsResponse };
  "thread/items/list": { params: ThreadItemsListParams; result: ThreadItemsListResponse };
  /** EXPERIMENTAL - retrieve a bounded set of persisted items from one turn. */
  "thread/items/read": { params: ThreadItemsReadParams; result: ThreadItemsReadResponse };
  "thread/list": { params: ThreadListParams; result: ThreadListResponse };
  "thread/loaded/list": { params: ThreadLoadedListParams; result: ThreadLoadedListResponse };
  "thread/memory/read": { params: ThreadMemoryReadParams; result: ThreadMemoryReadResponse };
  "thread/memoryMode/set": { params: ThreadMemoryModeSetParams; result: ThreadMemoryModeSetResponse };
  "thread/metadata/update": { params: ThreadMetadataUpdateParams; result: ThreadMetadataUpdateResponse };
  "thread/name/set": { params: ThreadSetNameParams; result: ThreadSetNameResponse };
  "thread/prediction/request": { params: ThreadPredictionRequestParams; result: ThreadPredictionRequestResponse };
  /** Prepare an approved plan for the first turn of a fresh thread. */
  "thread/prepareApprovedPlan": { params: ThreadPrepareApprovedPlanParams; result: ThreadPrepareApprovedPlanResponse };
  "thread/queue/add": { params: ThreadQueueAddParams; result: ThreadQueueAddResponse };
  "thread/queue/delete": { params: ThreadQueueDeleteParams; result: ThreadQueueDeleteResponse };
  "thread/queue/list": { params: ThreadQueueListParams; result: ThreadQueueListResponse };
  "thread/queue/reorder": { params: ThreadQueueReorderParams; result: ThreadQueueReorderResponse };
  "thread/queue/start": { params: ThreadQueueStartParams; result: ThreadQueueStartResponse };
  "thread/queue/update": { params: ThreadQueueUpdateParams; result: ThreadQueueUpdateResponse };
  "thread/read": { params: ThreadReadParams; result: ThreadReadResponse };
  "thread/readState/update": { params: ThreadReadStateUpdateParams; result: ThreadReadStateUpdateResponse };
  /** EXPERIMENTAL - append audio input to thread realtime. */
  "thread/realtime/appendAudio": { params: ThreadRealtimeAppendAudioParams; result: ThreadRealtimeAppendAudioResponse };
  /** EXPERIMENTAL - append speakable text to thread realtime. */
  "thread/realtime/appendSpeech": { params: ThreadRealtimeAppendSpeechParams; result: ThreadRealtimeAppendSpeechResponse };
  /** EXPERIMENTAL - append text input to thread realtime. */
  "thread/realtime/appendText": { params: ThreadRealtimeAppendTextParams; result: ThreadRealtimeAppendTextResponse };
  /** EXPERIMENTAL - list voices supported by thread realtime. */
  "thread/realtime/listVoices": { params: ThreadRealtimeListVoicesParams; result: ThreadRealtimeListVoicesResponse };
  /** EXPERIMENTAL - start a thread-scoped realtime session. */
  "thread/realtime/start": { params: ThreadRealtimeStartParams; result: ThreadRealtimeStartResponse };
  /** EXPERIMENTAL - stop thread realtime. */
  "thread/realtime/stop": { params: ThreadRealtimeStopParams; result: ThreadRealtimeStopResponse };
  /**
   * There are three ways to resume a thread: 1. By thread_id: load the thread from disk by
   * thread_id and resume it. 2. By history: instantiate the thread from memory and resume it. 3. By
   * path: load the thread from disk by path and resume it.
   *
   * For non-running threads, the precedence is: history > non-empty path > thread_id. If using
   * history or a non-empty path for a non-running thread, the thread_id param will be ignored.
   *
   * If thread_id identifies a running thread, app-server rejoins that thread and treats a non-empty
   * path as a consistency check against the active rollout path. Empty string path values are
   * treated as absent.
   *
   * Prefer using thread_id whenever possible.
   */
  "thread/resume": { params: ThreadResumeParams; result: ThreadResumeResponse };
  /**
   * Replace a paginated thread's durable history with the prefix before one turn.
   *
   * This only changes persisted conversation history. It does not revert local file changes.
   */
  "thread/revert": { params: ThreadRevertParams; result: ThreadRevertResponse };
  "thread/sample": { params: ThreadSampleParams; result: ThreadSampleResponse };
  "thread/sample/cancel": { params: ThreadSampleCancelParams; result: ThreadSampleCancelResponse };
  "thread/search": { params: ThreadSearchParams; result: ThreadSearchResponse };
  /** Parameters for searching visible message occurrences within one paginated thread. */
  "thread/searchOccurrences": { params: ThreadSearchOccurrencesParams; result: ThreadSearchOccurrencesResponse };
  /** Parameters for moving a thread within a server-owned section ordering. */
  "thread/section/move": { params: ThreadSectionMoveParams; result: ThreadSectionMoveResponse };
  "thread/settings/update": { params: ThreadSettingsUpdateParams; result: ThreadSettingsUpdateResponse };
  "thread/shellCommand": { params: ThreadShellCommandParams; result: ThreadShellCommandResponse };
  /** NEW APIs */
  "thread/start": { params: ThreadStartParams; result: ThreadStartResponse };
  /** EXPERIMENTAL - list ordinary and realtime thread history in rollout order. */
  "thread/timeline/list": { params: ThreadTimelineListParams; result: ThreadTimelineListResponse };
  "thread/turns/list": { params: ThreadTurnsListParams; result: ThreadTurnsListResponse };
  "thread/unarchive": { params: ThreadUnarchiveParams; result: ThreadUnarchiveResponse };
  "thread/unsubscribe": { params: ThreadUnsubscribeParams; result: ThreadUnsubscribeResponse };
  /** Parameters for creating an independently persisted thread section. */
  "threadSection/create": { params: ThreadSectionCreateParams; result: ThreadSectionCreateResponse };
  /** Parameters for deleting an independently persisted thread section. */
  "threadSection/delete": { params: ThreadSectionDeleteParams; result: ThreadSectionDeleteResponse };
  /** Parameters for listing independently persisted thread sections. */
  "threadSection/list": { params: ThreadSectionListParams; result: ThreadSectionListResponse };
  /** Parameters for updating an independently persisted thread section. */
  "threadSection/update": { params: ThreadSectionUpdateParams; result: ThreadSectionUpdateResponse };
  "turn/interrupt": { params: TurnInterruptParams; result: TurnInterruptResponse };
  /**
   * Experimental settings changes for one running turn, not future turns. Unsupported fields are
   * rejected rather than silently ignored. Any live task kind may accept publication. Child
   * sessions and consumers of frozen initial settings are unchanged.
   */
  "turn/settings/update": { params: TurnSettingsUpdateParams; result: TurnSettingsUpdateResponse };
  "turn/start": { params: TurnStartParams; result: TurnStartResponse };
  "turn/steer": { params: TurnSteerParams; result: TurnSteerResponse };
  /**
   * Cancels a native verification RPC issued on this connection, not an elicitation. Use a fresh
   * request ID for each operation and a distinct ID for this cancellation RPC.
   */
  "userVerification/cancel": { params: UserVerificationCancelParams; result: UserVerificationCancelResponse };
  "userVerification/delete": { params: UserVerificationDeleteParams; result: UserVerificationDeleteResponse };
  "userVerification/enroll": { params: UserVerificationEnrollParams; result: UserVerificationEnrollResponse };
  "userVerification/status": { params: UserVerificationStatusParams; result: UserVerificationStatusResponse };
  /** Local signing primitive, independent of any pending elicitation. */
  "userVerification/verify": { params: UserVerificationVerifyParams; result: UserVerificationVerifyResponse };
  "windowsSandbox/readiness": { params: undefined; result: WindowsSandboxReadinessResponse };
  "windowsSandbox/setupStart": { params: WindowsSandboxSetupStartParams; result: WindowsSandboxSetupStartResponse };
}

/** Every notification of the client: its params, by method. */
export interface ClientNotifications {
  "initialized": undefined;
}

/** Every notification of the server: its params, by method. */
export interface ServerNotifications {
  "account/gatewayOAuth/changed": GatewayOAuthChangedNotification;
  "account/login/completed": AccountLoginCompletedNotification;
  /**
   * Sparse rolling rate-limit update.
   *
   * Clients should merge available values into the most recent `account/rateLimits/read` response
   * or refetch that snapshot. Nullable account metadata may be unavailable in a rolling update and
   * does not clear a previously observed value.
   */
  "account/rateLimits/updated": AccountRateLimitsUpdatedNotification;
  "account/updated": AccountUpdatedNotification;
  /** EXPERIMENTAL - notification emitted when the app list changes. */
  "app/list/updated": AppListUpdatedNotification;
  "autoApprovalReview/strictReviewRequired": StrictReviewRequiredNotification;
  /** Stream base64-encoded stdout/stderr chunks for a running `command/exec` session. */
  "command/exec/outputDelta": CommandExecOutputDeltaNotification;
  "configWarning": ConfigWarningNotification;
  "deprecationNotice": DeprecationNoticeNotification;
  /** NEW NOTIFICATIONS */
  "error": ErrorNotification;
  "externalAgentConfig/import/completed": ExternalAgentConfigImportCompletedNotification;
  "externalAgentConfig/import/progress": ExternalAgentConfigImportProgressNotification;
  /** Filesystem watch notification emitted for `fs/watch` subscribers. */
  "fs/changed": FsChangedNotification;
  "fuzzyFileSearch/sessionCompleted": FuzzyFileSearchSessionCompletedNotification;
  "fuzzyFileSearch/sessionUpdated": FuzzyFileSearchSessionUpdatedNotification;
  "guardianWarning": GuardianWarningNotification;
  "hook/completed": HookCompletedNotification;
  "hook/started": HookStartedNotification;
  "item/agentMessage/delta": AgentMessageDeltaNotification;
  /**
   * [UNSTABLE] Temporary notification payload for approval auto-review. This shape is expected to
   * change soon.
   */
  "item/autoApprovalReview/completed": ItemGuardianApprovalReviewCompletedNotification;
  /**
   * [UNSTABLE] Temporary notification payload for approval auto-review. This shape is expected to
   * change soon.
   */
  "item/autoApprovalReview/started": ItemGuardianApprovalReviewStartedNotification;
  "item/commandExecution/outputDelta": CommandExecutionOutputDeltaNotification;
  "item/commandExecution/terminalInteraction": TerminalInteractionNotification;
  "item/completed": ItemCompletedNotification;
  /** Deprecated legacy apply_patch output stream notification. */
  "item/fileChange/outputDelta": FileChangeOutputDeltaNotification;
  "item/fileChange/patchUpdated": FileChangePatchUpdatedNotification;
  "item/mcpToolCall/progress": McpToolCallProgressNotification;
  /** EXPERIMENTAL - proposed plan streaming deltas for plan items. */
  "item/plan/delta": PlanDeltaNotification;
  "item/reasoning/summaryPartAdded": ReasoningSummaryPartAddedNotification;
  "item/reasoning/summaryTextDelta": ReasoningSummaryTextDeltaNotification;
  "item/reasoning/textDelta": ReasoningTextDeltaNotification;
  "item/started": ItemStartedNotification;
  "mcpServer/event/stream/notification": McpServerEventStreamNotification;
  "mcpServer/oauthLogin/completed": McpServerOauthLoginCompletedNotification;
  "mcpServer/startupStatus/updated": McpServerStatusUpdatedNotification;
  "model/rerouted": ModelReroutedNotification;
  "model/safetyBuffering/updated": ModelSafetyBufferingUpdatedNotification;
  "model/verification": ModelVerificationNotification;
  "modelProvider/authRecoveryCompleted": AuthRecoveryNotification;
  "modelProvider/authRecoveryStarted": AuthRecoveryNotification;
  /** Final exit notification for a `process/spawn` session. */
  "process/exited": ProcessExitedNotification;
  /** Stream base64-encoded stdout/stderr chunks for a running `process/spawn` session. */
  "process/outputDelta": ProcessOutputDeltaNotification;
  "project/changed": ProjectChangedNotification;
  /** Current remote-control connection status and remote identity exposed to clients. */
  "remoteControl/status/changed": RemoteControlStatusChangedNotification;
  "serverRequest/resolved": ServerRequestResolvedNotification;
  /**
   * Notification emitted when watched local skill files change.
   *
   * Treat this as an invalidation signal and re-run `skills/list` with the client's current
   * parameters when refreshed skill metadata is needed.
   */
  "skills/changed": SkillsChangedNotification;
  "thread/archived": ThreadArchivedNotification;
  /** Notification published after a thread attachment is created or deleted. */
  "thread/attachment/updated": ThreadAttachmentUpdatedNotification;
  "thread/closed": ThreadClosedNotification;
  /** Deprecated: Use `ContextCompaction` item type instead. */
  "thread/compacted": ContextCompactedNotification;
  "thread/deleted": ThreadDeletedNotification;
  "thread/environment/connected": EnvironmentConnectionNotification;
  "thread/environment/disconnected": EnvironmentConnectionNotification;
  "thread/goal/cleared": ThreadGoalClearedNotification;
  "thread/goal/updated": ThreadGoalUpdatedNotification;
  "thread/name/updated": ThreadNameUpdatedNotification;
  "thread/prediction/updated": ThreadPredictionUpdatedNotification;
  "thread/project/updated": ThreadProjectUpdatedNotification;
  "thread/queue/changed": ThreadQueueChangedNotification;
  "thread/readState/changed": ThreadReadStateChangedNotification;
  /** EXPERIMENTAL - emitted when thread realtime transport closes. */
  "thread/realtime/closed": ThreadRealtimeClosedNotification;
  /** EXPERIMENTAL - emitted when thread realtime encounters an error. */
  "thread/realtime/error": ThreadRealtimeErrorNotification;
  /** EXPERIMENTAL - a realtime timeline item published after canonical commit. */
  "thread/realtime/item/completed": ThreadRealtimeItemCompletedNotification;
  /** EXPERIMENTAL - a realtime timeline item started before its content streams. */
  "thread/realtime/item/started": ThreadRealtimeItemStartedNotification;
  /** EXPERIMENTAL - text appended to an active realtime transcript item. */
  "thread/realtime/item/transcript/delta": ThreadRealtimeItemTranscriptDeltaNotification;
  /** EXPERIMENTAL - raw non-audio thread realtime item emitted by the backend. */
  "thread/realtime/itemAdded": ThreadRealtimeItemAddedNotification;
  /** EXPERIMENTAL - streamed output audio emitted by thread realtime. */
  "thread/realtime/outputAudio/delta": ThreadRealtimeOutputAudioDeltaNotification;
  /** EXPERIMENTAL - emitted with the remote SDP for a WebRTC realtime session. */
  "thread/realtime/sdp": ThreadRealtimeSdpNotification;
  /** EXPERIMENTAL - emitted when thread realtime startup is accepted. */
  "thread/realtime/started": ThreadRealtimeStartedNotification;
  /** EXPERIMENTAL - flat transcript delta emitted whenever realtime transcript text changes. */
  "thread/realtime/transcript/delta": ThreadRealtimeTranscriptDeltaNotification;
  /** EXPERIMENTAL - final transcript text emitted when realtime completes a transcript part. */
  "thread/realtime/transcript/done": ThreadRealtimeTranscriptDoneNotification;
  "thread/reverted": ThreadRevertedNotification;
  /** Broadcast after a successful move into, within, or out of a section. */
  "thread/section/changed": ThreadSectionChangedNotification;
  "thread/settings/updated": ThreadSettingsUpdatedNotification;
  "thread/started": ThreadStartedNotification;
  "thread/status/changed": ThreadStatusChangedNotification;
  "thread/tokenUsage/updated": ThreadTokenUsageUpdatedNotification;
  "thread/unarchived": ThreadUnarchivedNotification;
  "turn/completed": TurnCompletedNotification;
  /**
   * Notification that the turn-level unified diff has changed. Contains the latest aggregated diff
   * across all file changes in the turn.
   */
  "turn/diff/updated": TurnDiffUpdatedNotification;
  "turn/moderationMetadata": TurnModerationMetadataNotification;
  "turn/plan/updated": TurnPlanUpdatedNotification;
  "turn/started": TurnStartedNotification;
  "warning": WarningNotification;
  /**
   * Notifies the user of world-writable directories on Windows, which cannot be protected by the
   * sandbox.
   */
  "windows/worldWritableWarning": WindowsWorldWritableWarningNotification;
  "windowsSandbox/setupCompleted": WindowsSandboxSetupCompletedNotification;
}

/** Every request of the server: its params and its reply, by method. */
export interface ServerRequests {
  "account/chatgptAuthTokens/refresh": { params: ChatgptAuthTokensRefreshParams; reply: ChatgptAuthTokensRefreshResponse };
  /**
   * DEPRECATED APIs below Request to approve a patch. This request is used for Turns started via
   * the legacy APIs (i.e. SendUserTurn, SendUserMessage).
   */
  "applyPatchApproval": { params: ApplyPatchApprovalParams; reply: ApplyPatchApprovalResponse };
  /** Generate a fresh upstream attestation result on demand. */
  "attestation/generate": { params: AttestationGenerateParams; reply: AttestationGenerateResponse };
  /** Read the current time from an external clock owned by the client. */
  "currentTime/read": { params: CurrentTimeReadParams; reply: CurrentTimeReadResponse };
  /**
   * Request to exec a command. This request is used for Turns started via the legacy APIs (i.e.
   * SendUserTurn, SendUserMessage).
   */
  "execCommandApproval": { params: ExecCommandApprovalParams; reply: ExecCommandApprovalResponse };
  /**
   * NEW APIs Sent when approval is requested for a specific command execution. This request is used
   * for Turns started via turn/start.
   */
  "item/commandExecution/requestApproval": { params: CommandExecutionRequestApprovalParams; reply: CommandExecutionRequestApprovalResponse };
  /**
   * Sent when approval is requested for a specific file change. This request is used for Turns
   * started via turn/start.
   */
  "item/fileChange/requestApproval": { params: FileChangeRequestApprovalParams; reply: FileChangeRequestApprovalResponse };
  /** Request approval for additional permissions from the user. */
  "item/permissions/requestApproval": { params: PermissionsRequestApprovalParams; reply: PermissionsRequestApprovalResponse };
  /** Execute a dynamic tool call on the client. */
  "item/tool/call": { params: DynamicToolCallParams; reply: DynamicToolCallResponse };
  /** EXPERIMENTAL - Request input from the user for a tool call. */
  "item/tool/requestUserInput": { params: ToolRequestUserInputParams; reply: ToolRequestUserInputResponse };
  /** Request input for an MCP server elicitation. */
  "mcpServer/elicitation/request": { params: McpServerElicitationRequestParams; reply: McpServerElicitationRequestResponse };
}
