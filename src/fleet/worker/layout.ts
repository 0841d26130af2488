/**
 * Where the state of a fleet is: one home that all workers share, and SQLite on the disk of each.
 *
 * @module
 */
import { join, relative, resolve } from "../../paths.ts";

/** The directories of one worker. */
export class FleetLayout implements Disposable {
  /** The runtime's `CODEX_HOME`, which all workers share. */
  readonly home: string;
  /** The runtime's `CODEX_SQLITE_HOME`, of this worker alone. */
  readonly sqlite: string;
  /** Tells this home from every other; the same for all workers that share it. */
  readonly homeId: string;
  readonly #lock: Deno.FsFile;

  private constructor(home: string, sqlite: string, homeId: string, lock: Deno.FsFile) {
    this.home = home;
    this.sqlite = sqlite;
    this.homeId = homeId;
    this.#lock = lock;
  }

  /**
   * Makes the directories that are missing and takes the first free place for SQLite.
   *
   * @throws {TypeError} that says what to do, when they cannot be used.
   */
  static async open(home: string, sqlite: string): Promise<FleetLayout> {
    const [shared, local] = [resolve(home), resolve(sqlite)];
    if (!relative(shared, local).startsWith("..")) {
      throw new TypeError(
        `Cannot use ${local} for SQLite: it is in the shared home. Name a directory on a disk of ` +
          "this machine with --sqlite",
      );
    }
    await makeDirectory(shared, "--home");
    await makeDirectory(local, "--sqlite");
    const homeId = await homeIdOf(shared);
    for (let place = 0;; place++) {
      const own = join(local, String(place));
      await makeDirectory(own, "--sqlite");
      const lock = await Deno.open(join(local, `${place}.lock`), { write: true, create: true });
      if (await lock.tryLock(true)) return new FleetLayout(shared, own, homeId, lock);
      lock.close();
    }
  }

  /** Lets another worker have the place. */
  [Symbol.dispose](): void {
    this.#lock.close();
  }
}

async function makeDirectory(path: string, option: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    const probe = await Deno.makeTempFile({ dir: path });
    await Deno.remove(probe);
  } catch (cause) {
    throw new TypeError(
      `Cannot use ${path}: it cannot be created or written. Correct ${option} or its permissions`,
      { cause },
    );
  }
}

/** A file in the home names it; the worker that comes first writes it. */
async function homeIdOf(home: string): Promise<string> {
  const path = join(home, "fleet-home-id");
  try {
    await Deno.writeTextFile(path, crypto.randomUUID(), { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  for (let tries = 0; tries < 50; tries++) {
    const id = await Deno.readTextFile(path);
    if (id.length === 36) return id;
    // Another worker is just writing it.
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new TypeError(
    `Cannot use ${home}: ${path} is damaged. Remove it and start the workers again`,
  );
}
