import { describe, expect, it } from "vitest";
import { startOnce } from "../../../src/codex/turns/start_once.ts";
import { TransportClosedError } from "../../../src/errors/mod.ts";

type Item = { type: string; clientId?: string };

/** Starts a turn over a connection that breaks before its first answer. */
async function startBroken(
  stored: (messageId: string) => { status: string; items: Item[] } | null,
) {
  const sent: string[] = [];
  const route = { turn: () => undefined, accept: () => {}, catchUp: () => {} };
  const client = {
    router: { route: () => route },
    requestTurn: (_method: string, params: { clientUserMessageId: string }) => {
      sent.push(params.clientUserMessageId);
      return sent.length === 1
        ? Promise.reject(new TransportClosedError("gone"))
        : Promise.resolve({ turn: { id: "second" } });
    },
  };
  const session = {
    client,
    ready: () => Promise.resolve(client),
    outlasts: () => Promise.resolve(true),
    call: () => {
      const turn = stored(sent[0] ?? "");
      return Promise.resolve({ data: turn ? [{ id: "first", ...turn }] : [] });
    },
  };
  const turnId = await startOnce(session as never, { threadId: "t", input: [] });
  return { turnId, sent };
}

const question = (clientId: string): Item => ({ type: "userMessage", clientId });

describe("a turn whose start got no answer", () => {
  it("is sent again under its name when the server does not have it", async () => {
    const { turnId, sent } = await startBroken(() => null);
    expect(turnId).toBe("second");
    expect(sent[1]).toBe(sent[0]);
  });

  it("is taken when it runs, has ended, or did something before it was interrupted", async () => {
    const work = { type: "agentMessage" };
    for (
      const [status, more] of [
        ["inProgress", []],
        ["completed", [work]],
        ["failed", []],
        ["interrupted", [work]],
      ] as const
    ) {
      const { turnId, sent } = await startBroken((id) => ({
        status,
        items: [question(id), ...more],
      }));
      expect([status, turnId, sent.length]).toEqual([status, "first", 1]);
    }
  });

  it("is started anew when it was interrupted before it did anything", async () => {
    const { turnId, sent } = await startBroken((id) => ({
      status: "interrupted",
      items: [question(id)],
    }));
    expect(turnId).toBe("second");
    expect(sent[1]).not.toBe(sent[0]);
  });
});
