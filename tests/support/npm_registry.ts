/**
 * An npm registry on loopback with one small package in it, shaped like the runtime's.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { RuntimePackage } from "../../src/runtime/release/pin.ts";

const VENDOR = "vendor/test-target";
const VERSION = "0.169.0-linux-x64";

/** A package and the pin that describes it. */
export interface SmallPackage {
  readonly wanted: RuntimePackage;
  readonly archive: Uint8Array<ArrayBuffer>;
}

/** A package whose binary is a shell script that prints `words`, and `padding` after its end. */
export async function smallPackage(
  words = "codex-cli 0.169.0",
  padding = "",
): Promise<SmallPackage> {
  return await scriptPackage(VERSION, `echo ${words}\nexit\n${padding}`);
}

/** A package of a version, such as `0.170.0-linux-x64`, whose binary is a shell script. */
export async function scriptPackage(version: string, script: string): Promise<SmallPackage> {
  const binary = `#!/bin/sh\n${script}`;
  const companion = "#!/bin/sh\n";
  const manifest = JSON.stringify({ name: "@openai/codex", version });
  const archive = await gzip([
    ...tarEntry("package/package.json", manifest),
    ...tarEntry(`package/${VENDOR}/bin/codex`, binary),
    ...tarEntry(`package/${VENDOR}/codex-path/rg`, companion),
    new Uint8Array(1024),
  ]);
  const wanted: RuntimePackage = {
    packageVersion: version,
    packedBytes: archive.length,
    unpackedBytes: 1_000_000,
    executable: {
      path: `${VENDOR}/bin/codex`,
      bytes: binary.length,
      sha256: createHash("sha256").update(binary).digest("hex"),
    },
    companions: [{
      path: `${VENDOR}/codex-path/rg`,
      bytes: companion.length,
      sha256: createHash("sha256").update(companion).digest("hex"),
    }],
    resources: [],
  };
  return { wanted, archive };
}

/** A running registry; dispose it to stop. */
export interface NpmRegistry extends AsyncDisposable {
  /** For `NPM_CONFIG_REGISTRY`. */
  readonly url: string;
  /** How often the package was asked for. */
  readonly downloads: number;
}

/** Serves the package's bytes; `request.signal` aborts when the client goes away. */
export type ArchiveHandler = (
  archive: Uint8Array<ArrayBuffer>,
  request: Request,
) => Response | Promise<Response>;

/** Starts a registry on a free port. */
export function serveRegistry(
  { archive, wanted }: SmallPackage,
  respond: ArchiveHandler = (bytes) => new Response(bytes),
): NpmRegistry {
  let downloads = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      if (!request.url.endsWith(".tgz")) {
        return Response.json(packument(archive, wanted.packageVersion, request.url));
      }
      downloads++;
      return respond(archive, request);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    get downloads() {
      return downloads;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function packument(archive: Uint8Array, version: string, url: string): unknown {
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  const tarball = new URL("/codex.tgz", url).href;
  const name = "@openai/codex";
  const release = { name, version, dist: { tarball, integrity } };
  return { name, "dist-tags": { latest: version }, versions: { [version]: release } };
}

/** A header and the padded content, in the ustar format. */
function tarEntry(path: string, text: string): Uint8Array<ArrayBuffer>[] {
  const content = new TextEncoder().encode(text);
  const header = new Uint8Array(512);
  const put = (offset: number, field: string) =>
    header.set(new TextEncoder().encode(field), offset);
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, "0");
  put(0, path);
  put(100, octal(0o755, 8));
  put(124, octal(content.length, 12));
  put(136, octal(0, 12));
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\x0000");
  put(148, `${octal(header.reduce((sum, byte) => sum + byte, 0), 7)}\x00`);
  const padding = new Uint8Array((512 - content.length % 512) % 512);
  return [header, content, padding];
}

async function gzip(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
