import { describe, expect, it } from "vitest";
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
