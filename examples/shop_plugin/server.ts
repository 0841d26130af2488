/**
 * A minimal MCP server: two tools over standard input and output. It does not have dependencies, so
 * it starts at once and needs no network.
 */

/** A JSON-RPC message of a client. */
export interface Message {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A tool: its description for the client, and its function of an order number. */
export interface Tool {
  readonly description: string;
  readonly annotations: Readonly<Record<string, boolean>>;
  readonly run: (order: string) => string;
}

const TOOLS: Readonly<Record<string, Tool>> = {
  find_order: {
    description: "Looks up an order by its number",
    annotations: { readOnlyHint: true },
    run: (order) => `Order ${order}: 3 apples, 2.40 paid`,
  },
  refund: {
    description: "Pays the money of an order back",
    annotations: { destructiveHint: true },
    run: (order) => `Paid 2.40 back for order ${order}`,
  },
};

/** The answer to a message; `null` for one that wants none. */
export function answer({ id, method, params = {} }: Message, tools = TOOLS): object | null {
  if (id === undefined) return null;
  const result = resultOf(method, params, tools);
  return result
    ? { jsonrpc: "2.0", id, result }
    : { jsonrpc: "2.0", id, error: { code: -32601, message: "There is no such method" } };
}

function resultOf(
  method: string,
  params: Readonly<Record<string, unknown>>,
  tools: Readonly<Record<string, Tool>>,
): object | null {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "shop", version: "1.0.0" },
      };
    case "ping":
      return {};
    case "tools/list":
      return {
        tools: Object.entries(tools).map(([name, { description, annotations }]) => ({
          name,
          description,
          annotations,
          inputSchema: {
            type: "object",
            properties: { order: { type: "string" } },
            required: ["order"],
          },
        })),
      };
    case "tools/call": {
      const { order } = params.arguments as { order: string };
      const text = tools[String(params.name)]?.run(order) ?? "There is no such tool";
      return { content: [{ type: "text", text }] };
    }
    default:
      return null;
  }
}

/** Answers line by line until the client goes away. */
async function serve(): Promise<void> {
  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const reply = line.trim() && answer(JSON.parse(line));
      if (reply) console.log(JSON.stringify(reply));
    }
  }
}

if (import.meta.main) await serve();
