import { describe, expect, it } from "vitest";
import { AccountWatch, resetAfter } from "../../../src/codex/session/account_watch.ts";
import {
  InvalidRequestError,
  NotLoggedInError,
  ProtocolError,
  RequestTimeoutError,
  TransportClosedError,
  TurnFailedError,
} from "../../../src/errors/mod.ts";
import type { TurnError } from "../../../src/protocol/mod.ts";

const ACCOUNT = { modelProvider: "openai", cwd: "/w" };
const MISSING = { requiresOpenaiAuth: true };
const READY = { requiresOpenaiAuth: true, account: { type: "apiKey" } };

/** A client whose answers a test can change, and what it was asked. */
function clientOf(account: unknown, provider?: string) {
  const answers: Record<string, unknown> = {
    "account/read": account,
    "config/read": { config: { model_provider: provider } },
  };
  const asked: unknown[] = [];
  let listener: ((event: object) => void) | undefined;
  const client = {
    call: (...args: unknown[]) => {
      asked.push(args);
      const answer = answers[String(args[0])];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    router: { on: (_method: string, observer: (event: object) => void) => listener = observer },
  };
  const methods = () => asked.map((args) => (args as unknown[])[0]);
  const tell = (rateLimits: object) => listener?.({ params: { rateLimits } });
  return { client: client as never, answers, asked, methods, tell };
}

function failed(info: unknown): TurnFailedError {
  const error = { message: "no", codexErrorInfo: info } as TurnError;
  return new TurnFailedError({ threadId: "t", turnId: "u", error, items: [], usage: null });
}

describe("the check before a turn", () => {
  it("asks until there is a login, and again on another connection or after a logout", async () => {
    const watch = new AccountWatch();
    const first = clientOf(READY);
    const check = (client: never) => watch.checkTurn(client, ACCOUNT, undefined);
    await check(first.client);
    await check(first.client);
    expect(first.asked).toEqual([["account/read", {}]]);
    watch.loggedOut();
    await check(first.client);
    expect(first.asked).toHaveLength(2);
    const second = clientOf(READY);
    await check(second.client);
    await check(second.client);
    expect(second.asked).toHaveLength(1);
  });

  it("is passed where no login is needed", async () => {
    const { client, methods } = clientOf({ requiresOpenaiAuth: false });
    const watch = new AccountWatch();
    await watch.checkTurn(client, ACCOUNT, undefined);
    await watch.checkTurn(client, ACCOUNT, undefined);
    expect(methods()).toEqual(["account/read"]);
  });

  it("refuses a turn of the provider in the configuration, and asks again", async () => {
    const { client, answers, asked } = clientOf(MISSING);
    const watch = new AccountWatch();
    const { signal } = new AbortController();
    const error = await watch.checkTurn(client, ACCOUNT, signal).catch((error) => error);
    expect(error).toBeInstanceOf(NotLoggedInError);
    expect(error).toMatchObject({ reason: "missing", provider: "the model provider openai" });
    expect(error.message).toContain("Cannot start a turn: ");
    expect(error.loginCommand).toContain("login");
    expect(asked[1]).toEqual(["config/read", { cwd: "/w" }, { signal }]);
    answers["account/read"] = READY;
    await watch.checkTurn(client, ACCOUNT, signal);
  });

  it("lets a turn of another provider pass, each time", async () => {
    const { client, methods } = clientOf(MISSING, "other");
    const watch = new AccountWatch();
    await watch.checkTurn(client, ACCOUNT, undefined);
    await expect(watch.checkTurn(client, { ...ACCOUNT, modelProvider: "other" }, undefined))
      .rejects.toBeInstanceOf(NotLoggedInError);
    expect(methods()).toEqual(["account/read", "config/read", "account/read", "config/read"]);
  });

  it.each<[string, Error, boolean]>([
    ["refuses to say", new InvalidRequestError("account/read", { code: -1, message: "" }), true],
    ["says nonsense", new ProtocolError("account/read", []), true],
    ["says nothing in time", new RequestTimeoutError("account/read", 1), true],
    ["is gone", new TransportClosedError("gone"), false],
  ])("where the server %s", async (_, error, passes) => {
    const { client } = clientOf(error);
    const checked = new AccountWatch().checkTurn(client, ACCOUNT, undefined);
    if (passes) expect(await checked).toBe(undefined);
    else await expect(checked).rejects.toBe(error);
  });

  it("asks once for several turns, each of which can be aborted", async () => {
    const { client, answers, methods } = clientOf(READY);
    const { promise, resolve } = Promise.withResolvers<object>();
    answers["account/read"] = promise;
    const watch = new AccountWatch();
    const stop = new AbortController();
    const aborted = watch.checkTurn(client, ACCOUNT, stop.signal);
    const other = watch.checkTurn(client, ACCOUNT, undefined);
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    resolve(READY);
    await other;
    expect(methods()).toEqual(["account/read"]);
  });
});

describe("the error of a failed turn", () => {
  const refusals = ["unauthorized", { httpConnectionFailed: { httpStatusCode: 401 } }];

  it.each(refusals)("says that the login is refused, or missing: %j", async (info) => {
    const error = failed(info);
    for (const [account, reason] of [[READY, "refused"], [MISSING, "missing"]] as const) {
      const { client } = clientOf(account);
      const explained = await new AccountWatch().explained(client, error, ACCOUNT);
      expect(explained).toBeInstanceOf(NotLoggedInError);
      expect(explained).toMatchObject({
        reason,
        provider: "the model provider openai",
        cause: error,
        message: expect.stringContaining("Cannot complete turn u: "),
        loginCommand: expect.stringContaining("login"),
      });
    }
  });

  it("stays what it is for another provider, or where nothing is known", async () => {
    const error = failed("unauthorized");
    const gone = new TransportClosedError("gone");
    const others = [
      clientOf(READY, "other"),
      clientOf({ requiresOpenaiAuth: false }),
      clientOf(gone),
    ];
    const unread = clientOf(READY);
    unread.answers["config/read"] = gone;
    for (const { client } of [...others, unread]) {
      expect(await new AccountWatch().explained(client, error, ACCOUNT)).toBe(error);
    }
  });

  it("stays what it is for any other reason, without a question", async () => {
    const { client, asked } = clientOf(READY);
    for (const error of [failed("badRequest"), new Error("x"), null]) {
      expect(await new AccountWatch().explained(client, error, ACCOUNT)).toBe(error);
    }
    expect(asked).toEqual([]);
  });

  it("has the account asked again before the next turn, when it was refused", async () => {
    const { client, methods } = clientOf(READY, "other");
    const watch = new AccountWatch();
    await watch.checkTurn(client, ACCOUNT, undefined);
    await watch.explained(client, failed("unauthorized"), ACCOUNT);
    await watch.checkTurn(client, ACCOUNT, undefined);
    expect(methods().filter((method) => method === "account/read")).toHaveLength(3);
  });

  it.each(["usageLimitExceeded", "rateLimitExceeded"])(
    "of %s says when it is over",
    async (kind) => {
      const watch = new AccountWatch();
      const { client, tell } = clientOf(READY);
      await watch.checkTurn(client, ACCOUNT, undefined);
      const resetsAt = async () => {
        const error = await watch.explained(client, failed(kind), ACCOUNT);
        return (error as TurnFailedError).resetsAt;
      };
      expect(await resetsAt()).toBe(null);
      tell({ primary: { usedPercent: 100, resetsAt: 5 } });
      tell({ secondary: { usedPercent: 100, resetsAt: 9 } });
      expect(await resetsAt()).toEqual(new Date(9000));
      // What another connection has said does not count.
      await watch.checkTurn(clientOf(READY).client, ACCOUNT, undefined);
      expect(await resetsAt()).toBe(null);
    },
  );
});

describe("resetAfter()", () => {
  const window = (usedPercent: number, resetsAt: number | null) => ({ usedPercent, resetsAt });

  it.each<[object | null, number | null]>([
    [null, null],
    [{}, null],
    [{ primary: window(99, 5), secondary: null }, null],
    [{ primary: window(100, null) }, null],
    [{ primary: window(100, 1) }, 1],
    [{ primary: window(100, 5), secondary: window(101, 7) }, 7],
    [{ primary: window(100, 9), secondary: window(100, 7) }, 9],
    [{ primary: window(100, 5), secondary: window(99, 7) }, 5],
    [{ primary: window(100, null), secondary: window(100, 7) }, 7],
  ])("is the last reset of the limits that are used up: %j", (snapshot, seconds) => {
    expect(resetAfter(snapshot as never)).toEqual(
      seconds === null ? null : new Date(seconds * 1000),
    );
  });
});
