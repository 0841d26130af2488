import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import {
  type ClientTool,
  Connector,
  type ConnectorSource,
  type McpServerOptions,
} from "../../src/connectors/mod.ts";
import { defineTool } from "../../mod.ts";

const lookup = defineTool({
  name: "lookup",
  description: "Looks up an order",
  input: z.object({ id: z.string() }),
  run: ({ id }) => id,
});

const SECRET = "sk-planted-7";

/** A value as a program, a log and a notebook would show it. */
async function everyView(value: object): Promise<string> {
  const display = (value as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")];
  return [
    Deno.inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value),
    JSON.stringify(await display?.call(value)),
    String(value),
  ].join("\n");
}

describe("Connector", () => {
  it("bundles client tools with description, instructions, metadata and labels", () => {
    const connector = Connector.fromTools("crm", [lookup], {
      description: "Customers",
      instructions: "Never guess a number.",
      metadata: { owner: "sales" },
      policyLabels: ["write", "read_only", "write"],
    });
    expect(connector).toMatchObject({
      name: "crm",
      description: "Customers",
      developerInstructions: "Never guess a number.",
      metadata: { owner: "sales" },
      policyLabels: ["read_only", "write"],
    });
    expect(connector.tools.map(({ name }) => name)).toEqual(["lookup"]);
  });

  it("labels servers by how they are reached", () => {
    const both = Connector.fromMcpServers("both", {
      local: { command: "serve" },
      remote: { url: "https://x.test/mcp" },
    }, { policyLabels: ["destructive"] });
    expect(both.policyLabels).toEqual(["destructive", "network", "local_execution"]);
    expect(Connector.fromMcpServer("one", { command: "serve" }).mcpServers[0]?.name).toBe("one");
  });

  it("is what a thread takes", () => {
    const source: ConnectorSource = Connector.fromTools("crm", [lookup]);
    expect(source.components().tools[0]?.name).toBe("lookup");
  });

  it("gives a frozen view and cannot be changed by what it was made from", () => {
    const tools = [lookup];
    const metadata = { list: [1] };
    const connector = Connector.fromTools("crm", tools, { metadata });
    tools.push({ ...lookup, name: "other" });
    metadata.list.push(2);
    const view = connector.components();
    expect(view.tools).toHaveLength(1);
    expect(view.metadata).toEqual({ list: [1] });
    for (const part of [connector, view, view.tools, view.tools[0], view.metadata.list]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(() => (view.tools as ClientTool[]).push(lookup)).toThrow(TypeError);
  });

  it("tells the runtime everything about a server", () => {
    const [local] = Connector.fromMcpServer("local", {
      command: "serve",
      args: ["--x"],
      env: { KEY: SECRET },
      envVars: ["HOME"],
      cwd: "/work",
      allowedTools: ["read"],
      disabledTools: ["drop"],
      required: true,
      startupTimeoutMs: 1500,
      toolTimeoutMs: 60_000,
      requireApproval: { always: ["write", "both"], never: ["read", "both"] },
    }).mcpServers;
    expect(local?.toConfig()).toEqual({
      command: "serve",
      args: ["--x"],
      env: { KEY: SECRET },
      env_vars: ["HOME"],
      cwd: "/work",
      enabled_tools: ["read"],
      disabled_tools: ["drop"],
      required: true,
      startup_timeout_sec: 1.5,
      tool_timeout_sec: 60,
      tools: {
        read: { approval_mode: "approve" },
        both: { approval_mode: "prompt" },
        write: { approval_mode: "prompt" },
      },
    });
    const [remote] = Connector.fromMcpServer("remote", {
      url: new URL("https://x.test/mcp"),
      headers: { "X-Key": SECRET },
      bearerTokenEnvVar: "TOKEN",
      requireApproval: "never",
    }).mcpServers;
    expect(remote?.toConfig()).toEqual({
      url: "https://x.test/mcp",
      http_headers: { "X-Key": SECRET },
      bearer_token_env_var: "TOKEN",
      default_tools_approval_mode: "approve",
    });
  });

  it("says of a server how it is reached, and that its tools are listed", () => {
    const server = (options: McpServerOptions) =>
      Connector.fromMcpServer("a", options).mcpServers[0];
    expect(server({ command: "x" })).toMatchObject({
      name: "a",
      transport: "stdio",
      target: "x",
      deferLoading: false,
    });
    expect(server({ url: "https://x.test:8/mcp?key=1" })).toMatchObject({
      transport: "http",
      target: "https://x.test:8",
      deferLoading: false,
    });
    expect(server({ command: "x", deferLoading: true })?.deferLoading).toBe(true);
    const made = server({ command: "x", args: ["a"] });
    expect(made?.toConfig()).not.toBe(made?.toConfig());
    expect(Object.isFrozen(made)).toBe(true);
  });

  it("tells the runtime which calls must be approved, in each form", () => {
    const config = (requireApproval: McpServerOptions["requireApproval"]) =>
      Connector.fromMcpServer("a", { command: "x", requireApproval }).mcpServers[0]?.toConfig();
    expect(config("always")).toEqual({ command: "x", default_tools_approval_mode: "prompt" });
    expect(config("never")).toEqual({ command: "x", default_tools_approval_mode: "approve" });
    expect(config({ never: ["a"] })).toEqual({
      command: "x",
      tools: { a: { approval_mode: "approve" } },
    });
    expect(config({ always: ["a"] })).toEqual({
      command: "x",
      tools: { a: { approval_mode: "prompt" } },
    });
    expect(config({})).toEqual({ command: "x", tools: {} });
    expect(config(undefined)).toEqual({ command: "x" });
  });

  it("reaches hosted connectors and hosted MCP servers with their token", () => {
    const hosted = Connector.fromHostedConnector("calendar", {
      connectorId: "connector_calendar",
      authorization: SECRET,
      serverUrl: "https://apps.test/calendar",
      serverLabel: "cal",
      allowedTools: ["list"],
      deferLoading: true,
      policyLabels: ["read_only"],
    });
    expect(hosted).toMatchObject({
      policyLabels: ["read_only", "network"],
      metadata: {
        hostedConnector: { connectorId: "connector_calendar", serverLabel: "cal" },
      },
      mcpServers: [{ name: "cal", target: "https://apps.test", deferLoading: true }],
    });
    expect(hosted.mcpServers[0]?.toConfig()).toEqual({
      url: "https://apps.test/calendar",
      http_headers: { Authorization: `Bearer ${SECRET}` },
      enabled_tools: ["list"],
    });
    const mcp = Connector.fromHostedMcp("docs", {
      serverUrl: "https://docs.test/mcp",
      authorization: SECRET,
      headers: { "X-Team": "a" },
    });
    expect(mcp.mcpServers[0]?.toConfig()).toEqual({
      url: "https://docs.test/mcp",
      http_headers: { "X-Team": "a", Authorization: `Bearer ${SECRET}` },
    });
  });

  it.each([
    ["connector", (settings: object) =>
      Connector.fromHostedConnector("a", {
        connectorId: "c",
        authorization: SECRET,
        serverUrl: "https://a.test/",
        ...settings,
      })],
    [
      "MCP server",
      (settings: object) =>
        Connector.fromHostedMcp("a", { serverUrl: "https://a.test/", ...settings }),
    ],
  ])("tells the runtime every setting of a hosted %s", (_, make) => {
    const [server] = make({
      allowedTools: ["read"],
      disabledTools: ["drop"],
      requireApproval: "always",
      deferLoading: true,
      required: true,
      startupTimeoutMs: 1500,
      toolTimeoutMs: 500,
    }).mcpServers;
    const { url, http_headers: _headers, ...settings } = server?.toConfig() ?? {};
    expect([url, server?.deferLoading]).toEqual(["https://a.test/", true]);
    expect(settings).toEqual({
      enabled_tools: ["read"],
      disabled_tools: ["drop"],
      required: true,
      startup_timeout_sec: 1.5,
      tool_timeout_sec: 0.5,
      default_tools_approval_mode: "prompt",
    });
  });

  it("shows no secret in any representation", async () => {
    const connectors = [
      Connector.fromMcpServer("local", {
        command: "serve",
        args: [`--token=${SECRET}`],
        env: { KEY: SECRET },
      }, {
        metadata: { apiKey: SECRET, nested: [{ access_token: SECRET, headers: { a: SECRET } }] },
      }),
      Connector.fromMcpServer("remote", {
        url: `https://user:${SECRET}@x.test/${SECRET}/mcp?key=${SECRET}`,
        headers: { "X-Key": SECRET },
      }),
      Connector.fromHostedConnector("calendar", {
        connectorId: "connector_calendar",
        authorization: SECRET,
      }),
      Connector.fromHostedMcp("docs", {
        serverUrl: `https://docs.test/${SECRET}`,
        authorization: SECRET,
      }),
    ];
    for (const connector of connectors) {
      expect(await everyView(connector)).not.toContain(SECRET);
      expect(await everyView(connector.components())).not.toContain(SECRET);
    }
  });

  it("renders as a table in which nothing is alive", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    const connector = Connector.fromTools(evil, [{ ...lookup, description: evil }], {
      description: evil,
    });
    const display = (connector as unknown as Record<symbol, () => Promise<Record<string, string>>>)[
      Symbol.for("Jupyter.display")
    ];
    const bundle = await display?.call(connector);
    expect(Object.keys(bundle ?? {})).toEqual(["text/html", "text/markdown", "text/plain"]);
    expect(bundle?.["text/html"]).not.toContain("<img");
    expect(bundle?.["text/markdown"]).not.toContain("<img");
    expect(bundle?.["text/plain"]).toContain("lookup");
  });
});

describe("a wrong connector", () => {
  const wrong: [string, () => unknown, RegExp][] = [
    ["without a name", () => Connector.fromTools(" ", []), /name must be a non-empty string/],
    ["of no tools", () => Connector.fromTools("a", [{} as ClientTool]), /is not a tool/],
    ["of two tools of one name", () => Connector.fromTools("a", [lookup, lookup]), /named lookup/],
    [
      "with a label nobody knows",
      () => Connector.fromTools("a", [], { policyLabels: ["harmless" as "write"] }),
      /"harmless" is not a policy label/,
    ],
    [
      "with a description that is not a string",
      () => Connector.fromTools("a", [], { description: 5 as unknown as string }),
      /description is not a string/,
    ],
    [
      "without a token",
      () => Connector.fromHostedConnector("a", { connectorId: "b", authorization: "" }),
      /authorization must be a non-empty string/,
    ],
    [
      "with a token of two lines",
      () => Connector.fromHostedConnector("a", { connectorId: "b", authorization: `${SECRET}\nB` }),
      /cannot be sent/,
    ],
    [
      "at no URL",
      () => Connector.fromHostedMcp("a", { serverUrl: `javascript:${SECRET}` }),
      /not an http: or https: URL/,
    ],
  ];
  it.each(wrong)("%s is a TypeError", (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(SECRET);
  });

  const servers: [string, Record<string, unknown>, RegExp][] = [
    ["with neither command nor url", {}, /neither a command nor a url/],
    ["with both", { command: "x", url: "https://x.test" }, /both a command and a url/],
    ["with an empty command", { command: "" }, /command is empty or not a string/],
    ["with args that are not a list", { command: "x", args: SECRET }, /args is not a list/],
    ["with env that is not an object", { command: "x", env: [SECRET] }, /env is not an object/],
    ["with a time limit of 0", { command: "x", toolTimeoutMs: 0 }, /toolTimeoutMs is not a number/],
    ["with a negative limit", { command: "x", startupTimeoutMs: -1 }, /startupTimeoutMs is not a/],
    ["with an endless limit", { url: "http://x.test", startupTimeoutMs: Infinity }, /above 0/],
    ["with null for args", { command: "x", args: null }, /args is not a list/],
    ["with args that are not strings", { command: "x", args: [SECRET, 1] }, /args is not a list/],
    ["with envVars of one name", { command: "x", envVars: SECRET }, /envVars is not a list/],
    ["with env of numbers", { command: "x", env: { KEY: 1 } }, /env is not an object of strings/],
    ["with an empty cwd", { command: "x", cwd: "" }, /cwd is empty or not a string/],
    ["with a NUL in its command", { command: "x\0y" }, /command is empty or not a string/],
    ["with tools of one name", { command: "x", allowedTools: "read" }, /allowedTools is not a/],
    ["with tools of one name", { command: "x", disabledTools: "" }, /disabledTools is not a/],
    [
      "with headers of two lines",
      { url: "http://x.test", headers: { a: `${SECRET}\nB: c` } },
      /headers cannot be sent/,
    ],
    [
      "with approval of one name",
      { command: "x", requireApproval: { always: SECRET } },
      /requireApproval.always is not a list/,
    ],
    [
      "with approval of null",
      { command: "x", requireApproval: null },
      /requireApproval is not one of its words/,
    ],
    [
      "with an unknown approval",
      { command: "x", requireApproval: "maybe" },
      /not one of its words/,
    ],
  ];
  it.each(servers)("server %s is a TypeError", (_, server, message) => {
    const make = () => Connector.fromMcpServer("a", server as unknown as McpServerOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(SECRET);
  });
});
