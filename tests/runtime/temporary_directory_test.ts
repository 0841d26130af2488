import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { TemporaryDirectory } from "../../src/runtime/temporary_directory.ts";

const MODULE = new URL("../../src/runtime/temporary_directory.ts", import.meta.url).href;

describe("TemporaryDirectory", () => {
  it("is readable by its owner alone, and gone when it is disposed, also twice", async () => {
    const parent = await temporaryDirectory();
    const owner = start(parent, "await directory[Symbol.asyncDispose]();");
    const path = await owner.path;
    expect(path.startsWith(join(parent, "kept-"))).toBe(true);
    await owner.end;
    expect(namesIn(parent)).toEqual([]);
  });

  it("stays while its owner lives, and goes with the next one after its owner was killed", async () => {
    const parent = await temporaryDirectory();
    const owner = start(parent);
    const path = await owner.path;
    await start(parent, "await directory[Symbol.asyncDispose]();").end;
    expect((await Deno.stat(path)).isDirectory).toBe(true);
    if (Deno.build.os !== "windows") expect(((await Deno.stat(path)).mode ?? 0) & 0o77).toBe(0);
    owner.kill();
    await owner.end;
    expect((await Deno.stat(path)).isDirectory).toBe(true);
    await start(parent, "await directory[Symbol.asyncDispose]();").end;
    expect(namesIn(parent)).toEqual([]);
  });

  it("is removed by its owner alone while the owner is at it", async () => {
    const directory = await TemporaryDirectory.create("codex-owned-");
    await Deno.writeTextFile(join(directory.path, "file"), "");
    const held: boolean[] = [];
    const remove = vi.spyOn(Deno, "remove").mockImplementationOnce(async (path) => {
      using lock = await Deno.open(join(directory.path, "owner.lock"), { write: true });
      held.push(!await lock.tryLock(true));
      await Deno.remove(path);
    });
    onTestFinished(() => remove.mockRestore());
    await directory[Symbol.asyncDispose]();
    expect(held).toEqual([true]);
    await expect(Deno.stat(directory.path)).rejects.toThrow(Deno.errors.NotFound);
  });

  it("is not left behind when it cannot be locked", async () => {
    const refused = new Deno.errors.PermissionDenied("no file here");
    for (const step of ["open", "rename"] as const) {
      const made = vi.spyOn(Deno, "makeTempDir");
      const fails = vi.spyOn(Deno, step).mockRejectedValueOnce(refused);
      onTestFinished(() => void vi.restoreAllMocks());
      await expect(TemporaryDirectory.create("codex-unlocked-")).rejects.toBe(refused);
      const path = await made.mock.results[0]?.value;
      expect(path).toContain("codex-unlocked-");
      await expect(Deno.stat(path)).rejects.toThrow(Deno.errors.NotFound);
      fails.mockRestore();
      made.mockRestore();
    }
  });

  it("goes with the next one when it has lain without a lock for an hour", async () => {
    const parent = await temporaryDirectory();
    const old = join(parent, "kept-old");
    await Deno.mkdir(join(old, "codex-home"), { recursive: true });
    await Deno.utime(old, new Date(), new Date(Date.now() - 2 * 3_600_000));
    await start(parent, "await directory[Symbol.asyncDispose]();").end;
    expect(namesIn(parent)).toEqual([]);
  });

  it("leaves alone what has another name, no lock, or is a link", async () => {
    const parent = await temporaryDirectory();
    const target = await temporaryDirectory();
    await Deno.writeTextFile(join(target, "owner.lock"), "");
    await Deno.mkdir(join(parent, "kept-in-the-making"));
    await Deno.mkdir(join(parent, "other"));
    await Deno.writeTextFile(join(parent, "other", "owner.lock"), "");
    await Deno.symlink(target, join(parent, "kept-link"));
    await start(parent, "await directory[Symbol.asyncDispose]();").end;
    expect(namesIn(parent)).toEqual(["kept-in-the-making", "kept-link", "other"]);
    expect(namesIn(target)).toEqual(["owner.lock"]);
  });
});

interface Owner {
  /** The directory it has made. */
  readonly path: Promise<string>;
  readonly end: Promise<unknown>;
  kill(): void;
}

/** A process that makes a directory below `parent`, and then does `rest`, or nothing for ever. */
function start(parent: string, rest = "setInterval(() => {}, 1e6);"): Owner {
  const code = `import { TemporaryDirectory } from ${JSON.stringify(MODULE)};
    const directory = await TemporaryDirectory.create("kept-");
    console.log(directory.path);
    ${rest}`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code],
    env: { TMPDIR: parent, TEMP: parent, TMP: parent },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const path = Promise.withResolvers<string>();
  const read = async (): Promise<void> => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      path.resolve(text.trim());
    }
  };
  return {
    path: path.promise,
    end: Promise.all([read(), child.status]),
    kill: () => child.kill("SIGKILL"),
  };
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

async function temporaryDirectory(): Promise<string> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  onTestFinished(() => Deno.remove(directory, { recursive: true }));
  return directory;
}
