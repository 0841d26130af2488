import { describe, expect, it } from "vitest";
import { Connector, ConnectorPlugin } from "../../../src/connectors/mod.ts";
import { failureOf, TemporaryFolder } from "../package_fixture.ts";

const SECRET = "sk-planted-9";

describe("ConnectorPlugin.fromRecord()", () => {
  it.each([
    [{ id: "p1", name: "orders", package_path: "orders" }],
    [{ plugin_id: "p1", slug: "orders", packagePath: "orders" }],
    [{ pluginId: "p1", name: "orders", slug: "other", local_path: "orders" }],
    [{ id: "p1", plugin_id: "p2", name: "orders", localPath: "orders" }],
    [{ id: "p1", name: "orders", path: "orders", description: null }],
  ])("reads %j", (record) => {
    const plugin = ConnectorPlugin.fromRecord(record);
    expect(plugin).toMatchObject({
      id: "p1",
      name: "orders",
      packagePath: "orders",
      enabled: true,
    });
  });

  it("cannot be changed", () => {
    const plugin = ConnectorPlugin.fromRecord({ id: "p1", apps: { a: "connector_a" } });
    const parts = [plugin, plugin.apps, plugin.apps[0], plugin.policyLabels, plugin.metadata];
    expect(parts.map(Object.isFrozen)).toEqual(Array(5).fill(true));
  });

  it("is named by its id where it has no name", () => {
    expect(ConnectorPlugin.fromRecord({ id: "p1" }).name).toBe("p1");
  });

  it.each(["apps", "hosted_connectors", "hostedConnectors", "connectors"])(
    "reads hosted apps from %s, by name or as a list",
    (field) => {
      const byName = ConnectorPlugin.fromRecord({
        id: "p1",
        [field]: { calendar: { id: "connector_calendar" }, mail: "connector_mail" },
      });
      const listed = ConnectorPlugin.fromRecord({
        id: "p1",
        [field]: [
          { name: "calendar", connector_id: "connector_calendar" },
          { alias: "mail", connectorId: "connector_mail" },
        ],
      });
      for (const { apps } of [byName, listed]) {
        expect(apps.map(({ appName, connectorId }) => [appName, connectorId])).toEqual([
          ["calendar", "connector_calendar"],
          ["mail", "connector_mail"],
        ]);
      }
    },
  );

  it("reads label, tools, approval, deferral, aliases and policy labels of an app", () => {
    const { apps: [app], policyLabels } = ConnectorPlugin.fromRecord({
      id: "p1",
      policy_labels: ["read_only"],
      apps: {
        calendar: {
          id: "connector_calendar",
          server_label: "cal",
          allowed_tools: ["list"],
          require_approval: { always: { tool_names: ["send"] }, never: ["list"] },
          defer_loading: true,
          auth_alias: "google",
          authRef: "vault/google",
          auth: { aliases: ["workspace", "google"] },
          policyLabels: ["external_send"],
        },
      },
    });
    expect(app).toMatchObject({
      serverLabel: "cal",
      allowedTools: ["list"],
      requireApproval: { always: ["send"], never: ["list"] },
      deferLoading: true,
      authAliases: ["google", "vault/google", "workspace"],
    });
    expect(policyLabels).toEqual(["read_only", "external_send"]);
  });

  it("has apps that are enabled and loaded at once where the record does not say", () => {
    const { apps } = ConnectorPlugin.fromRecord({ id: "p1", apps: { a: { id: "b" } } });
    expect(apps).toMatchObject([{ enabled: true, deferLoading: false }]);
  });

  it("keeps the rest as metadata, without what looks secret", () => {
    const { metadata } = ConnectorPlugin.fromRecord({
      id: "p1",
      name: "orders",
      source: "marketplace",
      access_token: SECRET,
      install: { api_key: SECRET, at: 5 },
    });
    expect(metadata).toEqual({
      source: "marketplace",
      access_token: "[hidden]",
      install: { api_key: "[hidden]", at: 5 },
    });
  });

  it.each([
    ["that is a text", "p1", /not an object/],
    ["without an id", { name: "a" }, /no id/],
    ["whose id is a number", { id: 1 }, /id is empty or not a string/],
    ["whose apps are a text", { id: "p1", apps: SECRET }, /neither an object nor a list/],
    ["whose app has no id", { id: "p1", apps: { a: {} } }, /app a of the plugin p1.*connector id/],
    ["whose app is a number", { id: "p1", apps: [5] }, /app 0.*connector id/],
    [
      "whose tools are a text",
      { id: "p1", apps: { a: { id: "b", allowed_tools: SECRET } } },
      /list/,
    ],
    [
      "whose approval is unknown",
      { id: "p1", apps: { a: { id: "b", approval: SECRET } } },
      /not one of its words/,
    ],
    [
      "whose label is unknown",
      { id: "p1", policy_labels: ["nice"] },
      /"nice" is not a policy label/,
    ],
    [
      "whose alias is a number",
      { id: "p1", apps: { a: { id: "b", auth_alias: 5 } } },
      /is not a string/,
    ],
    ["whose enabled is a word", { id: "p1", enabled: "yes" }, /neither true nor false/],
  ])("refuses a record %s", (_, record, message) => {
    const read = () => ConnectorPlugin.fromRecord(record as Record<string, unknown>);
    expect(read).toThrow(TypeError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(SECRET);
  });
});

describe("Connector.fromInstalledPlugin()", () => {
  const manifest = { ".codex-plugin/plugin.json": { name: "packaged", description: "From disk" } };

  it("joins the package with the apps and labels of the record", async () => {
    await using root = await TemporaryFolder.create();
    for (const [path, content] of Object.entries(manifest)) {
      await root.write(`orders/${path}`, content);
    }
    await root.write("orders/.mcp.json", { mcpServers: { orders: { command: "serve" } } });
    const connector = await Connector.fromInstalledPlugin({
      id: "p1",
      name: "orders",
      source: "marketplace",
      package_path: "orders",
      apps: { calendar: { id: "connector_calendar", auth_alias: "google", server_label: "cal" } },
      policy_labels: ["write"],
    }, {
      packageRoot: root.path,
      authorization: { google: "tok" },
      hostedUrl: "https://apps.test",
    });
    expect(connector).toMatchObject({
      name: "orders",
      description: "From disk",
      policyLabels: ["write", "network", "local_execution"],
      metadata: { plugin: { id: "p1", name: "orders", source: "marketplace" } },
    });
    expect(connector.mcpServers.map(({ name }) => name)).toEqual(["orders", "cal"]);
    expect(connector.mcpServers[1]?.toConfig()).toMatchObject({
      http_headers: { Authorization: "Bearer tok" },
    });
  });

  it("never takes a token from the record itself", async () => {
    const record = { id: "p1", apps: { a: { id: "b", auth: SECRET, token: SECRET } } };
    const connector = await Connector.fromInstalledPlugin(record, { authorization: {} });
    expect(connector.mcpServers).toEqual([]);
    expect(connector.skipped).toEqual([{ kind: "app", name: "a", reason: "noAuthorization" }]);
    expect(JSON.stringify(connector)).not.toContain(SECRET);
  });

  it.each([
    ["../outside"],
    ["/etc"],
    ["a/../../outside"],
    ["orders/../orders"],
    [".."],
    ["a\0b"],
  ])("refuses the package path %j", async (package_path) => {
    await using root = await TemporaryFolder.create();
    const record = { id: "p1", package_path };
    const error = await failureOf(
      Connector.fromInstalledPlugin(record, { packageRoot: root.path }),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/leads out of packageRoot/);
  });

  it("refuses a package that is a link out of the root", async () => {
    await using other = await TemporaryFolder.create(manifest);
    await using root = await TemporaryFolder.create();
    await root.link(other.path, "orders");
    const record = { id: "p1", package_path: "orders" };
    const error = await failureOf(
      Connector.fromInstalledPlugin(record, { packageRoot: root.path }),
    );
    expect(error.message).toMatch(/link out of the package/);
  });

  it("takes an absolute path inside the root, and the root may be a link", async () => {
    await using root = await TemporaryFolder.create();
    for (const [path, content] of Object.entries(manifest)) {
      await root.write(`real/orders/${path}`, content);
    }
    await root.link("real", "alias");
    const packageRoot = `${root.path}/alias`;
    for (const package_path of ["orders", `${packageRoot}/orders`, "./orders/"]) {
      const connector = await Connector.fromInstalledPlugin({ id: "p1", package_path }, {
        packageRoot,
      });
      expect(connector.description).toBe("From disk");
    }
  });

  it.each([
    [{ id: "p1" }, /neither a package nor apps/],
    [{ id: "p1", path: "a" }, /Pass packageRoot/],
    [{ id: "p1", path: "a", enabled: false }, /disabled/],
  ])("refuses %j", async (record, message) => {
    const error = await failureOf(Connector.fromInstalledPlugin(record));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
  });
});
