import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  callReopen,
  callResume,
  isLoaded,
  storeThread,
} from "../../../src/codex/session/resume.ts";
import {
  InvalidRequestError,
  MethodNotFoundError,
  TransportClosedError,
} from "../../../src/errors/mod.ts";

type Sent = [method: string, params: object, options?: object];

/** A client that answers each method with what a test says, the number of the call included. */
function clientOf(answers: Record<string, (call: number) => unknown>) {
  const sent: Sent[] = [];
  const call = (...args: Sent): Promise<unknown> => {
    sent.push(args);
    const [method] = args;
    const answer = answers[method]?.(sent.filter(([other]) => other === method).length);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const methods = (): string[] => sent.map(([method]) => method);
  return { client: { call } as never, sent, methods };
}

const refusal = (message = "no rollout found") =>
  new InvalidRequestError("thread/resume", { code: -32600, message });
const closing = refusal("thread t is closing; retry thread/resume after the thread is closed");
const opened = { model: "m" };
const params = { threadId: "t", excludeTurns: true };
const thread = (status: string, ephemeral = false) => ({
  thread: { status: { type: status }, ephemeral },
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The outcome of a call after that time, or "pending". */
async function after(ms: number, calling: Promise<unknown>): Promise<unknown> {
  let outcome: unknown = "pending";
  calling.then((value) => outcome = value, (error) => outcome = error);
  await vi.advanceTimersByTimeAsync(ms);
  return outcome;
}

describe("callResume()", () => {
  it("passes the settings and the signal on, and gives the answer", async () => {
    const { client, sent } = clientOf({ "thread/resume": () => opened });
    const { signal } = new AbortController();
    expect(await after(0, callResume(client, params, { signal }))).toBe(opened);
    expect(sent).toEqual([["thread/resume", params, { signal }]]);
  });

  it("asks every 20 ms while the thread is being unloaded", async () => {
    const { client, methods } = clientOf({
      "thread/resume": (call) => call < 4 ? closing : opened,
    });
    const calling = callResume(client, params);
    expect(await after(19, calling)).toBe("pending");
    expect(methods()).toHaveLength(1);
    expect(await after(40, calling)).toBe("pending");
    expect(methods()).toHaveLength(3);
    expect(await after(1, calling)).toBe(opened);
  });

  it("gives up after 5 s", async () => {
    const { client } = clientOf({ "thread/resume": () => closing });
    const calling = callResume(client, params);
    expect(await after(5000, calling)).toBe("pending");
    expect(await after(20, calling)).toBe(closing);
  });

  it("gives up at once for any other refusal", async () => {
    for (const error of [refusal(), new TransportClosedError(closing.message)]) {
      const { client, methods } = clientOf({ "thread/resume": () => error });
      expect(await after(0, callResume(client, params))).toBe(error);
      expect(methods()).toHaveLength(1);
    }
  });

  it("stops waiting with the reason of its signal", async () => {
    const { client } = clientOf({ "thread/resume": () => closing });
    const stop = new AbortController();
    const calling = callResume(client, params, { signal: stop.signal });
    await after(5, calling);
    const reason = new Error("enough");
    stop.abort(reason);
    expect(await after(0, calling)).toBe(reason);
  });
});

describe("callReopen()", () => {
  it("has a thread stored that the runtime has only in memory, then named", async () => {
    const { client, sent, methods } = clientOf({
      "thread/resume": (call) => call < 4 ? refusal() : opened,
      "thread/read": () => thread("idle"),
    });
    expect(await after(60, callReopen(client, params))).toBe(opened);
    const probe = ["thread/resume", "thread/read"];
    const named = [...probe, "thread/name/set"];
    expect(methods()).toEqual([...probe, "thread/read", ...named, ...named, "thread/resume"]);
    expect(sent[1]?.[1]).toEqual({ threadId: "t" });
    expect(sent[2]?.[1]).toEqual({ threadId: "t", includeTurns: true });
    expect(sent[5]?.[1]).toEqual({ threadId: "t", name: "Untitled" });
  });

  it("waits 20 ms between the attempts, and passes the signal on", async () => {
    const { client, sent, methods } = clientOf({
      "thread/resume": (call) => call === 1 ? new MethodNotFoundError("x", gone) : opened,
      "thread/read": () => thread("idle"),
    });
    const { signal } = new AbortController();
    const calling = callReopen(client, params, { signal });
    expect(await after(19, calling)).toBe("pending");
    expect(methods()).toHaveLength(3);
    expect(await after(1, calling)).toBe(opened);
    expect([sent[0]?.[2], sent[3]?.[2]]).toEqual([{ signal }, { signal }]);
  });

  it("stops waiting with the reason of its signal", async () => {
    const { client } = clientOf({
      "thread/resume": () => refusal(),
      "thread/read": () => thread("idle"),
    });
    const stop = new AbortController();
    const calling = callReopen(client, params, { signal: stop.signal });
    await after(5, calling);
    const reason = new Error("enough");
    stop.abort(reason);
    expect(await after(0, calling)).toBe(reason);
  });

  it("gives up after five attempts", async () => {
    const { client, methods } = clientOf({
      "thread/resume": () => refusal(),
      "thread/read": () => thread("idle"),
    });
    expect(await after(1000, callReopen(client, params))).toBeInstanceOf(InvalidRequestError);
    expect(methods().filter((method) => method === "thread/resume")).toHaveLength(5);
  });

  it.each<[string, Error, unknown]>([
    ["of a thread that is not known", refusal(), refusal()],
    ["of a thread in memory only", refusal(), thread("idle", true)],
    ["that is no refusal", new TransportClosedError("gone"), thread("idle")],
  ])("gives up at once after a failure %s", async (_, error, read) => {
    const { client, methods } = clientOf({
      "thread/resume": () => error,
      "thread/read": () => read,
    });
    expect(await after(0, callReopen(client, params))).toBe(error);
    expect(methods().filter((method) => method === "thread/resume")).toHaveLength(1);
  });

  it("passes on what keeps it from storing the thread", async () => {
    const broken = new TransportClosedError("gone");
    const { client } = clientOf({
      "thread/resume": () => refusal(),
      "thread/read": (call) => call === 1 ? thread("idle") : broken,
    });
    expect(await after(0, callReopen(client, params))).toBe(broken);
    const unnamed = clientOf({
      "thread/resume": () => refusal(),
      "thread/read": () => thread("idle"),
      "thread/name/set": () => broken,
    });
    expect(await after(20, callReopen(unnamed.client, params))).toBe(broken);
  });
});

const gone = { code: -32601, message: "method not found" };

describe("storeThread()", () => {
  it("takes no notice of a refusal, and of nothing else", async () => {
    const refused = clientOf({ "thread/read": () => refusal() });
    await storeThread(refused.client, "t");
    expect(refused.sent[0]).toEqual(["thread/read", { threadId: "t", includeTurns: true }]);
    const broken = new TransportClosedError("gone");
    const { client } = clientOf({ "thread/read": () => broken });
    await expect(storeThread(client, "t")).rejects.toBe(broken);
  });
});

describe("isLoaded()", () => {
  it.each<[unknown, boolean]>([
    [thread("idle"), true],
    [thread("active", true), true],
    [thread("notLoaded"), false],
    [refusal(), false],
  ])("is told by the thread's status: %j", async (read, expected) => {
    const { client, sent } = clientOf({ "thread/read": () => read });
    expect(await isLoaded(client, "t")).toBe(expected);
    expect(sent).toEqual([["thread/read", { threadId: "t" }]]);
  });
});
