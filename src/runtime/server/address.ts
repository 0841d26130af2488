/**
 * Where a server listens.
 *
 * @module
 */
import { resolve } from "../../paths.ts";

/** The parts of an address. */
export type ListenAddress =
  | { readonly kind: "unix"; readonly listen: string; readonly path: string }
  | { readonly kind: "tcp"; readonly listen: string; readonly isLoopback: boolean };

/**
 * Reads `unix://PATH` or `ws://IP:PORT`; the runtime does not support host names, paths or TLS
 * there.
 *
 * @throws {TypeError} for anything else.
 */
export function parseListen(listen: string): ListenAddress {
  if (listen.startsWith("unix://") && listen.length > "unix://".length) {
    const path = resolve(listen.slice("unix://".length));
    return { kind: "unix", listen: `unix://${path}`, path };
  }
  const [, host] = /^ws:\/\/(\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.]+\]):\d+$/.exec(listen) ?? [];
  if (host === undefined) {
    throw new TypeError(
      `Cannot listen on ${JSON.stringify(listen)}: not an address of a server. ` +
        'Use "unix:///path/of/the/socket" or "ws://127.0.0.1:0", with a literal IP address',
    );
  }
  const isLoopback = host.startsWith("127.") || host === "[::1]";
  return { kind: "tcp", listen, isLoopback };
}
