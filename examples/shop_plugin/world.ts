/**
 * What the example of connectors finds elsewhere: an installed package, and a server on the web.
 */
import { dirname, join } from "node:path";
import { answer, type Tool } from "./server.ts";

const FILES = [
  ".codex-plugin/plugin.json",
  ".mcp.json",
  ".app.json",
  "skills/refunds/SKILL.md",
  "server.ts",
];

/**
 * Copies the package from this file's folder, on disk or at a URL, into a folder that is removed in
 * the end.
 */
export async function installShop(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  for (const file of FILES) {
    const source = await fetch(new URL(`./${file}`, import.meta.url));
    if (!source.ok) throw new Error(`Cannot fetch ${source.url}: HTTP status ${source.status}`);
    const target = join(path, "shop", file);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(target, await source.bytes());
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** A ledger that wants a token. */
export interface Ledger extends AsyncDisposable {
  /** Where its MCP server answers. */
  readonly url: string;
  /** Orders that were booked. */
  readonly entries: readonly string[];
}

/** Starts the ledger on a free port of this machine. */
export function startLedger({ token }: { token: string }): Ledger {
  const entries: string[] = [];
  const book: Tool = {
    description: "Writes a refund into the ledger",
    annotations: { readOnlyHint: true },
    run: (order) => `Entry ${entries.push(order)} is for order ${order}`,
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, reply);
  async function reply(request: Request): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return new Response(null, { status: 401 });
    }
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const answered = answer(await request.json(), { book });
    return answered ? Response.json(answered) : new Response(null, { status: 202 });
  }
  return {
    url: `http://127.0.0.1:${server.addr.port}/mcp`,
    entries,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
