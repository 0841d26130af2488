/**
 * What is known about the account: whether there is a login where one is needed, and how much of
 * its limits is used.
 *
 * @module
 */
import { untilAborted } from "../../async.ts";
import type { AppServerClient } from "../../client/app_server_client.ts";
import {
  JsonRpcError,
  NotLoggedInError,
  ProtocolError,
  RequestTimeoutError,
  TurnFailedError,
} from "../../errors/mod.ts";
import type { GetAccountResponse, RateLimitSnapshot } from "../../protocol/mod.ts";
import { LOGIN_COMMAND } from "../../runtime/about.ts";

/** The thread that is about to run a turn. */
export interface TurnAccount {
  /** Model provider of the thread. */
  readonly modelProvider: string;
  /** Working directory of the thread. */
  readonly cwd: string;
}

/** Watches one connection at a time: the one that is in use. */
export class AccountWatch {
  #client: AppServerClient | null = null;
  #asking: Promise<GetAccountResponse> | null = null;
  #isReady = false;
  #limits: RateLimitSnapshot | null = null;

  /**
   * Finds out whether a turn can reach the model service; asks the runtime until there is a login
   * or none is needed.
   *
   * @throws {NotLoggedInError} when the thread's model provider needs a login and the runtime is
   * not logged in.
   */
  async checkTurn(
    client: AppServerClient,
    account: TurnAccount,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    this.#watch(client);
    if (this.#isReady) return;
    const state = await this.#read(client, signal);
    if (!state) return;
    this.#isReady = isReady(state);
    if (this.#isReady || !await isDefaultProvider(client, account, signal)) return;
    throw new NotLoggedInError("start a turn", {
      reason: "missing",
      provider: `the model provider ${account.modelProvider}`,
      loginCommand: LOGIN_COMMAND,
    });
  }

  /** The login may be gone: the next turn asks again. */
  loggedOut(): void {
    this.#isReady = false;
  }

  /** The error of a failed turn, with what the account says about it. */
  async explained(
    client: AppServerClient,
    error: unknown,
    account: TurnAccount,
  ): Promise<unknown> {
    if (!(error instanceof TurnFailedError)) return error;
    if (error.info.kind === "usageLimitExceeded" || error.info.kind === "rateLimitExceeded") {
      return error.withReset(resetAfter(this.#limits));
    }
    const isRefused = error.info.httpStatusCode === 401 || error.info.kind === "unauthorized";
    if (!isRefused) return error;
    this.#isReady = false;
    const state = await this.#read(client, undefined).catch(() => null);
    const isOurs = state?.requiresOpenaiAuth &&
      await isDefaultProvider(client, account, undefined).catch(() => false);
    if (!isOurs) return error;
    return new NotLoggedInError(`complete turn ${error.turnId}`, {
      reason: state.account ? "refused" : "missing",
      provider: `the model provider ${account.modelProvider}`,
      loginCommand: LOGIN_COMMAND,
      cause: error,
    });
  }

  /** The runtime reports the limits after each answer of the model service. */
  #watch(client: AppServerClient): void {
    if (this.#client === client) return;
    this.#client = client;
    this.#isReady = false;
    this.#asking = null;
    this.#limits = null;
    client.router.on("account/rateLimits/updated", ({ params }) => {
      this.#limits = mergeSnapshots(this.#limits, params.rateLimits);
    });
  }

  /** `null` when the other end cannot tell, such as a server of another kind. */
  async #read(
    client: AppServerClient,
    signal: AbortSignal | undefined,
  ): Promise<GetAccountResponse | null> {
    const asking = this.#asking ??= client.call("account/read", {}).finally(() => {
      this.#asking = null;
    });
    try {
      return await untilAborted(asking, signal);
    } catch (error) {
      const cannotTell = error instanceof JsonRpcError || error instanceof ProtocolError ||
        error instanceof RequestTimeoutError;
      if (cannotTell) return null;
      throw error;
    }
  }
}

function isReady({ account, requiresOpenaiAuth }: GetAccountResponse): boolean {
  return Boolean(account) || !requiresOpenaiAuth;
}

/** `account/read` speaks of the configured provider; a thread may have another one. */
async function isDefaultProvider(
  client: AppServerClient,
  { modelProvider, cwd }: TurnAccount,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { config } = await client.call("config/read", { cwd }, { signal });
  return (config.model_provider ?? "openai") === modelProvider;
}

/** Updates name only what the answer of the service had; the rest stays. */
export function mergeSnapshots(
  known: RateLimitSnapshot | null,
  update: RateLimitSnapshot,
): RateLimitSnapshot {
  const present = Object.entries(update).filter(([, value]) => value !== null);
  return { ...known, ...Object.fromEntries(present) };
}

/**
 * When the limits let the account go on: the last reset of those that are used up. `null` when that
 * is unknown.
 */
export function resetAfter(snapshot: RateLimitSnapshot | null): Date | null {
  const resets = [snapshot?.primary, snapshot?.secondary]
    .filter((window) => window && window.usedPercent >= 100)
    .map((window) => window?.resetsAt ?? 0);
  const last = Math.max(0, ...resets);
  return last > 0 ? new Date(last * 1000) : null;
}
