import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { join } from "node:path";
import { type DenoRun, runDeno } from "./support/deno_command.ts";
import { exists } from "./support/exists.ts";
import { type FileServer, serveRepository } from "./support/file_server.ts";

// A run and a type check with an empty cache.
vi.setConfig({ testTimeout: 60_000 });

const runTurn = (url: string): string => `
import { Codex } from "${url}mod.ts";
import { startOffline } from "${url}src/testing/mod.ts";

await using codex: Codex = await startOffline();
const { status } = await (await codex.startThread()).run("Say hello");
console.log(codex instanceof Codex, status);
`;

// A value of type `any` would satisfy both branches and fail to type-check.
const useTypes = (url: string): string => `
import { Codex, type TurnResult } from "${url}mod.ts";
type IsAny<T> = 0 extends 1 & T ? true : false;
const typed: false[] = [
  false satisfies IsAny<Codex>,
  false satisfies IsAny<TurnResult["finalResponse"]>,
  false satisfies IsAny<TurnResult["items"][number]>,
  false satisfies IsAny<TurnResult["usage"]>,
];
export async function ask(question: string): Promise<string | null> {
  await using codex = await Codex.start();
  const thread = await codex.startThread({ sandbox: "read-only" });
  await using turn = await thread.startTurn(question);
  for await (const event of turn) {
    if (event.method === "item/agentMessage/delta") event.params.delta satisfies string;
  }
  const { finalResponse } = await turn.result();
  return typed.length > 0 ? finalResponse : null;
}
`;

describe("import by URL, from an empty folder, with a fresh cache and no configuration", () => {
  let server: FileServer;
  let folder: string;

  beforeAll(async () => {
    server = serveRepository();
    folder = await Deno.makeTempDir();
    await shareRuntimePackage(join(folder, "cache"));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });

  it("completes a turn", async () => {
    const { code, stdout, stderr, downloads } = await runScript("turn.ts", runTurn(server.url));
    expect(stderr).toBe("");
    expect(stdout).toBe("true completed\n");
    // What this program does not use is not downloaded.
    expect(downloads.join(" ")).not.toMatch(
      /observablehq|d3-|linkedom|resvg|highlight|markdown-it|streamparser|canonicalize/,
    );
    expect(downloads.join(" ")).toMatch(/zod/);
    expect(code).toBe(0);
    expect(server.requests).toContain("/mod.ts");
  });

  it("has what is loaded late after `deno cache`, for a machine without a network", async () => {
    const { code, stderr } = await runScript("turn.ts", runTurn(server.url), ["cache"]);
    expect(code, stderr).toBe(0);
    const [registry] = await Array.fromAsync(Deno.readDir(join(folder, "cache", "npm")));
    const packages = await Array.fromAsync(
      Deno.readDir(join(folder, "cache", "npm", registry?.name ?? "")),
      ({ name }) => name,
    );
    expect(packages).toEqual(
      expect.arrayContaining(["zod", "markdown-it", "@streamparser", "canonicalize"]),
    );
  });

  it("type-checks a program, with nothing any", async () => {
    const { code, stderr } = await runScript("types.ts", useTypes(server.url), ["check"]);
    expect(code, stderr).toBe(0);
  });

  it("loads nothing but source and what source imports", () => {
    const others = server.requests.filter((path) =>
      path !== "/mod.ts" && !path.startsWith("/src/")
    );
    expect(others).toEqual([]);
  });

  async function runScript(
    name: string,
    text: string,
    command: string[] = ["run", "--no-prompt", ...RUN_PERMISSIONS],
  ): Promise<DenoRun> {
    const work = join(folder, "work");
    await Deno.mkdir(work, { recursive: true });
    await Deno.writeTextFile(join(work, name), text);
    return await runDeno([...command, `--allow-import=${server.host}`, name], {
      cwd: work,
      env: { DENO_DIR: join(folder, "cache") },
    });
  }
});

const RUN_PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-net=127.0.0.1",
];

/** The pinned runtime's 370 MB need not be fetched again; everything else is. */
async function shareRuntimePackage(denoDir: string): Promise<void> {
  const { code, stdout } = await runDeno(["info", "--json"]);
  expect(code).toBe(0);
  const { npmCache } = JSON.parse(stdout) as { npmCache: string };
  for await (const { name } of Deno.readDir(npmCache)) {
    const existing = join(npmCache, name, "@openai");
    if (!await exists(existing)) continue;
    await Deno.mkdir(join(denoDir, "npm", name), { recursive: true });
    await Deno.symlink(existing, join(denoDir, "npm", name, "@openai"));
  }
}
