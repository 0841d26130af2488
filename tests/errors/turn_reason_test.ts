import { describe, expect, it } from "vitest";
import { TurnFailedError } from "../../mod.ts";
import { reasonOf } from "../../src/errors/turn_reason.ts";
import type { TurnError } from "../../src/protocol/mod.ts";
import { failure, type OfflineCodex, startOffline, streamFailure } from "../../src/testing/mod.ts";
import type { ModelReply } from "../../src/testing/mod.ts";

async function failedTurn(codex: OfflineCodex, reply: ModelReply): Promise<TurnFailedError> {
  codex.model.clear();
  codex.model.on(() => true, reply);
  const thread = await codex.startThread();
  const error = await thread.run("Hello").catch((error) => error);
  if (!(error instanceof TurnFailedError)) throw error;
  return error;
}

function told(message: string, codexErrorInfo: unknown = "other"): TurnFailedError {
  const error = { message, codexErrorInfo } as TurnError;
  return new TurnFailedError({ threadId: "t", turnId: "u", error, items: [], usage: null });
}

describe("the message of a failed turn", () => {
  it("says in plain words what the real runtime met", async () => {
    await using codex = await startOffline();
    const cases: [ModelReply, string][] = [
      [
        failure({ status: 429, message: "Slow down" }),
        "answered 429: exceeded retry limit, last status: 429 Too Many Requests. Wait",
      ],
      [
        failure({ status: 400, message: "No such tool" }),
        "the model service does not accept the request: No such tool. Read",
      ],
      [
        failure({ status: 403, message: "Not yours" }),
        "the model service answered 403: Not yours. Check",
      ],
      [failure({ status: 500 }), "the model service failed with an internal error. "],
      [failure({ status: 404, code: "model_not_found" }), "does not have the model: "],
      [
        failure({ status: 400, body: "<html><p>Bad gateway" }),
        "the runtime reports a failure: Bad gateway. Read",
      ],
      [streamFailure({ code: "context_length_exceeded" }), "does not fit the model's context"],
    ];
    for (const [reply, words] of cases) {
      const { message } = await failedTurn(codex, reply);
      expect(message).toContain(words);
      expect(message).not.toMatch(/\bother\b/);
    }
  });

  it("leaves out what the service repeats of the request, in the report all its words", async () => {
    await using codex = await startOffline();
    const message = 'Invalid value: "Hello" is not one of them. Hello';
    const error = await failedTurn(codex, failure({ status: 400, message }));
    expect(error.message).toContain('Invalid value: "[…]" is not one of them. […]. Read');
    expect(error.info.message).toContain("is not one of them. Hello");
    const report = String(error.report());
    expect(report).toContain("the model service does not accept the request. Read");
    expect(report).not.toContain("Invalid value");
  });

  it("tells what the runtime tells apart by its message only, and explains a new kind", () => {
    const broken = told("stream disconnected before completion: x");
    expect(broken.message).toContain("broke within the answer. ");
    expect(told("Incomplete response returned, reason: x").message).toContain("ended the answer");
    expect(told("Half of it", "newKind").message)
      .toContain("the runtime reports newKind: Half of it. Read");
    expect(told("", "toString").message).toContain("the runtime reports toString. ");
    expect(told("", "unauthorized").message).toBe(
      "Cannot complete turn u: the model service does not accept the login. Log in again",
    );
  });
});

describe("the next step after an HTTP status", () => {
  it.each([
    [401, "Check the login and what it may use"],
    [403, "Check the login and what it may use"],
    [404, "Check the model and the address of the model provider"],
    [413, "Make the input smaller, or compact the thread"],
    [429, "Wait, then run the turn again"],
    [500, "Wait, then run the turn again"],
    [503, "Wait, then run the turn again"],
    [418, "Read info.message, then run the turn again"],
  ])("%s", (httpStatusCode, nextStep) => {
    const info = {
      kind: "other",
      httpStatusCode,
      message: "x",
      additionalDetails: null,
      retryAfterMs: null,
    };
    const reason = `the model service answered ${httpStatusCode}`;
    expect(reasonOf(info)).toEqual({ reason, nextStep });
  });
});
