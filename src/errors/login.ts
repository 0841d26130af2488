/**
 * The model provider needs a login.
 *
 * @module
 */
import { CodexError } from "./base.ts";

/**
 * The thread's model provider needs a login that is missing, or that the model service refuses.
 * Model providers without a login, such as local models, never cause it.
 *
 * It comes from the first turn, before anything is sent to the model service; after a refusal (HTTP
 * 401) from the turn that was refused, and `cause` is then its {@linkcode TurnFailedError}.
 *
 * @example
 * ```ts
 * import { OfflineLoginIssuer, startOffline } from "@codex-deno/codex/testing";
 *
 * await using issuer = await OfflineLoginIssuer.start();
 * await using codex = await startOffline({ env: issuer.env, config: issuer.config });
 * try {
 *   await codex.run("Hello");
 * } catch (error) {
 *   if (!(error instanceof NotLoggedInError)) throw error;
 *   console.log(error.reason, error.loginCommand); // missing deno run -A …/cli.ts login
 *   await codex.loginWithApiKey("sk-offline");
 * }
 * console.log((await codex.run("Hello")).finalResponse);
 * ```
 */
export class NotLoggedInError extends CodexError {
  /** `missing` without a login, `refused` when the model service does not accept it. */
  readonly reason: "missing" | "refused";
  /**
   * What needs the login: a model provider of the runtime's configuration, or the service behind an
   * account.
   */
  readonly provider: string;
  /** A command line that logs in for all programs that share the runtime's home. */
  readonly loginCommand: string;

  constructor(
    action: string,
    facts: {
      reason: "missing" | "refused";
      provider: string;
      loginCommand: string;
      /** Whether an API key is not enough. */
      needsChatGpt?: boolean;
      cause?: unknown;
    },
  ) {
    const state = facts.reason === "missing"
      ? `${facts.provider} needs a login and there is none`
      : `${facts.provider} refuses the login (HTTP 401)`;
    const ways = facts.needsChatGpt
      ? "Call codex.loginWithChatGpt()"
      : "Call codex.loginWithApiKey(key) or codex.loginWithChatGpt(), start with Codex.start({ apiKey })";
    super(`Cannot ${action}: ${state}. ${ways}, or run once: ${facts.loginCommand}`, facts);
    this.reason = facts.reason;
    this.provider = facts.provider;
    this.loginCommand = facts.loginCommand;
  }
}
