import { describe, expect, it } from "vitest";
import { ConnectorRegistry } from "../../src/connectors/mod.ts";
import { failureOf, TemporaryFolder } from "./package_fixture.ts";

const RECORDS = [
  { id: "plugin_orders", name: "orders", package_path: "orders", policy_labels: ["write"] },
  { id: "plugin_calendar", name: "calendar", apps: { calendar: { id: "connector_calendar" } } },
  { id: "orders", name: "confusing", apps: { a: "b" } },
];

describe("ConnectorRegistry", () => {
  it("lists plugins in the order of the records", () => {
    const registry = ConnectorRegistry.fromPluginRecords(RECORDS);
    expect(registry.listPlugins().map(({ id }) => id)).toEqual([
      "plugin_orders",
      "plugin_calendar",
      "orders",
    ]);
  });

  it("gets by id, then by name", () => {
    const registry = ConnectorRegistry.fromPluginRecords(RECORDS);
    expect(registry.get("calendar")?.id).toBe("plugin_calendar");
    expect(registry.get("orders")?.name).toBe("confusing");
    expect(registry.get("missing")).toBeNull();
  });

  it.each([
    ["ids", [{ id: "a", name: "x" }, { id: "a", name: "y" }], /x and y have the id a/],
    ["names", [{ id: "a", name: "x" }, { id: "b", slug: "x" }], /a and b have the name x/],
  ])("refuses two equal %s", (_, records, message) => {
    const read = () => ConnectorRegistry.fromPluginRecords(records);
    expect(read).toThrow(TypeError);
    expect(read).toThrow(message);
  });

  it("loads a plugin as a connector, its package below the root", async () => {
    await using root = await TemporaryFolder.create({
      "orders/.codex-plugin/plugin.json": { name: "orders" },
      "orders/.mcp.json": { mcpServers: { orders: { command: "serve" } } },
    });
    const registry = ConnectorRegistry.fromPluginRecords(RECORDS, { packageRoot: root.path });
    const connector = await registry.load("plugin_orders");
    expect(connector.policyLabels).toEqual(["write", "local_execution"]);
    const calendar = await registry.load("calendar", { authorization: "tok" });
    expect(calendar.mcpServers.map(({ name }) => name)).toEqual(["calendar"]);
    const missing = await failureOf(registry.load("missing"));
    expect(missing).toBeInstanceOf(RangeError);
    expect(missing.message).toContain("Known: plugin_orders, plugin_calendar, orders");
  });

  it("renders as a table without tokens, and harmless", async () => {
    const registry = ConnectorRegistry.fromPluginRecords([
      ...RECORDS,
      { id: "x", name: "<script>alert(1)</script>", token: "sk-planted" },
    ]);
    const display = (registry as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ];
    const text = JSON.stringify(await display?.call(registry));
    expect(text).toContain("plugin_calendar");
    expect(text).toContain("write");
    expect(text).not.toContain("sk-planted");
    expect((await display?.call(registry))?.["text/html"]).not.toContain("<script");
    expect(Deno.inspect(registry, { depth: 9 })).not.toContain("sk-planted");
  });
});
