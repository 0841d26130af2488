import { describe, expect, it } from "vitest";
import {
  CodexError,
  InvalidRequestError,
  ProtocolError,
  RequestTimeoutError,
  RuntimeSetupError,
  TransportClosedError,
  TurnFailedError,
} from "../../src/errors/mod.ts";
import { type ConnectionFacts, FaultReport } from "../../src/errors/report.ts";

const connection: ConnectionFacts = {
  moduleVersion: "1.0.0",
  protocolVersion: "2.0.0",
  userAgent: "codex/2.0.0",
  runtime: { version: "2.0.0", source: "pinned" },
  platform: "Deno 2 on linux-x86_64",
  state: "closed",
  closeReason: "Cannot reach the runtime",
  exitCode: 3,
  signal: null,
  stderrTail: "one\ntwo",
  ageMs: 1234.5,
  frames: [
    {
      direction: "sent",
      kind: "request",
      method: "turn/start",
      id: 7,
      size: 99,
      count: 1,
      atMs: 1.25,
    },
    {
      direction: "received",
      kind: "notification",
      method: "delta",
      id: null,
      size: 400,
      count: 40,
      atMs: 2,
    },
  ],
  malformedMessages: 2,
  unknownMethods: { "brand/new": 3 },
  unknownFields: { "item/started: item.new": 1 },
  invalidFields: {},
};

describe("a message that quotes foreign text", () => {
  const foreign = "\x1b]0;owned\x07all\ris well: GITHUB_TOKEN=ghp_planted0planted0planted";
  const shown = "\\u{1b}]0;owned\\u{7}all\\u{d}is well: GITHUB_TOKEN=[masked]";

  it("acts on no terminal and holds no secret, in the error, its stack and its report", () => {
    const error = new CodexError(`Cannot go on: ${foreign}`, { cause: new Error(foreign) });
    expect(error.message).toBe(`Cannot go on: ${shown}`);
    expect(error.stack).toContain(`Caused by Error: ${shown}`);
    const facts = { ...connection, closeReason: foreign, unknownMethods: { [foreign]: 1 } };
    const texts = [error.stack ?? "", String(error.report()), String(new FaultReport(null, facts))];
    for (const text of texts) {
      expect(text).toContain(shown);
      // deno-lint-ignore no-control-regex -- that is what must not be there
      expect(text).not.toMatch(/planted|[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    }
  });
});

describe("FaultReport", () => {
  it("says how a connection ended with the facts that there are", () => {
    const stateOf = (facts: Partial<ConnectionFacts>): string | undefined =>
      /closed after .*/.exec(String(new FaultReport(null, { ...connection, ...facts })))?.[0];
    expect(stateOf({ exitCode: null, closeReason: null })).toBe("closed after 1235 ms");
    expect(stateOf({ exitCode: null })).toBe("closed after 1235 ms, Cannot reach the runtime");
    expect(stateOf({ signal: "SIGKILL", closeReason: null }))
      .toBe("closed after 1235 ms, signal SIGKILL");
  });

  it("is data and text", () => {
    const report = new FaultReport(null, connection);
    expect(JSON.parse(JSON.stringify(report))).toEqual({ error: null, connection });
    const text = String(report);
    for (
      const words of [
        "runtime 2.0.0 (pinned)",
        "closed after 1235 ms, exit code 3, Cannot reach the runtime",
        "malformed messages: 2",
        "3 × brand/new",
        "1 × item/started: item.new",
        "stderr:\n  one\n  two",
        "-> request turn/start #7, 99 characters",
        "<- notification delta × 40, 400 characters",
      ]
    ) expect(text).toContain(words);
    expect(text).not.toContain("invalid fields");
  });

  it("counts messages of one kind from the second on", () => {
    const frame = { direction: "sent", kind: "request", method: "m", id: 1, size: 9, atMs: 1 };
    const frames = [1, 2].map((count) => ({ ...frame, count })) as ConnectionFacts["frames"];
    const text = String(new FaultReport(null, { ...connection, frames }));
    expect(text).toContain("        1.0 ms -> request m #1, 9 characters\n");
    expect(text).toContain("        1.0 ms -> request m #1 × 2, 9 characters");
    expect(String(new FaultReport(null, { ...connection, frames: [] }))).toContain(
      "last messages: none",
    );
    expect(String(new FaultReport(null, { ...connection, stderrTail: "" }))).toContain(
      "stderr: nothing",
    );
  });

  it("says so without a connection", () => {
    expect(String(new FaultReport(null, null))).toBe("connection: not known");
  });
});

describe("CodexError.report()", () => {
  it("has the plain facts of the error and none of its content", () => {
    const secret = "SECRET";
    const failed = new TurnFailedError({
      threadId: "t",
      turnId: "u",
      error: {
        message: secret,
        codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 401 } },
        additionalDetails: secret,
      },
      items: [{ type: "agentMessage", id: "i", text: secret }] as never,
      usage: null,
    });
    expect(failed.report().error?.facts).toEqual({
      threadId: "t",
      turnId: "u",
      kind: "httpConnectionFailed",
      httpStatusCode: 401,
    });
    const refused = new InvalidRequestError("m", { code: -32600, message: "no", data: { secret } });
    expect(refused.report().error?.facts).toEqual({
      code: -32600,
      method: "m",
      dataKeys: "secret",
    });
    const protocol = new ProtocolError("m", [{ path: "a.b", message: "expected string" }]);
    expect(protocol.report().error?.facts).toEqual({ method: "m", paths: "a.b" });
    for (const error of [failed, refused, protocol]) {
      expect(String(error.report())).not.toContain(secret);
      expect(String(error.report())).toContain(error.name);
    }
    expect(new RequestTimeoutError("m", 5).report().error?.facts).toEqual({
      method: "m",
      timeoutMs: 5,
    });
  });

  it("keeps the connection as it was when the error was first seen", () => {
    const error = new CodexError("Cannot");
    expect(error.report().connection).toBe(null);
    error.attachReport(() => new FaultReport(null, connection));
    error.attachReport(() => new FaultReport(null, { ...connection, ageMs: 9 }));
    expect(error.report().connection?.ageMs).toBe(1234.5);
  });

  it("takes the connection of its cause", () => {
    const cause = new TransportClosedError("gone", { exitCode: 1 });
    cause.attachReport(() => new FaultReport(null, connection));
    const error = new RuntimeSetupError("Cannot connect", {
      step: "handshake",
      version: null,
      platform: "linux-x64",
      cause,
    });
    expect(error.report().connection).toEqual(connection);
  });
});
