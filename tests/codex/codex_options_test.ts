import { describe, expect, it, vi } from "vitest";
import { Codex, type Thread } from "../../mod.ts";
import { type OfflineCodex, startOffline } from "../../src/testing/mod.ts";

// Every function is called with wrong options.
vi.setConfig({ testTimeout: 60_000 });

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}

describe("a misspelled option", () => {
  it("is refused with the name that is meant", async () => {
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
