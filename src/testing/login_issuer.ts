/**
 * A login service on loopback, so that every ChatGPT login can be tested offline.
 *
 * @module
 */
import { LoopbackServer } from "./loopback.ts";
import { checkOptions, type OptionNames, signalOf } from "../options_check.ts";
import { encodeBase64 } from "../deps.ts";

/** Who logs in. */
export interface OfflineAccount {
  /** Shown by `account/read`. */
  readonly email: string;
  /** Plan, in the service's words: `free`, `plus`, `pro`, `team` and the like. */
  readonly planType: string;
  /** Id of the workspace, sent to the model service as `chatgpt-account-id`. */
  readonly accountId: string;
  /** Id of the user. */
  readonly userId: string;
  /** Shown by `account/read`. */
  readonly workspaceName: string;
}

/** Settings of an {@linkcode OfflineLoginIssuer}. */
export interface OfflineLoginOptions {
  /** Who logs in; absent members have made-up values. */
  readonly account?: Partial<OfflineAccount>;
  /**
   * Share of the plan's short rate limit that is used, in percent; of the long one half of it.
   * Default 40.
   */
  readonly usedPercent?: number;
  /**
   * Whether every device code is agreed to at once, as by a user who types it in. Default `false`.
   */
  readonly approvesDevices?: boolean;
  /**
   * Plugins of the service whose skills can be read: Markdown by plugin id and skill name. Turns
   * the runtime's feature `plugins` on, and sends what that fetches from elsewhere to a closed port
   * of this machine. Default: none.
   */
  readonly pluginSkills?: PluginSkills;
}

/** Markdown by plugin id and skill name; `null` for a skill without a text. */
export type PluginSkills = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

const LOGIN_OPTIONS = {
  account: true,
  usedPercent: true,
  approvesDevices: true,
  pluginSkills: true,
} as const satisfies OptionNames<OfflineLoginOptions>;

/** One request of the runtime to the login service. */
export interface LoginRequest {
  /** Path of the URL. */
  readonly path: string;
  /** OAuth grant type, or `null`. */
  readonly grantType: string | null;
}

/** Tokens for a login that the client manages itself, as `account/login/start` takes them. */
export interface ExternalTokens {
  /** The token that the model service gets. */
  readonly accessToken: string;
  /** Id of the workspace. */
  readonly chatgptAccountId: string;
  /** Plan of the account. */
  readonly chatgptPlanType: string;
}

const SKILL_PATH = /^\/backend-api\/ps\/plugins\/([^/]+)\/skills\/([^/]+)$/;
/** Variables for the programs that the runtime starts for its plugins, such as Git. */
const LOOPBACK_ONLY = { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "127.0.0.1" };

type DeviceState = "pending" | "approved" | "denied";

const OFFLINE_ACCOUNT = {
  email: true,
  planType: true,
  accountId: true,
  userId: true,
  workspaceName: true,
} as const satisfies OptionNames<OfflineAccount>;

const ACCOUNT: OfflineAccount = {
  email: "offline@example.test",
  planType: "pro",
  accountId: "offline-workspace",
  userId: "offline-user",
  workspaceName: "Offline workspace",
};

/**
 * A real HTTP server on loopback that issues tokens for browser, device-code and external-token
 * logins.
 *
 * The runtime must be started with its `env` and `config`. Its tokens are not signed and are
 * invalid elsewhere. The runtime's own callback server has a fixed port, 1455: run one browser
 * login at a time.
 *
 * @example A browser login without a browser
 * ```ts
 * import { OfflineLoginIssuer, startOffline } from "@codex-deno/codex/testing";
 *
 * await using issuer = await OfflineLoginIssuer.start({ account: { planType: "plus" } });
 * await using codex = await startOffline({ env: issuer.env, config: issuer.config });
 * const login = await codex.client.call("account/login/start", { type: "chatgpt" });
 * if (login.type === "chatgpt") await issuer.completeBrowserLogin(login.authUrl);
 * ```
 */
export class OfflineLoginIssuer implements AsyncDisposable {
  /** Base URL of the service. */
  readonly url: string;
  /** Who logs in. */
  readonly account: OfflineAccount;
  readonly #usedPercent: number;
  readonly #approvesDevices: boolean;
  readonly #pluginSkills: PluginSkills | undefined;
  readonly #server: LoopbackServer;
  readonly #requests: LoginRequest[] = [];
  readonly #devices = new Map<string, DeviceState>();
  readonly #codes = new Set<string>();
  readonly #revoked: string[] = [];
  #issued = 0;

  private constructor(options: OfflineLoginOptions) {
    this.account = { ...ACCOUNT, ...options.account };
    this.#usedPercent = options.usedPercent ?? 40;
    this.#approvesDevices = options.approvesDevices ?? false;
    this.#pluginSkills = options.pluginSkills;
    this.#server = new LoopbackServer(
      "The offline login service",
      (request, body) => this.#handle(request, body),
    );
    this.url = this.#server.url;
  }

  /** Starts a service on a free port of 127.0.0.1. */
  // deno-lint-ignore require-await -- a server that starts elsewhere would have to wait
  static async start(options: OfflineLoginOptions = {}): Promise<OfflineLoginIssuer> {
    checkOptions("start the login service", options, LOGIN_OPTIONS);
    checkOptions("make the account", options.account, OFFLINE_ACCOUNT);
    return new OfflineLoginIssuer(options);
  }

  /** Environment that sends the runtime's logins, refreshes and revocations here. */
  get env(): Record<string, string> {
    return {
      CODEX_APP_SERVER_LOGIN_ISSUER: this.url,
      CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${this.url}/oauth/token`,
      CODEX_REVOKE_TOKEN_URL_OVERRIDE: `${this.url}/oauth/revoke`,
      ...(this.#pluginSkills && LOOPBACK_ONLY),
    };
  }

  /**
   * Configuration that has an offline home's model ask for a login, and the runtime look its
   * account up here.
   */
  get config(): Record<string, unknown> {
    return {
      chatgpt_base_url: `${this.url}/backend-api`,
      model_providers: { offline: { requires_openai_auth: true } },
      ...(this.#pluginSkills && { features: { plugins: true } }),
    };
  }

  /** Every request of the runtime so far, in order of arrival. */
  get requests(): readonly LoginRequest[] {
    return this.#requests;
  }

  /** Tokens that were revoked at logout. */
  get revoked(): readonly string[] {
    return this.#revoked;
  }

  /**
   * Does what the user does in the browser: opens the page, agrees, and is sent back to the
   * runtime.
   */
  completeBrowserLogin(authUrl: string, options: { signal?: AbortSignal } = {}): Promise<void> {
    const signal = signalOf("log in", options);
    return redirect(authUrl, { code: this.#newCode() }, signal);
  }

  /** Refuses in the browser; the login then completes with `error`. */
  refuseBrowserLogin(authUrl: string, options: { signal?: AbortSignal } = {}): Promise<void> {
    return redirect(authUrl, { error: "access_denied" }, signalOf("refuse the login", options));
  }

  /**
   * Enters a user code and agrees. The runtime asks about once a second, so its login completes
   * after that.
   */
  approveDevice(userCode: string): void {
    this.#decide(userCode, "approved");
  }

  /** Enters a user code and refuses. */
  refuseDevice(userCode: string): void {
    this.#decide(userCode, "denied");
  }

  /**
   * New tokens for a login that the client manages itself, and for the answer when the runtime asks
   * to refresh.
   */
  externalTokens(): ExternalTokens {
    return {
      accessToken: this.#accessToken(),
      chatgptAccountId: this.account.accountId,
      chatgptPlanType: this.account.planType,
    };
  }

  /** Stops the server and frees its port, in at most a second. Idempotent. */
  async close(): Promise<void> {
    await this.#server.close(new Error("The offline login service is closed"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #decide(userCode: string, state: DeviceState): void {
    if (!this.#devices.has(userCode)) {
      throw new RangeError(
        `Cannot decide on the device code ${userCode}: it was not asked for. ` +
          "Take the code from the login's start",
      );
    }
    this.#devices.set(userCode, state);
  }

  #handle(http: Request, body: string): Response {
    const path = new URL(http.url).pathname;
    const fields = parseFields(body, http.headers.get("content-type"));
    this.#requests.push({ path, grantType: fields.grant_type ?? null });
    switch (path) {
      case "/oauth/token":
        return this.#token(fields);
      case "/oauth/revoke":
        this.#revoked.push(fields.token ?? "");
        return Response.json({});
      case "/api/accounts/deviceauth/usercode":
        return Response.json(this.#newDevice());
      case "/api/accounts/deviceauth/token":
        return this.#deviceToken(fields.user_code ?? "");
      case "/backend-api/wham/accounts/check":
        return Response.json(accountsCheck(this.account));
      case "/backend-api/wham/usage":
        return Response.json(usageOf(this.account, this.#usedPercent));
      case "/backend-api/wham/profiles/me":
        return Response.json(PROFILE);
      default:
        return this.#pluginSkill(path) ??
          new Response("The offline login service has no such page", { status: 404 });
    }
  }

  #pluginSkill(path: string): Response | null {
    const [, plugin, name] = SKILL_PATH.exec(path)?.map(decodeURIComponent) ?? [];
    if (plugin === undefined || name === undefined) return null;
    const skills = new Map(Object.entries(this.#pluginSkills?.[plugin] ?? {}));
    const contents = skills.get(name);
    if (contents === undefined) return null;
    return Response.json({ plugin_id: plugin, name, skill_md_contents: contents });
  }

  #token(fields: Readonly<Record<string, string>>): Response {
    if (fields.grant_type === "authorization_code" && !this.#codes.delete(fields.code ?? "")) {
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    }
    return Response.json({
      id_token: this.#idToken(),
      access_token: this.#accessToken(),
      refresh_token: `offline-refresh-${this.#issued}`,
      token_type: "Bearer",
      expires_in: 3600,
    });
  }

  #newDevice(): Record<string, string> {
    const userCode = `OFF-${String(this.#devices.size + 1).padStart(4, "0")}`;
    this.#devices.set(userCode, this.#approvesDevices ? "approved" : "pending");
    return { device_auth_id: `device-${this.#devices.size}`, user_code: userCode, interval: "1" };
  }

  #deviceToken(userCode: string): Response {
    const state = this.#devices.get(userCode);
    if (state === "pending") return Response.json({}, { status: 403 });
    if (state !== "approved") return Response.json({ error: "access_denied" }, { status: 400 });
    return Response.json({
      authorization_code: this.#newCode(),
      code_challenge: "offline",
      code_verifier: "offline",
    });
  }

  #newCode(): string {
    const code = `offline-code-${++this.#issued}`;
    this.#codes.add(code);
    return code;
  }

  #idToken(): string {
    return unsignedJwt({ email: this.account.email, ...this.#claims() });
  }

  /** All differ, so that a test can recognize a refreshed one. */
  #accessToken(): string {
    const { email } = this.account;
    return unsignedJwt({ jti: `offline-${++this.#issued}`, email, ...this.#claims() });
  }

  #claims(): Record<string, unknown> {
    return {
      exp: Math.floor(Date.now() / 1000) + 3600,
      "https://api.openai.com/auth": {
        chatgpt_plan_type: this.account.planType,
        chatgpt_account_id: this.account.accountId,
        chatgpt_user_id: this.account.userId,
      },
    };
  }
}

async function redirect(
  authUrl: string,
  answer: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = new URL(authUrl).searchParams;
  const back = new URL(asked.get("redirect_uri") ?? "");
  for (const [name, value] of Object.entries({ ...answer, state: asked.get("state") ?? "" })) {
    back.searchParams.set(name, value);
  }
  const page = await fetch(back, signal ? { signal } : {});
  await page.body?.cancel();
}

function parseFields(body: string, type: string | null): Record<string, string> {
  if (type?.includes("json")) return JSON.parse(body || "{}");
  return Object.fromEntries(new URLSearchParams(body));
}

function unsignedJwt(claims: Record<string, unknown>): string {
  return `${base64Url({ alg: "none", typ: "JWT" })}.${base64Url(claims)}.offline`;
}

function base64Url(value: unknown): string {
  return encodeBase64(JSON.stringify(value))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Both windows of a plan; they reset an hour and a day from now. */
function usageOf({ planType }: OfflineAccount, usedPercent: number): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const window = (seconds: number, reset: number, used: number): Record<string, number> => ({
    used_percent: used,
    limit_window_seconds: seconds,
    reset_after_seconds: reset,
    reset_at: now + reset,
  });
  return {
    plan_type: planType,
    rate_limit: {
      allowed: usedPercent < 100,
      limit_reached: usedPercent >= 100,
      primary_window: window(18_000, 3600, usedPercent),
      secondary_window: window(604_800, 86_400, Math.floor(usedPercent / 2)),
    },
  };
}

const PROFILE = {
  stats: {
    lifetime_tokens: 1_234_567,
    peak_daily_tokens: 200_000,
    longest_running_turn_sec: 90,
    current_streak_days: 3,
    longest_streak_days: 8,
    daily_usage_buckets: [
      { start_date: "2026-01-01", tokens: 1000 },
      { start_date: "2026-01-02", tokens: 2500 },
    ],
  },
};

/**
 * The account list that the runtime requests after a login. The origin must be https; it does not
 * exist.
 */
function accountsCheck(account: OfflineAccount): Record<string, unknown> {
  return {
    accounts: [{
      id: account.accountId,
      name: account.workspaceName,
      can_access_with_session: true,
      sso_connection_name: null,
      is_deactivated: false,
      is_fedramp_compliant_workspace: false,
      plan_type: account.planType,
      workspace_backend_origin: "https://127.0.0.1:9",
      account_routing_override: "NO_CONSTRAINT",
      profile_picture_url: null,
      structure: "personal",
    }],
    default_account_id: account.accountId,
    account_ordering: [account.accountId],
  };
}
