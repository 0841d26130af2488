import { describe, expect, it } from "vitest";
import { type Codex, InvalidRequestError } from "../../mod.ts";
import { asRecord, isObject } from "../../src/json.ts";
import { startOffline } from "../../src/testing/mod.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

async function sourceOf(codex: Codex, threadId: string): Promise<unknown> {
  return (await codex.client.call("thread/read", { threadId })).thread.threadSource;
}

describe("what started a thread", () => {
  it("is stored with a new thread and with a copy, and told to the model service", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({
      threadSource: "user",
      sessionStartSource: "clear",
      serviceName: "billing",
    });
    await thread.run("Hello");
    const metadata = codex.model.requests.at(-1)?.headers.get("x-codex-turn-metadata") ?? "";
    expect(JSON.parse(metadata)).toMatchObject({
      thread_source: "user",
      history_initialization: "cleared",
    });
    expect(await sourceOf(codex, thread.id)).toBe("user");
    const copy = await codex.forkThread(thread.id, { threadSource: "subagent" });
    expect(await sourceOf(codex, copy.id)).toBe("subagent");
  });

  it("goes to the runtime under the names of the protocol", async () => {
    await using server = await ScriptedServer.start();
    const options = { serviceName: "s", threadSource: "t", sessionStartSource: "startup" } as const;
    await server.codex.startThread(options);
    const start = server.received.find(({ method }) => method === "thread/start");
    expect(start?.params).toMatchObject(options);
  });

  it("is refused where the runtime does not take it", async () => {
    await using codex = await startOffline();
    const wrong = { sessionStartSource: "resume" } as never;
    await expect(codex.startThread(wrong)).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(codex.resumeThread("x", { serviceName: "s" } as never)).rejects.toThrow(
      'there is no option "serviceName"',
    );
  });
});

describe("personality", () => {
  it("is passed on with a thread and a turn; this runtime takes it and sends the same", async () => {
    await using codex = await startOffline();
    const sent = async (settings: { personality?: "friendly" }): Promise<string> => {
      const thread = await codex.startThread(settings);
      await thread.run("Hello", settings);
      const { input } = asRecord(codex.model.requests.at(-1)?.body);
      return JSON.stringify(input).replaceAll(/"id":"[^"]*"/g, "");
    };
    const plain = await sent({});
    expect(plain).toContain("Hello");
    expect(await sent({ personality: "friendly" })).toEqual(plain);
    const wrong = codex.startThread({ personality: "gruff" as never });
    await expect(wrong).rejects.toBeInstanceOf(InvalidRequestError);
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread({ personality: "friendly" });
    await thread.startTurn("Hello", { personality: "pragmatic" }).catch(() => {});
    const params = (name: string) => server.received.find(({ method }) => method === name)?.params;
    expect(params("thread/start")).toMatchObject({ personality: "friendly" });
    expect(params("turn/start")).toMatchObject({ personality: "pragmatic" });
  });
});

describe("Codex.listThreads({ sortBy })", () => {
  it("takes the three orders and refuses another", async () => {
    await using codex = await startOffline();
    const first = await codex.startThread();
    await first.run("One");
    for (const sortBy of ["createdAt", "updatedAt", "recencyAt"] as const) {
      const ids = await Array.fromAsync(codex.listThreads({ sortBy }), ({ id }) => id);
      expect(ids).toEqual([first.id]);
    }
    for (const sortBy of ["recency_at", "name", "toString"]) {
      await expect(codex.listThreads({ sortBy } as never).page()).rejects.toThrow(
        `there is no sortBy "${sortBy}". Use one of createdAt, updatedAt, recencyAt`,
      );
    }
  });

  it("sends the order by its name in the protocol", async () => {
    await using server = await ScriptedServer.start();
    await server.codex.listThreads({ sortBy: "recencyAt" }).page();
    const list = server.received.find(({ method }) => method === "thread/list");
    expect(list?.params).toMatchObject({ sortKey: "recency_at" });
    expect(list?.params).not.toHaveProperty("useStateDbOnly");
  });

  it("reads the index alone when told to", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.run("One");
    const list = codex.listThreads({ indexOnly: true });
    expect(await Array.fromAsync(list, ({ id }) => id)).toEqual([thread.id]);
    await using server = await ScriptedServer.start();
    await server.codex.listThreads({ indexOnly: true }).page();
    expect(server.received.find(({ method }) => method === "thread/list")?.params)
      .toMatchObject({ useStateDbOnly: true });
  });
});

describe("Codex.account({ refreshToken }) and Codex.models({ modelProvider })", () => {
  it("go to the runtime", async () => {
    await using server = await ScriptedServer.start();
    server.answers.set("model/list", () => ({ result: { data: [], nextCursor: null } }));
    await server.codex.account({ refreshToken: true });
    await server.codex.models({ modelProvider: "other" });
    const sent = server.received.filter(({ method }) =>
      method === "account/read" || method === "model/list"
    );
    expect(sent.map(({ params }) => params).filter(isObject)).toEqual([
      expect.objectContaining({ refreshToken: true }),
      expect.objectContaining({ modelProvider: "other" }),
    ]);
  });

  it("are what the real runtime takes, which refuses a provider that is not configured", async () => {
    await using codex = await startOffline();
    expect(await codex.account({ refreshToken: true })).toBe(null);
    await expect(codex.models({ modelProvider: "nope" })).rejects.toBeInstanceOf(
      InvalidRequestError,
    );
  });
});
