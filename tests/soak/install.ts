/**
 * Installs under fire, by hand: `deno run -A tests/soak/install.ts [kills] [processes]`.
 *
 * A registry on loopback serves a package of 48 MB. First an installation is killed at a random
 * moment, 50 times over, now the process alone and now with the Deno it started; what is left must
 * be either nothing or the whole package, and the next installation must succeed. Then ten
 * processes install into one empty cache at once.
 *
 * @module
 */

import { encodeBase64 } from "../../src/deps.ts";
import { cachedPackageFolders } from "../../src/runtime/deno_cache.ts";
import type { RuntimePackage } from "../../src/runtime/release/pin.ts";
import { examinePackage } from "../../src/runtime/verify.ts";
import { serveRegistry, smallPackage } from "../support/npm_registry.ts";
import { probe, type ProbeCall } from "../support/runtime_probe.ts";

const PROBE = new URL("../runtime/probe.ts", import.meta.url).href;

const [kills = 50, processes = 10] = Deno.args.map(Number);
const small = await smallPackage("codex-cli 0.169.0", noise(36_000_000));
await using registry = serveRegistry(small);

const killed = await installAndKill(kills);
print(`${kills} kills: ${JSON.stringify(killed)}`);
print(`${processes} processes at once: ${JSON.stringify(await installAtOnce(processes))}`);

interface KillFigures {
  nothing: number;
  whole: number;
  leftoverFolders: number;
  lastInstallMs: number;
}

async function installAndKill(times: number): Promise<KillFigures> {
  const cache = await Deno.makeTempDir();
  const durationMs = await installOnce(cache);
  const figures = { nothing: 0, whole: 0, leftoverFolders: 0, lastInstallMs: 0 };
  for (let time = 0; time < times; time++) {
    for (const folder of await folders(cache)) await Deno.remove(folder, { recursive: true });
    await killAfter(Math.random() * durationMs * 1.2, spawnInstall(cache), time % 2 === 0);
    const left = await folders(cache);
    for (const folder of left) await assertWhole(folder, small.wanted);
    figures[left.length === 0 ? "nothing" : "whole"]++;
  }
  figures.lastInstallMs = Math.round(await installOnce(cache));
  for (const folder of await folders(cache)) await assertWhole(folder, small.wanted);
  figures.leftoverFolders = await countLeftovers(cache);
  await Deno.remove(cache, { recursive: true });
  return figures;
}

async function installAtOnce(count: number): Promise<{ downloads: number; folders: number }> {
  const cache = await Deno.makeTempDir();
  const before = registry.downloads;
  const outcomes = await Promise.all(Array.from({ length: count }, () => probe(callFor(cache))));
  const found = new Set(outcomes.map(({ value, error }) => value ?? fail(error?.message)));
  for (const folder of await folders(cache)) await assertWhole(folder, small.wanted);
  await Deno.remove(cache, { recursive: true });
  return { downloads: registry.downloads - before, folders: found.size };
}

async function installOnce(cache: string): Promise<number> {
  const startedAt = performance.now();
  const { value, error } = await probe(callFor(cache));
  if (value === undefined) fail(error?.message);
  return performance.now() - startedAt;
}

function callFor(cache: string): ProbeCall {
  const env = { DENO_DIR: cache, NPM_CONFIG_REGISTRY: registry.url };
  return { name: "installPackage", args: [small.wanted], options: {}, env };
}

function spawnInstall(cache: string): Deno.ChildProcess {
  const flags = ["-A", "--no-config", "--no-lock", "--no-check"];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, PROBE, JSON.stringify(callFor(cache))],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
}

/** Kills the process, or its whole group, and waits until nothing of the group is left. */
async function killAfter(ms: number, child: Deno.ChildProcess, group: boolean): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  await kill("-KILL", group ? -child.pid : child.pid);
  await child.status;
  while (await kill("-0", -child.pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function kill(signal: string, pid: number): Promise<boolean> {
  const args = [signal, "--", String(pid)];
  return (await new Deno.Command("kill", { args, stderr: "null" }).output()).success;
}

async function folders(cache: string): Promise<string[]> {
  return await cachedPackageFolders(cache, small.wanted.packageVersion);
}

async function assertWhole(folder: string, wanted: RuntimePackage): Promise<void> {
  const fault = (await examinePackage(folder, wanted)).fault;
  if (fault !== null) fail(`${fault.path} is ${fault.reason}`);
}

async function countLeftovers(cache: string): Promise<number> {
  const [folder = fail("nothing is installed")] = await folders(cache);
  const siblings = await Array.fromAsync(Deno.readDir(new URL("..", `file://${folder}/`)));
  return siblings.filter(({ name }) => name.endsWith(".tmp")).length;
}

/** Text that does not compress. */
function noise(bytes: number): string {
  const chunks = Array.from({ length: bytes / 60_000 }, () => new Uint8Array(60_000));
  return chunks.map((chunk) => encodeBase64(crypto.getRandomValues(chunk))).join("");
}

function fail(message = "no outcome"): never {
  throw new Error(message);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
