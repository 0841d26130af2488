import { describe, expect, it } from "vitest";
import { failure, OfflineLoginIssuer, type OfflineLoginOptions } from "../../src/testing/mod.ts";
import { holdBrowserLogin } from "../support/browser_login.ts";
import { type RawRig, type RawRuntime, startRig, type Wire } from "./raw_runtime.ts";

interface LoginRig extends RawRig {
  readonly issuer: OfflineLoginIssuer;
}

async function startLoginRig(options: OfflineLoginOptions = {}): Promise<LoginRig> {
  await using started = new AsyncDisposableStack();
  started.use(await holdBrowserLogin());
  const issuer = started.use(await OfflineLoginIssuer.start(options));
  const rig = started.use(await startRig({ config: issuer.config, env: issuer.env }));
  const owned = started.move();
  return { ...rig, issuer, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function loginCompleted(runtime: RawRuntime, loginId: string | null): Promise<Wire> {
  const { params } = await runtime.message(({ method, params }) =>
    method === "account/login/completed" && params.loginId === loginId
  );
  return params;
}

describe("OfflineLoginIssuer with the pinned runtime", () => {
  it("completes a browser login; the model is then asked as that account", async () => {
    await using rig = await startLoginRig({ account: { email: "me@example.test" } });
    const { loginId, authUrl } = await rig.runtime.call("account/login/start", { type: "chatgpt" });
    await rig.issuer.completeBrowserLogin(authUrl);
    expect(await loginCompleted(rig.runtime, loginId)).toMatchObject({ success: true });
    expect((await rig.runtime.call("account/read")).account).toMatchObject({
      type: "chatgpt",
      email: "me@example.test",
      planType: "pro",
      workspaceName: "Offline workspace",
    });
    const { turnId } = await rig.runtime.startTurn("Hi");
    await rig.runtime.turnCompleted(turnId);
    const headers = rig.model.requests[0]?.headers;
    expect(headers?.get("authorization")).toMatch(/^Bearer ey/);
    expect(headers?.get("chatgpt-account-id")).toBe("offline-workspace");
  });

  it("takes its tokens back at logout", async () => {
    await using rig = await startLoginRig();
    const { loginId, authUrl } = await rig.runtime.call("account/login/start", { type: "chatgpt" });
    await rig.issuer.completeBrowserLogin(authUrl);
    await loginCompleted(rig.runtime, loginId);
    await rig.runtime.call("account/logout", null);
    expect((await rig.runtime.call("account/read")).account).toBe(null);
    expect(rig.issuer.revoked).toEqual([expect.stringMatching(/^offline-refresh-/)]);
  });

  it("renews a token that the model refuses", async () => {
    await using rig = await startLoginRig();
    const { loginId, authUrl } = await rig.runtime.call("account/login/start", { type: "chatgpt" });
    await rig.issuer.completeBrowserLogin(authUrl);
    await loginCompleted(rig.runtime, loginId);
    const bearers = (): (string | null)[] =>
      rig.model.requests.map(({ headers }) => headers.get("authorization"));
    rig.model.on(
      ({ headers }) => headers.get("authorization") === bearers()[0],
      failure({ status: 401 }),
    );
    const { turnId } = await rig.runtime.startTurn("Hi");
    expect((await rig.runtime.turnCompleted(turnId)).status).toBe("completed");
    // The runtime tries the old token again before it renews it.
    expect(new Set(bearers()).size).toBe(2);
    expect(rig.issuer.requests).toContainEqual({
      path: "/oauth/token",
      grantType: "refresh_token",
    });
  });

  it("refuses a browser login", async () => {
    await using rig = await startLoginRig();
    const { loginId, authUrl } = await rig.runtime.call("account/login/start", { type: "chatgpt" });
    await rig.issuer.refuseBrowserLogin(authUrl);
    const completed = await loginCompleted(rig.runtime, loginId);
    expect(completed.success).toBe(false);
    expect(completed.error).toMatch(/./);
  });

  it("has the runtime wait for a device until it is approved", async () => {
    await using rig = await startLoginRig();
    const start = await rig.runtime.call("account/login/start", { type: "chatgptDeviceCode" });
    expect(start).toMatchObject({ userCode: "OFF-0001" });
    rig.issuer.approveDevice(start.userCode);
    expect(await loginCompleted(rig.runtime, start.loginId)).toMatchObject({ success: true });
    expect((await rig.runtime.call("account/read")).account).toMatchObject({ type: "chatgpt" });
  });

  it("refuses a device", async () => {
    await using rig = await startLoginRig();
    const start = await rig.runtime.call("account/login/start", { type: "chatgptDeviceCode" });
    rig.issuer.refuseDevice(start.userCode);
    expect(await loginCompleted(rig.runtime, start.loginId)).toMatchObject({ success: false });
  });

  it("makes tokens for a client that manages the login itself, and new ones on demand", async () => {
    await using rig = await startLoginRig({ account: { planType: "plus" } });
    const first = rig.issuer.externalTokens();
    await rig.runtime.call("account/login/start", { type: "chatgptAuthTokens", ...first });
    expect((await rig.runtime.call("account/read")).account).toMatchObject({ planType: "plus" });
    rig.model.reply(failure({ status: 401 }), "Welcome back");
    const { turnId } = await rig.runtime.startTurn("Hi");
    const asked = await rig.runtime.message(({ method }) =>
      method === "account/chatgptAuthTokens/refresh"
    );
    const second = rig.issuer.externalTokens();
    await rig.runtime.reply(asked.id, second);
    expect((await rig.runtime.turnCompleted(turnId)).status).toBe("completed");
    expect(rig.model.requests.map(({ headers }) => headers.get("authorization"))).toEqual([
      `Bearer ${first.accessToken}`,
      `Bearer ${second.accessToken}`,
    ]);
  });

  it("knows the codes that it gave out, and no others", async () => {
    await using issuer = await OfflineLoginIssuer.start();
    expect(() => issuer.approveDevice("ABCD")).toThrow(RangeError);
    const reply = await fetch(`${issuer.url}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "authorization_code", code: "guessed" }),
    });
    expect([reply.status, await reply.json()]).toEqual([400, { error: "invalid_grant" }]);
  });
});

describe("a code of a login", () => {
  it("is taken once", async () => {
    await using issuer = await OfflineLoginIssuer.start();
    const codes: (string | null)[] = [];
    await using page = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (back) => {
        codes.push(new URL(back.url).searchParams.get("code"));
        return new Response();
      },
    );
    const back = encodeURIComponent(`http://127.0.0.1:${page.addr.port}/`);
    await issuer.completeBrowserLogin(`${issuer.url}/oauth/authorize?redirect_uri=${back}`);
    const tokens = async (code: string): Promise<number> => {
      const body = new URLSearchParams({ grant_type: "authorization_code", code });
      const response = await fetch(`${issuer.url}/oauth/token`, { method: "POST", body });
      await response.body?.cancel();
      return response.status;
    };
    const [code = null] = codes;
    expect(await tokens("guessed")).toBe(400);
    expect(await tokens(code ?? "")).toBe(200);
    expect(await tokens(code ?? "")).toBe(400);
  });
});

/** The claims of a token. */
function claimsOf(token: string): Record<string, unknown> {
  const [head = "", body = "", signature] = token.split(".");
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.offline$/);
  expect(signature).toBe("offline");
  const decode = (part: string): Record<string, unknown> => {
    const bytes = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
  };
  expect(decode(head)).toEqual({ alg: "none", typ: "JWT" });
  return decode(body);
}

describe("the pages of the login service", () => {
  const account = {
    email: "ää?>@example.test",
    planType: "plus",
    accountId: "workspace",
    userId: "user",
    workspaceName: "Work",
  };
  const asked = async (
    issuer: OfflineLoginIssuer,
    path: string,
    fields: Record<string, string> = {},
    isJson = true,
  ) => {
    const response = await fetch(`${issuer.url}${path}`, {
      method: "POST",
      body: isJson ? JSON.stringify(fields) : new URLSearchParams(fields),
      headers: isJson ? { "content-type": "application/json" } : {},
    });
    const text = await response.text();
    return [response.status, text.startsWith("{") ? JSON.parse(text) : text];
  };

  it("are those of the real one, for the account that is given", async () => {
    await using issuer = await OfflineLoginIssuer.start({ account, usedPercent: 41 });
    const before = Math.floor(Date.now() / 1000);
    expect(await asked(issuer, "/backend-api/wham/accounts/check")).toEqual([200, {
      accounts: [{
        id: "workspace",
        name: "Work",
        can_access_with_session: true,
        sso_connection_name: null,
        is_deactivated: false,
        is_fedramp_compliant_workspace: false,
        plan_type: "plus",
        workspace_backend_origin: "https://127.0.0.1:9",
        account_routing_override: "NO_CONSTRAINT",
        profile_picture_url: null,
        structure: "personal",
      }],
      default_account_id: "workspace",
      account_ordering: ["workspace"],
    }]);
    const [, usage] = await asked(issuer, "/backend-api/wham/usage");
    const { primary_window: primary, secondary_window: secondary } = usage.rate_limit;
    expect(usage).toEqual({
      plan_type: "plus",
      rate_limit: {
        allowed: true,
        limit_reached: false,
        primary_window: {
          used_percent: 41,
          limit_window_seconds: 5 * 3600,
          reset_after_seconds: 3600,
          reset_at: primary.reset_at,
        },
        secondary_window: {
          used_percent: 20,
          limit_window_seconds: 7 * 86_400,
          reset_after_seconds: 86_400,
          reset_at: secondary.reset_at,
        },
      },
    });
    expect(primary.reset_at - before).toBeGreaterThanOrEqual(3600);
    expect(primary.reset_at - before).toBeLessThan(3700);
    expect(secondary.reset_at - primary.reset_at).toBeGreaterThanOrEqual(82_800);
    const [, { stats }] = await asked(issuer, "/backend-api/wham/profiles/me");
    expect(stats).toEqual({
      lifetime_tokens: 1_234_567,
      peak_daily_tokens: 200_000,
      longest_running_turn_sec: 90,
      current_streak_days: 3,
      longest_streak_days: 8,
      daily_usage_buckets: [
        { start_date: "2026-01-01", tokens: 1000 },
        { start_date: "2026-01-02", tokens: 2500 },
      ],
    });
    expect(await asked(issuer, "/other")).toEqual([
      404,
      "The offline login service has no such page",
    ]);
    expect(issuer.requests.map(({ path }) => path)).toEqual([
      "/backend-api/wham/accounts/check",
      "/backend-api/wham/usage",
      "/backend-api/wham/profiles/me",
      "/other",
    ]);
  });

  it.each([[99, true], [100, false], [101, false]])(
    "say at %d percent whether the model answers: %s",
    async (usedPercent, allowed) => {
      await using issuer = await OfflineLoginIssuer.start({ usedPercent });
      const [, usage] = await asked(issuer, "/backend-api/wham/usage");
      expect(usage.rate_limit).toMatchObject({ allowed, limit_reached: !allowed });
    },
  );

  it("give a code to a device when that was decided, and tokens of an hour for it", async () => {
    await using issuer = await OfflineLoginIssuer.start({ account });
    const start = "/api/accounts/deviceauth/usercode";
    const poll = "/api/accounts/deviceauth/token";
    expect(await asked(issuer, start)).toEqual([200, {
      device_auth_id: "device-1",
      user_code: "OFF-0001",
      interval: "1",
    }]);
    await asked(issuer, start);
    expect(await asked(issuer, poll, { user_code: "OFF-0001" })).toEqual([403, {}]);
    issuer.refuseDevice("OFF-0002");
    const denied = [400, { error: "access_denied" }];
    expect(await asked(issuer, poll, { user_code: "OFF-0002" })).toEqual(denied);
    expect(await asked(issuer, poll)).toEqual(denied);
    issuer.approveDevice("OFF-0001");
    expect(await asked(issuer, poll, { user_code: "OFF-0001" })).toEqual([200, {
      authorization_code: "offline-code-1",
      code_challenge: "offline",
      code_verifier: "offline",
    }]);
    const fields = { grant_type: "authorization_code", code: "offline-code-1" };
    const now = Math.floor(Date.now() / 1000);
    const [status, tokens] = await asked(issuer, "/oauth/token", fields, false);
    expect(status).toBe(200);
    expect(tokens).toEqual({
      id_token: expect.any(String),
      access_token: expect.any(String),
      refresh_token: "offline-refresh-2",
      token_type: "Bearer",
      expires_in: 3600,
    });
    const claims = claimsOf(tokens.access_token);
    expect(claims).toEqual({
      jti: "offline-2",
      email: account.email,
      exp: claims.exp,
      "https://api.openai.com/auth": {
        chatgpt_plan_type: "plus",
        chatgpt_account_id: "workspace",
        chatgpt_user_id: "user",
      },
    });
    expect(Number(claims.exp) - now).toBeGreaterThanOrEqual(3600);
    expect(Number(claims.exp) - now).toBeLessThan(3700);
    const { jti: _, ...rest } = claims;
    expect(claimsOf(tokens.id_token)).toEqual(rest);
    expect((await asked(issuer, "/oauth/token", { grant_type: "refresh_token" }))[0]).toBe(200);
    expect(await asked(issuer, "/oauth/revoke", { token: "t" })).toEqual([200, {}]);
    await asked(issuer, "/oauth/revoke");
    expect(issuer.revoked).toEqual(["t", ""]);
    expect(issuer.requests.map(({ grantType }) => grantType).filter(Boolean)).toEqual([
      "authorization_code",
      "refresh_token",
    ]);
    const { chatgptAccountId, chatgptPlanType } = issuer.externalTokens();
    expect([chatgptAccountId, chatgptPlanType]).toEqual(["workspace", "plus"]);
  });

  it("approve every device where that was asked for", async () => {
    await using issuer = await OfflineLoginIssuer.start({ approvesDevices: true });
    const [, { user_code }] = await asked(issuer, "/api/accounts/deviceauth/usercode");
    expect((await asked(issuer, "/api/accounts/deviceauth/token", { user_code }))[0]).toBe(200);
  });

  it("have the skills of the plugins, also under names with spaces", async () => {
    const pluginSkills = { "a b": { "c d": "# Do it" } };
    await using issuer = await OfflineLoginIssuer.start({ pluginSkills });
    const page = (plugin: string, name: string) =>
      asked(issuer, `/backend-api/ps/plugins/${plugin}/skills/${name}`);
    expect(await page("a%20b", "c%20d")).toEqual([200, {
      plugin_id: "a b",
      name: "c d",
      skill_md_contents: "# Do it",
    }]);
    for (const [plugin, name] of [["a%20b", "x"], ["x", "c%20d"], ["toString", "name"]] as const) {
      expect((await page(plugin, name))[0]).toBe(404);
    }
    expect(issuer.config).toMatchObject({ features: { plugins: true } });
    expect(issuer.env).toMatchObject({
      HTTPS_PROXY: "http://127.0.0.1:9",
      NO_PROXY: "127.0.0.1",
    });
  });

  it("are those that the environment and the configuration name", async () => {
    const issuer = await OfflineLoginIssuer.start();
    const { url } = issuer;
    expect(issuer.env).toEqual({
      CODEX_APP_SERVER_LOGIN_ISSUER: url,
      CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${url}/oauth/token`,
      CODEX_REVOKE_TOKEN_URL_OVERRIDE: `${url}/oauth/revoke`,
    });
    expect(issuer.config).toEqual({
      chatgpt_base_url: `${url}/backend-api`,
      model_providers: { offline: { requires_openai_auth: true } },
    });
    expect(issuer.account).toEqual({
      email: "offline@example.test",
      planType: "pro",
      accountId: "offline-workspace",
      userId: "offline-user",
      workspaceName: "Offline workspace",
    });
    const [, usage] = await asked(issuer, "/backend-api/wham/usage");
    expect(usage.rate_limit.primary_window.used_percent).toBe(40);
    await issuer.close();
    await issuer.close();
    await expect(fetch(url)).rejects.toThrow();
    const typo = { acount: {} } as never;
    await expect(OfflineLoginIssuer.start(typo)).rejects.toThrow("Use account");
    const wrong = { account: { mail: "x" } } as never;
    await expect(OfflineLoginIssuer.start(wrong)).rejects.toThrow("Use email");
    const { signal } = new AbortController();
    expect(() => issuer.completeBrowserLogin(url, { sinal: signal } as never)).toThrow(
      "Use signal",
    );
    expect(() => issuer.refuseBrowserLogin(url, { sinal: signal } as never)).toThrow("Use signal");
    const aborted = { signal: AbortSignal.abort(new Error("enough")) };
    const address = `${url}/?redirect_uri=${encodeURIComponent(url)}`;
    await expect(issuer.completeBrowserLogin(address, aborted)).rejects.toThrow("enough");
  });

  it("send a browser back with the state of the login, agreed or refused", async () => {
    await using issuer = await OfflineLoginIssuer.start();
    const back = `${issuer.url}/back?a=b`;
    const query = new URLSearchParams({ redirect_uri: back, state: "s t" });
    const urls: string[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      urls.push(String(input));
      return fetch(input, init);
    };
    try {
      await issuer.completeBrowserLogin(`${issuer.url}/?${query}`);
      await issuer.refuseBrowserLogin(`${issuer.url}/?${query}`);
    } finally {
      globalThis.fetch = fetch;
    }
    expect(urls.map((url) => Object.fromEntries(new URL(url).searchParams))).toEqual([
      { a: "b", code: "offline-code-1", state: "s t" },
      { a: "b", error: "access_denied", state: "s t" },
    ]);
  });
});
