import { describe, expect, it } from "vitest";
import { exists } from "../support/exists.ts";
import { isAlive, pidIn, whenGone } from "../support/processes.ts";

const PROGRAM = new URL("./dying_parent.ts", import.meta.url).href;

// Windows has no process groups and no signals to send; what happens there is not tested.
describe.skipIf(Deno.build.os === "windows")("no process outlives a program that ends by", () => {
  it.each(["exception", "rejection", "exit"])("%s", async (how) => {
    await expectNothingLeft(how);
  });

  it.each<[Deno.Signal]>([["SIGINT"], ["SIGTERM"], ["SIGKILL"]])("%s", async (signal) => {
    await expectNothingLeft("wait", signal);
  });
});

async function expectNothingLeft(how: string, signal?: Deno.Signal): Promise<void> {
  const folder = await Deno.makeTempDir();
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", PROGRAM, folder, how],
    env: { TMPDIR: folder },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = program.stderr.text();
  try {
    const file = `${folder}/runtime.pid`;
    await Promise.race([pidIn(file), program.status]);
    if (!await exists(file)) {
      throw new Error(`The program ended before its runtime ran: ${await said}`);
    }
    const runtime = await pidIn(file);
    if (signal) program.kill(signal);
    expect((await program.status).success).toBe(false);
    const children = [await pidIn(`${folder}/command.pid`), await pidIn(`${folder}/mcp.pid`)];
    expect(new Set([runtime, ...children]).size).toBe(3);
    await Promise.all([runtime, ...children].map(whenGone));
    expect(await isAlive(runtime)).toBe(false);
  } finally {
    await said;
    await Deno.remove(folder, { recursive: true });
  }
}
