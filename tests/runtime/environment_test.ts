import { afterEach, describe, expect, it, vi } from "vitest";
import {
  environmentVariable,
  inheritedEnvironment,
  runtimeEnvironment,
  systemEnvironment,
} from "../../src/runtime/environment.ts";
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

describe("the environment of this program", () => {
  afterEach(() => vi.restoreAllMocks());

  it("gives the runtime everything unless it is told otherwise", () => {
    vi.spyOn(Deno.env, "toObject").mockReturnValue({ A: "1", B: "2", PATH: "/bin" });
    expect(runtimeEnvironment({ pathEntries: [] })).toEqual({ A: "1", B: "2", PATH: "/bin" });
    expect(runtimeEnvironment({ pathEntries: ["/x"] }, { env: { A: "3", B: undefined } }))
      .toEqual({ A: "3", PATH: Deno.build.os === "windows" ? "/x;/bin" : "/x:/bin" });
    expect(runtimeEnvironment({ pathEntries: [] }, { clearEnv: true })).toEqual({ PATH: "" });
  });

  it("is an error where it may not be read, as any other fault is", () => {
    const denied = new Deno.errors.NotCapable("no");
    const read = vi.spyOn(Deno.env, "toObject").mockImplementation(() => {
      throw denied;
    });
    expect(inheritedEnvironment).toThrow(
      "Cannot start the Codex runtime: reading the environment it inherits is not permitted. " +
        "Allow it with --allow-env, or pass clearEnv: true and env",
    );
    read.mockImplementation(() => {
      throw new RangeError("a bug");
    });
    expect(inheritedEnvironment).toThrow("a bug");
    vi.spyOn(Deno.env, "get").mockImplementation((name) => {
      if (name === "DENIED") throw denied;
      throw new RangeError("a bug");
    });
    expect(environmentVariable("DENIED")).toBe(undefined);
    expect(() => environmentVariable("OTHER")).toThrow("a bug");
  });

  it("is that of the system without what belongs to the user", () => {
    vi.spyOn(Deno.env, "get").mockImplementation((name) =>
      name === "LANG" ? undefined : `of ${name}`
    );
    const system = systemEnvironment();
    expect(Object.keys(system)).toEqual(expect.arrayContaining(["PATH", "TZ", "no_proxy"]));
    expect(system.PATH).toBe("of PATH");
    for (const name of ["LANG", "HOME", "CODEX_HOME"]) expect(system).not.toHaveProperty(name);
  });
});
