/**
 * Packages on disk, for tests.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** A directory that is removed when disposed. */
export class TemporaryFolder implements AsyncDisposable {
  /** Its real path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one with these files; a value other than a string is written as JSON. */
  static async create(files: Readonly<Record<string, unknown>> = {}): Promise<TemporaryFolder> {
    const folder = new TemporaryFolder(await Deno.realPath(await Deno.makeTempDir()));
    for (const [path, content] of Object.entries(files)) await folder.write(path, content);
    return folder;
  }

  /** Writes a file. */
  async write(path: string, content: unknown): Promise<string> {
    const file = join(this.path, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await Deno.writeTextFile(file, text);
    return file;
  }

  /** Makes a symbolic link. */
  async link(target: string, path: string): Promise<void> {
    const file = join(this.path, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.symlink(target, file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A package with this manifest and these files. */
export function writePackage(
  manifest: Readonly<Record<string, unknown>> = {},
  files: Readonly<Record<string, unknown>> = {},
): Promise<TemporaryFolder> {
  return TemporaryFolder.create({
    ".codex-plugin/plugin.json": { name: "orders", ...manifest },
    ...files,
  });
}

/** The error of a promise that must fail. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(() => null, (error) => error);
  if (error instanceof Error) return error;
  throw new Error("It was expected to fail and did not");
}
