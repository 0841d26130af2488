import { describe, expect, it, vi } from "vitest";
import {
  type Codex,
  CodexError,
  type Diagnostic,
  ProtocolError,
  TransportClosedError,
  TurnFailedError,
} from "../../../mod.ts";
import {
  failure,
  type OfflineCodex,
  OfflineLoginIssuer,
  startOffline,
} from "../../../src/testing/mod.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { holdBrowserLogin } from "../../support/browser_login.ts";

type LoginOptions = NonNullable<Parameters<Codex["loginWithTokens"]>[1]>;
type Refresh = NonNullable<LoginOptions["refresh"]>;

// A login on the real runtime, with its browser and its server.
vi.setConfig({ testTimeout: 60_000 });

const KEY = "sk-planted-key-1234567890";

interface Rig extends AsyncDisposable {
  readonly codex: OfflineCodex;
  readonly issuer: OfflineLoginIssuer;
}

async function startRig(onDiagnostic: (diagnostic: Diagnostic) => void = () => {}): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  stack.use(await holdBrowserLogin());
  const issuer = stack.use(await OfflineLoginIssuer.start());
  const codex = stack.use(
    await startOffline({ config: issuer.config, env: issuer.env, onDiagnostic }),
  );
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
    await thread.run("Hi").catch(() => {});
    expect(bearers(codex).slice(1)).not.toContain(`Bearer ${KEY}`);
  });

  it("refuses what can be no key before any request, without repeating it", async () => {
    await using codex = await startOffline();
    for (const key of ["", " ", `${KEY}\n`, 7 as never]) {
      const error = await codex.loginWithApiKey(key).catch((e) => e);
      expect(error).toBeInstanceOf(TypeError);
      expect(Deno.inspect(error)).not.toContain(KEY);
    }
    const tokens = { accessToken: KEY, accountId: "a" };
    for (const wrong of [{ accessToken: "" }, { accountId: "" }, { planType: 7 as never }]) {
      await expect(codex.loginWithTokens({ ...tokens, ...wrong })).rejects.toThrow(TypeError);
    }
  });

  it("in the browser completes, also when the completion came before the wait", async () => {
    await using rig = await startRig();
    const events = rig.codex.client.events();
    const login = await rig.codex.loginWithChatGpt();
    await rig.issuer.completeBrowserLogin(login.authUrl);
    for await (const { method } of events) if (method === "account/login/completed") break;
    expect(await login.wait()).toEqual({ success: true, error: null });
    expect(await login.wait()).toEqual({ success: true, error: null });
    expect(await rig.codex.account()).toMatchObject({ type: "chatgpt", planType: "pro" });
  });

  it("in the browser that the user refuses completes as failed, with the reason", async () => {
    await using rig = await startRig();
    const login = await rig.codex.loginWithChatGpt();
    await rig.issuer.refuseBrowserLogin(login.authUrl);
    expect(await login.wait()).toEqual({ success: false, error: expect.any(String) });
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

  it("takes the completion of its own attempt only", async () => {
    await using server = await ScriptedServer.start();
    server.answers.set("account/login/start", () => ({
      result: { type: "chatgpt", loginId: "mine", authUrl: "https://login.test/" },
    }));
    const login = await server.codex.loginWithChatGpt();
    const completed = (loginId: string | null, success: boolean) =>
      server.notify("account/login/completed", { loginId, success, error: null });
    completed("other", true);
    completed(null, true);
    completed("mine", false);
    expect((await login.wait()).success).toBe(false);
  });

  it("with tokens tells of a refresh that throws, and nothing of what it throws", async () => {
    const diagnostics: Diagnostic[] = [];
    await using server = await ScriptedServer.start({
      onDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
    });
    await server.codex.loginWithTokens({ accessToken: "planted-1", accountId: "a" }, {
      refresh: () => Promise.reject(new RangeError("planted-2 was refused")),
    });
    const params = { reason: "unauthorized", previousAccountId: "a" };
    server.ask(9, "account/chatgptAuthTokens/refresh", params);
    await server.heard(({ id, error }) => id === 9 && error !== undefined);
    const [diagnostic] = diagnostics.filter(({ kind }) => kind === "handlerError");
    expect(diagnostic).toMatchObject({ handler: "refresh" });
    const text = Deno.inspect([diagnostic, server.received], { depth: 20 });
    expect(text).toContain("refresh threw RangeError");
    expect(text).not.toContain("planted-2");
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

  it("with a device code ends by itself when the code is refused or the login cancelled", async () => {
    await using rig = await startRig();
    const refused = await rig.codex.loginWithDeviceCode();
    rig.issuer.refuseDevice(refused.userCode);
    expect((await refused.wait()).success).toBe(false);
    const cancelled = await rig.codex.loginWithDeviceCode();
    await cancelled.cancel();
    await cancelled.cancel();
    expect((await cancelled.wait()).success).toBe(false);
  });

  it("that is pending rejects with the connection's error when the runtime ends", async () => {
    await using rig = await startRig();
    const login = await rig.codex.loginWithChatGpt();
    await rig.codex.close();
    await expect(login.wait()).rejects.toThrow(TransportClosedError);
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

  const broken: Record<string, Refresh> = {
    "throws": () => {
      throw new Error(`no luck with ${KEY}`);
    },
    "rejects": () => Promise.reject(new Error(`no luck with ${KEY}`)),
    "gives no token": () => Promise.resolve({ accessToken: "", accountId: "a" }),
    "gives a token that is no text": () =>
      Promise.resolve({ accessToken: { secret: KEY } as never, accountId: "a" }),
  };
  for (const [name, refresh] of Object.entries(broken)) {
    it(`with tokens fails the turn, and tells no secret, when refresh ${name}`, async () => {
      const diagnostics: Diagnostic[] = [];
      await using rig = await startRig((diagnostic) => diagnostics.push(diagnostic));
      const { codex, issuer } = rig;
      await codex.loginWithTokens(toTokens(issuer.externalTokens()), { refresh });
      codex.model.on(() => true, failure({ status: 401 }));
      const thread = await codex.startThread();
      const error = await thread.run("Hi").catch((e) => e);
      expect(error).toBeInstanceOf(TurnFailedError);
      expect(diagnostics.filter(({ kind }) => kind === "handlerError").length).toBeGreaterThan(0);
      expect(Deno.inspect([diagnostics, error], { depth: 20 })).not.toContain(KEY);
    });
  }

  it("with tokens again replaces who renews them, unless it failed", async () => {
    await using rig = await startRig();
    const { codex, issuer } = rig;
    const asked: string[] = [];
    const refreshing = (name: string): Refresh => () => {
      asked.push(name);
      return Promise.resolve(toTokens(issuer.externalTokens()));
    };
    const refused = new Set<string>();
    const login = (options: { refresh?: Refresh }) => {
      const tokens = issuer.externalTokens();
      refused.add(`Bearer ${tokens.accessToken}`);
      return codex.loginWithTokens(toTokens(tokens), options);
    };
    codex.model.on(
      ({ headers }) => refused.has(headers.get("authorization") ?? ""),
      failure({ status: 401 }),
    );
    const thread = await codex.startThread();
    await login({ refresh: refreshing("first") });
    const junk = { accessToken: "junk", accountId: "a" };
    await expect(codex.loginWithTokens(junk, { refresh: refreshing("junk") })).rejects.toThrow();
    await thread.run("Hi");
    expect(asked).toEqual(["first"]);
    await login({});
    await expect(thread.run("Hi")).rejects.toThrow(TurnFailedError);
    expect(asked).toEqual(["first"]);
  });

  it("shows a key in no error, no diagnostic and no handle", async () => {
    const diagnostics: Diagnostic[] = [];
    await using rig = await startRig((diagnostic) => diagnostics.push(diagnostic));
    const { codex, issuer } = rig;
    const errors = [
      await codex.client.call("account/login/start", { type: KEY } as never).catch((e) => e),
      await codex.loginWithTokens({ accessToken: KEY, accountId: "a" }).catch((e) => e),
      await codex.loginWithTokens({ accessToken: `a.${KEY}.c`, accountId: "a" }).catch((e) => e),
    ];
    expect(errors.every((error) => error instanceof CodexError)).toBe(true);
    await codex.loginWithApiKey(KEY);
    codex.model.on(() => true, failure({ status: 401 }));
    const thread = await codex.startThread();
    errors.push(await thread.run("Hi").catch((e) => e));
    const handle = await codex.loginWithChatGpt();
    await issuer.completeBrowserLogin(handle.authUrl);
    await handle.wait();
    const shown = [
      diagnostics,
      errors,
      codex,
      codex.diagnostics(),
      thread,
      handle,
      errors.map(({ stack }) => stack),
    ];
    expect(Deno.inspect(shown, { depth: 20, showHidden: true })).not.toContain(KEY);
    expect(
      `${codex} ${codex.diagnostics()} ${thread} ${handle} ${
        JSON.stringify([codex, thread, handle])
      }`,
    ).not
      .toContain(KEY);
  });
});

function toTokens({ accessToken, chatgptAccountId, chatgptPlanType }: {
  accessToken: string;
  chatgptAccountId: string;
  chatgptPlanType?: string | null;
}) {
  return { accessToken, accountId: chatgptAccountId, planType: chatgptPlanType ?? null };
}

describe("a login on a scripted runtime", () => {
  const browser = { type: "chatgpt", loginId: "l", authUrl: "https://login.test/" };
  const device = {
    type: "chatgptDeviceCode",
    loginId: "l",
    verificationUrl: "https://login.test/device",
    userCode: "ABCD",
  };

  async function serverWith(reply: object): Promise<ScriptedServer> {
    const server = await ScriptedServer.start();
    server.answers.set("account/login/start", () => ({ result: reply }));
    return server;
  }

  it.each<[string, (codex: Codex) => Promise<object>, { type: string }]>([
    ["browser", (codex) => codex.loginWithChatGpt(), browser],
    ["device", (codex) => codex.loginWithDeviceCode(), device],
  ])("in the %s has where to go", async (_, start, { type, ...facts }) => {
    await using server = await serverWith({ type, ...facts });
    expect(await start(server.codex)).toMatchObject(facts);
    const request = server.received.find(({ method }) => method === "account/login/start");
    expect(request?.params).toEqual({ type });
    await using other = await serverWith(type === "chatgpt" ? device : browser);
    const error = await start(other.codex).catch((reason) => reason);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain(`expected ${type}`);
  });

  it("ends as the runtime says, and is cancelled by its id", async () => {
    await using server = await serverWith(browser);
    const login = await server.codex.loginWithChatGpt();
    await login.cancel();
    const cancel = server.received.find(({ method }) => method === "account/login/cancel");
    expect(cancel?.params).toEqual({ loginId: "l" });
    server.notify("account/updated", { authMode: null, planType: null });
    server.notify("account/login/completed", { loginId: "l", success: false, error: "no" });
    server.notify("account/login/completed", { loginId: "l", success: true });
    expect(await login.wait()).toEqual({ success: false, error: "no" });
    const second = await server.codex.loginWithChatGpt();
    server.notify("account/login/completed", { loginId: "l", success: true });
    expect(await second.wait()).toEqual({ success: true, error: null });
  });

  it("with tokens renews them for the account that is asked for", async () => {
    await using server = await ScriptedServer.start();
    const asked: unknown[] = [];
    const tokens = { accessToken: "planted-1", accountId: "a" };
    await server.codex.loginWithTokens(tokens, {
      refresh: (reason, { signal }) => {
        asked.push(reason, signal instanceof AbortSignal);
        return Promise.resolve({ accessToken: "planted-2", accountId: "b", planType: "plus" });
      },
    });
    const ask = async (id: number, params: object) => {
      server.ask(id, "account/chatgptAuthTokens/refresh", { reason: "unauthorized", ...params });
      return await server.heard((message) => message.id === id && message.method === undefined);
    };
    expect((await ask(901, { previousAccountId: "c" })).result).toEqual({
      accessToken: "planted-2",
      chatgptAccountId: "b",
      chatgptPlanType: "plus",
    });
    await ask(902, {});
    expect(asked).toEqual([
      { previousAccountId: "c" },
      true,
      { previousAccountId: null },
      true,
    ]);
    await server.codex.loginWithTokens(tokens);
    expect((await ask(903, {})).error).toMatchObject({ code: -32603 });
  });

  it("that fails leaves the renewal of the one before in use", async () => {
    await using server = await ScriptedServer.start();
    const tokens = { accessToken: "planted-1", accountId: "a" };
    const refresh = () => Promise.resolve(tokens);
    await server.codex.loginWithTokens(tokens, { refresh });
    const error = { code: -32600, message: "no" };
    server.answers.set("account/login/start", () => ({ error }));
    await expect(server.codex.loginWithTokens(tokens)).rejects.toThrow("no");
    server.ask(9, "account/chatgptAuthTokens/refresh", { reason: "unauthorized" });
    const reply = await server.heard(({ id, method }) => id === 9 && method === undefined);
    expect(reply.result).toMatchObject({ accessToken: "planted-1" });
  });

  it("refuses tokens that are none, saying which", async () => {
    await using server = await ScriptedServer.start();
    const logIn = (tokens: unknown) => server.codex.loginWithTokens(tokens as never);
    const whole = { accessToken: "a", accountId: "b" };
    await expect(logIn(undefined)).rejects.toThrow("Cannot log in with these tokens: its options");
    await expect(logIn({ ...whole, accessToken: "" })).rejects.toThrow("the access token must be");
    await expect(logIn({ ...whole, accountId: "b c" })).rejects.toThrow("the account id has white");
    await expect(logIn({ ...whole, planType: 7 })).rejects.toThrow("the plan type is not a string");
    await expect(server.codex.loginWithApiKey("")).rejects.toThrow("the API key must be");
  });
});
