import { describe, expect, it } from "vitest";
import { RuntimeSetupError } from "../../../src/errors/mod.ts";
import { RUNTIME_VERSION } from "../../../src/runtime/about.ts";
import { currentPlatform, packageFor, RUNTIME_PACKAGES } from "../../../src/runtime/release/pin.ts";

describe("the pin", () => {
  it("describes six platforms, each with a package of the pinned version", () => {
    const platforms = Object.entries(RUNTIME_PACKAGES);
    expect(platforms).toHaveLength(6);
    for (const [platform, wanted] of platforms) {
      expect(wanted.packageVersion).toBe(`${RUNTIME_VERSION}-${platform}`);
      for (const file of [wanted.executable, ...wanted.companions, ...wanted.resources]) {
        expect(file.sha256, file.path).toMatch(/^[0-9a-f]{64}$/);
        expect(file.bytes, file.path).toBeGreaterThan(0);
      }
      expect(wanted.unpackedBytes).toBeGreaterThan(wanted.packedBytes);
    }
  });

  it("has its own digest for every platform", () => {
    const digests = Object.values(RUNTIME_PACKAGES).map(({ executable }) => executable.sha256);
    expect(new Set(digests).size).toBe(6);
  });

  it("ends binaries in .exe on Windows alone", () => {
    for (const [platform, { executable }] of Object.entries(RUNTIME_PACKAGES)) {
      expect(executable.path.endsWith(".exe"), platform).toBe(platform.startsWith("win32"));
    }
  });
});

describe("currentPlatform()", () => {
  it("names operating systems and processors as npm does", () => {
    expect(currentPlatform({ os: "windows", arch: "x86_64" })).toBe("win32-x64");
    expect(currentPlatform({ os: "darwin", arch: "aarch64" })).toBe("darwin-arm64");
    expect(currentPlatform({ os: "freebsd", arch: "riscv64" })).toBe("freebsd-riscv64");
  });
});

describe("packageFor()", () => {
  it("gives the package of a platform", () => {
    expect(packageFor("linux-arm64").packageVersion).toBe(`${RUNTIME_VERSION}-linux-arm64`);
  });

  it.each(["freebsd-x64", "toString"])("refuses %s, naming what there is", (platform) => {
    const error = thrownBy(() => packageFor(platform));
    expect(error).toBeInstanceOf(RuntimeSetupError);
    expect(error).toMatchObject({ step: "platform", version: RUNTIME_VERSION, platform });
    expect(String(error)).toContain("win32-arm64");
    expect(String(error)).toContain("pass its path as executable");
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
