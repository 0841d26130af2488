/**
 * Logging in and out.
 *
 * @module
 */
import type { AppServerClient } from "../client/app_server_client.ts";
import type { ServerEvent } from "../client/events.ts";
import { abortable } from "../deps.ts";
import type {
  Account,
  ChatgptAuthTokensRefreshParams,
  LoginAccountResponse,
} from "../protocol/mod.ts";
import type { CodexSession } from "./session.ts";
import type { CallSignal } from "./turn.ts";

/** How a login ended. */
export interface LoginResult {
  /** Whether the account is in use now. */
  readonly success: boolean;
  /** Why not, in the runtime's words; `null` on success. */
  readonly error: string | null;
}

/** A login that the user completes somewhere else. */
export interface PendingLogin {
  /** Id of the attempt. */
  readonly loginId: string;
  /**
   * Resolves with the outcome, also when it came before the call. Aborting the signal stops the waiting, not the
   * login; see {@linkcode PendingLogin.cancel}.
   */
  wait(options?: CallSignal): Promise<LoginResult>;
  /** Gives the attempt up; `wait` then resolves as not successful. No effect once it has ended. */
  cancel(options?: CallSignal): Promise<void>;
}

/** A login in the browser. Starting another one cancels it. */
export interface LoginHandle extends PendingLogin {
  /** Page to open in the browser. */
  readonly authUrl: string;
}

/** A login with a code on another device. */
export interface DeviceLoginHandle extends PendingLogin {
  /** Page to open on the other device. */
  readonly verificationUrl: string;
  /** Code to type there. */
  readonly userCode: string;
}

/** Tokens of a ChatGPT account that your program manages. */
export interface AccountTokens {
  /** The access token. */
  readonly accessToken: string;
  /** Account, also called workspace, the token is for. */
  readonly accountId: string;
  /** Plan of the account, if known. */
  readonly planType?: string | null;
}

/** Gives new tokens when the model service refused the old ones; a rejection fails the turn. */
export type TokenRefresher = (
  reason: { readonly previousAccountId: string | null },
  context: { readonly signal: AbortSignal },
) => Promise<AccountTokens>;

/** Logs in with an API key. */
export async function loginWithApiKey(
  client: AppServerClient,
  apiKey: string,
  options: CallSignal,
): Promise<void> {
  checkFilled("API key", apiKey);
  await client.call("account/login/start", { type: "apiKey", apiKey }, options);
}

/** Starts a login in the browser. */
export async function loginWithChatGpt(
  client: AppServerClient,
  options: CallSignal,
): Promise<LoginHandle> {
  const completions = client.events();
  const reply = await startLogin(client, { type: "chatgpt" }, completions, options);
  if (reply.type !== "chatgpt") throw misfit("chatgpt", reply.type);
  return { authUrl: reply.authUrl, ...pendingLogin(client, reply.loginId, completions) };
}

/** Starts a login with a code on another device. */
export async function loginWithDeviceCode(
  client: AppServerClient,
  options: CallSignal,
): Promise<DeviceLoginHandle> {
  const completions = client.events();
  const reply = await startLogin(client, { type: "chatgptDeviceCode" }, completions, options);
  if (reply.type !== "chatgptDeviceCode") throw misfit("chatgptDeviceCode", reply.type);
  const { verificationUrl, userCode, loginId } = reply;
  return { verificationUrl, userCode, ...pendingLogin(client, loginId, completions) };
}

/** Uses tokens that the program manages; `refresh` renews them. */
export async function loginWithTokens(
  session: CodexSession,
  tokens: AccountTokens,
  refresh: TokenRefresher | undefined,
  options: CallSignal,
): Promise<void> {
  checkFilled("access token", tokens.accessToken);
  checkFilled("account id", tokens.accountId);
  if (refresh) {
    session.answerWith("account/chatgptAuthTokens/refresh", async ({ params }, context) => {
      const { previousAccountId = null } = params as ChatgptAuthTokensRefreshParams;
      return toWireTokens(await refresh({ previousAccountId }, context));
    });
  }
  const params = { type: "chatgptAuthTokens" as const, ...toWireTokens(tokens) };
  await session.client.call("account/login/start", params, options);
}

/** The account in use, or `null`. */
export async function readAccount(
  client: AppServerClient,
  options: CallSignal,
): Promise<Account | null> {
  return (await client.call("account/read", {}, options)).account ?? null;
}

/** The reader of completions is open before the request, so none is missed; a failed start closes it. */
async function startLogin(
  client: AppServerClient,
  params: { type: "chatgpt" } | { type: "chatgptDeviceCode" },
  completions: AsyncIterableIterator<ServerEvent, void>,
  options: CallSignal,
): Promise<LoginAccountResponse> {
  try {
    return await client.call("account/login/start", params, options);
  } catch (error) {
    await completions.return?.();
    throw error;
  }
}

function pendingLogin(
  client: AppServerClient,
  loginId: string,
  completions: AsyncIterableIterator<ServerEvent, void>,
): PendingLogin {
  const outcome = completionOf(loginId, completions);
  // Whoever waits gets the rejection; a login nobody waits for must not crash the program.
  outcome.catch(() => {});
  return {
    loginId,
    wait: ({ signal } = {}) => signal ? abortable(outcome, signal) : outcome,
    cancel: async (options = {}) => {
      await client.call("account/login/cancel", { loginId }, options);
    },
  };
}

async function completionOf(
  loginId: string,
  completions: AsyncIterable<ServerEvent>,
): Promise<LoginResult> {
  for await (const event of completions) {
    if (event.unknown || event.method !== "account/login/completed") continue;
    const { params } = event;
    if (params.loginId === loginId) return { success: params.success, error: params.error ?? null };
  }
  throw new TypeError("Cannot wait for the login: the connection ended. Start a new one");
}

function toWireTokens(
  { accessToken, accountId, planType }: AccountTokens,
): { accessToken: string; chatgptAccountId: string; chatgptPlanType: string | null } {
  return { accessToken, chatgptAccountId: accountId, chatgptPlanType: planType ?? null };
}

function checkFilled(what: string, value: unknown): void {
  if (typeof value === "string" && value.trim() !== "") return;
  throw new TypeError(`Cannot log in: the ${what} is empty. Pass one`);
}

function misfit(wanted: string, got: string): TypeError {
  return new TypeError(
    `Cannot log in: the runtime answered ${wanted} with ${got}. Check its version`,
  );
}
