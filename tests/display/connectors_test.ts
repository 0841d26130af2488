import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { defineTool } from "../../mod.ts";
import { renderConnector, renderMounted, renderPlugins } from "../../src/display/mod.ts";

const EVIL = '"><script>alert(1)</script>\x1b[31m|`x`';

const connector = renderConnector({
  name: EVIL,
  description: EVIL,
  tools: [defineTool({ name: "evil", description: EVIL, input: z.object({}), run: () => {} })],
  mcpServers: [
    { name: EVIL, transport: "stdio", target: EVIL, toConfig: () => ({}) },
    { name: "later", transport: "http", target: null, toConfig: () => ({}) },
  ],
  skills: [{ name: EVIL, path: EVIL }],
  developerInstructions: null,
  policyLabels: ["destructive"],
  skipped: [
    { kind: "app", name: "mail", reason: "noAuthorization" },
    { kind: "mcpServer", name: "old", reason: "disabled" },
  ],
});

const plugins = renderPlugins([{
  id: EVIL,
  name: EVIL,
  description: EVIL,
  packagePath: EVIL,
  apps: [{ appName: EVIL }],
  policyLabels: ["write"],
  enabled: false,
}]);

const mounted = renderMounted([{
  name: EVIL,
  policyLabels: ["destructive"],
  parts: [
    { kind: "tool", name: EVIL, action: "ask", because: ["destructive"] },
    { kind: "skill", name: EVIL, action: "allow", because: [] },
  ],
}]);

describe("connectors in a notebook", () => {
  it.each([["a connector", connector], ["plugins", plugins], ["connectors of a thread", mounted]])(
    "%s can do no harm",
    (_, bundle) => {
      expect(bundle["text/html"]).not.toContain("<script");
      expect(bundle["text/markdown"]).not.toContain("<script");
      expect(Object.values(bundle).join()).not.toContain("\x1b");
    },
  );

  it("says what was left out and why", () => {
    expect(connector["text/plain"]).toMatch(/left out +mail +hosted app, not authorized/);
    expect(connector["text/plain"]).toMatch(/left out +old +MCP server, disabled/);
    expect(connector["text/plain"]).toMatch(/later +http \(no URL yet\)/);
  });

  it("says what the policy does, and because of which labels", () => {
    expect(mounted["text/plain"]).toContain("ask: destructive");
    expect(mounted["text/plain"]).toMatch(/allow$/m);
  });

  it("says that a plugin is disabled", () => {
    expect(plugins["text/plain"]).toMatch(/write +disabled/);
  });
});
