import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  InternalRpcError,
  InvalidRequestError,
  isRetryable,
  JsonRpcError,
  RequestTimeoutError,
  RetryLimitExceededError,
  type RetryNotice,
  retryOnOverload,
  ServerBusyError,
  TurnFailedError,
} from "../../../mod.ts";
import { adviseRetry, delayAfter, wait } from "../../../src/codex/services/retry.ts";
import { OutputValidationError, TransportClosedError } from "../../../src/errors/mod.ts";
import type { ThreadItem, TurnError } from "../../../src/protocol/mod.ts";

const busy = () => JsonRpcError.from("model/list", { code: -32001, message: "overloaded" });

/** A clock that only writes down how long it was asked to wait. */
function recordedClock() {
  const delays: number[] = [];
  return {
    delays,
    options: {
      random: () => 0.5,
      sleep: (delayMs: number) => {
        delays.push(delayMs);
        return Promise.resolve();
      },
    },
  };
}

describe("retryOnOverload", () => {
  it("calls again after 250 ms, then 500 ms, and gives up after three attempts", async () => {
    const { delays, options } = recordedClock();
    const notices: RetryNotice[] = [];
    let calls = 0;
    const error = await retryOnOverload(() => {
      calls++;
      return Promise.reject(busy());
    }, { ...options, onRetry: (notice) => void notices.push(notice) }).catch((error) => error);
    expect(error).toBeInstanceOf(RetryLimitExceededError);
    expect(error).toBeInstanceOf(ServerBusyError);
    expect(error).toMatchObject({ attempts: 3, code: -32001, cause: expect.any(ServerBusyError) });
    expect(calls).toBe(3);
    expect(delays).toEqual([250, 500]);
    expect(notices.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([[1, 250], [2, 500]]);
  });

  it("doubles up to two seconds and varies by a fifth", async () => {
    const { delays, options } = recordedClock();
    await retryOnOverload(() => Promise.reject(busy()), { ...options, attempts: 7 }).catch(
      () => {},
    );
    expect(delays).toEqual([250, 500, 1000, 2000, 2000, 2000]);
    for (const [random, delay] of [[0, 200], [1, 300]] as const) {
      const clock = recordedClock();
      await retryOnOverload(() => Promise.reject(busy()), {
        ...clock.options,
        random: () => random,
        attempts: 2,
      }).catch(() => {});
      expect(clock.delays).toEqual([delay]);
    }
  });

  it("gives what a later attempt gives", async () => {
    const { options } = recordedClock();
    const result = await retryOnOverload(
      (attempt) => attempt < 3 ? Promise.reject(busy()) : Promise.resolve(attempt),
      options,
    );
    expect(result).toBe(3);
  });

  it("passes any other error on at once", async () => {
    const { delays, options } = recordedClock();
    const other = new InternalRpcError("m", { code: -32603, message: "x" });
    await expect(retryOnOverload(() => Promise.reject(other), options)).rejects.toBe(other);
    expect(delays).toEqual([]);
  });

  it("stops with the reason of its signal, before an attempt and while it waits", async () => {
    const reason = new Error("enough");
    await expect(retryOnOverload(() => Promise.resolve(1), { signal: AbortSignal.abort(reason) }))
      .rejects.toBe(reason);
    const abort = new AbortController();
    const waiting = retryOnOverload(() => Promise.reject(busy()), {
      signal: abort.signal,
      initialDelayMs: 3_600_000,
      maxDelayMs: 3_600_000,
      onRetry: () => queueMicrotask(() => abort.abort(reason)),
    });
    await expect(waiting).rejects.toBe(reason);
  });

  it("refuses a number of attempts that cannot be", async () => {
    for (const attempts of [0, -1, 1.5, NaN]) {
      await expect(retryOnOverload(() => Promise.resolve(1), { attempts }))
        .rejects.toBeInstanceOf(RangeError);
    }
  });
});

describe("isRetryable", () => {
  /** A turn that failed, with what the runtime said and what the model had done. */
  function failed(codexErrorInfo: unknown, itemType?: string): TurnFailedError {
    const items = itemType === undefined ? [] : [{ type: itemType } as ThreadItem];
    const error = { message: "words", codexErrorInfo } as TurnError;
    return new TurnFailedError({ threadId: "t", turnId: "u", error, items, usage: null });
  }
  const tooMany = { responseTooManyFailedAttempts: { httpStatusCode: 429 } };

  it("is true for a turn that met a model's 429, overload or lost connection, and did nothing", () => {
    const passing = [
      tooMany,
      "rateLimitExceeded",
      "serverOverloaded",
      "internalServerError",
      { httpConnectionFailed: { httpStatusCode: 503 } },
      { httpConnectionFailed: { httpStatusCode: null } },
    ];
    for (const info of passing) {
      expect(isRetryable(failed(info))).toBe(true);
      expect(isRetryable(failed(info, "agentMessage"))).toBe(true);
      expect(isRetryable(failed(info, "commandExecution"))).toBe(false);
      expect(isRetryable(failed(info, "someNewAction"))).toBe(false);
    }
    const lasting = ["usageLimitExceeded", "unauthorized", "modelNotFound", "other", "new kind"];
    for (const info of [...lasting, { httpConnectionFailed: { httpStatusCode: 401 } }]) {
      expect(isRetryable(failed(info))).toBe(false);
    }
  });

  it("is true for overload of the runtime", () => {
    expect(isRetryable(busy())).toBe(true);
    expect(isRetryable(RetryLimitExceededError.after(busy() as ServerBusyError, 3))).toBe(false);
    expect(isRetryable(new InvalidRequestError("m", { code: -32600, message: "x" }))).toBe(false);
    expect(isRetryable(new RequestTimeoutError("m", 1))).toBe(false);
    expect(isRetryable(new Error("overloaded"))).toBe(false);
    expect(isRetryable(undefined)).toBe(false);
  });
});

describe("adviseRetry()", () => {
  /** The advice about a turn that failed with that. */
  function about(codexErrorInfo: unknown, message = "words") {
    const error = { message, codexErrorInfo } as TurnError;
    return adviseRetry(
      new TurnFailedError({ threadId: "t", turnId: "u", error, items: [], usage: null }),
    );
  }
  const again = { action: "retry", delayMs: null };
  const fail = { action: "fail" };

  it("goes by the status, where the failure has one", () => {
    const passing = [null, 408, 429, 500, 502, 503, 504, 529];
    for (let status = 399; status < 600; status++) {
      const expected = passing.includes(status) ? again : fail;
      expect(about({ httpConnectionFailed: { httpStatusCode: status } })).toEqual(expected);
    }
    for (const httpStatusCode of passing) {
      expect(about({ responseTooManyFailedAttempts: { httpStatusCode } })).toEqual(again);
    }
    expect(about({ somethingElse: { httpStatusCode: 429 } })).toEqual(fail);
  });

  it("goes by the kind, and by the time that the service asks for", () => {
    const passing = [
      "rateLimitExceeded",
      "serverOverloaded",
      "flexUnavailable",
      "policyCapacityUnavailable",
      "internalServerError",
      "responseStreamConnectionFailed",
      "responseStreamDisconnected",
    ];
    for (const kind of passing) expect(about(kind)).toEqual(again);
    expect(about("rateLimitExceeded", "try again in 3s")).toEqual({ ...again, delayMs: 3000 });
    expect(about("usageLimitExceeded")).toEqual({ action: "waitForReset" });
    for (const kind of ["badRequest", "other"]) expect(about(kind)).toEqual(fail);
  });

  it("has an overload, a lost connection and a whole answer that does not fit repeated", () => {
    const misfit = (status: string) =>
      new OutputValidationError({ text: "x", issues: [], result: { status } as never });
    const errors = [busy(), new TransportClosedError("gone"), misfit("completed")];
    for (const error of errors) expect(adviseRetry(error)).toEqual(again);
    for (const error of [misfit("interrupted"), new Error("x"), null]) {
      expect(adviseRetry(error)).toEqual(fail);
    }
  });
});

describe("delayAfter()", () => {
  it("doubles from 250 ms to 2 s, varied by 20 %, unless told otherwise", () => {
    const plain = [1, 2, 3, 4, 5].map((attempt) => delayAfter(attempt, { jitter: 0 }));
    expect(plain).toEqual([250, 500, 1000, 2000, 2000]);
    expect([0, 0.5, 1].map((n) => delayAfter(1, { random: () => n }))).toEqual([200, 250, 300]);
    const own = { initialDelayMs: 10, maxDelayMs: 15, jitter: 1, random: () => 0.75 };
    expect([1, 2].map((attempt) => delayAfter(attempt, own))).toEqual([15, 22.5]);
    for (let n = 0; n < 20; n++) expect(Math.abs(delayAfter(1, {}) - 250)).toBeLessThanOrEqual(50);
  });
});

describe("wait()", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([1, 500, 2 ** 31 - 1, 2 ** 31 + 1000])("takes %d ms", async (ms) => {
    let isOver = false;
    const waiting = wait(ms).then(() => isOver = true);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
  });

  it("rejects with the reason of its signal, also when there is nothing to wait for", async () => {
    const stop = new AbortController();
    const waiting = wait(1000, stop.signal);
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(wait(0, stop.signal)).rejects.toBe(reason);
    await wait(0);
  });
});
