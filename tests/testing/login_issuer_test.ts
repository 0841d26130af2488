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
