/**
 * Made by deno task parity: what the table of parameters names here.
 *
 * @module
 */
import type {
  AccountOptions,
  Codex,
  CodexOptions,
  DeviceLoginHandle,
  ForkOptions,
  image,
  isRetryable,
  localImage,
  LoginHandle,
  mention,
  ModelsOptions,
  MODULE_VERSION,
  PageOptions,
  ResumeOptions,
  retryOnOverload,
  RetryOptions,
  RunOptions,
  skill,
  StartTurnOptions,
  text,
  Thread,
  ThreadFilter,
  ThreadOptions,
  Turn,
  TurnFailedError,
  TurnResult,
} from "../../mod.ts";

export type Row0 = CodexOptions;
export type Row1 = CodexOptions["executable"];
export type Row2 = CodexOptions["launchArgs"];
export type Row3 = CodexOptions["config"];
export type Row4 = CodexOptions["cwd"];
export type Row5 = CodexOptions["env"];
export type Row6 = NonNullable<CodexOptions["clientInfo"]>["name"];
export type Row7 = NonNullable<CodexOptions["clientInfo"]>["title"];
export type Row8 = NonNullable<CodexOptions["clientInfo"]>["version"];
export type Row9 = CodexOptions["experimental"];
export type Row10 = (typeof Codex)["start"];
export type Row11 = Parameters<(typeof Codex)["start"]>[0];
export type Row12 = Codex["close"];
export type Row13 = Codex["server"];
export type Row14 = Codex["loginWithApiKey"];
export type Row15 = Parameters<Codex["loginWithApiKey"]>[0];
export type Row16 = Codex["loginWithChatGpt"];
export type Row17 = Codex["loginWithDeviceCode"];
export type Row18 = Codex["account"];
export type Row19 = AccountOptions["refreshToken"];
export type Row20 = Codex["logout"];
export type Row21 = Codex["models"];
export type Row22 = ModelsOptions["includeHidden"];
export type Row23 = Codex["startThread"];
export type Row24 = ThreadOptions["approvalMode"];
export type Row25 = ThreadOptions["baseInstructions"];
export type Row26 = ThreadOptions["config"];
export type Row27 = ThreadOptions["cwd"];
export type Row28 = ThreadOptions["developerInstructions"];
export type Row29 = ThreadOptions["ephemeral"];
export type Row30 = ThreadOptions["model"];
export type Row31 = ThreadOptions["modelProvider"];
export type Row32 = ThreadOptions["personality"];
export type Row33 = ThreadOptions["sandbox"];
export type Row34 = ThreadOptions["serviceName"];
export type Row35 = ThreadOptions["serviceTier"];
export type Row36 = ThreadOptions["sessionStartSource"];
export type Row37 = ThreadOptions["threadSource"];
export type Row38 = Codex["resumeThread"];
export type Row39 = Parameters<Codex["resumeThread"]>[0];
export type Row40 = ResumeOptions["approvalMode"];
export type Row41 = ResumeOptions["baseInstructions"];
export type Row42 = ResumeOptions["config"];
export type Row43 = ResumeOptions["cwd"];
export type Row44 = ResumeOptions["developerInstructions"];
export type Row45 = ResumeOptions["model"];
export type Row46 = ResumeOptions["modelProvider"];
export type Row47 = ResumeOptions["personality"];
export type Row48 = ResumeOptions["sandbox"];
export type Row49 = ResumeOptions["serviceTier"];
export type Row50 = Codex["forkThread"];
export type Row51 = Parameters<Codex["forkThread"]>[0];
export type Row52 = ForkOptions["approvalMode"];
export type Row53 = ForkOptions["baseInstructions"];
export type Row54 = ForkOptions["config"];
export type Row55 = ForkOptions["cwd"];
export type Row56 = ForkOptions["developerInstructions"];
export type Row57 = ForkOptions["ephemeral"];
export type Row58 = ForkOptions["model"];
export type Row59 = ForkOptions["modelProvider"];
export type Row60 = ForkOptions["sandbox"];
export type Row61 = ForkOptions["serviceTier"];
export type Row62 = ForkOptions["threadSource"];
export type Row63 = Codex["listThreads"];
export type Row64 = ThreadFilter["archived"];
export type Row65 = PageOptions["cursor"];
export type Row66 = ThreadFilter["cwd"];
export type Row67 = ThreadFilter["pageSize"];
export type Row68 = ThreadFilter["modelProviders"];
export type Row69 = ThreadFilter["search"];
export type Row70 = ThreadFilter["order"];
export type Row71 = ThreadFilter["sortBy"];
export type Row72 = ThreadFilter["sources"];
export type Row73 = ThreadFilter["indexOnly"];
export type Row74 = Codex["archiveThread"];
export type Row75 = Parameters<Codex["archiveThread"]>[0];
export type Row76 = Codex["unarchiveThread"];
export type Row77 = Parameters<Codex["unarchiveThread"]>[0];
export type Row78 = Thread["id"];
export type Row79 = Thread["run"];
export type Row80 = Parameters<Thread["run"]>[0];
export type Row81 = RunOptions["approvalMode"];
export type Row82 = RunOptions["cwd"];
export type Row83 = RunOptions["effort"];
export type Row84 = Thread["startGoal"];
export type Row85 = RunOptions["model"];
export type Row86 = RunOptions["outputSchema"];
export type Row87 = RunOptions["personality"];
export type Row88 = RunOptions["sandbox"];
export type Row89 = RunOptions["serviceTier"];
export type Row90 = RunOptions["summary"];
export type Row91 = Thread["startTurn"];
export type Row92 = Parameters<Thread["startTurn"]>[0];
export type Row93 = StartTurnOptions["approvalMode"];
export type Row94 = StartTurnOptions["cwd"];
export type Row95 = StartTurnOptions["effort"];
export type Row96 = Thread["startGoal"];
export type Row97 = StartTurnOptions["model"];
export type Row98 = StartTurnOptions["outputSchema"];
export type Row99 = StartTurnOptions["personality"];
export type Row100 = StartTurnOptions["sandbox"];
export type Row101 = StartTurnOptions["serviceTier"];
export type Row102 = StartTurnOptions["summary"];
export type Row103 = Thread["startGoal"];
export type Row104 = Parameters<Thread["startGoal"]>[0];
export type Row105 = Thread["startGoal"];
export type Row106 = Parameters<Thread["startGoal"]>[0];
export type Row107 = Thread["read"];
export type Row108 = NonNullable<Parameters<Thread["read"]>[0]>["includeTurns"];
export type Row109 = Thread["rename"];
export type Row110 = Parameters<Thread["rename"]>[0];
export type Row111 = Thread["compact"];
export type Row112 = Turn["id"];
export type Row113 = Turn["threadId"];
export type Row114 = Turn["steer"];
export type Row115 = Parameters<Turn["steer"]>[0];
export type Row116 = Turn["interrupt"];
export type Row117 = Turn["events"];
export type Row118 = Turn["result"];
export type Row119 = LoginHandle;
export type Row120 = LoginHandle["loginId"];
export type Row121 = LoginHandle["authUrl"];
export type Row122 = LoginHandle["wait"];
export type Row123 = LoginHandle["cancel"];
export type Row124 = DeviceLoginHandle;
export type Row125 = DeviceLoginHandle["loginId"];
export type Row126 = DeviceLoginHandle["verificationUrl"];
export type Row127 = DeviceLoginHandle["userCode"];
export type Row128 = DeviceLoginHandle["wait"];
export type Row129 = DeviceLoginHandle["cancel"];
export type Row130 = TurnResult;
export type Row131 = TurnResult["turnId"];
export type Row132 = TurnResult["status"];
export type Row133 = TurnFailedError["info"];
export type Row134 = TurnResult["startedAt"];
export type Row135 = TurnResult["completedAt"];
export type Row136 = TurnResult["durationMs"];
export type Row137 = TurnResult["finalResponse"];
export type Row138 = TurnResult["items"];
export type Row139 = TurnResult["usage"];
export type Row140 = typeof text;
export type Row141 = Parameters<typeof text>[0];
export type Row142 = typeof image;
export type Row143 = Parameters<typeof image>[0];
export type Row144 = typeof localImage;
export type Row145 = Parameters<typeof localImage>[0];
export type Row146 = typeof skill;
export type Row147 = Parameters<typeof skill>[0];
export type Row148 = Parameters<typeof skill>[1];
export type Row149 = typeof mention;
export type Row150 = Parameters<typeof mention>[0];
export type Row151 = Parameters<typeof mention>[1];
export type Row152 = typeof retryOnOverload;
export type Row153 = Parameters<typeof retryOnOverload>[0];
export type Row154 = RetryOptions["attempts"];
export type Row155 = RetryOptions["initialDelayMs"];
export type Row156 = RetryOptions["maxDelayMs"];
export type Row157 = RetryOptions["jitter"];
export type Row158 = typeof isRetryable;
export type Row159 = Parameters<typeof isRetryable>[0];
export type Row160 = typeof MODULE_VERSION;
