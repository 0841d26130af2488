import { describe, expect, it } from "vitest";
import { NotLoggedInError, TurnFailedError } from "../../../mod.ts";
import {
  failure,
  type OfflineCodex,
  OfflineLoginIssuer,
  response,
  startOffline,
} from "../../../src/testing/mod.ts";
import { resetAfter } from "../../../src/codex/session/account_watch.ts";

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
