import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Kernel } from "../src/notebook/runner/mod.ts";
import {
  AppServerHarness,
  type OfflineCodex,
  OfflineLoginIssuer,
  startOffline,
} from "../src/testing/mod.ts";
import { type CallSubjects, type OptionCall, optionCalls } from "./support/option_calls.ts";
import { publicParameters } from "./support/public_parameters.ts";
import { ScriptedServer } from "./support/scripted_server.ts";

/**
 * Types of parameters that are not options: what is worked on, data, names that the caller chooses,
 * and options of an `EventLog`, which a caller cannot make.
 */
const NOT_OPTIONS = new Set(
  `AbortSignal AsyncIterable Blob CellFailure Codex ConnectionFacts ConnectorPlugin Diagnostic E EventLogOptions
  FinishedRun FleetTask Iterable JsonObject LocalEvent LogEnd M MapTask Model Notebook NotebookCell
  NotebookParameters PageFetcher PlotSource PluginRecord ReadOptions ReasoningEffort Record ReplyPart ServerEvent ShownFleetRun
  Thread TokenUsageBreakdown ToolGate Transport Turn TurnEvent TurnInput TurnObserver TurnOrigin
  TurnPort TurnStart URL Uint8Array WireTurn`.split(/\s+/),
);

/** What errors and reports are made from, errors that are passed on, and `Deno.build`. */
const FACTS =
  /^new \w*(?:Error|Report)\(|^JsonRpcError\.from\(|(?<!^streamFailure)\((?:error|reason|build|values)\)$/;

/** A name that is meant to be another: its last two letters that differ are swapped. */
function misspelled(name: string): string {
  const at = [...name].findLastIndex((letter, index) => index > 0 && letter !== name[index - 1]);
  return `${name.slice(0, at - 1)}${name[at]}${name[at - 1]}${name.slice(at + 1)}`;
}

const cleanup = new AsyncDisposableStack();
let subjects: CallSubjects;
let before: readonly number[];
let calls: [name: string, call: OptionCall][];

describe("every public function that takes options", () => {
  // What is shared lives on between the tests, and is checked as one with them.
  beforeAll(async () => {
    const codex = cleanup.use(await startOffline());
    const thread = await codex.startThread();
    const turn = await thread.startTurn("Hello");
    await turn.result();
    const exec = await codex.startExec(["cat"]);
    cleanup.use(exec);
    const server = cleanup.use(await ScriptedServer.start());
    const started = { type: "chatgpt", loginId: "l", authUrl: "http://127.0.0.1:1" };
    server.answers.set("account/login/start", () => ({ result: started }));
    const login = await server.codex.loginWithChatGpt();
    const issuer = cleanup.use(await OfflineLoginIssuer.start());
    const harness = cleanup.use(await AppServerHarness.start());
    const kernel = cleanup.use(await Kernel.start());
    subjects = { codex, thread, turn, exec, login, issuer, harness, kernel };
    before = [framesOf(codex), codex.model.requests.length];
    calls = Object.entries(optionCalls(subjects));
  });

  afterAll(() => cleanup.disposeAsync());

  it("is called here: one that is new has to be added", async () => {
    const names = (await publicParameters())
      .filter(({ types }) => types.some((type) => !NOT_OPTIONS.has(type)))
      .map(({ name }) => name)
      .filter((name) => !FACTS.test(name));
    const called = calls.map(([name]) => name.replace(/\).*/, ")"));
    expect(names.filter((name) => !called.includes(name))).toEqual([]);
    expect(called.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("refuses a misspelled option, and names the one that is meant, before anything else", async () => {
    const faults: string[] = [];
    for (const [name, [known, call]] of calls) {
      const wrong = misspelled(known);
      const told = await answerOf(() => call({ [wrong]: "planted text" } as never));
      const isRefusal = /^TypeError: Cannot .*there is no option "(.*)"\. Use (.*)$/.exec(told);
      if (isRefusal?.[1] === wrong && isRefusal[2] === known) continue;
      faults.push(`${name}: ${wrong} gives ${told}`);
    }
    expect(faults).toEqual([]);
  });

  it.each([["null", null], ["a list", ["planted text"]], ["a function", () => {}], [
    "a text",
    "planted",
  ]])(
    "refuses %s in place of options",
    async (_, options) => {
      const faults: string[] = [];
      for (const [name, [, call]] of calls) {
        if (!name.endsWith(")") || takes(name, options)) continue;
        const told = await answerOf(() => call(options as never));
        if (!/^TypeError: Cannot .*(?:are|is) .*\. Pass /.test(told)) {
          faults.push(`${name}: ${told}`);
        }
        if (told.includes("planted")) faults.push(`${name} quotes what it was given`);
      }
      expect(faults).toEqual([]);
    },
  );

  it("refuses a signal that is not one", async () => {
    const faults: string[] = [];
    for (const [name, [, call]] of calls) {
      const told = await answerOf(() => call({ signal: {} } as never));
      const isRefusal = /^TypeError: Cannot .*(?:signal is |there is no option "signal")/.test(
        told,
      );
      if (!isRefusal) faults.push(`${name}: ${told}`);
    }
    expect(faults).toEqual([]);
  });

  it("refuses all of it before a message is sent or a turn begins", () => {
    expect([framesOf(subjects.codex), subjects.codex.model.requests.length]).toEqual(before);
  });
});

/** Where a function or a text is another form of what is asked for. */
function takes(name: string, options: unknown): boolean {
  return name === "OfflineModel#on(match)" && ["function", "string"].includes(typeof options);
}

/** How many messages were sent. */
function framesOf(codex: OfflineCodex): number {
  const { frames = [] } = codex.diagnostics().connection ?? {};
  return frames.filter(({ direction }) => direction === "sent")
    .reduce((sum, { count }) => sum + count, 0);
}

const LIMIT_MS = 60_000;

/** What the call threw; one that went ahead may wait for what never comes. */
async function answerOf(call: () => unknown): Promise<string> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject("it went ahead"), LIMIT_MS);
  try {
    return `no error, but ${typeof await Promise.race([call(), promise])}`;
  } catch (error) {
    return String(error);
  } finally {
    clearTimeout(timer);
  }
}
