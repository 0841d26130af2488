/**
 * A call of every public function that takes options, as a program without types makes it.
 *
 * @module
 */
import {
  Codex,
  type CodexOptions,
  costOf,
  defineTool,
  type ExecProcess,
  image,
  localImage,
  type PendingLogin,
  pickModel,
  readCsv,
  retryOnOverload,
  type Thread,
  type TokenUsage,
  type Turn,
} from "../../mod.ts";
import { AppServerClient, StdioTransport } from "../../src/client/mod.ts";
import { CodexReviewTurn } from "../../src/codex/turns/review.ts";
import { Connector, ConnectorRegistry, type PluginRecord } from "../../src/connectors/mod.ts";
import { defineTask, Fleet, type FleetTask } from "../../src/fleet/mod.ts";
import { RecordedThread } from "../../src/fleet/worker/record.ts";
import {
  ask,
  askApproval,
  compare,
  help,
  notebook,
  notebookCells,
  progress,
  share,
  show,
} from "../../src/notebook/mod.ts";
import {
  checkTypes,
  Kernel,
  type Notebook,
  runNotebook,
  saveRun,
  toHtml,
} from "../../src/notebook/runner/mod.ts";
import { createTransportPair } from "../../src/rpc/mod.ts";
import {
  findRuntime,
  installRuntime,
  listServers,
  resolveRuntime,
  startServer,
} from "../../src/runtime/mod.ts";
import { RunningServer } from "../../src/runtime/server/running_server.ts";
import {
  applyPatch,
  AppServerHarness,
  customToolCall,
  execCommand,
  failure,
  Gate,
  guardianVerdict,
  keepOffline,
  message,
  type OfflineCodex,
  OfflineHome,
  OfflineLoginIssuer,
  OfflineModel,
  rateLimits,
  reasoning,
  response,
  startOffline,
  streamFailure,
  toolCall,
} from "../../src/testing/mod.ts";

/** What the calls are made on. */
export interface CallSubjects {
  readonly codex: OfflineCodex;
  readonly thread: Thread;
  readonly turn: Turn;
  readonly exec: ExecProcess;
  readonly login: PendingLogin;
  readonly issuer: OfflineLoginIssuer;
  readonly harness: AppServerHarness;
  readonly kernel: Kernel;
}

/** One of the options of a function, and a call that passes what it is given as the options. */
export type OptionCall = readonly [known: string, call: (options: never) => unknown];

/**
 * An object of that class without its fields: what is refused before anything else happens needs
 * none.
 */
function bare<T extends object>(prototype: T): T {
  return Object.create(prototype) as T;
}

/** By the names of `publicParameters()`, and a text behind it for options within options. */
export function optionCalls(subjects: CallSubjects): Record<string, OptionCall> {
  return {
    ...callsOfCodex(subjects),
    ...callsOfThread(subjects),
    ...callsOfTurn(subjects),
    ...callsOfParts(subjects),
    ...callsOfTesting(subjects),
    ...callsOfNotebook(subjects),
  };
}

function callsOfCodex({ codex, thread }: CallSubjects): Record<string, OptionCall> {
  const { id } = thread;
  const tokens = { accessToken: "a", accountId: "b" };
  const work = () => Promise.resolve(1);
  return {
    "Codex.start(options)": ["restart", (o) => Codex.start(o)],
    "Codex.start(options) onApproval": [
      "command",
      (o) => Codex.start({ executable: "/no/runtime", onApproval: o ?? [] } as CodexOptions),
    ],
    "Codex.attach(options)": ["restart", (o) => Codex.attach(createTransportPair()[0], o)],
    "Codex.connect(options)": ["token", (o) => Codex.connect("ws://127.0.0.1:1", o)],
    "Codex#run(options)": ["sandbox", (o) => codex.run("x", o)],
    "Codex#startThread(options)": ["sandbox", (o) => codex.startThread(o)],
    "Codex#startThread(options) limits": [
      "turnMs",
      (o) => codex.startThread({ limits: o ?? [] } as object),
    ],
    "Codex#startThread(options) onApproval": [
      "command",
      (o) => codex.startThread({ onApproval: o ?? [] } as object),
    ],
    "Codex#startThread(options) policy": [
      "network",
      (o) => codex.startThread({ policy: o ?? [] } as object),
    ],
    "Codex#startThread(options) policy rule": [
      "action",
      (o) => codex.startThread({ policy: { network: o ?? [] } } as object),
    ],
    "Codex#startThread(options) sandbox": [
      "network",
      (o) => codex.startThread({ sandbox: o ?? [] } as object),
    ],
    "Codex#resumeThread(options)": ["sandbox", (o) => codex.resumeThread(id, o)],
    "Codex#forkThread(options)": ["sandbox", (o) => codex.forkThread(id, o)],
    "Codex#listThreads(filter)": ["archived", (o) => codex.listThreads(o)],
    "PagedList#page(options)": ["cursor", (o) => codex.listThreads().page(o)],
    "Codex#activeThreads(options)": ["signal", (o) => codex.activeThreads(o)],
    "Codex#archiveThread(options)": ["signal", (o) => codex.archiveThread(id, o)],
    "Codex#unarchiveThread(options)": ["signal", (o) => codex.unarchiveThread(id, o)],
    "Codex#deleteThread(options)": ["signal", (o) => codex.deleteThread(id, o)],
    "Codex#models(options)": ["includeHidden", (o) => codex.models(o)],
    "Codex#account(options)": ["refreshToken", (o) => codex.account(o)],
    "Codex#loginWithApiKey(options)": ["signal", (o) => codex.loginWithApiKey("sk-x", o)],
    "Codex#loginWithChatGpt(options)": ["signal", (o) => codex.loginWithChatGpt(o)],
    "Codex#loginWithDeviceCode(options)": ["signal", (o) => codex.loginWithDeviceCode(o)],
    "Codex#loginWithTokens(tokens)": ["planType", (o) => codex.loginWithTokens(o)],
    "Codex#loginWithTokens(options)": ["refresh", (o) => codex.loginWithTokens(tokens, o)],
    "Codex#logout(options)": ["signal", (o) => codex.logout(o)],
    "Codex#rateLimits(options)": ["signal", (o) => codex.rateLimits(o)],
    "Codex#rateLimitChanges(options)": ["signal", (o) => codex.rateLimitChanges(o)],
    "Codex#usage(options)": ["signal", (o) => codex.usage(o)],
    "Codex#skills(options)": ["signal", (o) => codex.skills(o)],
    "Codex#readPluginSkill(options)": ["marketplace", (o) => codex.readPluginSkill(o)],
    "Codex#mcpServers(options)": ["signal", (o) => codex.mcpServers(o)],
    "Codex#readConfig(options)": ["signal", (o) => codex.readConfig(o)],
    "Codex#writeConfig(options)": ["signal", (o) => codex.writeConfig("model", "m", o)],
    "Codex#exec(options)": ["timeoutMs", (o) => codex.exec(["true"], o)],
    "Codex#startExec(options)": ["sandbox", (o) => codex.startExec(["true"], o)],
    "Codex#findFiles(options)": ["roots", (o) => codex.findFiles("x", o)],
    "Codex#stopServer(options)": ["drain", (o) => codex.stopServer(o)],
    "Codex#map(options)": ["concurrency", (o) => codex.map([1], work, o)],
    "Codex#map(options) thread": [
      "sandbox",
      (o) => codex.map([1], work, { thread: o ?? [] } as object),
    ],
    "Codex#map(options) budget": [
      "tokens",
      (o) => codex.map([1], work, { budget: o ?? [] } as object),
    ],
    "Codex#map(options) backoff": [
      "maxDelayMs",
      (o) => codex.map([1], work, { backoff: o ?? [] } as object),
    ],
    "Codex#map(options) prices": [
      "cachedInput",
      (o) => codex.map([1], work, { prices: { m: o ?? [] } } as object),
    ],
    "MapResults#toCsv(options)": [
      "separator",
      async (o) => (await codex.map([], work).collect()).toCsv(o),
    ],
  };
}

function callsOfThread({ thread }: CallSubjects): Record<string, OptionCall> {
  return {
    "Thread#context(options)": ["signal", (o) => thread.context(o)],
    "Thread#run(options)": ["effort", (o) => thread.run("x", o)],
    "Thread#run(options) limits": ["turnMs", (o) => thread.run("x", { limits: o ?? [] } as object)],
    "Thread#startTurn(options)": ["effort", (o) => thread.startTurn("x", o)],
    "Thread#update(settings)": ["sandbox", (o) => thread.update(o)],
    "Thread#update(options)": ["signal", (o) => thread.update({}, o)],
    "Thread#startGoal(options)": ["signal", (o) => thread.startGoal("x", o)],
    "Thread#readGoal(options)": ["signal", (o) => thread.readGoal(o)],
    "Thread#pauseGoal(options)": ["signal", (o) => thread.pauseGoal(o)],
    "Thread#resumeGoal(options)": ["signal", (o) => thread.resumeGoal(o)],
    "Thread#clearGoal(options)": ["signal", (o) => thread.clearGoal(o)],
    "Thread#review(target)": ["instructions", (o) => thread.review(o)],
    "Thread#review(options)": ["signal", (o) => thread.review("uncommittedChanges", o)],
    "Thread#compact(options)": ["signal", (o) => thread.compact(o)],
    "Thread#runShellCommand(options)": ["signal", (o) => thread.runShellCommand("true", o)],
    "Thread#read(options)": ["includeTurns", (o) => thread.read(o)],
    "Thread#turns(options)": ["signal", (o) => thread.turns(o)],
    "Thread#items(options)": ["turnId", (o) => thread.items(o)],
    "Thread#rename(options)": ["signal", (o) => thread.rename("x", o)],
    "Thread#revert(options)": ["signal", (o) => thread.revert("x", o)],
    "Thread#injectItems(options)": ["signal", (o) => thread.injectItems([], o)],
    "Thread#events(options)": ["signal", (o) => thread.events(o)],
    "Thread#toHtml(options)": ["signal", (o) => thread.toHtml(o)],
    "Thread#toMarkdown(options)": ["signal", (o) => thread.toMarkdown(o)],
    "Thread#close(options)": ["signal", (o) => thread.close(o)],
  };
}

function callsOfTurn({ turn, exec, login }: CallSubjects): Record<string, OptionCall> {
  return {
    "Turn#events(options)": ["signal", (o) => turn.events(o)],
    "Turn#text(options)": ["signal", (o) => turn.text(o)],
    "Turn#partialOutput(options)": ["signal", (o) => turn.partialOutput(o)],
    "Turn#result(options)": ["signal", (o) => turn.result(o)],
    "Turn#interrupt(options)": ["signal", (o) => turn.interrupt(o)],
    "Turn#steer(options)": ["signal", (o) => turn.steer("x", o)],
    "TypedTurn#partialOutput(options)": ["signal", (o) => turn.partialOutput(o)],
    "TypedTurn#result(options)": ["signal", (o) => turn.result(o)],
    "ReviewTurn#result(options)": ["signal", (o) => bare(CodexReviewTurn.prototype).result(o)],
    "ExecProcess#output(options)": ["signal", (o) => exec.output(o).next()],
    "ExecProcess#result(options)": ["signal", (o) => exec.result(o)],
    "ExecProcess#write(options)": ["signal", (o) => exec.write("x", o)],
    "ExecProcess#closeInput(options)": ["signal", (o) => exec.closeInput(o)],
    "PendingLogin#wait(options)": ["signal", (o) => login.wait(o)],
    "PendingLogin#cancel(options)": ["signal", (o) => login.cancel(o)],
  };
}

/** What needs no Codex, and the layers below it. */
function callsOfParts({ codex }: CallSubjects): Record<string, OptionCall> {
  const { client } = codex;
  const transport = () => createTransportPair()[0];
  const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 } as TokenUsage;
  const registry = () => ConnectorRegistry.fromPluginRecords([]);
  return {
    "image(options)": ["detail", (o) => image("data:,", o)],
    "localImage(options)": ["detail", (o) => localImage("a.png", o)],
    "costOf(price)": ["cachedInput", (o) => costOf(usage, o)],
    "defineTool(tool)": ["description", (o) => defineTool(o)],
    "pickModel(options)": ["prefer", (o) => pickModel([], o)],
    "readCsv(options)": ["columns", (o) => readCsv("/nowhere", o).next()],
    "retryOnOverload(options)": ["attempts", (o) => retryOnOverload(() => Promise.resolve(1), o)],
    "AppServerClient.connect(options)": [
      "clientInfo",
      (o) => AppServerClient.connect(transport(), o),
    ],
    "AppServerClient#call(options)": ["timeoutMs", (o) => client.call("model/list", {}, o)],
    "AppServerClient#events(filter)": ["threadId", (o) => client.events(o)],
    "AppServerClient#reconnect(options)": ["signal", (o) => client.reconnect(transport(), o)],
    "EventRouter#events(filter)": ["threadId", (o) => client.router.events(o)],
    "StdioTransport.spawn(options)": ["executable", (o) => StdioTransport.spawn(o)],
    "Connector.fromHostedConnector(options)": [
      "serverUrl",
      (o) => Connector.fromHostedConnector("a", o),
    ],
    "Connector.fromHostedMcp(options)": ["serverUrl", (o) => Connector.fromHostedMcp("a", o)],
    "Connector.fromInstalledPlugin(options)": [
      "hostedUrl",
      (o) => Connector.fromInstalledPlugin({ id: "a", name: "a" } as PluginRecord, o),
    ],
    "Connector.fromMcpServer(server)": ["command", (o) => Connector.fromMcpServer("a", o)],
    "Connector.fromMcpServer(options)": [
      "description",
      (o) => Connector.fromMcpServer("a", { command: "a" }, o),
    ],
    "Connector.fromMcpServers(options)": [
      "description",
      (o) => Connector.fromMcpServers("a", {}, o),
    ],
    "Connector.fromPackage(options)": ["hostedUrl", (o) => Connector.fromPackage("/nowhere", o)],
    "Connector.fromTools(options)": ["description", (o) => Connector.fromTools("a", [], o)],
    "ConnectorRegistry.fromPluginRecords(options)": [
      "packageRoot",
      (o) => ConnectorRegistry.fromPluginRecords([], o),
    ],
    "ConnectorRegistry#load(options)": ["hostedUrl", (o) => registry().load("a", o)],
    "Fleet.connect(options)": ["queue", (o) => Fleet.connect("redis://127.0.0.1:1", o)],
    "Fleet#map(options)": [
      "ahead",
      (o) => bare(Fleet.prototype).map([], {} as FleetTask<never, never>, o),
    ],
    "FleetThread#run(options)": ["effort", (o) => bare(RecordedThread.prototype).run("x", o)],
    "defineTask(options)": ["attempts", (o) => defineTask(o)],
    "findRuntime(options)": ["signal", (o) => findRuntime(o)],
    "installRuntime(options)": ["signal", (o) => installRuntime(o)],
    "resolveRuntime(options)": ["signal", (o) => resolveRuntime(o)],
    "listServers(filter)": ["clearEnv", (o) => listServers(o)],
    "startServer(options)": ["token", (o) => startServer(o)],
    "Server#stop(options)": ["drain", (o) => bare(RunningServer.prototype).stop(o)],
  };
}

function callsOfTesting({ codex, issuer, harness }: CallSubjects): Record<string, OptionCall> {
  const { model } = codex;
  return {
    "AppServerHarness.start(options)": ["fallback", (o) => AppServerHarness.start(o)],
    "AppServerHarness#openTransport(options)": ["onStderr", (o) => harness.openTransport(o)],
    "AppServerHarness#startCodex(options)": ["restart", (o) => harness.startCodex(o)],
    "Gate#reached(options)": ["signal", (o) => new Gate().reached(1, o)],
    "OfflineHome.create(options)": ["files", (o) => OfflineHome.create(o)],
    "OfflineLoginIssuer.start(options)": ["account", (o) => OfflineLoginIssuer.start(o)],
    "OfflineLoginIssuer.start(options) account": [
      "planType",
      (o) => OfflineLoginIssuer.start({ account: o ?? [] } as object),
    ],
    "OfflineLoginIssuer#completeBrowserLogin(options)": [
      "signal",
      (o) => issuer.completeBrowserLogin("http://127.0.0.1:1", o),
    ],
    "OfflineLoginIssuer#refuseBrowserLogin(options)": [
      "signal",
      (o) => issuer.refuseBrowserLogin("http://127.0.0.1:1", o),
    ],
    "OfflineModel.start(options)": ["fallback", (o) => OfflineModel.start(o)],
    "OfflineModel#on(match)": ["threadId", (o) => model.on(o, "x")],
    "OfflineModel#nextRequest(options)": ["signal", (o) => model.nextRequest(o)],
    "OfflineModel#waitForRequest(options)": ["signal", (o) => model.waitForRequest(() => true, o)],
    "keepOffline(options)": ["signal", (o) => keepOffline("/nowhere.ts", o)],
    "startOffline(options)": ["files", (o) => startOffline(o)],
    "startOffline(options) modelOptions": [
      "fallback",
      (o) => startOffline({ modelOptions: o ?? [] } as object),
    ],
    "applyPatch(options)": ["callId", (o) => applyPatch("x", o)],
    "customToolCall(options)": ["callId", (o) => customToolCall("x", "x", o)],
    "execCommand(options)": ["escalate", (o) => execCommand("x", o)],
    "failure(options)": ["retryAfter", (o) => failure(o)],
    "guardianVerdict(options)": ["rationale", (o) => guardianVerdict("allow", o)],
    "message(options)": ["unfinished", (o) => message("x", o)],
    "rateLimits(windows)": ["primary", (o) => rateLimits(o)],
    "rateLimits(windows) primary": [
      "windowMinutes",
      (o) => rateLimits({ primary: o ?? [] as never }),
    ],
    "reasoning(options)": ["summary", (o) => reasoning(o)],
    "response(options)": ["usage", (o) => response("x", o)],
    "response(options) usage": ["outputTokens", (o) => response("x", { usage: o ?? [] as never })],
    "streamFailure(error)": ["message", (o) => streamFailure(o)],
    "toolCall(options)": ["namespace", (o) => toolCall("x", {}, o)],
  };
}

function callsOfNotebook(
  { codex, thread, turn, kernel }: CallSubjects,
): Record<string, OptionCall> {
  const empty: Notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  return {
    "Ask#reset(options)": ["thread", (o) => ask.reset(o)],
    "Ask#reset(options) share": ["readOnly", (o) => ask.reset({ share: o ?? [] } as object)],
    "notebookCells(options)": ["maxChars", (o) => notebookCells("/nowhere.ipynb", o)],
    "share(options)": ["readOnly", (o) => share({}, o)],
    "askApproval(options)": ["prompt", (o) => askApproval(o)],
    "compare(options)": ["models", (o) => compare(codex, [], o)],
    "compare(options) prices": [
      "cachedInput",
      (o) => compare(codex, [], { models: [], prices: { m: o ?? [] as never } }),
    ],
    "help(options)": ["write", (o) => help(thread, o)],
    "notebook(options)": ["banner", (o) => notebook(o)],
    "notebook(options) of an offline start": [
      "files",
      (o) => notebook({ ...o as object, start: startOffline }),
    ],
    "progress(options)": ["inPlace", (o) => progress(o)],
    "show(options)": ["label", (o) => show(turn, o)],
    "show(options) of a thread": ["effort", (o) => show(thread, "x", o)],
    "checkTypes(options)": ["signal", (o) => checkTypes("/nowhere.ipynb", o)],
    "Kernel.start(options)": ["answers", (o) => Kernel.start(o)],
    "Kernel#execute(options)": ["signal", (o) => kernel.execute("1", () => {}, o)],
    "runNotebook(options)": ["parameters", (o) => runNotebook("/nowhere.ipynb", o)],
    "saveRun(options)": [
      "stable",
      (o) => saveRun({ notebook: empty, cells: [] }, "/nowhere/a.ipynb", o),
    ],
    "toHtml(options)": ["title", (o) => toHtml(empty, o)],
  };
}
