/**
 * An MCP server made with the official library: over standard input and output when it is run as a program, or over
 * HTTP on loopback.
 *
 * @module
 */
import { McpServer } from "npm:@modelcontextprotocol/sdk@1.32.2/server/mcp.js";
import { StdioServerTransport } from "npm:@modelcontextprotocol/sdk@1.32.2/server/stdio.js";
import { WebStandardStreamableHTTPServerTransport } from "npm:@modelcontextprotocol/sdk@1.32.2/server/webStandardStreamableHttp.js";
import { z } from "npm:zod@4.6.7";
import { runDeno } from "../support/deno_command.ts";
import { ROOT } from "../support/repository.ts";

/** The versions of the tests' lock file: without it they would be asked for on the network. */
const LOCKED = [`--lock=${ROOT}deno.lock`, "--frozen"];

/** `read` changes nothing and says so, `drop` says that it destroys; both tell where they run. It has a resource. */
function createServer(place: () => string): McpServer {
  const server = new McpServer({ name: "orders", version: "1.0.0" });
  const inputSchema = { id: z.string() };
  const tool = (name: string, annotations: object) =>
    server.registerTool(
      name,
      { description: `Can ${name} an order`, inputSchema, annotations },
      ({ id }: { id: string }) => ({
        content: [{ type: "text" as const, text: `${name} ${id} ${place()}` }],
      }),
    );
  tool("read", { readOnlyHint: true });
  tool("drop", { destructiveHint: true });
  server.registerResource("prices", "orders://prices", {}, ({ href: uri }: URL) => ({
    contents: [{ uri, text: "Apples 0.80" }],
  }));
  return server;
}

/** Options that start it as a process; its dependencies come from the cache this test has filled. */
export async function stdioServer(): Promise<
  { command: string; args: string[]; env: Record<string, string>; startupTimeoutMs: number }
> {
  const { stdout } = await runDeno(["info", "--json"]);
  const { denoDir } = JSON.parse(stdout) as { denoDir: string };
  return {
    command: Deno.execPath(),
    args: ["run", "--allow-all", "--cached-only", ...LOCKED, import.meta.filename ?? ""],
    env: { DENO_DIR: denoDir },
    startupTimeoutMs: 120_000,
  };
}

/** The server behind a URL; it keeps the authorization of every request. */
export class HttpOrdersServer implements AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** `Authorization` of the requests so far. */
  readonly authorizations: (string | null)[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}/mcp`;
  }

  async #answer(request: Request): Promise<Response> {
    this.authorizations.push(request.headers.get("authorization"));
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await createServer(() => "over HTTP").connect(transport);
    return await transport.handleRequest(request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

if (import.meta.main) {
  await createServer(() => `in ${Deno.cwd()}`).connect(new StdioServerTransport());
}
