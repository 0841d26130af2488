/**
 * The files of a package, and nothing outside of it.
 *
 * @module
 */
import { basename, isAbsolute, join, relative } from "../../paths.ts";
import { ConnectorPackageError } from "../../errors/mod.ts";
import type { JsonObject } from "../../json.ts";

/** Largest file of a package that is read, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** Kinds of file that a path may name. */
export type PathKind = "file" | "directory";

/** A directory whose paths cannot lead out of it, symbolic links followed. */
export class PackageFolder {
  /** The directory as it was given. */
  readonly path: string;
  /** The directory with its symbolic links resolved. */
  readonly root: string;

  private constructor(path: string, root: string) {
    this.path = path;
    this.root = root;
  }

  /** Opens a package; it must be a directory. */
  static async open(path: string): Promise<PackageFolder> {
    const root = await Deno.realPath(path).catch(nullIfMissing);
    if (root === null || !(await Deno.stat(root)).isDirectory) {
      throw new ConnectorPackageError("there is no such directory. Check the path", {
        packagePath: path,
      });
    }
    return new PackageFolder(path, root);
  }

  /** Name of the directory. */
  get name(): string {
    return basename(this.root);
  }

  /** The real path of a file or directory that must exist; `field` and `file` are for the error. */
  async resolve(
    path: string,
    { field, file, kind }: { field: string; file: string | null; kind: PathKind },
  ): Promise<string> {
    this.#checkSyntax(path, field, file);
    const real = await this.#realPath(path, field, file);
    if (real === null) throw this.error(`${field} names ${path}, which does not exist`, file);
    const info = await Deno.stat(real);
    if (kind === "file" ? !info.isFile : !info.isDirectory) {
      throw this.error(`${field} names ${path}, which is not a ${kind}`, file);
    }
    return real;
  }

  /**
   * Whether there is a file or directory of that path, chosen by the library and not by the
   * package.
   */
  async has(path: string): Promise<boolean> {
    return await this.#realPath(path, path, path) !== null;
  }

  /** A JSON file of the package. */
  async readJson(path: string, named: { field: string; file: string }): Promise<JsonObject> {
    const real = await this.resolve(path, { ...named, kind: "file" });
    const file = path.replace(/^\.\//, "");
    await this.checkSize(real, file);
    return this.#parse(await Deno.readFile(real), file);
  }

  /** Refuses a file that is too large to be written by hand. */
  async checkSize(real: string, file: string): Promise<void> {
    const { size } = await Deno.stat(real);
    if (size <= MAX_FILE_BYTES) return;
    throw this.error(`it has ${size} bytes. At most ${MAX_FILE_BYTES} are read`, file);
  }

  /** An error about this package. */
  error(problem: string, file: string | null = null): ConnectorPackageError {
    return new ConnectorPackageError(problem, { packagePath: this.path, file });
  }

  #checkSyntax(path: string, field: string, file: string | null): void {
    const problems = [
      /^\.(\/|$)/.test(path) ? null : "does not begin with ./",
      path.split(/[/\\]/).includes("..") ? "contains .." : null,
      /[\\\0]/.test(path) ? "is not a plain path" : null,
    ];
    const problem = problems.find((problem) => problem !== null);
    if (!problem) return;
    throw this.error(
      `${field} names ${JSON.stringify(path)}, which ${problem}. ` +
        "Paths are relative to the package and stay inside it",
      file,
    );
  }

  /** `null` when the path does not exist; throws when it is outside or cannot be resolved. */
  async #realPath(path: string, field: string, file: string | null): Promise<string | null> {
    const real = await Deno.realPath(join(this.root, path)).catch(nullIfMissing).catch((error) => {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw this.error(`${field} names ${path}, which cannot be followed`, file);
    });
    if (real === null || this.#contains(real)) return real;
    throw this.error(
      `${field} names ${path}, which is a link out of the package. Keep its files inside`,
      file,
    );
  }

  #contains(real: string): boolean {
    const way = relative(this.root, real);
    return way === "" || !(way === ".." || /^\.\.[/\\]/.test(way) || isAbsolute(way));
  }

  /** The parser's message quotes the file, which may hold secrets. */
  #parse(bytes: Uint8Array, file: string): JsonObject {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      throw this.error("it is not valid JSON", file);
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as JsonObject;
    }
    throw this.error("it holds no JSON object", file);
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Deno.errors.NotFound) return null;
  if (error instanceof Deno.errors.NotADirectory) return null;
  throw error;
}
