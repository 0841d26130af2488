/**
 * How values are shared.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../options_check.ts";

/** Options of {@linkcode share}. */
export interface ShareOptions {
  /** Name of the bundle, for approvals. Default `"the notebook"`. */
  readonly name?: string;
  /**
   * Who allows the code of the model: `"each"` asks for every call, `"session"` asks once for all
   * code of this bundle on a thread, `"allow"` never asks. Default `"each"`.
   */
  readonly approve?: "each" | "session" | "allow";
  /** Gives the model `describe` and `display` of what is there, and no code. Default `false`. */
  readonly readOnly?: boolean;
  /**
   * Runs the code in a separate process without any permission, on copies of the values that can be
   * cloned. Default `false`: in this process, with all its permissions.
   */
  readonly worker?: boolean;
  /** When code is ended, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

const SHARE_OPTIONS = {
  name: true,
  approve: true,
  readOnly: true,
  worker: true,
  timeoutMs: true,
} as const satisfies OptionNames<ShareOptions>;

const APPROVALS: readonly unknown[] = ["each", "session", "allow"];
const MAX_TIMEOUT_MS = 3_600_000;

/** @throws {TypeError} or {RangeError} for options that cannot be. */
export function checkShareOptions(options: ShareOptions): void {
  checkOptions("share the values", options, SHARE_OPTIONS);
  const { name, approve, timeoutMs } = options;
  if (name !== undefined && (typeof name !== "string" || name.trim() === "")) {
    throw new TypeError(
      "Cannot share the values: name must be a string. Pass one, or leave it out",
    );
  }
  if (approve !== undefined && !APPROVALS.includes(approve)) {
    throw new TypeError(
      `Cannot share the values: approve is ${JSON.stringify(approve)}. ` +
        'Use "each", "session" or "allow"',
    );
  }
  if (timeoutMs === undefined || (timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) return;
  throw new RangeError(
    `Cannot share the values: timeoutMs is ${timeoutMs}. Pass 1 to ${MAX_TIMEOUT_MS}`,
  );
}
