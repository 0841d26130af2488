/**
 * Why a turn failed.
 *
 * @module
 */
import { maskSecrets } from "../secrets.ts";
import { asRecord } from "../json.ts";
import type { TurnError } from "../protocol/mod.ts";

/** Kinds of turn failure that the runtime knows. */
export type TurnErrorKind =
  | "contextWindowExceeded"
  | "sessionBudgetExceeded"
  | "usageLimitExceeded"
  | "rateLimitExceeded"
  | "flexUnavailable"
  | "serverOverloaded"
  | "modelNotFound"
  | "policyCapacityUnavailable"
  | "inferenceHookDenied"
  | "cyberPolicy"
  | "misalignmentPolicyViolation"
  | "tooManyDenials"
  | "httpConnectionFailed"
  | "responseStreamConnectionFailed"
  | "internalServerError"
  | "unauthorized"
  | "badRequest"
  | "threadRollbackFailed"
  | "sandboxError"
  | "responseStreamDisconnected"
  | "responseTooManyFailedAttempts"
  | "activeTurnNotSteerable"
  | "other";

/** Why a turn failed, as the runtime tells it. */
export interface TurnErrorInfo {
  /** The kind; a runtime newer than this module may send one that is not listed. */
  readonly kind: TurnErrorKind | (string & Record<never, never>);
  /** HTTP status of the model service, where the kind carries one. */
  readonly httpStatusCode: number | null;
  /**
   * The runtime's message, which may quote the model service's answer and with it the request. The
   * error's message has a short part of it. What looks like a secret is masked.
   */
  readonly message: string;
  /** More of the same, where there is more. */
  readonly additionalDetails: string | null;
  /** How long the model service asked to wait, in milliseconds, or `null` where it did not say. */
  readonly retryAfterMs: number | null;
}

/**
 * The runtime's error as plain facts. It sends the kind as a string or as an object with one key.
 */
export function turnErrorInfo(error: TurnError | null): TurnErrorInfo {
  const raw: unknown = error?.codexErrorInfo ?? "other";
  const [kind, detail] = typeof raw === "string"
    ? [raw, null]
    : Object.entries(asRecord(raw))[0] ?? ["other"];
  const { httpStatusCode } = asRecord(detail);
  return {
    kind,
    httpStatusCode: typeof httpStatusCode === "number" ? httpStatusCode : null,
    message: maskSecrets(error?.message ?? "the runtime gave no reason"),
    additionalDetails: error?.additionalDetails ? maskSecrets(error.additionalDetails) : null,
    retryAfterMs: retryAfterOf(error?.message ?? ""),
  };
}

/**
 * The runtime passes on no header; a wait is in the service's words, where the runtime itself looks
 * for it too.
 */
function retryAfterOf(message: string): number | null {
  const found = /try again in (\d+(?:\.\d+)?)\s?(ms|s\b|seconds?)/i.exec(message);
  if (!found) return null;
  return Math.ceil(Number(found[1]) * (found[2] === "ms" ? 1 : 1000));
}
