import { describe, expect, it } from "vitest";
import { startOnce } from "../../../src/codex/turns/start_once.ts";
import { JsonRpcError, TransportClosedError } from "../../../src/errors/mod.ts";

type Item = { type: string; clientId?: string };

/** Starts a turn over a connection that breaks before its first answer. */
async function startBroken(
  stored: (messageId: string) => { status: string; items: Item[] } | null,
) {
  const sent: string[] = [];
  const noted: unknown[] = [];
  const asked: unknown[] = [];
  const route = {
    turn: () => undefined,
    accept: (event: unknown, turnId: string) => void noted.push([event, turnId]),
    catchUp: (turns: unknown) => void noted.push(turns),
  };
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
    call: (...args: unknown[]) => {
      asked.push(args);
      const turn = stored(sent[0] ?? "");
      return Promise.resolve({ data: turn ? [{ id: "first", ...turn }] : [] });
    },
  };
  const turnId = await startOnce(session as never, { threadId: "t", input: [] });
  return { turnId, sent, noted, asked };
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

  it("is looked for among the last five, and its beginning and end are taken from there", async () => {
    const { noted, asked, sent } = await startBroken((id) => ({
      status: "completed",
      items: [question(id)],
    }));
    const page = { threadId: "t", limit: 5, sortDirection: "desc", itemsView: "full" };
    expect(asked).toEqual([["thread/turns/list", page]]);
    const turn = { id: "first", status: "completed", items: [question(sent[0] ?? "")] };
    const started = { method: "turn/started", params: { threadId: "t", turn } };
    expect(noted).toEqual([[started, "first"], [turn]]);
  });

  it("is not taken for one with another message", async () => {
    const items = [question("another"), { type: "agentMessage", clientId: "x" }];
    const { turnId, noted } = await startBroken((id) => ({
      status: "completed",
      items: [...items, { type: "agentMessage", clientId: id }],
    }));
    expect([turnId, noted]).toEqual(["second", []]);
  });
});

describe("a turn that cannot be started", () => {
  /** Starts a turn on a session whose answers are these, one after the other. */
  async function start(errors: unknown[], outlasts: boolean) {
    const sent: { clientUserMessageId: string }[] = [];
    let lookups = 0;
    const client = {
      router: { route: () => ({ turn: () => ({}) }) },
      requestTurn: (_method: string, params: { clientUserMessageId: string }) => {
        sent.push(params);
        const error = errors.shift();
        return error ? Promise.reject(error) : Promise.resolve({ turn: { id: "u" } });
      },
    };
    const session = {
      client,
      ready: () => Promise.resolve(client),
      outlasts: () => Promise.resolve(outlasts),
      call: () => {
        lookups++;
        return Promise.resolve({ data: [] });
      },
    };
    const outcome = await startOnce(session as never, { threadId: "t", input: [] })
      .catch((error) => error);
    return { outcome, sent, lookups: () => lookups };
  }

  it("rejects with an error that no other connection changes", async () => {
    const error = new Error("refused");
    const { outcome, sent } = await start([error], false);
    expect([outcome, sent.length]).toEqual([error, 1]);
  });

  it("is asked for again of the next server, by the same message, without a look", async () => {
    const draining = new JsonRpcError("turn/start", {
      code: -32000,
      message: "no",
      data: { reason: "serverShuttingDown" },
    });
    const { outcome, sent, lookups } = await start([draining], true);
    expect([outcome, lookups()]).toEqual(["u", 0]);
    expect(sent[1]?.clientUserMessageId).toBe(sent[0]?.clientUserMessageId);
    expect(sent[0]).toMatchObject({ threadId: "t", input: [] });
  });
});
