/**
 * Temporary directories that do not outlive their owner for long.
 *
 * @module
 */
import { dirname, join } from "../paths.ts";

const LOCK = "owner.lock";

/**
 * A directory that one process owns, removed when it is disposed. The owner holds a lock that the
 * system releases with the process, however it ends; what a killed owner left is removed when the
 * next directory of the same prefix is made.
 */
export class TemporaryDirectory implements AsyncDisposable {
  /** Its real path: programs resolve links, and what they report should equal it. */
  readonly path: string;
  readonly #lock: Deno.FsFile;

  private constructor(path: string, lock: Deno.FsFile) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes a directory below the system's directory for temporary files; only its owner may read it.
   */
  static async create(prefix: string): Promise<TemporaryDirectory> {
    const path = await Deno.realPath(await Deno.makeTempDir({ prefix }));
    try {
      const directory = new TemporaryDirectory(path, await lockIn(path));
      await removeAbandoned(dirname(path), prefix).catch(() => {});
      return directory;
    } catch (error) {
      await Deno.remove(path, { recursive: true });
      throw error;
    }
  }

  /** Removes it. Programs that use it must have ended. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Without the lock, another process that finds the directory would remove it too.
    try {
      await removeContent(this.path);
    } finally {
      this.#lock[Symbol.dispose]();
    }
    await remove(this.path);
  }
}

/** The lock is taken under another name: a directory with a free lock counts as abandoned. */
async function lockIn(path: string): Promise<Deno.FsFile> {
  const file = await Deno.open(join(path, `${LOCK}.new`), { write: true, createNew: true });
  try {
    await file.lock(true);
    await Deno.rename(join(path, `${LOCK}.new`), join(path, LOCK));
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Removes the directories whose owner has ended. Those of other users cannot be opened. */
async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  // Asking for a permission would stop a program in a terminal.
  const { state } = await Deno.permissions.query({ name: "read", path: parent });
  if (state !== "granted") return;
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    if (isDirectory && name.startsWith(prefix)) await removeIfAbandoned(join(parent, name));
  }
}

async function removeIfAbandoned(path: string): Promise<void> {
  try {
    using lock = await Deno.open(join(path, LOCK), { write: true });
    if (await lock.tryLock(true)) await removeAll(path);
  } catch (error) {
    // Else another user's, or another process is removing it.
    if (error instanceof Deno.errors.NotFound) await removeIfOld(path).catch(() => {});
  }
}

const OLD_MS = 3_600_000;

/** A directory without a lock is in the making, or its removal was cut off. */
async function removeIfOld(path: string): Promise<void> {
  const { mtime } = await Deno.stat(path);
  if (mtime === null || Date.now() - mtime.getTime() < OLD_MS) return;
  await Deno.remove(path, { recursive: true });
}

/**
 * The lock goes last: a removal that is cut off, or that a program still writes into, leaves a
 * directory that counts as abandoned.
 */
async function removeAll(path: string): Promise<void> {
  await removeContent(path);
  await remove(path);
}

/** Removes everything but the lock. */
async function removeContent(path: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(path)) {
      if (name !== LOCK) await remove(join(path, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A missing file may have been removed by another process. */
async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
