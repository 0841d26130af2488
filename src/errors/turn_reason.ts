/**
 * Why a turn failed, in plain words.
 *
 * @module
 */
import type { TurnErrorInfo, TurnErrorKind } from "../domain/turn_error.ts";

/** The reason of a failure, and the next step. */
export interface Explanation {
  readonly reason: string;
  readonly nextStep: string;
}

const RUN_AGAIN = "Wait, then run the turn again";
const ASK_ELSE = "Change the input, then run the turn again";
const CHECK_NETWORK = "Check the network and the model provider, then run the turn again";
const SEE_INFO = "Read info.message, then run the turn again";

const EXPLANATIONS: Readonly<Record<TurnErrorKind, Explanation>> = {
  contextWindowExceeded: {
    reason: "the conversation does not fit the model's context window",
    nextStep: "Compact the thread or start a new one",
  },
  sessionBudgetExceeded: {
    reason: "the budget of the session is used up",
    nextStep: "Raise the budget in the configuration, or start a new thread",
  },
  usageLimitExceeded: {
    reason: "the usage limit of the account is reached",
    nextStep: "Check the plan and billing of the account",
  },
  rateLimitExceeded: {
    reason: "the model service limits the rate of requests",
    nextStep: RUN_AGAIN,
  },
  flexUnavailable: {
    reason: "the model service has no capacity for the service tier flex",
    nextStep: "Wait, or choose another serviceTier, then run the turn again",
  },
  serverOverloaded: { reason: "the model service is overloaded", nextStep: RUN_AGAIN },
  modelNotFound: {
    reason: "the model service does not have the model",
    nextStep: "Choose a model from codex.models()",
  },
  policyCapacityUnavailable: {
    reason: "the policy check of the model service has no capacity",
    nextStep: RUN_AGAIN,
  },
  inferenceHookDenied: {
    reason: "a hook of the runtime's configuration denied the request",
    nextStep: "Check the hooks in the configuration",
  },
  cyberPolicy: {
    reason: "the model service refused the request under its policy on cyber security",
    nextStep: ASK_ELSE,
  },
  misalignmentPolicyViolation: {
    reason: "the model service ended the turn under its policy on misalignment",
    nextStep: ASK_ELSE,
  },
  tooManyDenials: {
    reason: "too many actions of the model were denied",
    nextStep: "Allow what the task needs, or ask for less",
  },
  httpConnectionFailed: {
    reason: "the model service cannot be reached",
    nextStep: CHECK_NETWORK,
  },
  responseStreamConnectionFailed: {
    reason: "the model service cannot be reached",
    nextStep: CHECK_NETWORK,
  },
  internalServerError: {
    reason: "the model service failed with an internal error",
    nextStep: RUN_AGAIN,
  },
  unauthorized: {
    reason: "the model service does not accept the login",
    nextStep: "Log in again",
  },
  badRequest: { reason: "the model service does not accept the request", nextStep: SEE_INFO },
  threadRollbackFailed: {
    reason: "the thread could not be rolled back",
    nextStep: "Start a new thread, or fork this one before the turn",
  },
  sandboxError: {
    reason: "the sandbox failed",
    nextStep: "Check that the sandbox works on this machine, or choose another mode",
  },
  responseStreamDisconnected: {
    reason: "the connection to the model service broke within the answer",
    nextStep: CHECK_NETWORK,
  },
  responseTooManyFailedAttempts: {
    reason: "the model service failed too often",
    nextStep: RUN_AGAIN,
  },
  activeTurnNotSteerable: {
    reason: "the turn that runs takes no more input",
    nextStep: "Wait for its end",
  },
  other: { reason: "the runtime reports a failure", nextStep: SEE_INFO },
};

/** Kinds of which the reason says all: their message is a fixed one of the runtime. */
const EXPLAINED: ReadonlySet<string> = new Set<TurnErrorKind>([
  "contextWindowExceeded",
  "sessionBudgetExceeded",
  "usageLimitExceeded",
  "serverOverloaded",
  "internalServerError",
  "activeTurnNotSteerable",
]);

/** Whether the runtime's message adds to the reason. */
export function hasOwnWords({ kind }: TurnErrorInfo): boolean {
  return !EXPLAINED.has(kind);
}

/**
 * The reason of a failure, without the words of the model service. A kind that this module does not
 * know is explained by its name.
 */
export function reasonOf(info: TurnErrorInfo): Explanation {
  const { kind, httpStatusCode } = info;
  const known = Object.hasOwn(EXPLANATIONS, kind) ? EXPLANATIONS[kind as TurnErrorKind] : null;
  const { reason, nextStep } = (kind === "other" ? knownByMessage(info.message) : null) ?? known ??
    { reason: `the runtime reports ${kind}`, nextStep: SEE_INFO };
  return {
    reason: httpStatusCode === null ? reason : `the model service answered ${httpStatusCode}`,
    nextStep: nextStepOf(httpStatusCode) ?? nextStep,
  };
}

/** Failures that the runtime tells apart by the begin of its message only. */
function knownByMessage(message: string): Explanation | null {
  if (/^stream disconnected/.test(message)) return EXPLANATIONS.responseStreamDisconnected;
  if (/^Incomplete response/.test(message)) {
    return { reason: "the model service ended the answer early", nextStep: SEE_INFO };
  }
  return /^\s*\{/.test(message) ? EXPLANATIONS.badRequest : null;
}

function nextStepOf(status: number | null): string | null {
  if (status === 401 || status === 403) return "Check the login and what it may use";
  if (status === 429 || status !== null && status >= 500) return RUN_AGAIN;
  if (status === 404) return "Check the model and the address of the model provider";
  return status === 413 ? "Make the input smaller, or compact the thread" : null;
}
