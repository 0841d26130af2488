/**
 * Connectors: records of installed plugins become tools of a thread, and their labels decide what
 * is asked first.
 */
import { z } from "npm:zod@4.6.7";
import { defineTool } from "../mod.ts";
import { Connector, ConnectorRegistry } from "../src/connectors/mod.ts";
import { installShop, startLedger } from "./shop_plugin/world.ts";
import { startCodex } from "./start.ts";

// A folder with an installed package, and an MCP server behind a URL: both come from elsewhere in a
// real program.
await using shopFolder = await installShop();
await using ledger = startLedger({ token: "token-of-the-ledger" });

// Records as a directory of plugins hands them out. Nothing is fetched for them.
const registry = ConnectorRegistry.fromPluginRecords([
  { id: "plugin_shop", name: "shop", package_path: "shop", policy_labels: ["destructive"] },
  {
    id: "plugin_ledger",
    slug: "ledger",
    hosted_connectors: {
      ledger: {
        id: "connector_ledger",
        server_label: "books",
        auth_alias: "accounting",
        allowed_tools: ["book"],
      },
    },
  },
], { packageRoot: shopFolder.path });

const hosted = {
  authorization: { accounting: "token-of-the-ledger" },
  hostedUrl: ledger.url,
  hostedRequireApproval: "never",
} as const;
const shop = await registry.load("shop", hosted);
const books = await registry.load("plugin_ledger", hosted);
const clock = Connector.fromTools("clock", [
  defineTool({
    name: "today",
    description: "Tells the date",
    input: z.object({}),
    readOnly: true,
    run: () => "2026-01-01",
  }),
], { policyLabels: ["read_only"] });
console.log("left out:", shop.skipped.map(({ name }) => name).join(", "));

await using codex = await startCodex();
const thread = await codex.startThread({
  connectors: [clock, shop, books],
  onApproval: (request) => {
    if (request.kind !== "elicitation") return "decline";
    console.log(`asked: ${request.message}`);
    return "accept";
  },
});
for (const { name, policyLabels, parts } of thread.connectors) {
  console.log(`${name} (${policyLabels.join(", ")})`);
  for (const { kind, name, action } of parts) console.log(`  ${kind} ${name}: ${action}`);
}

// Else the first turn waits a second for MCP servers, and goes on without those that are slower.
await codex.mcpServers({ threadId: thread.id });
const { finalResponse } = await thread.run("Pay order 7 back as in $shop:refunds and book it.");
console.log(finalResponse);
console.log("booked:", ledger.entries.join(", "));
