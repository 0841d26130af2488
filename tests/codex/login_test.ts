import { describe, expect, it } from "vitest";
import {
  failure,
  type OfflineCodex,
  OfflineLoginIssuer,
  startOffline,
} from "../../src/testing/mod.ts";

const KEY = "sk-planted-key-1234567890";

interface Rig extends AsyncDisposable {
  readonly codex: OfflineCodex;
  readonly issuer: OfflineLoginIssuer;
}

async function startRig(): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const issuer = stack.use(await OfflineLoginIssuer.start());
  const codex = stack.use(await startOffline({ config: issuer.config, env: issuer.env }));
  const owned = stack.move();
  return { codex, issuer, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const bearers = ({ model }: OfflineCodex) =>
  model.requests.map(({ headers }) => headers.get("authorization"));

describe("login", () => {
  it("with an API key authenticates the next request; logout clears it", async () => {
    await using rig = await startRig();
    const { codex } = rig;
    expect(await codex.account()).toBe(null);
    await codex.loginWithApiKey(KEY);
    expect(await codex.account()).toEqual({ type: "apiKey" });
    const thread = await codex.startThread();
    await thread.run("Hi");
    expect(bearers(codex)).toEqual([`Bearer ${KEY}`]);
    await codex.logout();
    expect(await codex.account()).toBe(null);
  });

  it("refuses an empty key before any request", async () => {
    await using codex = await startOffline();
    await expect(codex.loginWithApiKey(" ")).rejects.toThrow(TypeError);
  });

  it("in the browser completes, also when nobody waited yet", async () => {
    await using rig = await startRig();
    const login = await rig.codex.loginWithChatGpt();
    await rig.issuer.completeBrowserLogin(login.authUrl);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(await login.wait()).toEqual({ success: true, error: null });
    expect(await login.wait()).toEqual({ success: true, error: null });
    expect(await rig.codex.account()).toMatchObject({ type: "chatgpt", planType: "pro" });
  });

  it("in the browser can be cancelled, and its own completion arrives as failed", async () => {
    await using rig = await startRig();
    const first = await rig.codex.loginWithChatGpt();
    const second = await rig.codex.loginWithChatGpt();
    expect((await first.wait()).success).toBe(false);
    await second.cancel();
    expect((await second.wait()).success).toBe(false);
    expect(await rig.codex.account()).toBe(null);
  });

  it("stops waiting when asked to, without stopping the login", async () => {
    await using rig = await startRig();
    const login = await rig.codex.loginWithChatGpt();
    const reason = new Error("no time");
    await expect(login.wait({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await rig.issuer.completeBrowserLogin(login.authUrl);
    expect((await login.wait()).success).toBe(true);
  });

  it("with a device code completes when the code is approved elsewhere", async () => {
    await using rig = await startRig();
    const login = await rig.codex.loginWithDeviceCode();
    expect(login.verificationUrl).toMatch(/^http/);
    rig.issuer.approveDevice(login.userCode);
    expect(await login.wait()).toEqual({ success: true, error: null });
  });

  it("with tokens of the program asks for new ones when they are refused", async () => {
    await using rig = await startRig();
    const { codex, issuer } = rig;
    const [old, fresh] = [issuer.externalTokens(), issuer.externalTokens()];
    const asked: unknown[] = [];
    await codex.loginWithTokens(toTokens(old), {
      refresh: (reason) => {
        asked.push(reason);
        return Promise.resolve(toTokens(fresh));
      },
    });
    codex.model.on(
      ({ headers }) => headers.get("authorization") === `Bearer ${old.accessToken}`,
      failure({ status: 401 }),
    );
    const thread = await codex.startThread();
    expect((await thread.run("Hi")).status).toBe("completed");
    expect(bearers(codex).at(-1)).toBe(`Bearer ${fresh.accessToken}`);
    expect(asked.length).toBe(1);
  });

  it("shows a key in no error", async () => {
    await using rig = await startRig();
    const { codex } = rig;
    const error = await codex.client.call("account/login/start", { type: KEY } as never).catch((
      e,
    ) => e);
    expect(Deno.inspect(error)).not.toContain(KEY);
    expect(String(error.stack)).not.toContain(KEY);
  });
});

function toTokens({ accessToken, chatgptAccountId, chatgptPlanType }: {
  accessToken: string;
  chatgptAccountId: string;
  chatgptPlanType?: string | null;
}) {
  return { accessToken, accountId: chatgptAccountId, planType: chatgptPlanType ?? null };
}
