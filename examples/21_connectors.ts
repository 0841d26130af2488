/**
 * Connectors: records of installed plugins become tools of a thread, and their labels decide what is asked first.
 * `--verify` prints every step that was checked.
 */
import { delimiter, dirname, join } from "node:path";
import { z } from "npm:zod@4.6.7";
import { defineTool } from "../mod.ts";
import { Connector, ConnectorRegistry } from "../src/connectors/mod.ts";
import { toolCall } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";
import { answer, type Tool } from "./shop_plugin/server.ts";

const verify = Deno.args.includes("--verify");
const TOKEN = "token-of-the-ledger";

// A place for installed packages. The one here comes from beside this file, wherever that was loaded from.
const packageRoot = await Deno.makeTempDir();
for (
  const file of [
    ".codex-plugin/plugin.json",
    ".mcp.json",
    ".app.json",
    "skills/refunds/SKILL.md",
    "server.ts",
  ]
) {
  const source = await fetch(new URL(`./shop_plugin/${file}`, import.meta.url));
  if (!source.ok) throw new Error(`Cannot fetch ${source.url}: HTTP status ${source.status}`);
  const target = join(packageRoot, "shop", file);
  await Deno.mkdir(dirname(target), { recursive: true });
  await Deno.writeFile(target, await source.bytes());
}

// A hosted app: an MCP server behind a URL that wants a token.
const refunds: string[] = [];
const ledger: Record<string, Tool> = {
  book: {
    description: "Writes a refund into the ledger",
    annotations: { readOnlyHint: true },
    run: (order) => `Entry ${refunds.push(order)} is for order ${order}`,
  },
};
const host = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
  if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) {
    return new Response(null, { status: 401 });
  }
  if (request.method !== "POST") return new Response(null, { status: 405 });
  const reply = answer(await request.json(), ledger);
  return reply ? Response.json(reply) : new Response(null, { status: 202 });
});

// Records as a directory of plugins would hand them out. Nothing is fetched for them.
const registry = ConnectorRegistry.fromPluginRecords([
  {
    id: "plugin_shop",
    name: "shop",
    package_path: "shop",
    source: "our own directory",
    policy_labels: ["destructive"],
  },
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
], { packageRoot });

const hosted = {
  authorization: { accounting: TOKEN },
  hostedUrl: `http://127.0.0.1:${host.addr.port}/mcp`,
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

step("the registry lists its plugins", registry.listPlugins().length === 2);
step(
  "a plugin is found by its id and by its name",
  registry.get("plugin_shop") === registry.get("shop"),
);
step("the package gives a server and a skill", shop.mcpServers.length + shop.skills.length === 2);
step(
  "what is disabled or not authorized is left out",
  shop.skipped.map(({ name }) => name).join() === "archive,ledger,mail",
);
step(
  "its server runs here, and the record adds a label",
  `${shop.policyLabels}` === "destructive,local_execution",
);
step("the hosted app found its token by an alias", books.mcpServers[0]?.name === "books");
step(
  "the token is shown nowhere",
  !Deno.inspect([registry, shop, books], { depth: 9 }).includes(TOKEN),
);

const asked: string[] = [];
let skillText = "";
await using codex = await startCodex({
  // The server of the package is started by name.
  offline: { env: { PATH: [dirname(Deno.execPath()), "/usr/bin", "/bin"].join(delimiter) } },
  script: (model) =>
    model.reply(
      [
        toolCall("today"),
        toolCall("find_order", { order: "7" }, { namespace: "mcp__orders" }),
        toolCall("refund", { order: "7" }, { namespace: "mcp__orders" }),
        toolCall("book", { order: "7" }, { namespace: "mcp__books" }),
      ],
      (request) => {
        skillText = request.userTexts().find((text) => text.startsWith("<skill>")) ?? "";
        const results = request.toolOutputs().map(({ text }) =>
          text.replace(/^[^]*Output:\n?/, "")
        );
        return results.map((result) => `- ${result}`).join("\n");
      },
    ),
});
const thread = await codex.startThread({
  connectors: [clock, shop, books],
  onApproval: (request) => {
    if (request.kind !== "elicitation") return "decline";
    asked.push(request.toolName ?? "");
    console.log(`asked: ${request.message}`);
    return "accept";
  },
});
for (const { name, policyLabels, parts } of thread.connectors) {
  console.log(`${name} (${policyLabels.join(", ")})`);
  for (const { kind, name, action } of parts) console.log(`  ${kind} ${name}: ${action}`);
}
const { finalResponse, items } = await thread.run(
  "Pay order 7 back as in $shop:refunds and book it.",
);
console.log(finalResponse);

const completed = items.filter((item) =>
  item.type === "mcpToolCall" && item.status === "completed"
);
step("the model was given the skill", live || skillText.includes("Look the order up first"));
step("the tool of this program answered", live || finalResponse?.includes("2026-01-01"));
step("the server of the package answered", live || finalResponse?.includes("Order 7: 3 apples"));
step("the hosted app answered", live || refunds.join() === "7");
step("every MCP call completed", live || completed.length === 3);
step(
  "every call of the destructive connector was asked for",
  live || asked.join() === "find_order,refund",
);

await host.shutdown();
await Deno.remove(packageRoot, { recursive: true });
check("records became tools, and the labels were obeyed", !Deno.exitCode);

/** A step that must hold; told only when it does not, or with `--verify`. */
function step(what: string, ok: boolean | undefined): void {
  if (verify || !ok) check(what, ok === true);
}
