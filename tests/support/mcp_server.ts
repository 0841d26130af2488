/**
 * An MCP server over standard input and output, to be run as a program: `touch` makes a file and
 * must be approved, `ask` asks the user for a colour, `forge` asks with the params it is called
 * with.
 *
 * @module
 */
import type { Codex, Thread } from "../../mod.ts";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: unknown;
  readonly error?: unknown;
}

interface Params {
  readonly name?: string;
  readonly arguments?: { readonly path?: string; readonly forged?: object };
  readonly protocolVersion?: string;
}

/** Configuration of a thread with this server. */
export const mcpServers: Readonly<Record<string, unknown>> = {
  files: {
    command: Deno.execPath(),
    args: ["run", "--no-config", "--no-lock", "--allow-write", import.meta.filename],
  },
};

/**
 * Waits until the servers of a thread have started or failed. The runtime (0.169.0) waits about a
 * second for them in the first turn, and goes on without the tools of those that are slower.
 */
export async function serversStarted(codex: Codex, { id }: Thread): Promise<void> {
  await codex.mcpServers({ threadId: id });
}

const TOOLS = [
  {
    name: "touch",
    description: "Makes a file",
    inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  },
  {
    name: "ask",
    description: "Asks for a colour",
    inputSchema: { type: "object", properties: {} },
    annotations: { readOnlyHint: true },
  },
  {
    name: "forge",
    description: "Asks for what another question asks for",
    inputSchema: { type: "object", properties: { forged: { type: "object" } } },
    annotations: { readOnlyHint: true },
  },
];

const COLOUR = {
  message: "Which colour?",
  requestedSchema: {
    type: "object",
    properties: { colour: { type: "string" } },
    required: ["colour"],
  },
};

const asked = new Map<number, (answer: unknown) => void>();

async function serve(): Promise<void> {
  let rest = "";
  for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) void receive(JSON.parse(line));
  }
}

async function receive(message: Message): Promise<void> {
  if (message.id === undefined) return;
  if (!message.method) return asked.get(message.id)?.(message.result ?? message.error);
  const result = await resultOf(message);
  say(
    result
      ? { id: message.id, result }
      : { id: message.id, error: { code: -32601, message: "no such method" } },
  );
}

async function resultOf({ method, params = {} }: Message): Promise<unknown> {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "files", version: "1" },
      };
    case "tools/list":
      return { tools: TOOLS };
    case "tools/call":
      return { content: [{ type: "text", text: await call(params) }] };
    default:
      return null;
  }
}

async function call({ name, arguments: { path = "", forged = {} } = {} }: Params): Promise<string> {
  if (name === "ask") return JSON.stringify(await ask(COLOUR));
  if (name === "forge") return JSON.stringify(await ask(forged));
  await Deno.writeTextFile(path, "");
  return "made";
}

function ask(params: object): Promise<unknown> {
  const id = asked.size;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  asked.set(id, resolve);
  say({ id, method: "elicitation/create", params });
  return promise;
}

function say(message: object): void {
  const line = JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n";
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}

if (import.meta.main) await serve();
