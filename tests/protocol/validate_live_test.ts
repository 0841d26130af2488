import { describe, expect, it } from "vitest";
import { AppServerClient, type Diagnostic } from "../../src/client/mod.ts";
import { JsonRpcError, ProtocolError } from "../../src/errors/mod.ts";
import type { RequestMethod } from "../../src/protocol/mod.ts";
import { createTransportPair } from "../../src/rpc/memory.ts";
import { execCommand, type OfflineCodex, startOffline } from "../../src/testing/mod.ts";

/** Calls that the runtime answers offline, in an order in which each can be answered. */
function callsOn(codex: OfflineCodex, threadId: string): readonly [RequestMethod, unknown][] {
  const { workspace } = codex.home;
  const file = `${workspace}/a.txt`;
  return [
    ["fs/writeFile", { path: file, dataBase64: "aGk=" }],
    ["fs/readFile", { path: file }],
    ["fs/copy", { sourcePath: file, destinationPath: `${workspace}/b.txt` }],
    ["fs/createDirectory", { path: `${workspace}/d` }],
    ["fs/readDirectory", { path: workspace }],
    ["fs/getMetadata", { path: workspace }],
    ["fs/remove", { path: `${workspace}/b.txt` }],
    ["fs/watch", { path: workspace, watchId: "w" }],
    ["fs/unwatch", { watchId: "w" }],
    ["thread/timeline/list", { threadId }],
    ["thread/turns/list", { threadId, itemsView: "full" }],
    ["thread/items/list", { threadId }],
    ["thread/list", {}],
    ["thread/read", { threadId, includeTurns: true }],
    ["thread/search", { searchTerm: "Hello" }],
    ["thread/loaded/list", {}],
    ["thread/name/set", { threadId, name: "a name" }],
    ["thread/goal/get", { threadId }],
    ["thread/goal/set", { threadId, objective: "x", status: "paused" }],
    ["thread/goal/clear", { threadId }],
    ["thread/queue/list", { threadId }],
    ["thread/backgroundTerminals/list", { threadId }],
    ["thread/settings/update", { threadId, effort: "low" }],
    ["thread/fork", { threadId }],
    ["project/list", {}],
    ["threadSection/list", {}],
    ["environment/info", { environmentId: "local" }],
    ["skills/list", { cwds: [workspace] }],
    ["skills/extraRoots/set", { extraRoots: [] }],
    ["hooks/list", { cwds: [workspace] }],
    ["config/read", { includeLayers: true }],
    ["config/value/write", { keyPath: "model_verbosity", value: "low", mergeStrategy: "replace" }],
    ["configRequirements/read", undefined],
    ["mcpServerStatus/list", { threadId }],
    ["model/list", { includeHidden: true }],
    ["experimentalFeature/list", {}],
    ["collaborationMode/list", {}],
    ["plugin/list", {}],
    ["app/list", {}],
    ["account/read", {}],
    ["fuzzyFileSearch", { query: "a", roots: [workspace] }],
    ["fuzzyFileSearch/sessionStart", { sessionId: "s", roots: [workspace] }],
    ["fuzzyFileSearch/sessionUpdate", { sessionId: "s", query: "a" }],
    ["fuzzyFileSearch/sessionStop", { sessionId: "s" }],
    ["command/exec", { command: ["true"] }],
    ["process/spawn", { command: ["true"], processHandle: "p", cwd: workspace }],
    ["server/diagnostics", {}],
    ["account/login/start", { type: "apiKey", apiKey: "sk-x" }],
    ["account/logout", undefined],
    ["thread/archive", { threadId }],
    ["thread/unarchive", { threadId }],
    ["thread/unsubscribe", { threadId }],
  ];
}

describe("the pinned runtime", () => {
  it("answers and notifies as its schema says, with the corrections that were made here", async () => {
    const diagnostics: Diagnostic[] = [];
    await using codex = await startOffline({ onDiagnostic: (each) => diagnostics.push(each) });
    codex.model.reply(execCommand("echo hi"), "done");
    const thread = await codex.startThread();
    await thread.run("Hello");
    const wrong: string[] = [];
    for (const [method, params] of callsOn(codex, thread.id)) {
      await codex.client.call(method, params as never).catch((error) => {
        if (error instanceof ProtocolError || !(error instanceof JsonRpcError)) throw error;
        wrong.push(`${method}: ${error.message}`);
      });
    }
    expect(wrong).toEqual([]);
    expect(diagnostics.filter(({ kind }) => kind === "invalidMessage")).toEqual([]);
    expect(codex.diagnostics().connection?.unknownFields).toEqual({});
  });
});

describe("call() with unchecked", () => {
  it("takes an answer that differs from the schema as it is", async () => {
    const [near, far] = createTransportPair();
    const server = (async () => {
      for await (const text of far.messages) {
        const { id, method } = JSON.parse(text);
        if (id === undefined) continue;
        const result = method === "initialize"
          ? { userAgent: "x/1", codexHome: "/x", platformFamily: "unix", platformOs: "linux" }
          : { other: 1 };
        await far.send(JSON.stringify({ id, result }));
      }
    })();
    const client = await AppServerClient.connect(near);
    await expect(client.call("model/list", {})).rejects.toBeInstanceOf(ProtocolError);
    expect(await client.call("model/list", {}, { unchecked: true })).toEqual({ other: 1 });
    await client.close();
    await far.close();
    await server;
  });
});
