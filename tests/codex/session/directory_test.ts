import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkDirectory } from "../../../src/codex/session/directory.ts";

async function withBase(body: (base: string) => Promise<void>): Promise<void> {
  const base = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(base, "inner"));
    await Deno.writeTextFile(join(base, "file"), "");
    await body(base);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

describe("checkDirectory()", () => {
  it("takes a directory, absolute or below the base", () =>
    withBase(async (base) => {
      for (const cwd of [".", "inner", "inner/..", base, join(base, "inner")]) {
        expect(await checkDirectory(cwd, base)).toBe(undefined);
      }
      expect(await checkDirectory(base, "/no/such/base")).toBe(undefined);
    }));

  it.each<[string, string]>([
    ["gone", "it does not exist"],
    ["inner/gone", "it does not exist"],
    ["file", "it is not a directory"],
    ["file/below", "it does not exist"],
  ])("refuses %s: %s", (cwd, state) =>
    withBase(async (base) => {
      for (const path of [cwd, join(base, cwd)]) {
        const error = await checkDirectory(path, base).then(() => null, (error) => error);
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toBe(
          `Cannot use the working directory ${JSON.stringify(path)}: ${state}. Check the path`,
        );
      }
    }));

  it("leaves what it cannot look at to the runtime", () =>
    withBase(async (base) => {
      expect(await checkDirectory("x".repeat(5000), base)).toBe(undefined);
    }));
});
