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
});
