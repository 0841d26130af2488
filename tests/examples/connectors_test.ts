import { describe, expect, it } from "vitest";
import { runDeno } from "../support/deno_command.ts";
import { serveRepository } from "../support/file_server.ts";
import { ROOT } from "../support/repository.ts";

const FLAGS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-net=127.0.0.1",
];

/** What `--verify` has to say, in order. */
const STEPS = [
  "the registry lists its plugins",
  "a plugin is found by its id and by its name",
  "the package gives a server and a skill",
  "what is disabled or not authorized is left out",
  "its server runs here, and the record adds a label",
  "the hosted app found its token by an alias",
  "the token is shown nowhere",
  "the model was given the skill",
  "the tool of this program answered",
  "the server of the package answered",
  "the hosted app answered",
  "every MCP call completed",
  "every call of the destructive connector was asked for",
  "records became tools, and the labels were obeyed",
];

/** The steps that a run printed as held; a step that failed is not among them. */
async function stepsOf(program: string, flags: readonly string[], cwd: string): Promise<string[]> {
  const { code, stdout, stderr } = await runDeno(
    ["run", "--quiet", "--no-prompt", ...FLAGS, ...flags, program, "--verify"],
    { cwd },
  );
  expect(code, stdout + stderr).toBe(0);
  return [...stdout.matchAll(/^ok {3}(.+)$/gm)].map(([, step]) => step ?? "");
}

describe("21_connectors.ts --verify", () => {
  it("proves the way from records to results, step by step", async () => {
    expect(await stepsOf("examples/21_connectors.ts", [], ROOT)).toEqual(STEPS);
  });

  it("does so by URL, from an empty folder", async () => {
    await using server = serveRepository();
    const folder = await Deno.makeTempDir();
    try {
      const program = `${server.url}examples/21_connectors.ts`;
      const flags = [`--allow-import=${server.host}`];
      expect(await stepsOf(program, flags, folder)).toEqual(STEPS);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
