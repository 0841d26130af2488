import { describe, expect, it } from "vitest";
import {
  Codex,
  pickModel,
  readCsv,
  retryOnOverload,
  type Thread,
  type TurnOptions,
} from "../../mod.ts";
import { AppServerClient } from "../../src/client/mod.ts";
import { createTransportPair } from "../../src/rpc/memory.ts";
import { type OfflineCodex, startOffline } from "../../src/testing/mod.ts";

/** Every public function of a Codex and a thread that takes options; each as a caller without types calls it. */
function callsOf(codex: OfflineCodex, thread: Thread): Record<string, (options: never) => unknown> {
  const id = thread.id;
  return {
    "Codex.start": (options) => Codex.start(options),
    "Codex.attach": (options) => Codex.attach(createTransportPair()[0], options),
    "Codex.connect": (options) => Codex.connect("ws://127.0.0.1:1", options),
    "AppServerClient.connect": (options) =>
      AppServerClient.connect(createTransportPair()[0], options),
    "codex.run": (options) => codex.run("x", options),
    "codex.startThread": (options) => codex.startThread(options),
    "codex.resumeThread": (options) => codex.resumeThread(id, options),
    "codex.forkThread": (options) => codex.forkThread(id, options),
    "codex.listThreads": (options) => codex.listThreads(options),
    "codex.listThreads().page": (options) => codex.listThreads().page(options),
    "codex.archiveThread": (options) => codex.archiveThread(id, options),
    "codex.unarchiveThread": (options) => codex.unarchiveThread(id, options),
    "codex.deleteThread": (options) => codex.deleteThread(id, options),
    "codex.models": (options) => codex.models(options),
    "codex.account": (options) => codex.account(options),
    "codex.loginWithApiKey": (options) => codex.loginWithApiKey("sk-x", options),
    "codex.loginWithChatGpt": (options) => codex.loginWithChatGpt(options),
    "codex.loginWithDeviceCode": (options) => codex.loginWithDeviceCode(options),
    "codex.loginWithTokens": (options) =>
      codex.loginWithTokens({ accessToken: "a", accountId: "b" }, options),
    "codex.logout": (options) => codex.logout(options),
    "codex.rateLimits": (options) => codex.rateLimits(options),
    "codex.rateLimitChanges": (options) => codex.rateLimitChanges(options).next(),
    "codex.usage": (options) => codex.usage(options),
    "codex.skills": (options) => codex.skills(options),
    "codex.mcpServers": (options) => codex.mcpServers(options),
    "codex.readConfig": (options) => codex.readConfig(options),
    "codex.writeConfig": (options) => codex.writeConfig("model", "m", options),
    "codex.whatTheModelSees": (options) => codex.whatTheModelSees(thread, options),
    "codex.exec": (options) => codex.exec(["true"], options),
    "codex.startExec": (options) => codex.startExec(["true"], options),
    "codex.findFiles": (options) => codex.findFiles("x", options),
    "codex.map": (options) => codex.map([1], () => Promise.resolve(1), options),
    "codex.map of a thread": (options) =>
      codex.map([1], () => Promise.resolve(1), { thread: options ?? [] }),
    "codex.client.call": (options) => codex.client.call("model/list", {}, options),
    "codex.client.events": (options) => codex.client.events(options),
    "thread.run": (options) => thread.run("x", options),
    "thread.startTurn": (options) => thread.startTurn("x", options),
    "thread.run with limits": (options) =>
      thread.run("x", { limits: options ?? [] } as TurnOptions),
    "thread.update": (options) => thread.update(options ?? []),
    "thread.startGoal": (options) => thread.startGoal("x", options),
    "thread.readGoal": (options) => thread.readGoal(options),
    "thread.pauseGoal": (options) => thread.pauseGoal(options),
    "thread.resumeGoal": (options) => thread.resumeGoal(options),
    "thread.clearGoal": (options) => thread.clearGoal(options),
    "thread.review": (options) => thread.review("uncommittedChanges", options),
    "thread.compact": (options) => thread.compact(options),
    "thread.runShellCommand": (options) => thread.runShellCommand("true", options),
    "thread.read": (options) => thread.read(options),
    "thread.turns": (options) => thread.turns(options),
    "thread.items": (options) => thread.items(options),
    "thread.rename": (options) => thread.rename("x", options),
    "thread.revert": (options) => thread.revert("x", options),
    "thread.injectItems": (options) => thread.injectItems([], options),
    "thread.events": (options) => thread.events(options),
    "thread.toHtml": (options) => thread.toHtml(options),
    "thread.toMarkdown": (options) => thread.toMarkdown(options),
    "thread.close": (options) => thread.close(options),
    "retryOnOverload": (options) => retryOnOverload(() => Promise.resolve(1), options),
    "pickModel": (options) => pickModel([], options),
    "readCsv": (options) => readCsv("/nowhere", options).next(),
  };
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}

const WRONG: readonly [what: string, options: unknown][] = [
  ["a misspelled name", { singal: 1 }],
  ["a list", []],
  ["null", null],
  ["a function", () => {}],
];

describe("every function that takes options", () => {
  it.each(WRONG)("refuses %s with a TypeError, before anything is sent", async (_, options) => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const before = framesOf(codex);
    const accepted: string[] = [];
    for (const [name, call] of Object.entries(callsOf(codex, thread))) {
      const error = await failureOf(() => call(options as never));
      const isRefusal = error instanceof TypeError &&
        /^Cannot .*(there is no option "singal"|its options are )/.test(error.message);
      if (!isRefusal) accepted.push(`${name}: ${error}`);
    }
    expect(accepted).toEqual([]);
    expect(framesOf(codex)).toBe(before);
    expect(codex.model.requests).toEqual([]);
  });

  it("refuses a signal that is none, where it takes one", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const before = framesOf(codex);
    for (const [name, call] of Object.entries(callsOf(codex, thread))) {
      if (/limits|update|pickModel|readCsv/.test(name)) continue;
      const error = await failureOf(() => call({ signal: {} } as never));
      expect(error, name).toBeInstanceOf(TypeError);
      expect(String(error), name).toContain("signal is");
    }
    expect(framesOf(codex)).toBe(before);
  });

  it("names the option that is meant", async () => {
    await using codex = await startOffline();
    const wrong = { sandBox: "full-access" } as object;
    await expect(codex.startThread(wrong)).rejects.toThrow('no option "sandBox". Use sandbox');
    const thread = await codex.startThread();
    await expect(thread.run("x", { limits: { turnMS: 5 } } as object)).rejects.toThrow(
      "Use turnMs",
    );
    const run = () => codex.map([1], () => Promise.resolve(1), { concurency: 2 } as object);
    expect(run).toThrow("Use concurrency");
    const sandbox = { mode: "read-only", netwrok: true } as { mode: "read-only" };
    await expect(codex.startThread({ sandbox })).rejects.toThrow("Use network");
  });
});

describe("what the runtime itself would take in silence", () => {
  it.each<[string, (codex: OfflineCodex, thread: Thread) => Promise<unknown>, RegExp]>([
    [
      "a part of the type constructor",
      (_, thread) => thread.run({ type: "constructor" } as never),
      /has no known type/,
    ],
    ["a bigint as input", (_, thread) => thread.run(1n as never), /has no known type/],
    [
      "a bigint in a schema",
      (_, thread) => thread.run("x", { outputSchema: { minimum: 1n } }),
      /JSON cannot express it/,
    ],
    [
      "a bigint in a call",
      (codex) => codex.client.call("thread/read", { threadId: 1n } as never),
      /JSON cannot express it/,
    ],
    [
      "a working directory that does not exist",
      (codex) => codex.startThread({ cwd: "/no/such/directory" }),
      /working directory "\/no\/such\/directory": it does not exist/,
    ],
    [
      "a working directory that is a file",
      (codex, thread) => thread.run("x", { cwd: `${codex.home.codexHome}/config.toml` }),
      /it is not a directory/,
    ],
    [
      "a relative working directory that does not exist",
      (_, thread) => thread.update({ cwd: "gone" }),
      /working directory "gone": it does not exist/,
    ],
    [
      "an unknown effort",
      (_, thread) => thread.run("x", { effort: "hihg" }),
      /effort "hihg": unknown value. Use one of none, minimal, low/,
    ],
    [
      "an unknown effort of a thread",
      (codex) => codex.startThread({ effort: "zz" }),
      /effort "zz": unknown value/,
    ],
    [
      "a misspelled setting of a thread",
      (codex) => codex.startThread({ config: { "featurs.goals": true } }),
      /"featurs": the runtime has no such setting. Use features/,
    ],
    [
      "a misspelled setting of Codex",
      () => Codex.start({ config: { modelProvider: "x" } }),
      /Use model_provider/,
    ],
  ])("%s is a clear TypeError, before anything is sent", async (_, call, message) => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const before = framesOf(codex);
    const error = await failureOf(() => call(codex, thread));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(message);
    expect(framesOf(codex)).toBe(before);
    expect((await thread.run("still fine")).status).toBe("completed");
  });

  it("a setting that is not known here is left to the runtime", async () => {
    await using codex = await startOffline({ config: { some_future_setting: 1 } });
    const thread = await codex.startThread({ config: { another_future_setting: 1 }, cwd: "." });
    expect((await thread.run("x")).status).toBe("completed");
  });
});

/** How many messages about threads and turns were sent. */
function framesOf(codex: OfflineCodex): number {
  const { frames = [] } = codex.diagnostics().connection ?? {};
  return frames.filter(({ direction, method }) =>
    direction === "sent" && /^t(urn|hread)/.test(method)
  ).reduce(
    (sum, { count }) => sum + count,
    0,
  );
}
