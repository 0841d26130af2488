import { describe, expect, it } from "vitest";
import { FrameLog } from "../../src/client/connection_log.ts";

describe("FrameLog", () => {
  it("keeps the last 64 messages in order", () => {
    const log = new FrameLog();
    for (let id = 0; id < 200; id++) log.note("sent", "request", "m", id, 10);
    const ids = log.recent().map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 64 }, (_, n) => 136 + n));
  });

  it("gives notifications of one method in a row one place", () => {
    const log = new FrameLog();
    expect(log.repeats("delta", 5)).toBe(false);
    log.note("received", "notification", "delta", null, 5);
    for (let n = 0; n < 1000; n++) expect(log.repeats("delta", 7)).toBe(true);
    expect(log.repeats("other", 1)).toBe(false);
    log.note("sent", "request", "delta", 1, 1);
    expect(log.repeats("delta", 1)).toBe(false);
    expect(log.recent()).toMatchObject([
      { method: "delta", count: 1001, size: 7005, id: null },
      { method: "delta", kind: "request" },
    ]);
  });

  it("names an answer after its question, if that is not forgotten", () => {
    const log = new FrameLog();
    log.note("received", "request", "ask", 0, 1);
    log.note("sent", "request", "mine", 0, 1);
    log.note("sent", "response", null, 0, 1);
    log.note("sent", "error", null, 99, 1);
    expect(log.recent().slice(2).map(({ method }) => method)).toEqual(["ask", "(forgotten)"]);
  });

  it("gives copies", () => {
    const log = new FrameLog();
    log.note("received", "notification", "delta", null, 5);
    const [before] = log.recent();
    log.repeats("delta", 5);
    expect(before?.count).toBe(1);
  });
});
