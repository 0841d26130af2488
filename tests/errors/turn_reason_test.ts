import { describe, expect, it } from "vitest";
import { TurnFailedError } from "../../mod.ts";
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
      [failure({ status: 429, message: "Slow down" }), "the model service answered 429: "],
      [failure({ status: 400, message: "No such tool" }), "a failure: No such tool. Correct"],
      [failure({ status: 403, message: "Not yours" }), "the model service answered 403: "],
      [failure({ status: 500 }), "the model service failed with an internal error: "],
      [failure({ status: 404, code: "model_not_found" }), "does not have the model: "],
      [failure({ status: 400, body: "<html><p>Bad gateway" }), "reports a failure. Correct"],
      [streamFailure({ code: "context_length_exceeded" }), "does not fit the model's context"],
    ];
    for (const [reply, words] of cases) {
      const { message } = await failedTurn(codex, reply);
      expect(message).toContain(words);
      expect(message).not.toMatch(/\bother\b|info\.message/);
    }
  });

  it("masks secrets, cuts, and leaves out what a quotation repeats", async () => {
    await using codex = await startOffline();
    const key = `sk-${"a1B2".repeat(8)}`;
    const prompt = "the plan for the merger, word for word";
    const text = `Key ${key} cannot use "${prompt}" here ${"x".repeat(500)}`;
    const error = await failedTurn(codex, failure({ status: 400, message: text }));
    expect(error.message).toContain('Key [masked] cannot use "…" here xxx');
    expect(error.message).not.toContain(key);
    expect(error.message).not.toContain(prompt);
    expect(error.message.length).toBeLessThan(420);
    expect(error.info.message).toContain(prompt);
    expect(String(error.report())).not.toContain("cannot use");
    expect(error.report().error?.message).toContain("the runtime reports a failure. Correct");
  });

  it("explains a kind that is new, and one without words", () => {
    expect(told("Half of it", "newKind").message).toContain("reports newKind: Half of it. Correct");
    expect(told("", "unauthorized").message).toBe(
      "Cannot complete turn u: the model service does not accept the login. Log in again",
    );
    expect(told("", "toString").message).toContain("reports toString. ");
  });

  it("keeps apostrophes, and takes data that is no error for no words", () => {
    const words = "We're busy and don't know when it'll be over";
    expect(told(words).message).toContain(words);
    expect(told('{"input":["a prompt"]}').message).not.toContain("prompt");
    expect(told('{"detail":"Too long"}').message).toContain(": Too long. ");
    expect(told("{broken").message).not.toContain("broken");
  });
});
