import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/deps.ts";
import {
  InternalRpcError,
  InvalidRequestError,
  MethodNotFoundError,
  RequestTimeoutError,
} from "../../src/errors/mod.ts";
import { startOffline } from "../../src/testing/mod.ts";
import { mcpServers } from "../support/mcp_server.ts";

describe("AppServerClient.call() on the runtime", () => {
  it("reads and writes files", async () => {
    await using codex = await startOffline();
    const { client, home } = codex;
    const path = `${home.workspace}/notes.txt`;
    await client.call("fs/writeFile", { path, dataBase64: encodeBase64("héllo") });
    const { dataBase64 } = await client.call("fs/readFile", { path });
    expect(new TextDecoder().decode(decodeBase64(dataBase64))).toBe("héllo");
    const { entries } = await client.call("fs/readDirectory", { path: home.workspace });
    expect(entries.map(({ fileName }) => fileName)).toEqual(["notes.txt"]);
    await client.call("fs/remove", { path });
    await expect(client.call("fs/readFile", { path })).rejects.toBeInstanceOf(InternalRpcError);
    await expect(client.call("fs/readFile", { path: "relative" }))
      .rejects.toBeInstanceOf(InvalidRequestError);
  });

  it("tells of changed files", async () => {
    await using codex = await startOffline();
    const { client, home } = codex;
    const events = client.events();
    await client.call("fs/watch", { path: home.workspace, watchId: "w" });
    await home.writeFile("new.txt", "");
    for await (const event of events) {
      if (event.unknown || event.method !== "fs/changed") continue;
      expect(event.params.watchId).toBe("w");
      break;
    }
    await client.call("fs/unwatch", { watchId: "w" });
  });

  it("lists plugins and apps", async () => {
    await using codex = await startOffline();
    expect((await codex.client.call("plugin/list", {})).marketplaces).toEqual([]);
    expect((await codex.client.call("app/list", {})).data).toEqual([]);
    await expect(
      codex.client.call("plugin/skill/read", {
        remoteMarketplaceName: "m",
        remotePluginId: "p",
        skillName: "s",
      }),
    ).rejects.toBeInstanceOf(InvalidRequestError);
  });

  it("calls a tool of an MCP server", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ config: { mcp_servers: mcpServers } });
    const { content, isError } = await codex.client.call("mcpServer/tool/call", {
      threadId: thread.id,
      server: "files",
      tool: "touch",
      arguments: { path: `${codex.home.workspace}/touched` },
    });
    expect(isError ?? false).toBe(false);
    expect(content.length).toBeGreaterThan(0);
    await Deno.stat(`${codex.home.workspace}/touched`);
  });

  it("says by class what the runtime refuses", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const { client } = codex;
    await expect(client.call("thread/items/list", { threadId: thread.id }))
      .rejects.toBeInstanceOf(MethodNotFoundError);
    await expect(client.call("thread/read", { threadId: "nonsense" }))
      .rejects.toBeInstanceOf(InvalidRequestError);
    const wrong = client.call("thread/read", { threadId: 5 as unknown as string });
    await expect(wrong).rejects.toBeInstanceOf(InvalidRequestError);
    const unknown = client.call("no/such/method" as "model/list", {}).catch((error) => error);
    expect((await unknown).message.length).toBeLessThan(600);
  });

  it("answers a thousand calls at once", async () => {
    await using codex = await startOffline();
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => codex.client.call("model/list", {})),
    );
    expect(answers.every(({ data }) => data.length > 0)).toBe(true);
  });

  it("gives up after its time limit, and the connection lives on", async () => {
    await using codex = await startOffline();
    await expect(
      codex.client.call("command/exec", { command: ["sleep", "5"] }, { timeoutMs: 50 }),
    ).rejects.toBeInstanceOf(RequestTimeoutError);
    expect((await codex.models()).length).toBeGreaterThan(0);
  });

  it("refuses experimental methods when they are not asked for", async () => {
    await using codex = await startOffline({ experimental: false });
    await expect(codex.client.call("thread/search", { searchTerm: "x" }))
      .rejects.toThrow("experimentalApi");
    const thread = await codex.startThread();
    expect((await thread.run("hello")).status).toBe("completed");
  });
});
