import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findRuntime, installRuntime, resolveRuntime } from "../../src/runtime/mod.ts";
import { namedRuntime } from "../../src/runtime/locate.ts";
import { probe } from "../support/runtime_probe.ts";

describe("the functions that find a runtime", () => {
  it("end at once at an abort, and take options by their names", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    for (const find of [resolveRuntime, findRuntime]) {
      await expect(find({ signal, executable: "/none" })).rejects.toBe(reason);
      await expect(find({ exectuable: "/none" } as never)).rejects.toThrow("Use executable");
    }
    await expect(installRuntime({ signal })).rejects.toBe(reason);
    await expect(installRuntime({ verison: "1" } as never)).rejects.toThrow("Use version");
  });
});

describe("namedRuntime()", () => {
  it("takes the binary as it is, without a version", async () => {
    const binary = await makeBinary();
    expect(await namedRuntime(binary)).toMatchObject({
      executable: binary,
      version: null,
      source: "executable",
      pathEntries: [],
    });
  });

  it("finds the companions of a binary that lies in a package of the runtime", async () => {
    const binary = await makeBinary();
    const vendor = join(binary, "../..");
    await Deno.mkdir(join(vendor, "codex-path"));
    await Deno.mkdir(join(vendor, "codex-resources"));
    const { pathEntries } = await namedRuntime(binary);
    expect(pathEntries).toEqual([join(vendor, "codex-path"), join(vendor, "codex-resources")]);
  });

  it("makes a relative path absolute, so that a thread's directory does not matter", async () => {
    const binary = await makeBinary();
    const call = { name: "namedRuntime", args: ["bin/codex"] };
    const { value } = await probe(call, { cwd: join(binary, "../..") });
    expect(value).toMatchObject({ executable: await Deno.realPath(binary) });
  });

  it("never looks a bare name up on PATH", async () => {
    const binary = await makeBinary();
    const call = { name: "namedRuntime", args: ["codex"] };
    const { error } = await probe(call, { env: { PATH: join(binary, "..") } });
    expect(error).toMatchObject({ name: "RuntimeSetupError", step: "locate", version: null });
    expect(error?.message).toContain("there is no such file");
  });

  it("says that there is no such file, that it is a directory, or that it is not executable", async () => {
    const binary = await makeBinary();
    const bin = join(binary, "..");
    await expect(namedRuntime(join(bin, "none"))).rejects.toThrow("there is no such file");
    await expect(namedRuntime(join(binary, "below"))).rejects.toThrow("there is no such file");
    await expect(namedRuntime(bin)).rejects.toThrow("it is not a file");
    if (Deno.build.os === "windows") return;
    await Deno.chmod(binary, 0o644);
    await expect(namedRuntime(binary)).rejects.toThrow("it is not marked as executable");
  });

  it("refuses an empty path as the caller's mistake", async () => {
    await expect(namedRuntime("")).rejects.toThrow(TypeError);
  });

  it("needs no permission to read", async () => {
    const binary = await makeBinary();
    const call = { name: "namedRuntime", args: [binary] };
    const { value } = await probe(call, { permissions: [] });
    expect(value).toMatchObject({ executable: binary, pathEntries: [] });
  });
});

async function makeBinary(): Promise<string> {
  const vendor = await Deno.makeTempDir();
  onTestFinished(() => Deno.remove(vendor, { recursive: true }));
  const binary = join(vendor, "bin", "codex");
  await Deno.mkdir(join(vendor, "bin"));
  await Deno.writeTextFile(binary, "#!/bin/sh\n", { mode: 0o755 });
  return binary;
}
