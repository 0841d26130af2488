import { describe, expect, it } from "vitest";
import type { CodexOptions } from "../../mod.ts";
import { AppServerHarness, message } from "../../src/testing/mod.ts";
import { SharedRuntime } from "../support/shared_runtime.ts";

const PROGRAM = new URL("./ending_program.ts", import.meta.url).href;

describe("a program that does not call close()", () => {
  it.each(["run", "read"])("ends by itself when its own work is done: %s", async (work) => {
    expect(await onHarness(work)).toEqual(DONE);
  });

  it("ends by itself when it is connected to a server", async () => {
    await using runtime = await SharedRuntime.start();
    const { address } = runtime;
    expect(await outcomeOf("connect", { address })).toEqual(DONE);
  });
});

describe("close()", () => {
  it("is waited for to its end", async () => {
    expect(await onHarness("close")).toEqual(DONE);
  });
});

const DONE = { code: 0, stdout: "done", stderr: "" };

async function onHarness(work: string) {
  await using harness = await AppServerHarness.start();
  harness.model.on(() => true, message("one two three"));
  const { env, workspace: cwd } = harness.home;
  return await outcomeOf(work, { env, cwd, clearEnv: true });
}

async function outcomeOf(work: string, options: CodexOptions | { readonly address: string }) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", PROGRAM, JSON.stringify(options), work],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}
