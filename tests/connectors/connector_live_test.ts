import type { ApprovalAnswers } from "../../src/domain/approval.ts";
import { z } from "npm:zod@4.6.7";
import { describe, expect, it, vi } from "vitest";
import { type ApprovalRequest, defineTool, type ThreadOptions } from "../../mod.ts";
import {
  Connector,
  type ConnectorPolicy,
  ConnectorRegistry,
  type PolicyLabel,
} from "../../src/connectors/mod.ts";
import { type OfflineCodex, startOffline, toolCall } from "../../src/testing/mod.ts";
import { serversStarted } from "../support/mcp_server.ts";
import { HttpOrdersServer, stdioServer } from "./orders_server.ts";
import { TemporaryFolder } from "./package_fixture.ts";

// Several turns on the real runtime, with MCP servers.
vi.setConfig({ testTimeout: 60_000 });

const SECRET = "sk-planted-11";
const stdio = await stdioServer();

const local = (policyLabels: PolicyLabel[] = [], name = "orders") =>
  Connector.fromMcpServer(name, stdio, { policyLabels });

/** A connector of one client tool that counts its runs. */
function counting(policyLabels: PolicyLabel[], readOnly = false) {
  const runs: string[] = [];
  const tool = defineTool({
    name: "send",
    description: "Sends an order",
    input: z.object({ id: z.string() }),
    readOnly,
    run: ({ id }) => {
      runs.push(id);
      return `sent ${id}`;
    },
  });
  return { runs, connector: Connector.fromTools("crm", [tool], { policyLabels }) };
}

/** Has the model call a tool of a new thread once; gives what it was told. */
async function callOnce(
  codex: OfflineCodex,
  name: string,
  options: ThreadOptions,
  namespace?: string,
) {
  codex.model.reply(toolCall(name, { id: "7" }, namespace ? { namespace } : {}), "done");
  const thread = await codex.startThread(options);
  await serversStarted(codex, thread);
  const { items } = await thread.run("Call it");
  return { thread, told: codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text ?? "", items };
}

/** Everything the runtime wrote to its home. */
async function storedText(codex: OfflineCodex): Promise<string> {
  const texts: string[] = [];
  const read = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      if (isDirectory) await read(`${folder}/${name}`);
      if (isFile) {
        texts.push(new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/${name}`)));
      }
    }
  };
  await read(codex.home.codexHome);
  return texts.join("\n");
}

describe("the connectors of a thread", () => {
  it("show the model direct tools, then theirs, then their MCP servers, and all of them work", async () => {
    await using http = new HttpOrdersServer();
    await using codex = await startOffline();
    const { connector, runs } = counting([]);
    const direct = defineTool({
      name: "now",
      description: "",
      input: z.object({}),
      run: () => "noon",
    });
    const remote = Connector.fromHostedMcp("remote", {
      serverUrl: http.url,
      authorization: SECRET,
      requireApproval: "never",
    });
    const thread = await codex.startThread({
      tools: [direct],
      connectors: [connector, local(), remote],
      developerInstructions: "Be brief.",
    });
    codex.model.reply(
      [
        toolCall("now"),
        toolCall("send", { id: "1" }),
        toolCall("read", { id: "2" }, { namespace: "mcp__orders" }),
        toolCall("drop", { id: "3" }, { namespace: "mcp__remote" }),
      ],
      "done",
    );
    await serversStarted(codex, thread);
    await thread.run("Call all");
    const names = codex.model.requests[0]?.toolNames() ?? [];
    expect(names.filter((name) => /^(now|send|mcp__\w+\.\w+)$/.test(name)).toSorted()).toEqual([
      "mcp__orders.drop",
      "mcp__orders.read",
      "mcp__remote.drop",
      "mcp__remote.read",
      "now",
      "send",
    ]);
    expect(names.indexOf("now")).toBeLessThan(names.indexOf("send"));
    const outputs = codex.model.requests.at(-1)?.toolOutputs().map(({ text }) => text) ?? [];
    expect(outputs[0]).toBe("noon");
    expect(outputs[1]).toBe("sent 1");
    expect(outputs[2]).toContain("read 2 in ");
    expect(outputs[3]).toContain("drop 3 over HTTP");
    expect(runs).toEqual(["1"]);
    expect(http.authorizations).toContain(`Bearer ${SECRET}`);
    expect([...thread.connectors].map(({ name }) => name)).toEqual(["crm", "orders", "remote"]);
  });

  it("give two servers of one name separate names, and keep off those of the configuration", async () => {
    await using http = new HttpOrdersServer();
    await using codex = await startOffline({
      config: { mcp_servers: { orders: { url: http.url } } },
    });
    const first = Connector.fromMcpServer("orders", stdio);
    const second = Connector.fromMcpServer("orders", { url: http.url });
    const { told } = await callOnce(
      codex,
      "read",
      { connectors: [first, second] },
      "mcp__orders_2",
    );
    const names = codex.model.requests[0]?.toolNames() ?? [];
    expect(names).toEqual(
      expect.arrayContaining(["mcp__orders.read", "mcp__orders_2.read", "mcp__orders_3.read"]),
    );
    expect(told).toContain("read 7 in ");
  });

  it("bring skills that the model can be given by name", async () => {
    await using folder = await TemporaryFolder.create({
      ".codex-plugin/plugin.json": { name: "shop" },
      "skills/refunds/SKILL.md":
        "---\nname: refunds\ndescription: How to refund\n---\nAsk for the ZEBRA number.\n",
    });
    await using codex = await startOffline();
    const connector = await Connector.fromPackage(folder.path, { instructions: "We sell zebras." });
    const thread = await codex.startThread({
      connectors: [connector],
      developerInstructions: "Be brief.",
    });
    await thread.run("Use $shop:refunds");
    const [request] = codex.model.requests;
    const developer = request?.developerTexts().join("\n") ?? "";
    expect(developer).toContain("shop:refunds: How to refund");
    expect(developer).toContain("Be brief.\n\nWe sell zebras.");
    expect(request?.userTexts().join("\n")).toContain("ZEBRA");
  });

  it("leave no token where the runtime stores things, nor in what it says", async () => {
    await using http = new HttpOrdersServer();
    const said: unknown[] = [];
    await using codex = await startOffline({ onDiagnostic: (diagnostic) => said.push(diagnostic) });
    const remote = Connector.fromHostedMcp("remote", {
      serverUrl: http.url,
      authorization: SECRET,
    });
    const { thread, items } = await callOnce(
      codex,
      "read",
      { connectors: [remote] },
      "mcp__remote",
    );
    expect(http.authorizations).toContain(`Bearer ${SECRET}`);
    const shown = [
      items,
      said,
      thread.connectors,
      [...thread.connectors],
      codex.diagnostics(),
      codex,
    ];
    expect(Deno.inspect(shown, { depth: 30, strAbbreviateSize: 1e6 })).not.toContain(SECRET);
    expect(await storedText(codex)).not.toContain(SECRET);
    expect(codex.model.requests.map(({ body }) => JSON.stringify(body)).join()).not.toContain(
      SECRET,
    );
  });

  it("that cannot be mounted say so without the token", async () => {
    await using codex = await startOffline();
    const nowhere = Connector.fromHostedConnector("calendar", {
      connectorId: "connector_calendar",
      authorization: SECRET,
    });
    const refused = codex.startThread({ connectors: [nowhere] });
    await expect(refused).rejects.toThrow(/calendar: its URL is unknown/);
    const wrong = Connector.fromHostedMcp("docs", {
      serverUrl: "http://127.0.0.1:1",
      authorization: SECRET,
      required: true,
    });
    const error = await codex.startThread({ connectors: [wrong] }).catch((error) => error);
    expect(error).toBeInstanceOf(Error);
    expect(Deno.inspect(error, { depth: 30 })).not.toContain(SECRET);
  });

  it("are there again after a restart of the runtime", async () => {
    await using codex = await startOffline();
    const { thread } = await callOnce(codex, "read", { connectors: [local()] }, "mcp__orders");
    await codex.restart();
    codex.model.reply(toolCall("read", { id: "8" }, { namespace: "mcp__orders" }), "done");
    await serversStarted(codex, thread);
    await thread.run("Again");
    expect(codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text).toContain("read 8 in ");
  });

  it("can be given to the copy of a thread, which has no others", async () => {
    await using codex = await startOffline();
    const { thread } = await callOnce(codex, "read", { connectors: [local()] }, "mcp__orders");
    const bare = await codex.forkThread(thread.id);
    await bare.run("Hi");
    expect(codex.model.requests.at(-1)?.toolNames().join()).not.toContain("mcp__orders");
    const copy = await codex.forkThread(thread.id, { connectors: [local()] });
    codex.model.reply(toolCall("read", { id: "8" }, { namespace: "mcp__orders" }), "done");
    await serversStarted(codex, copy);
    await copy.run("Again");
    expect(codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text).toContain("read 8 in ");
  });

  it("can be given again to a thread that is resumed", async () => {
    await using codex = await startOffline();
    const { connector, runs } = counting([]);
    const { thread } = await callOnce(codex, "send", { connectors: [connector] });
    await codex.restart();
    const resumed = await codex.resumeThread(thread.id, { connectors: [connector] });
    codex.model.reply(toolCall("send", { id: "8" }), "done");
    await resumed.run("Again");
    expect(runs).toEqual(["7", "8"]);
  });
});

describe("the policy for client tools", () => {
  it("asks the handler before a tool of a labelled connector runs", async () => {
    const asked: ApprovalRequest[] = [];
    await using codex = await startOffline({
      onApproval: (request) => {
        asked.push(request);
        return "accept";
      },
    });
    const { connector, runs } = counting(["external_send", "network"]);
    const { told, thread } = await callOnce(codex, "send", { connectors: [connector] });
    expect(told).toBe("sent 7");
    expect(runs).toEqual(["7"]);
    expect(asked).toMatchObject([{
      kind: "elicitation",
      threadId: thread.id,
      serverName: "crm",
      connector: "crm",
      toolName: "send",
      toolArguments: { id: "7" },
      policyLabels: ["external_send", "network"],
      message: 'Allow the connector crm to run "send"? [external_send, network]',
    }]);
  });

  it.each<[string, ThreadOptions["onApproval"] | undefined]>([
    ["declined", () => "decline"],
    ["cancelled", () => "cancel"],
    ["answered with nonsense", () => "perhaps" as never],
    ["met by an error", () => {
      throw new Error("no");
    }],
    ["asked of nobody", undefined],
  ])("does not run a tool that is %s, and tells the model", async (_, onApproval) => {
    await using codex = await startOffline();
    const { connector, runs } = counting(["destructive"]);
    const { told } = await callOnce(codex, "send", {
      connectors: [connector],
      ...(onApproval && { onApproval }),
    });
    expect(runs).toEqual([]);
    expect(told).toBe("The tool send of crm was declined by the user (destructive)");
  });

  it("asks once where the answer is for the session", async () => {
    let asked = 0;
    await using codex = await startOffline();
    const { connector, runs } = counting(["destructive"]);
    codex.model.reply(toolCall("send", { id: "1" }), toolCall("send", { id: "2" }), "done");
    const thread = await codex.startThread({
      connectors: [connector],
      onApproval: () => {
        asked++;
        return "acceptForSession";
      },
    });
    await thread.run("Twice");
    expect(runs).toEqual(["1", "2"]);
    expect(asked).toBe(1);
  });

  it.each<[string, ApprovalAnswers[keyof ApprovalAnswers]]>([
    ["a word", "accept"],
    ["a reply", { action: "accept", content: null, _meta: { persist: "session" } }],
  ])("asks again after %s that accepts one call", async (_, answer) => {
    const asked: ApprovalRequest[] = [];
    await using codex = await startOffline();
    const { connector, runs } = counting(["destructive"]);
    codex.model.reply(toolCall("send", { id: "1" }), toolCall("send", { id: "2" }), "done");
    const thread = await codex.startThread({
      connectors: [connector],
      onApproval: (request) => {
        asked.push(request);
        return asked.length === 1 ? answer : "cancel";
      },
    });
    await thread.run("Twice");
    expect(runs).toEqual(["1"]);
    expect(asked).toMatchObject([
      { kind: "elicitation", params: null, toolArguments: { id: "1" } },
      { kind: "elicitation", params: null, toolArguments: { id: "2" } },
    ]);
  });

  it.each<[string, PolicyLabel[], ConnectorPolicy, boolean, boolean]>([
    ["denies", ["write"], { write: "deny" }, false, false],
    ["lets the strictest label win", ["write", "read_only"], { write: "deny" }, false, false],
    ["allows what its default would ask", ["destructive"], { destructive: "allow" }, false, true],
    ["spares what changes nothing", ["destructive", "write"], { write: "deny" }, true, true],
  ])("%s", async (_, labels, policy, readOnly, runs) => {
    await using codex = await startOffline();
    const tool = counting(labels, readOnly);
    await callOnce(codex, "send", { connectors: [tool.connector], policy });
    expect(tool.runs).toEqual(runs ? ["7"] : []);
  });

  it("refuses in deny-all without asking", async () => {
    let asked = 0;
    await using codex = await startOffline({
      onApproval: () => {
        asked++;
        return "accept";
      },
    });
    const { connector, runs } = counting(["destructive"]);
    const { told } = await callOnce(codex, "send", {
      connectors: [connector],
      approvalMode: "deny-all",
    });
    expect([asked, runs.length]).toEqual([0, 0]);
    expect(told).toContain("there is no handler to ask");
  });
});

describe("the policy for MCP tools", () => {
  it("has every call asked for, also of tools that call themselves read-only", async () => {
    const asked: ApprovalRequest[] = [];
    await using codex = await startOffline({
      onApproval: (request) => {
        asked.push(request);
        return "accept";
      },
    });
    const { told } = await callOnce(
      codex,
      "read",
      { connectors: [local(["destructive"])] },
      "mcp__orders",
    );
    expect(told).toContain("read 7");
    expect(asked).toMatchObject([{
      kind: "elicitation",
      serverName: "orders",
      toolName: "read",
      connector: "orders",
      policyLabels: ["destructive", "local_execution"],
      message: expect.stringContaining("[destructive, local_execution]"),
    }]);
  });

  it("does not run what is declined; the turn goes on", async () => {
    await using codex = await startOffline({ onApproval: () => "decline" });
    const { items } = await callOnce(
      codex,
      "drop",
      { connectors: [local(["destructive"])] },
      "mcp__orders",
    );
    expect(items.find(({ type }) => type === "mcpToolCall")).toMatchObject({
      status: "failed",
      error: { message: "user rejected MCP tool call" },
    });
  });

  it("beats what the server was exempted from", async () => {
    await using codex = await startOffline({ onApproval: () => "decline" });
    const exempt = Connector.fromMcpServer("orders", {
      ...stdio,
      requireApproval: "never",
    }, { policyLabels: ["secret_access"] });
    const { items, told } = await callOnce(codex, "drop", { connectors: [exempt] }, "mcp__orders");
    expect(told).toContain("user rejected MCP tool call");
    expect(items.find(({ type }) => type === "mcpToolCall")).toMatchObject({ status: "failed" });
  });

  it("leaves what it allows to the thread's own approvals", async () => {
    const asked: string[] = [];
    await using codex = await startOffline({
      onApproval: (request) => {
        asked.push(request.kind === "elicitation" ? request.toolName ?? "" : request.kind);
        return "accept";
      },
    });
    const options: ThreadOptions = {
      connectors: [local(["destructive"])],
      policy: { destructive: "allow" },
      approvalMode: "ask",
    };
    await callOnce(codex, "read", options, "mcp__orders");
    await callOnce(codex, "drop", options, "mcp__orders");
    expect(asked).toEqual(["drop"]);
  });

  it("has no hold on resources, which the runtime reads without a question", async () => {
    let asked = 0;
    await using codex = await startOffline({
      onApproval: () => {
        asked++;
        return "decline";
      },
    });
    codex.model.reply(
      toolCall("read_mcp_resource", { server: "orders", uri: "orders://prices" }),
      "done",
    );
    const thread = await codex.startThread({ connectors: [local(["secret_access"])] });
    await serversStarted(codex, thread);
    await thread.run("Read the prices");
    expect(codex.model.requests.at(-1)?.toolOutputs().at(-1)?.text).toContain("Apples 0.80");
    expect(asked).toBe(0);
  });

  it("never starts a server that it denies", async () => {
    await using codex = await startOffline({ onApproval: () => "accept" });
    await using traces = await TemporaryFolder.create();
    const trace = `${traces.path}/started`;
    const server = { command: "/bin/sh", args: ["-c", `touch ${trace}`] };
    const start = async (policy: ConnectorPolicy) => {
      const { thread } = await callOnce(codex, "read", {
        connectors: [Connector.fromMcpServer("orders", server)],
        policy,
      }, "mcp__orders");
      return thread;
    };
    const thread = await start({ local_execution: "deny" });
    expect([...thread.connectors][0]?.parts).toMatchObject([{
      action: "deny",
      because: ["local_execution"],
    }]);
    await expect(Deno.stat(trace)).rejects.toThrow(Deno.errors.NotFound);
    await start({});
    await Deno.stat(trace);
  });

  it("has no hole in deny-all with full access, where the runtime would not ask", async () => {
    let asked = 0;
    await using codex = await startOffline({
      onApproval: () => {
        asked++;
        return "accept";
      },
    });
    const { items, told } = await callOnce(codex, "drop", {
      connectors: [local(["destructive"])],
      approvalMode: "deny-all",
      sandbox: "full-access",
    }, "mcp__orders");
    expect(asked).toBe(0);
    expect(items.some(({ type }) => type === "mcpToolCall")).toBe(false);
    expect(told).not.toContain("drop 7");
  });

  it("cannot be switched off by a mode that does not ask", async () => {
    await using codex = await startOffline();
    const connectors = [local(["destructive"])];
    await expect(codex.startThread({ connectors, approvalMode: "auto-review" })).rejects.toThrow(
      /asked for \(destructive\)/,
    );
    const thread = await codex.startThread({ connectors });
    await expect(thread.startTurn("Hi", { approvalMode: "auto-review" })).rejects.toThrow(
      TypeError,
    );
    await expect(thread.startTurn("Hi", { approvalMode: "deny-all" })).rejects.toThrow(TypeError);
    expect((await thread.run("Hi", { approvalMode: "ask" })).status).toBe("completed");
  });

  it("is not given to a thread that is open and does not ask", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    await thread.run("Hi");
    const resumed = codex.resumeThread(thread.id, { connectors: [local(["destructive"])] });
    await expect(resumed).rejects.toThrow(/the thread does not ask/);
  });
});

describe("the policy for the thread", () => {
  const sandboxed = Connector.fromTools("crm", [], { policyLabels: ["sandbox_required"] });

  it("allows no full access where a sandbox is required", async () => {
    await using codex = await startOffline();
    const connectors = [sandboxed];
    await expect(codex.startThread({ connectors, sandbox: "full-access" })).rejects.toThrow(
      /sandbox_required/,
    );
    const thread = await codex.startThread({ connectors, sandbox: "workspace-write" });
    for (const sandbox of ["full-access", { type: "dangerFullAccess" }] as const) {
      await expect(thread.startTurn("Hi", { sandbox })).rejects.toThrow(/sandbox_required/);
      await expect(thread.update({ sandbox })).rejects.toThrow(/sandbox_required/);
    }
  });

  it("narrows a configured full access, and widens nothing", async () => {
    const sandboxOf = async (
      sandbox_mode: "danger-full-access" | "read-only" | "workspace-write",
      policy: ConnectorPolicy = {},
    ) => {
      await using codex = await startOffline({ config: { sandbox_mode } });
      const thread = await codex.startThread({ connectors: [sandboxed], policy });
      await thread.run("Hi");
      return codex.model.requests[0]?.developerTexts().join("\n").match(
        /`sandbox_mode` is `([\w-]+)`/,
      )?.[1];
    };
    expect(await sandboxOf("danger-full-access")).toBe("workspace-write");
    expect(await sandboxOf("read-only")).toBe("read-only");
    expect(await sandboxOf("workspace-write", { sandbox_required: { sandbox: "read-only" } })).toBe(
      "read-only",
    );
  });

  it("sets the network of the workspace", async () => {
    await using codex = await startOffline();
    const connectors = [Connector.fromTools("web", [], { policyLabels: ["network"] })];
    const networkOf = async (network: boolean) => {
      const thread = await codex.startThread({
        connectors,
        sandbox: "workspace-write",
        policy: { network: { network } },
      });
      await thread.run("Hi");
      return codex.model.requests.at(-1)?.developerTexts().join("\n").match(
        /Network access is (\w+)/,
      )?.[1];
    };
    expect(await networkOf(true)).toBe("enabled");
    expect(await networkOf(false)).toBe("restricted");
  });
});

describe("a registry", () => {
  it("leads from records to a thread whose model calls the tools", async () => {
    await using http = new HttpOrdersServer();
    await using root = await TemporaryFolder.create({
      "orders/.codex-plugin/plugin.json": { name: "orders", description: "Orders" },
      // The runtime gives a server ten seconds, which a busy machine may need.
      "orders/.mcp.json": {
        mcpServers: { orders: { command: "./serve", env: stdio.env, startup_timeout_sec: 60 } },
      },
    });
    const serve = await root.write(
      "orders/serve",
      `#!/bin/sh\nexec ${stdio.command} ${stdio.args.join(" ")}\n`,
    );
    await Deno.chmod(serve, 0o755);
    const registry = ConnectorRegistry.fromPluginRecords([{
      id: "plugin_orders",
      name: "orders",
      package_path: "orders",
      apps: { ledger: { id: "connector_ledger", auth_alias: "books", allowed_tools: ["read"] } },
    }], { packageRoot: root.path });
    const connector = await registry.load("orders", {
      authorization: { books: SECRET },
      hostedUrl: http.url,
    });
    await using codex = await startOffline();
    const local = await callOnce(codex, "read", { connectors: [connector] }, "mcp__orders");
    expect(local.told).toContain(`read 7 in ${root.path}/orders`);
    const hosted = await callOnce(codex, "read", { connectors: [connector] }, "mcp__ledger");
    expect(hosted.told).toContain("read 7 over HTTP");
    const names = codex.model.requests.at(-1)?.toolNames() ?? [];
    expect(names).toContain("mcp__ledger.read");
    expect(names).not.toContain("mcp__ledger.drop");
  });
});
