/**
 * Moves the pin: `deno run -A src/protocol/tools/pin_update.ts <version>` downloads the six
 * packages of a release one after the other, about 1 GB in all, and writes the size and the SHA-256
 * of each file that the runtime executes, loads or reads to `packages.json`, and the
 * release to `pin.json`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "../../paths.ts";
import { PACKAGE_NAME } from "../../runtime/deno_cache.ts";
import {
  isDocument,
  type PackageFile,
  type RuntimePackage,
  type RuntimePlatform,
} from "../../runtime/release/pin.ts";

const NPM = "npm:npm@11.6.2";
const PLATFORMS: readonly RuntimePlatform[] = [
  "linux-x64",
  "linux-arm64",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
  "win32-arm64",
];
const VENDOR = /^vendor\/[^/]+\//;
const EXECUTABLE = /^vendor\/[^/]+\/bin\/codex(\.exe)?$/;
const PROGRAM =
  /^vendor\/[^/]+\/(bin|codex-path|codex-resources|codex-resources\/voice\/bin)\/[^/]+$/;

/** The part of `npm pack --json` that is needed. */
interface PackReport {
  readonly version: string;
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Downloads one platform's package, reads it and deletes it again. */
export async function readPackage(packageVersion: string): Promise<RuntimePackage> {
  const directory = await Deno.makeTempDir({ prefix: "codex-pin-" });
  try {
    const report = await pack(`${PACKAGE_NAME}@${packageVersion}`, directory);
    const digests = await entryDigests(join(directory, report.filename), directory);
    const files = report.files
      .filter(({ path }) => VENDOR.test(path) && !isDocument(path))
      .map(({ path, size }): PackageFile => ({ path, bytes: size, sha256: digests(path) }))
      .sort(byPath);
    const executable = files.find(({ path }) => EXECUTABLE.test(path));
    if (executable === undefined) throw new Error(`${packageVersion} contains no codex binary`);
    const others = files.filter((file) => file !== executable);
    return {
      packageVersion: report.version,
      packedBytes: report.size,
      unpackedBytes: report.unpackedSize,
      executable,
      companions: others.filter(({ path }) => PROGRAM.test(path)),
      resources: others.filter(({ path }) => !PROGRAM.test(path)),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function pack(specifier: string, directory: string): Promise<PackReport> {
  // npm keeps a copy of what it packs; in the directory it goes when the package does.
  const npm = [NPM, "pack", "--json", "--silent", `--cache=${join(directory, "cache")}`, specifier];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", "--no-lock", ...npm],
    cwd: directory,
    stderr: "inherit",
  }).output();
  const answer = new TextDecoder().decode(stdout);
  if (!success) throw new PinError(`npm cannot download ${specifier}: ${reasonOf(answer)}`);
  return JSON.parse(answer)[0];
}

/** Why the pin was not moved, for a person to read. */
class PinError extends Error {}

/** Why npm failed, from what it printed: its errors are JSON too. */
export function reasonOf(answer: string): string {
  try {
    const { code, summary } = JSON.parse(answer).error;
    return code === "ETARGET" ? "there is no such release" : `${code} ${summary.split("\n")[0]}`;
  } catch {
    return "it gave no reason";
  }
}

/** Unpacks the archive, and digests its files on demand. */
async function entryDigests(
  archive: string,
  directory: string,
): Promise<(path: string) => string> {
  const args = ["-xzf", archive, "-C", directory];
  const { success } = await new Deno.Command("tar", { args, stderr: "inherit" }).output();
  if (!success) throw new Error(`tar cannot unpack ${archive}`);
  return (path) =>
    createHash("sha256").update(Deno.readFileSync(join(directory, "package", path))).digest("hex");
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}

/** Reads the packages of a release and writes both tables, the one of the pin last. */
export async function updatePin(version: string | undefined): Promise<void> {
  if (version === undefined || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    throw new TypeError("Cannot move the pin: a version such as 0.169.0 is needed as the argument");
  }
  const platforms: Partial<Record<RuntimePlatform, RuntimePackage>> = {};
  for (const platform of PLATFORMS) {
    platforms[platform] = await readPackage(`${version}-${platform}`);
    // deno-lint-ignore no-console -- this is a program, not the library
    console.log(`${platform}  ${platforms[platform].executable.sha256}`);
  }
  await write("packages", platforms);
  await write("pin", { version });
}

async function write(name: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  await Deno.writeTextFile(new URL(`../../runtime/release/${name}.json`, import.meta.url), text);
}

if (import.meta.main) {
  try {
    await updatePin(Deno.args[0]);
  } catch (error) {
    if (!(error instanceof PinError)) throw error;
    // deno-lint-ignore no-console -- this is a program, not the library
    console.error(`Cannot move the pin: ${error.message}. Nothing was changed`);
    Deno.exitCode = 1;
  }
}
