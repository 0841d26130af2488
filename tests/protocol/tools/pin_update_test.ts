import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readPackage, reasonOf, updatePin } from "../../../src/protocol/tools/pin_update.ts";

describe("a release that cannot be pinned", () => {
  const printed = (code: string, summary: string) => JSON.stringify({ error: { code, summary } });

  it("does not exist", () => {
    const answer = printed("ETARGET", "No matching version found for x@9.9.9.\nIn most cases …");
    expect(reasonOf(answer)).toBe("there is no such release");
  });

  it("cannot be downloaded, for the reason that npm gives in its first line", () => {
    expect(reasonOf(printed("ENOTFOUND", "request failed\nat nowhere"))).toBe(
      "ENOTFOUND request failed",
    );
    expect(reasonOf("npm is broken")).toBe("it gave no reason");
  });
});

describe("a package that is read for the pin", () => {
  const { Command } = Deno;
  const directories: string[] = [];

  afterEach(() => {
    vi.restoreAllMocks();
    directories.length = 0;
  });

  /** Has `npm pack` deliver a package of these files, by their paths. */
  function deliver(files: Record<string, string>, answer?: { readonly error: object }): string[][] {
    const calls: string[][] = [];
    vi.spyOn(Deno, "Command").mockImplementation(
      function (program: string | URL, options: Deno.CommandOptions = {}) {
        const args = options.args ?? [];
        if (program !== Deno.execPath()) return new Command(program, options);
        calls.push([...args]);
        const directory = String(options.cwd);
        directories.push(directory);
        const output = async () => {
          for (const [path, text] of Object.entries(files)) {
            const file = `${directory}/package/${path}`;
            await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
            await Deno.writeTextFile(file, text);
          }
          const pack = ["-czf", `${directory}/x.tgz`, "-C", directory, "package"];
          if (!answer) await new Command("tar", { args: pack }).output();
          if (!answer) await Deno.remove(`${directory}/package`, { recursive: true });
          const report = {
            version: "1.2.3-linux-x64",
            filename: "x.tgz",
            size: 10,
            unpackedSize: 20,
            files: Object.entries(files).map(([path, text]) => ({ path, size: text.length })),
          };
          const stdout = new TextEncoder().encode(JSON.stringify(answer ?? [report]));
          return { success: !answer, stdout };
        };
        return { output } as never;
      } as never,
    );
    return calls;
  }

  it("has the size and the digest of each file, programs apart from what they read", async () => {
    const file = (path: string, text: string): object => ({
      path,
      bytes: text.length,
      sha256: createHash("sha256").update(text).digest("hex"),
    });
    const calls = deliver({
      "package.json": "{}",
      "vendor/t/codex-resources/voice/lib/b.so": "second",
      "vendor/t/codex-resources/voice/bin/speak": "speak",
      "vendor/t/bin/other": "other",
      "vendor/t/bin/codex": "codex!",
      "vendor/t/codex-path/rg": "rg",
      "vendor/t/codex-resources/tool": "tool",
      "vendor/t/codex-resources/voice/lib/a.so": "library",
      "vendor/t/licenses/MIT": "text",
      "vendor/t/README.md": "text",
    });
    expect(await readPackage("1.2.3-linux-x64")).toEqual({
      packageVersion: "1.2.3-linux-x64",
      packedBytes: 10,
      unpackedBytes: 20,
      executable: file("vendor/t/bin/codex", "codex!"),
      companions: [
        file("vendor/t/bin/other", "other"),
        file("vendor/t/codex-path/rg", "rg"),
        file("vendor/t/codex-resources/tool", "tool"),
        file("vendor/t/codex-resources/voice/bin/speak", "speak"),
      ],
      resources: [
        file("vendor/t/codex-resources/voice/lib/a.so", "library"),
        file("vendor/t/codex-resources/voice/lib/b.so", "second"),
      ],
    });
    const [args = []] = calls;
    expect(args.slice(0, 4)).toEqual(["run", "-A", "--no-config", "--no-lock"]);
    expect(args.slice(5)).toEqual([
      "pack",
      "--json",
      "--silent",
      `--cache=${directories[0]}/cache`,
      "@openai/codex@1.2.3-linux-x64",
    ]);
    expect(() => Deno.statSync(directories[0] ?? "")).toThrow(Deno.errors.NotFound);
  });

  it("is that of six platforms in both tables, the release last", async () => {
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    const { writeTextFile } = Deno;
    const written: [string, string][] = [];
    deliver({ "vendor/t/bin/codex": "codex!" });
    vi.spyOn(Deno, "writeTextFile").mockImplementation(async (path, text, options) => {
      const name = /release\/(\w+\.json)$/.exec(String(path))?.[1];
      if (name) written.push([name, String(text)]);
      else await writeTextFile(path, text, options);
    });
    await updatePin("1.2.3-alpha.4");
    expect(written.map(([name]) => name)).toEqual(["packages.json", "pin.json"]);
    const [[, packages = ""] = [], [, pin = ""] = []] = written;
    expect(pin).toBe('{\n  "version": "1.2.3-alpha.4"\n}\n');
    expect(packages).toMatch(/^\{\n {2}"linux-x64": \{\n {4}"packageVersion"[^]*\}\n$/);
    const platforms = [
      "linux-x64",
      "linux-arm64",
      "darwin-x64",
      "darwin-arm64",
      "win32-x64",
      "win32-arm64",
    ];
    expect(Object.keys(JSON.parse(packages))).toEqual(platforms);
    const digest = createHash("sha256").update("codex!").digest("hex");
    expect(printed.mock.calls).toEqual(platforms.map((platform) => [`${platform}  ${digest}`]));
  });

  it.each([undefined, "", "1.2", "v1.2.3", "1.2.3 "])("is not one of %j", async (version) => {
    await expect(updatePin(version)).rejects.toThrow("a version such as 0.169.0 is needed");
  });

  it("is refused without the runtime in it, or where it cannot be had", async () => {
    deliver({ "vendor/t/bin/other": "other" });
    await expect(readPackage("1.2.3-linux-x64")).rejects.toThrow("contains no codex binary");
    vi.restoreAllMocks();
    deliver({}, { error: { code: "ETARGET", summary: "No" } });
    await expect(readPackage("9.9.9-linux-x64")).rejects.toThrow(
      "npm cannot download @openai/codex@9.9.9-linux-x64: there is no such release",
    );
    for (const directory of directories) {
      expect(() => Deno.statSync(directory)).toThrow(Deno.errors.NotFound);
    }
  });
});
