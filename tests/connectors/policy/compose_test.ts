import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { type ClientTool, defineTool } from "../../../mod.ts";
import type { ConnectorParts, ConnectorSource } from "../../../src/connectors/mod.ts";
import type { SandboxName } from "../../../src/domain/settings.ts";
import {
  composeConnectors,
  type Composition,
  type CompositionRequest,
  mountConnectors,
  toSandboxName,
} from "../../../src/connectors/policy/compose.ts";

function tool(name: string, readOnly = false): ClientTool {
  return defineTool({ name, description: "", input: z.object({}), readOnly, run: () => name });
}

function server(name: string, config: Record<string, unknown> = {}) {
  const all = { command: name, ...config };
  return { name, transport: "stdio" as const, toConfig: () => all };
}

function connector(name: string, parts: Partial<ConnectorParts>): ConnectorSource {
  return {
    name,
    components: () => ({
      tools: [],
      mcpServers: [],
      skills: [],
      developerInstructions: null,
      policyLabels: [],
      ...parts,
    }),
  };
}

const names = ({ tools }: Composition) => tools.map(({ name }) => name);
const compose = (request: CompositionRequest) => composeConnectors(request);

describe("composeConnectors()", () => {
  it("puts direct tools first, then tools in the order of the connectors", () => {
    const composed = compose({
      tools: [tool("b"), tool("a")],
      connectors: [connector("x", { tools: [tool("d")] }), connector("y", { tools: [tool("c")] })],
    });
    expect(names(composed)).toEqual(["b", "a", "d", "c"]);
  });

  it("gives the later of two connectors a suffix, the same each time", () => {
    const request = {
      connectors: [
        connector("x", { tools: [tool("find"), tool("find_2")] }),
        connector("y", { tools: [tool("find")] }),
        connector("z", { tools: [tool("find")] }),
      ],
    };
    const expected = ["find", "find_2", "find_3", "find_4"];
    expect(names(compose(request))).toEqual(expected);
    expect(names(compose(request))).toEqual(expected);
  });

  it("keeps a name with a suffix within what models take", () => {
    const long = "x".repeat(64);
    const composed = compose({
      connectors: [
        connector("x", { tools: [tool(long)] }),
        connector("y", { tools: [tool(long)] }),
      ],
    });
    expect(names(composed)).toEqual([long, `${"x".repeat(62)}_2`]);
  });

  it("keeps the tool behind a new name and leaves the connector's own as it was", () => {
    const mine = tool("find");
    const [, renamed] = compose({
      connectors: [connector("x", { tools: [tool("find")] }), connector("y", { tools: [mine] })],
    }).tools;
    expect(renamed).toMatchObject({ name: "find_2", run: mine.run });
    expect(mine.name).toBe("find");
  });

  it("names both where a connector clashes with a direct tool", () => {
    const request = {
      tools: [tool("find")],
      connectors: [connector("crm", { tools: [tool("find")] })],
    };
    expect(() => compose(request)).toThrow(TypeError);
    expect(() => compose(request)).toThrow(
      /connector crm: its tool find and the tool find of the thread/,
    );
  });

  it.each([
    { mcp_servers: { "my-server": { command: "x" } } },
    { "mcp_servers.my_server.command": "x" },
  ])("names both where a server clashes with one of the thread's config: %j", (config) => {
    const connectors = [connector("crm", { mcpServers: [server("my_server")] })];
    expect(() => compose({ connectors, config })).toThrow(
      /crm: its MCP server my_server and the server/,
    );
  });

  it("makes names of servers that the runtime takes, and keeps them apart", () => {
    const connectors = [
      connector("x", {
        mcpServers: [server("a b"), server("a.b"), server("a-b"), server("codex_apps")],
      }),
    ];
    expect(Object.keys(compose({ connectors }).settings.config ?? {})).toEqual([
      "mcp_servers.a_b",
      "mcp_servers.a_b_2",
      "mcp_servers.a-b_3",
      "mcp_servers.codex_apps_2",
    ]);
  });

  it("keeps off servers of the runtime's configuration", () => {
    const connectors = [connector("x", { mcpServers: [server("git_hub")] })];
    const facts = { serverNames: ["git-hub"], sandbox: null };
    const { config } = composeConnectors({ connectors }, facts).settings;
    expect(config).toEqual({ "mcp_servers.git_hub_2": { command: "git_hub" } });
  });

  it("adds servers to the config of the thread without touching it", () => {
    const config = Object.freeze({
      "features.goals": false,
      mcp_servers: Object.freeze({ mine: { command: "mine" } }),
    });
    const connectors = [connector("x", { mcpServers: [server("theirs")] })];
    expect(compose({ connectors, config }).settings.config).toEqual({
      "features.goals": false,
      "mcp_servers.mine": { command: "mine" },
      "mcp_servers.theirs": { command: "theirs" },
    });
  });

  it("puts the thread's instructions before those of connectors", () => {
    const connectors = [
      connector("x", { developerInstructions: "two" }),
      connector("y", {}),
      connector("z", { developerInstructions: "three" }),
    ];
    const { settings } = compose({ connectors, developerInstructions: "one" });
    expect(settings.developerInstructions).toBe("one\n\ntwo\n\nthree");
  });

  it("asks for what the policy asks, in place of what the server says", () => {
    const connectors = [
      connector("x", {
        mcpServers: [
          server("risky", {
            default_tools_approval_mode: "approve",
            tools: { drop: { approval_mode: "approve" } },
          }),
        ],
        policyLabels: ["destructive"],
      }),
      connector("y", { mcpServers: [server("calm")], policyLabels: ["network"] }),
    ];
    const { settings } = compose({ connectors });
    expect(settings.approvalMode).toBe("ask");
    expect(settings.config).toEqual({
      "mcp_servers.risky": { command: "risky", default_tools_approval_mode: "prompt" },
      "mcp_servers.calm": { command: "calm" },
    });
  });

  it("leaves a denied connector out, but for its tools, which are refused", () => {
    const composed = compose({
      connectors: [connector("x", {
        tools: [tool("send")],
        mcpServers: [server("sender")],
        skills: [{ name: "s", path: "/s" }],
        developerInstructions: "Send often.",
        policyLabels: ["external_send"],
      })],
      policy: { external_send: "deny" },
    });
    expect(names(composed)).toEqual(["send"]);
    expect(composed.settings).toEqual({});
    expect(composed.skillRoots).toEqual([]);
    const [mounted] = composed.mounted;
    expect(mounted?.parts.map(({ kind, action }) => [kind, action])).toEqual([
      ["tool", "deny"],
      ["MCP server", "deny"],
      ["skill", "deny"],
    ]);
  });

  it("gives each skill a separate root", () => {
    const skills = [{ name: "s", path: "/x/s" }];
    const composed = compose({
      connectors: [connector("a b", { skills }), connector("a_b", { skills })],
    });
    expect(composed.skillRoots).toEqual([
      { id: "a_b-s", location: { type: "environment", environmentId: "local", path: "/x/s" } },
      { id: "a_b-s_2", location: { type: "environment", environmentId: "local", path: "/x/s" } },
    ]);
  });

  it("asks for nothing of the runtime where nothing depends on it", () => {
    expect(compose({ connectors: [connector("x", { tools: [tool("a")] })] }).needsConfig).toBe(
      false,
    );
    expect(compose({ connectors: [connector("x", { mcpServers: [server("a")] })] }).needsConfig)
      .toBe(true);
  });

  it("refuses what is not a connector, and one given twice", () => {
    const x = connector("x", {});
    expect(() => compose({ connectors: [x, x] })).toThrow(/x is given twice/);
    expect(() => compose({ connectors: [{} as ConnectorSource] })).toThrow(
      /number 1 is not a connector/,
    );
  });

  it.each<[SandboxName, SandboxName | null, SandboxName | undefined]>([
    ["read-only", null, "read-only"],
    ["read-only", "read-only", undefined],
    ["read-only", "workspace-write", "read-only"],
    ["read-only", "full-access", "read-only"],
    ["workspace-write", null, undefined],
    ["workspace-write", "read-only", undefined],
    ["workspace-write", "workspace-write", undefined],
    ["workspace-write", "full-access", "workspace-write"],
    ["full-access", "full-access", undefined],
  ])(
    "under a limit of %s, with %s configured, asks for the sandbox %s",
    (limit, known, expected) => {
      const request: CompositionRequest = {
        connectors: [connector("x", { policyLabels: ["write"] })],
        policy: { write: { sandbox: limit } },
      };
      const composed = composeConnectors(request, { serverNames: [], sandbox: known });
      expect(composed.settings.sandbox).toBe(expected);
      // What the thread itself asks for is left, up to the limit.
      const most = composeConnectors({ ...request, sandbox: limit }, {
        serverNames: [],
        sandbox: known,
      });
      expect(most.settings.sandbox).toBe(limit);
      if (limit === "full-access") return;
      for (
        const own of [{ sandbox: "full-access" }, {
          config: { sandbox_mode: "danger-full-access" },
        }]
      ) {
        expect(() => compose({ ...request, ...own } as CompositionRequest)).toThrow(
          `Cannot use sandbox full-access: a connector is labelled write, which allows ${limit} at`,
        );
      }
    },
  );

  it("refuses network access that the policy takes away", () => {
    const connectors = [connector("x", { policyLabels: ["secret_access"] })];
    const policy = { secret_access: { network: false } };
    for (
      const config of [
        { sandbox_workspace_write: { network_access: true } },
        { "sandbox_workspace_write.network_access": true },
      ]
    ) {
      expect(() => compose({ connectors, policy, config })).toThrow(
        /secret_access, which allows none/,
      );
    }
    expect(compose({ connectors, policy }).settings.config).toEqual({
      "sandbox_workspace_write.network_access": false,
    });
  });

  it("shows in a notebook what the policy does with each part", async () => {
    const { mounted } = compose({
      connectors: [
        connector("<b>crm</b>", { tools: [tool("send")], policyLabels: ["external_send"] }),
      ],
    });
    const display = (mounted as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ];
    const bundle = await display?.call(mounted);
    expect(bundle?.["text/plain"]).toContain("ask: external_send");
    expect(bundle?.["text/html"]).not.toContain("<b>crm");
  });
});

describe("what composing says and keeps", () => {
  const one = (parts: Partial<ConnectorParts>) => [connector("crm", parts)];
  const asking: Partial<ConnectorParts> = {
    mcpServers: [server("mail")],
    policyLabels: ["external_send", "destructive"],
  };

  it.each<[string, CompositionRequest, string]>([
    [
      "a tool of the thread's name",
      { tools: [tool("find")], connectors: one({ tools: [tool("find")] }) },
      "Cannot use the connector crm: its tool find and the tool find of the thread have one name. " +
      "Rename one of them",
    ],
    [
      "a server of the thread's config",
      { config: { mcp_servers: { a_b: {} } }, connectors: one({ mcpServers: [server("a-b")] }) },
      "Cannot use the connector crm: its MCP server a-b and the server of that name in the thread's " +
      "config clash. Rename one of them",
    ],
    [
      "what is no connector",
      { connectors: [connector("x", {}), { name: "y" } as never] },
      "Cannot use the connectors: number 2 is not a connector. Make one with Connector.from…",
    ],
    [
      "nothing",
      { connectors: [null as never] },
      "Cannot use the connectors: number 1 is not a connector. Make one with Connector.from…",
    ],
    [
      "a mode that does not ask",
      { connectors: one(asking), approvalMode: "auto-review" },
      "Cannot use the connector crm in approvalMode auto-review: its calls must be asked for " +
      '(external_send, destructive), and that mode does not ask you. Use approvalMode "ask", or ' +
      "let the policy allow them",
    ],
    [
      "more than the sandbox of a label",
      { connectors: one({ policyLabels: ["sandbox_required"] }), sandbox: "full-access" },
      "Cannot use sandbox full-access: a connector is labelled sandbox_required, which allows " +
      "workspace-write at most. Choose that, or change the policy",
    ],
    [
      "the network that a label takes away",
      {
        connectors: one({ policyLabels: ["write"] }),
        policy: { write: { network: false } },
        config: { "sandbox_workspace_write.network_access": true },
      },
      "Cannot use network access: a connector is labelled write, which allows none. Switch it off, " +
      "or change the policy",
    ],
  ])("refuses %s", (_, request, message) => {
    expect(() => compose(request)).toThrow(new TypeError(message));
  });

  it("denies servers whose calls nobody is asked for, and asks in the modes that ask", () => {
    const denied = compose({ connectors: one(asking), approvalMode: "deny-all" });
    expect(denied.settings).toEqual({ approvalMode: "deny-all" });
    expect([...denied.mounted][0]?.parts).toEqual([{
      kind: "MCP server",
      name: "mail",
      action: "deny",
      because: ["external_send", "destructive"],
    }]);
    for (const approvalMode of ["ask", undefined] as const) {
      expect(compose({ connectors: one(asking), approvalMode }).settings.approvalMode).toBe("ask");
    }
    const calm = one({ mcpServers: [server("mail")], policyLabels: ["network"] });
    const settings = compose({ connectors: calm, approvalMode: "auto-review" }).settings;
    expect(settings).toEqual({
      approvalMode: "auto-review",
      config: { "mcp_servers.mail": { command: "mail" } },
    });
  });

  it("tells of each part what the policy does, read-only tools by what they can do", () => {
    const { mounted, tools } = compose({
      connectors: one({
        tools: [tool("erase"), tool("look", true)],
        mcpServers: [server("mail")],
        skills: [{ name: "s", path: "/s" }],
        policyLabels: ["destructive", "write"],
      }),
    });
    expect(tools.length).toBe(2);
    const because = ["destructive"];
    expect([mounted.length, ...mounted]).toEqual([1, {
      name: "crm",
      policyLabels: ["destructive", "write"],
      parts: [
        { kind: "tool", name: "erase", action: "ask", because },
        { kind: "tool", name: "look", action: "allow", because: [] },
        { kind: "MCP server", name: "mail", action: "ask", because },
        { kind: "skill", name: "s", action: "allow", because: [] },
      ],
    }]);
    const denied = compose({
      connectors: one({ skills: [{ name: "s", path: "/s" }], policyLabels: ["write"] }),
      policy: { write: "deny" },
    });
    expect([...denied.mounted][0]?.parts).toEqual([
      { kind: "skill", name: "s", action: "deny", because: ["write"] },
    ]);
    const sources = one({});
    expect(compose({ connectors: sources }).mounted.sources).toBe(sources);
  });

  it("guards tools under their new names, and servers that are not denied", async () => {
    const context = { signal: new AbortController().signal, threadId: "", turnId: "", callId: "" };
    const composed = compose({
      connectors: [
        connector("x", { tools: [tool("send")] }),
        connector("y", { tools: [tool("send")], policyLabels: ["external_send"] }),
      ],
      approvalMode: "deny-all",
    });
    const gate = composed.enforcer.toolGate(() => Promise.resolve("accept"));
    const answers = composed.tools.map((each) => gate(each, {}, context));
    expect(await Promise.all(answers)).toEqual([
      null,
      "The tool send_2 of y needs an approval, and there is no handler to ask (external_send)",
    ]);
    const annotated = compose({ connectors: one(asking) }).enforcer.annotate(
      { kind: "elicitation", serverName: "mail", message: "?", toolName: null } as never,
    );
    expect(annotated).toMatchObject({
      connector: "crm",
      policyLabels: ["external_send", "destructive"],
    });
  });

  it("cuts names of servers at 48 characters, suffix included", () => {
    const long = "s".repeat(60);
    const mcpServers = Array.from({ length: 11 }, () => server(long));
    const names = Object.keys(compose({ connectors: one({ mcpServers }) }).settings.config ?? {})
      .map((key) => key.slice("mcp_servers.".length));
    expect([names[0], names[1], names[10]]).toEqual([
      "s".repeat(48),
      `${"s".repeat(46)}_2`,
      `${"s".repeat(45)}_11`,
    ]);
  });

  it("keeps a table of the config whole where a key of it cannot be dotted", () => {
    const config = { mcp_servers: { "a.b": { command: "mine" } }, model: "m" };
    expect(compose({ connectors: one({ mcpServers: [server("x")] }), config }).settings.config)
      .toEqual({
        mcp_servers: { "a.b": { command: "mine" }, x: { command: "x" } },
        model: "m",
      });
    expect(compose({ connectors: one({}), config }).settings).toEqual({ config });
    const none = compose({ connectors: one({}), config: {} }).settings;
    expect(none).toEqual({ config: {} });
  });

  it("leaves a network that is as the policy has it, and asks for it where nothing is said", () => {
    const connectors = one({ policyLabels: ["write"] });
    const policy = { write: { network: true } };
    const configOf = (config?: Record<string, unknown>) =>
      compose({ connectors, policy, config }).settings.config;
    expect(configOf()).toEqual({ "sandbox_workspace_write.network_access": true });
    for (
      const config of [
        { "sandbox_workspace_write.network_access": false },
        { sandbox_workspace_write: { network_access: true } },
      ]
    ) expect(configOf(config)).toEqual(config);
    expect(configOf({ sandbox_workspace_write: { writable_roots: ["/a"] } })).toEqual({
      "sandbox_workspace_write.writable_roots": ["/a"],
      "sandbox_workspace_write.network_access": true,
    });
  });

  it("leaves out instructions that are empty, and keeps those of the thread", () => {
    const connectors = one({ developerInstructions: "" });
    expect(compose({ connectors, developerInstructions: "mine" }).settings).toEqual({
      developerInstructions: "mine",
    });
    expect(compose({ connectors, developerInstructions: "" }).settings).toEqual({
      developerInstructions: "",
    });
  });
});

describe("settings that connectors leave alone", () => {
  it("are the sandbox and the servers of the thread", () => {
    const config = { mcp_servers: { mine: { command: "x" } } };
    const request = { connectors: [connector("x", {})], sandbox: "full-access" as const, config };
    expect(compose(request).settings).toEqual({ sandbox: "full-access", config });
    const limited = [connector("x", { policyLabels: ["sandbox_required"] })];
    expect(compose({ connectors: limited, sandbox: "read-only" }).settings).toEqual({
      sandbox: "read-only",
    });
    const mode = { sandbox_mode: "read-only" as const };
    expect(compose({ connectors: limited, config: mode }).settings).toEqual({ config: mode });
  });
});

describe("mountConnectors()", () => {
  function clientOf(config: object) {
    const calls: unknown[] = [];
    const call = (...facts: unknown[]) =>
      Promise.resolve(calls.push(facts)).then(() => ({ config }));
    return { client: { call } as unknown as Parameters<typeof mountConnectors>[0], calls };
  }

  it("reads the runtime's configuration only where it matters", async () => {
    const { client, calls } = clientOf({});
    await mountConnectors(client, { connectors: [connector("x", { tools: [tool("a")] })] });
    expect(calls).toEqual([]);
    const connectors = [connector("x", { mcpServers: [server("a")] })];
    const { signal } = new AbortController();
    await mountConnectors(client, { connectors, signal, cwd: "/w" });
    await mountConnectors(client, { connectors });
    await mountConnectors(client, {
      connectors: [connector("x", { policyLabels: ["sandbox_required"] })],
    });
    expect(calls).toEqual([
      ["config/read", { cwd: "/w" }, { signal }],
      ["config/read", { cwd: null }, { signal: undefined }],
      ["config/read", { cwd: null }, { signal: undefined }],
    ]);
  });

  it("keeps off its servers and within its sandbox", async () => {
    const connectors = [
      connector("x", { mcpServers: [server("a")], policyLabels: ["sandbox_required"] }),
    ];
    const settingsOf = async (config: object) =>
      (await mountConnectors(clientOf(config).client, { connectors })).settings;
    expect(await settingsOf({ mcp_servers: { a: {} }, sandbox_mode: "danger-full-access" }))
      .toMatchObject({ sandbox: "workspace-write", config: { "mcp_servers.a_2": {} } });
    expect(await settingsOf({ default_permissions: ":danger-full-access" })).toMatchObject({
      sandbox: "workspace-write",
    });
    const within = { default_permissions: ":danger-full-access", sandbox_mode: "read-only" };
    for (const config of [{}, within, { default_permissions: ":workspace" }]) {
      expect((await settingsOf(config)).sandbox).toBe(undefined);
    }
  });

  it("refuses tools that the runtime would not take before it asks anything", async () => {
    const { client, calls } = clientOf({});
    const connectors = [
      connector("x", { tools: [{ ...tool("a"), name: "no name" }], mcpServers: [server("a")] }),
    ];
    await expect(mountConnectors(client, { connectors })).rejects.toThrow(TypeError);
    expect(calls).toEqual([]);
  });
});

describe("toSandboxName()", () => {
  it("knows the runtime's words, and no others", () => {
    expect(["read-only", "workspace-write", "danger-full-access", "other", null].map(toSandboxName))
      .toEqual(["read-only", "workspace-write", "full-access", null, null]);
  });
});
