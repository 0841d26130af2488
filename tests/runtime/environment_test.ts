import { describe, expect, it } from "vitest";
import { runtimeEnvironment } from "../../src/runtime/environment.ts";
import { probe } from "../support/runtime_probe.ts";

const VARIABLE = "CODEX_DENO_TEST";
const reads = { name: "environmentVariable", args: [VARIABLE] };
const inherits = { name: "inheritedEnvironment" };

describe("environmentVariable()", () => {
  it("reads a variable, and takes an empty one for unset", async () => {
    expect(await probe(reads, { env: { [VARIABLE]: "x" } })).toMatchObject({ value: "x" });
    expect(await probe(reads, { env: { [VARIABLE]: "" } })).toMatchObject({ value: null });
  });

  it("takes a variable that may not be read for unset", async () => {
    const denied = { permissions: [], env: { [VARIABLE]: "x" } };
    expect(await probe(reads, denied)).toMatchObject({ value: null });
  });
});

describe("inheritedEnvironment()", () => {
  it("holds what the process has", async () => {
    const { value } = await probe(inherits, { env: { [VARIABLE]: "x" } });
    expect(value).toMatchObject({ [VARIABLE]: "x" });
  });

  it("names the flag when the environment may not be read", async () => {
    const { error } = await probe(inherits, { permissions: [] });
    expect(error).toMatchObject({ name: "RuntimeSetupError", step: "spawn" });
    expect(error?.message).toContain("--allow-env");
  });
});

describe("runtimeEnvironment()", () => {
  const runtime = { pathEntries: ["/runtime/bin", "/runtime/lib"] };
  const pathIn = (env: Record<string, string | undefined>) =>
    runtimeEnvironment(runtime, { env, clearEnv: true }).PATH?.split(/[:;]/);

  it("has the runtime's own programs found before others of their names", () => {
    expect(pathIn({ PATH: "/usr/bin" })).toEqual(["/runtime/bin", "/runtime/lib", "/usr/bin"]);
    expect(pathIn({})).toEqual(["/runtime/bin", "/runtime/lib"]);
  });

  it("leaves out a variable that is undefined", () => {
    const env = { KEPT: "1", DROPPED: undefined };
    expect(Object.keys(runtimeEnvironment(runtime, { env, clearEnv: true })).sort())
      .toEqual(["KEPT", "PATH"]);
  });
});
