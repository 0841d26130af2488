/**
 * The files of a server, by which other programs find it.
 *
 * @module
 */
import { untilAborted } from "../../async.ts";
import { basename, dirname, join } from "../../paths.ts";
import { type EnvironmentOptions, environmentVariable } from "../environment.ts";

/** The options of a server; written before it starts. */
export interface ServerSettings {
  /** Address to listen on. */
  readonly listen: string;
  /** The program. */
  readonly executable: string;
  /** Release of the runtime, or `null` for a binary of the caller's. */
  readonly version: string | null;
  /** Whether it requires the token in the record. */
  readonly hasToken: boolean;
  /**
   * Time without clients after which it ends, in milliseconds, or `null` when it does not end by
   * itself.
   */
  readonly endWhenIdleMs: number | null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The directory of one server, readable by its owner alone. The process writes its id there before
 * it becomes the server, so every server can be found.
 */
export class ServerRecord {
  /** Name of the server, one of its `CODEX_HOME`. */
  readonly name: string;
  /** The directory of all servers of the home. */
  readonly serversDirectory: string;
  /** The directory of this one. */
  readonly directory: string;

  /** @throws {TypeError} when the name cannot be one of a directory. */
  constructor(serversDirectory: string, name: string) {
    if (!NAME.test(name)) {
      throw new TypeError(
        `Cannot name a server ${
          JSON.stringify(name)
        }: it has other characters. Use letters, digits, dots and dashes`,
      );
    }
    this.name = name;
    this.serversDirectory = serversDirectory;
    this.directory = join(serversDirectory, name);
  }

  /** The file with the process id. */
  get pidFile(): string {
    return join(this.directory, "pid");
  }

  /** The file with what the server wrote to stderr since its start. */
  get logFile(): string {
    return join(this.directory, "log");
  }

  /** The file with the token. */
  get tokenFile(): string {
    return join(this.directory, "token");
  }

  /** The server's default socket. */
  get socketPath(): string {
    return join(this.directory, "socket");
  }

  /** The file whose modification time is the time of the last client. */
  get visitFile(): string {
    return join(this.directory, "visit");
  }

  /** Makes the directory for a server that is about to start; a token that is there stays. */
  async prepare(facts: ServerSettings): Promise<void> {
    await Deno.mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writePrivate(this.pidFile, "");
    await writePrivate(this.logFile, "");
    await writePrivate(this.visitFile, "");
    await writePrivate(this.#factsFile, JSON.stringify(facts));
  }

  /** Writes the token for the server and its clients. */
  async writeToken(token: string): Promise<void> {
    await Deno.mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writePrivate(this.tokenFile, token);
  }

  /** The token, or `null`. */
  async readToken(): Promise<string | null> {
    return await readIfThere(this.tokenFile) || null;
  }

  /** The options of its start, or `null` when the server is not found. */
  async readFacts(): Promise<ServerSettings | null> {
    const text = await readIfThere(this.#factsFile);
    if (!text) return null;
    try {
      return JSON.parse(text) as ServerSettings;
    } catch {
      // Incomplete: the program was killed while writing it, before it started a server.
      return null;
    }
  }

  /** Its process id, or `null` before it has one. */
  async readPid(): Promise<number | null> {
    const pid = Number(await readIfThere(this.pidFile));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  }

  /** The text that the server wrote to stderr. */
  async readLog(): Promise<string> {
    return await readIfThere(this.logFile) ?? "";
  }

  /** Removes all of it. */
  async remove(): Promise<void> {
    await Deno.remove(this.directory, { recursive: true }).catch(ignoreAbsence);
  }

  get #factsFile(): string {
    return join(this.directory, "server.json");
  }
}

/** The directory with the records of all servers of a home. */
export function serversDirectoryOf({ env = {}, clearEnv = false }: EnvironmentOptions): string {
  const variable = (name: string): string | undefined =>
    name in env || clearEnv ? env[name] : environmentVariable(name);
  const user = variable(Deno.build.os === "windows" ? "USERPROFILE" : "HOME");
  const home = variable("CODEX_HOME") ?? (user && join(user, ".codex"));
  if (!home) {
    throw new TypeError(
      "Cannot find the servers: neither CODEX_HOME nor the user's home is known. Set CODEX_HOME",
    );
  }
  return join(home, "codex-deno", "servers");
}

/**
 * The record of the server that listens on the socket in its directory; `null` for another address.
 */
export function recordAt(address: string): ServerRecord | null {
  const directory = /^unix:\/\/(.*)\/socket$/.exec(address)?.[1];
  return directory === undefined ? null : new ServerRecord(dirname(directory), basename(directory));
}

/** The names of the servers that have a record, running or not. */
export async function recordedNames(serversDirectory: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(serversDirectory)) {
      if (isDirectory) names.push(name);
    }
  } catch (error) {
    ignoreAbsence(error);
  }
  return names.sort();
}

/**
 * Lets one program at a time start or end the server of that name; the lock ends with the program.
 */
export async function withLock<T>(
  serversDirectory: string,
  name: string,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  using file = await openLock(serversDirectory, name);
  const locked = file.lock(true);
  await untilAborted(locked, signal);
  return await action();
}

/** Does the same unless another program does it now; returns whether it was done. */
export async function ifUnlocked(
  serversDirectory: string,
  name: string,
  action: () => Promise<void>,
): Promise<boolean> {
  using file = await openLock(serversDirectory, name);
  if (!await file.tryLock(true)) return false;
  await action();
  return true;
}

async function openLock(serversDirectory: string, name: string): Promise<Deno.FsFile> {
  await Deno.mkdir(serversDirectory, { recursive: true, mode: 0o700 });
  const path = join(serversDirectory, `.${name}.lock`);
  return await Deno.open(path, { create: true, write: true, mode: 0o600 });
}

async function writePrivate(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o600 });
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    ignoreAbsence(error);
    return null;
  }
}

function ignoreAbsence(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
