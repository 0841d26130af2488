import { describe, expect, it } from "vitest";
import { NotLoggedInError, TurnFailedError } from "../../../mod.ts";
import {
  failure,
  type OfflineCodex,
  OfflineLoginIssuer,
  response,
  startOffline,
} from "../../../src/testing/mod.ts";
import { mergeSnapshots, resetAfter } from "../../../src/codex/session/account_watch.ts";
import { JsonRpcError } from "../../../src/errors/mod.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

async function startLoggedIn(issuer: OfflineLoginIssuer): Promise<OfflineCodex> {
  const codex = await startOffline({ env: issuer.env, config: issuer.config });
  const { accessToken, chatgptAccountId, chatgptPlanType } = issuer.externalTokens();
  await codex.loginWithTokens({
    accessToken,
    accountId: chatgptAccountId,
    planType: chatgptPlanType,
  });
  return codex;
}

function limitHeaders(usedPercent: number, resetAt: Date): Record<string, string> {
  return {
    "x-codex-primary-used-percent": String(usedPercent),
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-at": String(resetAt.getTime() / 1000),
  };
}

const RESET = new Date("2030-01-01T00:00:00Z");

describe("the limits of the account", () => {
  it("are read with plan, periods and resets, and render as a table", async () => {
    await using issuer = await OfflineLoginIssuer.start({
      account: { planType: "plus" },
      usedPercent: 60,
    });
    await using codex = await startLoggedIn(issuer);
    const limits = await codex.rateLimits();
    expect(limits.planType).toBe("plus");
    expect(limits.windows).toMatchObject([
      { name: "primary", usedPercent: 60, durationMs: 5 * 3_600_000 },
      { name: "secondary", usedPercent: 30, durationMs: 7 * 86_400_000 },
    ]);
    expect(limits.windows[0]?.resetsAt?.getTime()).toBeGreaterThan(Date.now());
    const show = (limits as unknown as Record<symbol, () => Promise<Record<string, string>>>)[
      Symbol.for("Jupyter.display")
    ];
    expect((await show?.call(limits))?.["text/html"]).toContain("60 %");
  });

  it("have the tokens of the account", async () => {
    await using issuer = await OfflineLoginIssuer.start();
    await using codex = await startLoggedIn(issuer);
    expect(await codex.usage()).toEqual({
      lifetimeTokens: 1_234_567,
      peakDailyTokens: 200_000,
      longestTurnMs: 90_000,
      currentStreakDays: 3,
      days: [{ date: "2026-01-01", tokens: 1000 }, { date: "2026-01-02", tokens: 2500 }],
    });
  });

  it("need a ChatGPT account", async () => {
    await using codex = await startOffline();
    for (const read of [() => codex.rateLimits(), () => codex.usage()]) {
      const error = await read().catch((reason) => reason);
      expect(error).toBeInstanceOf(NotLoggedInError);
      expect(error.message).not.toContain("ApiKey");
    }
  });

  it("are told each time an answer changes them", async () => {
    await using codex = await startOffline();
    const controller = new AbortController();
    const changes = codex.rateLimitChanges({ signal: controller.signal });
    const first = changes.next();
    const used = (percent: number) =>
      response(["hello"], { headers: limitHeaders(percent, RESET) });
    codex.model.reply(used(10), used(10), used(20));
    for (const text of ["1", "2", "3"]) await codex.run(text);
    expect((await first).value).toMatchObject({ windows: [{ usedPercent: 10, resetsAt: RESET }] });
    expect((await changes.next()).value).toMatchObject({ windows: [{ usedPercent: 20 }] });
    const last = changes.next();
    controller.abort("enough");
    await expect(last).rejects.toBe("enough");
  });

  it("say in a failed turn when they reset", async () => {
    await using codex = await startOffline();
    codex.model.reply(failure({
      status: 429,
      type: "usage_limit_reached",
      headers: limitHeaders(100, RESET),
    }));
    const error = await codex.run("Hello").catch((reason) => reason);
    expect(error).toBeInstanceOf(TurnFailedError);
    expect(error.info.kind).toBe("usageLimitExceeded");
    expect(error.resetsAt).toEqual(RESET);
  });
});

describe("resetAfter", () => {
  const window = (usedPercent: number, resetsAt: number | null) => ({ usedPercent, resetsAt });

  it("is the last reset of the limits that are used up", () => {
    expect(resetAfter({ primary: window(100, 60), secondary: window(100, 90) }))
      .toEqual(new Date(90_000));
    expect(resetAfter({ primary: window(100, 60), secondary: window(99, 90) }))
      .toEqual(new Date(60_000));
  });

  it("is null when nothing is used up, or no time is known", () => {
    expect(resetAfter(null)).toBe(null);
    expect(resetAfter({ primary: window(99, 60) })).toBe(null);
    expect(resetAfter({ primary: window(100, null) })).toBe(null);
  });
});

describe("mergeSnapshots", () => {
  it("keeps what an update does not name, or names as null", () => {
    const known = { planType: "plus", primary: { usedPercent: 1 } } as const;
    const update = { primary: { usedPercent: 2 }, planType: null };
    expect(mergeSnapshots(known, update)).toEqual({ planType: "plus", primary: update.primary });
    expect(mergeSnapshots(null, update)).toEqual({ primary: update.primary });
  });
});

describe("the limits that a scripted runtime tells", () => {
  it("are told whole, each time that they change", async () => {
    await using server = await ScriptedServer.start();
    const changes = server.codex.rateLimitChanges();
    const update = (rateLimits: object) =>
      server.notify("account/rateLimits/updated", { rateLimits });
    const first = changes.next();
    update({ planType: "plus" });
    server.notify("account/updated", { authMode: null, planType: null });
    update({ primary: { usedPercent: 5 } });
    update({ primary: { usedPercent: 5 } });
    update({ secondary: { usedPercent: 7 } });
    const window = (name: string, usedPercent: number) => (
      { name, usedPercent, durationMs: null, resetsAt: null }
    );
    const rest = { planType: "plus", credits: null, reached: null };
    const primary = window("primary", 5);
    expect((await first).value).toEqual({ ...rest, windows: [primary] });
    const second = (await changes.next()).value;
    expect(second).toEqual({ ...rest, windows: [primary, window("secondary", 7)] });
  });

  it("are told by a secondary window alone too", async () => {
    await using server = await ScriptedServer.start();
    const first = server.codex.rateLimitChanges().next();
    const rateLimits = { secondary: { usedPercent: 7 } };
    server.notify("account/rateLimits/updated", { rateLimits });
    expect((await first).value).toMatchObject({ windows: [{ name: "secondary" }] });
  });

  it.each<[string, object, unknown]>([
    ["there is no login", { result: { requiresOpenaiAuth: true } }, NotLoggedInError],
    ["there is an API key", {
      result: { requiresOpenaiAuth: true, account: { type: "apiKey" } },
    }, NotLoggedInError],
    ["there is a ChatGPT account", {
      result: {
        requiresOpenaiAuth: true,
        account: { type: "chatgpt", email: "a@b.test", planType: "plus" },
      },
    }, JsonRpcError],
    ["the account is not told", { error: { code: -32600, message: "unknown" } }, JsonRpcError],
  ])("are refused where %s", async (_, account, expected) => {
    await using server = await ScriptedServer.start();
    const error = { code: -32600, message: "chatgpt authentication required" };
    for (const method of ["account/rateLimits/read", "account/usage/read"]) {
      server.answers.set(method, () => ({ error }));
    }
    server.answers.set("account/read", () => account);
    const calls = [
      ["read the rate limits", () => server.codex.rateLimits()],
      ["read the usage", () => server.codex.usage()],
    ] as const;
    for (const [action, call] of calls) {
      const reason = await call().then(() => null, (reason) => reason);
      expect(reason).toBeInstanceOf(expected);
      if (expected !== NotLoggedInError) continue;
      expect(reason.message).toContain(`Cannot ${action}: the ChatGPT service needs a login`);
      expect(reason).toMatchObject({ reason: "missing", provider: "the ChatGPT service" });
      expect(reason.cause).toMatchObject({ code: -32600 });
      expect(reason.loginCommand).toContain("login");
    }
  });
});
