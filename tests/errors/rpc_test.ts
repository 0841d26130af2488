import { describe, expect, it } from "vitest";
import {
  isRetryable,
  JsonRpcError,
  RetryLimitExceededError,
  retryOnOverload,
  ServerBusyError,
} from "../../mod.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

const refusal = (code: number, message: string, data?: unknown): JsonRpcError =>
  JsonRpcError.from("model/list", { code, message, data });

describe("a refusal with a code of the server's own", () => {
  const overloads = [
    "server_overloaded",
    { codex_error_info: "server_overloaded" },
    { codexErrorInfo: "serverOverloaded" },
    { errors: [{ codexErrorInfo: { server_overloaded: {} } }] },
    { details: { inner: { reason: "SERVER_OVERLOADED" } } },
  ];

  it("is a ServerBusyError where its data says overloaded, at any depth", () => {
    for (const data of overloads) {
      for (const code of [-32000, -32050, -32099]) {
        const error = refusal(code, "failed", data);
        expect(error.constructor).toBe(ServerBusyError);
        expect(error).toMatchObject({ code, data });
        expect(isRetryable(error)).toBe(true);
      }
    }
  });

  it("is a RetryLimitExceededError where it says that attempts were used up", () => {
    for (const message of ["Exceeded retry limit", "too many failed attempts, status 429"]) {
      for (const data of [undefined, ...overloads]) {
        const error = refusal(-32010, message, data);
        expect(error.constructor).toBe(RetryLimitExceededError);
        expect(error).toMatchObject({ attempts: null, code: -32010 });
        expect(isRetryable(error)).toBe(true);
      }
    }
  });

  it("is a plain JsonRpcError otherwise, and out of the range of such codes", () => {
    const others = [
      refusal(-32050, "no"),
      refusal(-32050, "no", { codexErrorInfo: "badRequest", text: "the server_overloaded flag" }),
      refusal(-31999, "retry limit", "server_overloaded"),
      refusal(-32100, "retry limit", "server_overloaded"),
    ];
    for (const error of others) {
      expect(error.constructor).toBe(JsonRpcError);
      expect(isRetryable(error)).toBe(false);
    }
    expect(isRetryable(refusal(-32600, "retry limit", "server_overloaded"))).toBe(false);
  });

  it("looks for it down to 20 levels, in names and values", () => {
    const nested = (levels: number): unknown =>
      Array.from({ length: levels }).reduce((inner) => ({ inner }), "server_overloaded");
    for (const [levels, Class] of [[20, ServerBusyError], [21, JsonRpcError]] as const) {
      expect(refusal(-32050, "no", nested(levels)).constructor).toBe(Class);
    }
    expect(refusal(-32050, "no", { server_overloaded: null }).constructor).toBe(ServerBusyError);
    expect(refusal(-32050, "no", ["server_overloaded!"]).constructor).toBe(JsonRpcError);
  });

  it("takes data that is nested without end for no overload", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(refusal(-32050, "no", circle).constructor).toBe(JsonRpcError);
  });
});

describe("a call that another runtime refuses as overloaded", () => {
  it("is made again by retryOnOverload until it succeeds", async () => {
    await using server = await ScriptedServer.start();
    const data = { codexErrorInfo: { server_overloaded: {} } };
    const refusals = [
      { code: -32050, message: "busy", data },
      { code: -32060, message: "exceeded retry limit" },
    ];
    server.answers.set("model/list", () => {
      const error = refusals.shift();
      return error ? { error } : { result: { data: [], nextCursor: null } };
    });
    const attempts: JsonRpcError[] = [];
    const models = await retryOnOverload(() => server.codex.models(), {
      onRetry: ({ error }) => void attempts.push(error),
      sleep: () => Promise.resolve(),
    });
    expect(models).toEqual([]);
    expect(attempts.map(({ name }) => name)).toEqual([
      "ServerBusyError",
      "RetryLimitExceededError",
    ]);
  });
});

describe("the message of a refusal", () => {
  it("keeps no value of the request, whatever the runtime repeats", () => {
    const words = [
      'invalid type: string "planted \\"prompt\\" planted", expected u32',
      'invalid type: map "planted", expected a string',
      'invalid type: sequence "planted", expected a string',
      "unknown variant `planted`, expected one of `a`, `b`",
      "unknown field `planted`, expected `x`",
    ];
    for (const text of words) {
      const { message } = JsonRpcError.from("turn/start", { code: -32602, message: text });
      expect(message).not.toContain("planted");
      expect(message).toContain("expected");
    }
  });

  it("is cut", () => {
    const facts = { code: -32600, message: "x".repeat(1000) };
    expect(JsonRpcError.from("turn/start", facts).message).toHaveLength(
      "Cannot complete turn/start: ".length + 401,
    );
  });
});
