import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { type ClientTool, defineTool } from "../../../mod.ts";
import type { ConnectorParts, ConnectorSource } from "../../../src/connectors/mod.ts";
import type { SandboxName } from "../../../src/domain/settings.ts";
import {
  composeConnectors,
  type Composition,
  type CompositionRequest,
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
