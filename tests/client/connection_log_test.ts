import { describe, expect, it } from "vitest";
import { ConnectionLog } from "../../src/client/connection_log.ts";
import { TransportClosedError } from "../../src/errors/mod.ts";
import { loadSchema } from "../../src/protocol/mod.ts";
import { createTransportPair, type Transport } from "../../src/rpc/mod.ts";

function makeLog(transport: Partial<Transport> = {}): ConnectionLog {
  const [end] = createTransportPair();
  return new ConnectionLog(Object.assign(end, transport), null);
}

describe("ConnectionLog", () => {
  it("counts malformed messages, unknown methods and fields that differ, by name", () => {
    const log = makeLog();
    for (let n = 0; n < 3; n++) log.count({ kind: "malformedMessage", reason: "", length: 1 });
    for (const method of ["a/b", "c/d", "a/b"]) log.count({ kind: "unknownMethod", method });
    log.count({ kind: "invalidMessage", method: "a/b", path: "x.y", reason: "a secret value" });
    log.count({ kind: "stderr", line: "a secret value" });
    expect(log.facts(null, null)).toMatchObject({
      malformedMessages: 3,
      unknownMethods: { "a/b": 2, "c/d": 1 },
      invalidFields: { "a/b: x.y": 1 },
      unknownFields: {},
    });
    expect(JSON.stringify(log.facts(null, null))).not.toContain("secret");
  });

  it("keeps 100 names of 200 characters at most, and counts those on", () => {
    const log = makeLog();
    const name = (n: number) => `${n}`.padEnd(300, "x");
    for (let n = 0; n < 150; n++) log.count({ kind: "unknownMethod", method: name(n) });
    for (const n of [0, 99, 100]) log.count({ kind: "unknownMethod", method: name(n) });
    const { unknownMethods } = log.facts(null, null);
    expect(Object.keys(unknownMethods).length).toBe(100);
    expect(Object.keys(unknownMethods).every(({ length }) => length === 200)).toBe(true);
    expect(unknownMethods[name(0).slice(0, 200)]).toBe(2);
    expect(unknownMethods[name(99).slice(0, 200)]).toBe(2);
    expect(unknownMethods[name(100).slice(0, 200)]).toBeUndefined();
  });

  it("searches the first eight messages of each method for unknown fields", async () => {
    await loadSchema();
    const log = makeLog();
    const search = (method: string) =>
      log.search("notification", method, { threadId: "t", added: 1 });
    for (let n = 0; n < 10; n++) search("thread/closed");
    search("thread/archived");
    expect(log.facts(null, null).unknownFields).toEqual({
      "thread/closed: added": 8,
      "thread/archived: added": 1,
    });
  });

  it("tells how the connection ended: the words, the code, the signal and the last of stderr", () => {
    const log = makeLog({ stderrTail: "while it runs" });
    expect(log.facts("agent/1", null)).toMatchObject({
      userAgent: "agent/1",
      state: "open",
      closeReason: null,
      exitCode: null,
      signal: null,
      stderrTail: "while it runs",
    });
    const failure = new TransportClosedError("Gone", {
      exitCode: 3,
      signal: "SIGKILL",
      stderrTail: "last words",
    });
    expect(log.facts(null, failure)).toMatchObject({
      state: "closed",
      closeReason: "Gone",
      exitCode: 3,
      signal: "SIGKILL",
      stderrTail: "last words",
    });
    expect(log.facts(null, new TransportClosedError("Gone")).stderrTail).toBe("while it runs");
  });
});
