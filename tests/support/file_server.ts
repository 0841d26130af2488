/**
 * Serves the repository's files over loopback HTTP, as any host of a release would.
 *
 * @module
 */

import { extname } from "node:path/posix";
import { ROOT } from "./repository.ts";

const CONTENT_TYPES: Record<string, string> = {
  ".ts": "application/typescript",
  ".js": "text/javascript",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
};

/** A running server; dispose it to stop. */
export interface FileServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/`. */
  readonly url: string;
  /** `127.0.0.1:<port>`, for `--allow-import`. */
  readonly host: string;
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
}

/** Starts serving on a free port. */
export function serveRepository(): FileServer {
  const requests: string[] = [];
  // Deno caches modules by address, and a port may have been another server's.
  const folder = `/${crypto.randomUUID()}/`;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      const path = decodeURIComponent(pathname.replace(folder, "/"));
      requests.push(path);
      return respond(path);
    },
  );
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    host,
    url: `http://${host}${folder}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function respond(path: string): Promise<Response> {
  const contentType = CONTENT_TYPES[extname(path)];
  if (contentType === undefined) return new Response("not served", { status: 404 });
  try {
    // The URL parser has removed every `..` already.
    const body = await Deno.readFile(`${ROOT}${path.slice(1)}`);
    return new Response(body, { headers: { "content-type": contentType } });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Response("no file", { status: 404 });
    throw error;
  }
}
