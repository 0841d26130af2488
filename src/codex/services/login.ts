/**
 * Logging in and out.
 *
 * @module
 */
import { untilAborted } from "../../async.ts";
import { CALL_SIGNAL, checkOptions, type OptionNames, signalOf } from "../../options_check.ts";
import type { AppServerClient, MethodCaller } from "../../client/app_server_client.ts";
import type { ServerEvent } from "../../domain/events.ts";
import { ProtocolError } from "../../errors/mod.ts";
import type {
  Account,
  ChatgptAuthTokensRefreshParams,
  LoginAccountResponse,
} from "../../protocol/mod.ts";
import type { CodexSession } from "../session/session.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { checkSecret } from "../session/secret.ts";

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
   * Resolves with the outcome, also when it came before the call. Aborting the signal stops the
   * waiting, not the login; see {@linkcode PendingLogin.cancel}.
   */
  wait(options?: CallSignal): Promise<LoginResult>;
  /** Cancels the attempt; `wait` then resolves as not successful. No effect once it has ended. */
  cancel(options?: CallSignal): Promise<void>;
}

/**
 * A login in the browser, which comes back to a fixed port of this machine. Starting another one
 * cancels it, even one of another runtime.
 */
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
  /** JWT that the runtime sends with every request to the model service. */
  readonly accessToken: string;
  /** Account, also called workspace, the token is for. */
  readonly accountId: string;
  /** Plan of the account, if known. */
  readonly planType?: string | null;
}

const ACCOUNT_TOKENS = {
  accessToken: true,
  accountId: true,
  planType: true,
} as const satisfies OptionNames<AccountTokens>;

type TokenRefresher = (
  reason: { readonly previousAccountId: string | null },
  context: { readonly signal: AbortSignal },
) => Promise<AccountTokens>;

export async function loginWithApiKey(
  session: CodexSession,
  apiKey: string,
  options: CallSignal,
): Promise<void> {
  checkSecret("API key", apiKey);
  const login = { type: "apiKey" as const, apiKey };
  await session.call("account/login/start", login, options);
  session.keepLogin(login);
}

export async function loginWithChatGpt(
  client: AppServerClient,
  options: CallSignal,
): Promise<LoginHandle> {
  const { reply, pending } = await startLogin(client, "chatgpt", options);
  return { authUrl: reply.authUrl, ...pending };
}

export async function loginWithDeviceCode(
  client: AppServerClient,
  options: CallSignal,
): Promise<DeviceLoginHandle> {
  const { reply, pending } = await startLogin(client, "chatgptDeviceCode", options);
  return { verificationUrl: reply.verificationUrl, userCode: reply.userCode, ...pending };
}

export async function loginWithTokens(
  session: CodexSession,
  tokens: AccountTokens,
  refresh: TokenRefresher | undefined,
  options: CallSignal,
): Promise<void> {
  checkOptions("log in with these tokens", tokens ?? null, ACCOUNT_TOKENS);
  const params = { type: "chatgptAuthTokens" as const, ...toWireTokens(tokens) };
  await session.call("account/login/start", params, options);
  // Only now: a failed login leaves the previous one in use, with its callback for new tokens.
  session.setAnswer("account/chatgptAuthTokens/refresh", async ({ params }, context) => {
    const { previousAccountId = null } = params as ChatgptAuthTokensRefreshParams;
    if (!refresh) {
      throw new Error(
        "Cannot renew the tokens: the login has no refresh. Pass one when you log in",
      );
    }
    try {
      return toWireTokens(await refresh({ previousAccountId }, context));
    } catch (error) {
      session.report({ kind: "handlerError", handler: "refresh", error: withoutSecrets(error) });
      throw error;
    }
  });
}

/** The callback's error may quote a token, so only its class is reported. */
function withoutSecrets(error: unknown): Error {
  const name = error instanceof Error ? error.name : typeof error;
  return new Error(`Cannot renew the tokens: refresh threw ${name}. Catch it there to see more`);
}

/** Options of {@linkcode Codex.account}. */
export interface AccountOptions extends CallSignal {
  /**
   * Renew the tokens of a ChatGPT login first. No effect on an API key or on tokens that the
   * program manages. Default `false`.
   */
  readonly refreshToken?: boolean;
}

const ACCOUNT_OPTIONS = {
  ...CALL_SIGNAL,
  refreshToken: true,
} as const satisfies OptionNames<AccountOptions>;

export async function readAccount(
  client: MethodCaller,
  options: AccountOptions,
): Promise<Account | null> {
  checkOptions("read the account", options, ACCOUNT_OPTIONS);
  const { refreshToken, signal } = options;
  return (await client.call("account/read", { refreshToken }, { signal })).account ?? null;
}

/** Kinds of login that the user completes somewhere else. */
type PendingType = "chatgpt" | "chatgptDeviceCode";
type PendingReply<Type extends PendingType> = Extract<LoginAccountResponse, { type: Type }>;

/**
 * The reader of completions is open before the request, so none is missed; a failed start closes
 * it.
 */
async function startLogin<Type extends PendingType>(
  client: AppServerClient,
  type: Type,
  options: CallSignal,
): Promise<{ reply: PendingReply<Type>; pending: PendingLogin }> {
  const completions = client.events();
  try {
    const reply = await client.call("account/login/start", { type }, options);
    if (reply.type !== type) {
      const issue = { path: "type", message: `expected ${type}` };
      throw new ProtocolError("account/login/start", [issue]);
    }
    const { loginId } = reply as PendingReply<PendingType>;
    return {
      reply: reply as PendingReply<Type>,
      pending: pendingLogin(client, loginId, completions),
    };
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
  // A caller that waits gets the rejection; without one it must not end the program.
  outcome.catch(() => {});
  return {
    loginId,
    wait: async (options) => await untilAborted(outcome, signalOf("wait for the login", options)),
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
  { accessToken, accountId, planType = null }: AccountTokens,
): { accessToken: string; chatgptAccountId: string; chatgptPlanType: string | null } {
  checkSecret("access token", accessToken);
  checkSecret("account id", accountId);
  if (planType !== null && typeof planType !== "string") {
    throw new TypeError("Cannot log in: the plan type is not a string. Leave it out if unknown");
  }
  return { accessToken, chatgptAccountId: accountId, chatgptPlanType: planType };
}
