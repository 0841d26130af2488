/**
 * How much of the account's limits is used, and how many tokens.
 *
 * @module
 */
import { dateOrNull } from "../../json.ts";
import { signalOf } from "../../options_check.ts";
import type { AppServerClient, MethodCaller } from "../../client/app_server_client.ts";
import { displayable } from "../../display/displayable.ts";
import type { AccountUsage, RateLimits, RateLimitWindow } from "../../domain/account.ts";
import type { CallSignal } from "../../domain/call_signal.ts";
import { JsonRpcError, NotLoggedInError } from "../../errors/mod.ts";
import type {
  GetAccountTokenUsageResponse,
  RateLimitSnapshot,
  RateLimitWindow as WireWindow,
} from "../../protocol/mod.ts";
import { mergeSnapshots } from "../session/account_watch.ts";
import { LOGIN_COMMAND } from "../../runtime/about.ts";

export async function readRateLimits(
  client: MethodCaller,
  options: CallSignal,
): Promise<RateLimits> {
  const { rateLimits } = await asAccount(
    client,
    "read the rate limits",
    () => client.call("account/rateLimits/read", undefined, options),
  );
  return toRateLimits(rateLimits);
}

export async function readUsage(
  client: MethodCaller,
  options: CallSignal,
): Promise<AccountUsage> {
  const usage = await asAccount(
    client,
    "read the usage",
    () => client.call("account/usage/read", undefined, options),
  );
  return toUsage(usage);
}

export function rateLimitChanges(
  client: AppServerClient,
  options: CallSignal,
): AsyncGenerator<RateLimits, void> {
  return changes(client, signalOf("read the rate limits", options));
}

async function* changes(
  client: AppServerClient,
  signal: AbortSignal | undefined,
): AsyncGenerator<RateLimits, void> {
  let known: RateLimitSnapshot | null = null;
  let shown = "";
  for await (const event of client.events({ signal })) {
    if (event.unknown || event.method !== "account/rateLimits/updated") continue;
    known = mergeSnapshots(known, event.params.rateLimits);
    const text = JSON.stringify(known);
    if (text === shown || (!known.primary && !known.secondary)) continue;
    shown = text;
    yield toRateLimits(known);
  }
}

function toRateLimits(snapshot: RateLimitSnapshot): RateLimits {
  const windows = [toWindow("primary", snapshot.primary), toWindow("secondary", snapshot.secondary)]
    .filter((window) => window !== null);
  const limits: RateLimits = {
    planType: snapshot.planType ?? null,
    windows,
    credits: snapshot.credits ?? null,
    reached: snapshot.rateLimitReachedType ?? null,
  };
  return displayable(limits, "rateLimits");
}

function toWindow(
  name: RateLimitWindow["name"],
  window: WireWindow | null | undefined,
): RateLimitWindow | null {
  if (!window) return null;
  const { usedPercent, windowDurationMins, resetsAt } = window;
  const durationMs = typeof windowDurationMins === "number" ? windowDurationMins * 60_000 : null;
  return { name, usedPercent, durationMs, resetsAt: dateOrNull(resetsAt) };
}

function toUsage({ summary, dailyUsageBuckets }: GetAccountTokenUsageResponse): AccountUsage {
  const { longestRunningTurnSec: seconds } = summary;
  const usage: AccountUsage = {
    lifetimeTokens: summary.lifetimeTokens ?? null,
    peakDailyTokens: summary.peakDailyTokens ?? null,
    longestTurnMs: typeof seconds === "number" ? seconds * 1000 : null,
    currentStreakDays: summary.currentStreakDays ?? null,
    days: (dailyUsageBuckets ?? []).map(({ startDate, tokens }) => ({ date: startDate, tokens })),
  };
  return displayable(usage, "accountUsage");
}

/**
 * The runtime refuses these calls in the same way as a wrong parameter; whether there is a login
 * tells them apart.
 */
async function asAccount<T>(
  client: MethodCaller,
  action: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof JsonRpcError)) throw error;
    const state = await client.call("account/read", {}).catch(() => null);
    if (!state || state.account?.type === "chatgpt") throw error;
    throw new NotLoggedInError(action, {
      reason: "missing",
      provider: "the ChatGPT service",
      needsChatGpt: true,
      loginCommand: LOGIN_COMMAND,
      cause: error,
    });
  }
}
