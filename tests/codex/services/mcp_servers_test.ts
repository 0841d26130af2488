import { ScriptedServer } from "../../support/scripted_server.ts";
import { describe, expect, it } from "vitest";
import { startOffline } from "../../../src/testing/mod.ts";
import { mcpServers } from "../../support/mcp_server.ts";

describe("Codex.mcpServers()", () => {
  it("lists those of the configuration, and those of a thread", async () => {
    await using codex = await startOffline();
    expect(await codex.mcpServers()).toEqual([]);
    const thread = await codex.startThread({ config: { mcp_servers: mcpServers } });
    const servers = await codex.mcpServers({ threadId: thread.id });
    expect(servers).toMatchObject([{ name: "files", error: null }]);
    expect(servers[0]?.tools.map(({ name }) => name).toSorted()).toEqual(["ask", "forge", "touch"]);
  });

  it("are asked for without their resources, page by page, for the thread", async () => {
    await using server = await ScriptedServer.start();
    server.answers.set("mcpServerStatus/list", ({ cursor }) => ({
      result: { data: [], nextCursor: cursor === null ? "next" : null },
    }));
    expect(await server.codex.mcpServers()).toEqual([]);
    const asked = server.received.filter(({ method }) => method === "mcpServerStatus/list");
    expect(asked.map(({ params }) => params)).toEqual([
      { threadId: null, cursor: null, detail: "toolsAndAuthOnly" },
      { threadId: null, cursor: "next", detail: "toolsAndAuthOnly" },
    ]);
  });
});
