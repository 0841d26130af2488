/**
 * A server that runs: where it is, and how to end it.
 *
 * @module
 */
import { checkOptions, type OptionNames } from "../../options_check.ts";
import { endServer, isServerProcess } from "./process.ts";
import { keeperEnded } from "./keeper_process.ts";
import { ifUnlocked, type ServerRecord, type ServerSettings } from "./record.ts";
import { removeSocket } from "./socket_files.ts";

/** How a server is ended. Every field is optional. */
export interface StopServerOptions {
  /**
   * Lets running turns end first; new ones are refused meanwhile. Default `false`: they are
   * interrupted, and what they completed is kept.
   */
  readonly drain?: boolean;
  /**
   * Time limit of draining, in milliseconds; then the turns are interrupted after all. Default
   * 60,000.
   */
  readonly timeoutMs?: number;
  /** Ends the wait; the call rejects with `signal.reason`, and the server goes on draining. */
  readonly signal?: AbortSignal;
}

/** Names of {@linkcode StopServerOptions}. */
export const STOP_SERVER_OPTIONS = {
  drain: true,
  timeoutMs: true,
  signal: true,
} as const satisfies OptionNames<StopServerOptions>;

/**
 * A server that runs, started by this program or by another one. It does not end with this program.
 *
 * **A server is one trust domain: every client may use every thread, and answer the approvals of
 * all of them.**
 */
export interface Server extends AsyncDisposable {
  /** Name, one of its `CODEX_HOME`. */
  readonly name: string;
  /** Where it listens, for `Codex.connect`: `unix:///…` or `ws://…`. */
  readonly address: string;
  /** Its process id. */
  readonly processId: number;
  /** File with the token, of mode 600, or `null` when the server needs no token. */
  readonly tokenFile: string | null;
  /** Release of the runtime, or `null` for a binary of the caller's. */
  readonly version: string | null;
  /** File with what it wrote to stderr. */
  readonly logFile: string;
  /**
   * Time without clients after which it ends, in milliseconds, or `null` when it does not end by
   * itself.
   */
  readonly endWhenIdleMs: number | null;
  /** The token, or `undefined` when the server needs none. It is never displayed. */
  readonly token: string | undefined;
  /**
   * Ends the server and resolves when its process is gone: at once, or with `drain` when its turns
   * have ended. A server that does not end is killed two seconds later. Idempotent.
   */
  stop(options?: StopServerOptions): Promise<void>;
  /** The same as `stop()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Facts of a server that answered. */
export interface FoundServer {
  readonly record: ServerRecord;
  readonly facts: ServerSettings;
  readonly processId: number;
  readonly address: string;
  readonly token: string | null;
  /** Resolves when the process has ended, if it is a child of this program. */
  readonly exited?: Promise<unknown>;
}

const DRAIN_MS = 60_000;

/** {@linkcode Server} over its record. */
export class RunningServer implements Server {
  readonly name: string;
  readonly address: string;
  readonly processId: number;
  readonly tokenFile: string | null;
  readonly version: string | null;
  readonly logFile: string;
  readonly endWhenIdleMs: number | null;
  readonly #known: FoundServer;
  #hasExited = false;

  constructor(known: FoundServer) {
    const { record, facts, processId, address, token } = known;
    this.name = record.name;
    this.address = address;
    this.processId = processId;
    this.tokenFile = token === null ? null : record.tokenFile;
    this.version = facts.version;
    this.logFile = record.logFile;
    this.endWhenIdleMs = facts.endWhenIdleMs;
    this.#known = known;
    void known.exited?.then(() => this.#hasExited = true);
  }

  get token(): string | undefined {
    return this.#known.token ?? undefined;
  }

  async stop(options: StopServerOptions = {}): Promise<void> {
    checkOptions("stop the server", options, STOP_SERVER_OPTIONS);
    await this.end(options);
    if (this.endWhenIdleMs !== null) await keeperEnded(this.#known.record);
  }

  /** The same for the keeper, which ends with the server. */
  async end(options: StopServerOptions): Promise<void> {
    const { drain = false, timeoutMs = DRAIN_MS, signal } = options;
    signal?.throwIfAborted();
    if (await this.#isGone()) {
      await this.#forget();
      return;
    }
    const drainMs = drain ? timeoutMs : 0;
    await endServer(this.processId, () => this.#isGone(), { drainMs, signal });
    await this.#forget();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #isGone(): Promise<boolean> {
    const { exited, facts } = this.#known;
    return exited ? this.#hasExited : !await isServerProcess(this.processId, facts);
  }

  /** A server that was started under the same name since then keeps its record and socket. */
  async #forget(): Promise<void> {
    const { record } = this.#known;
    const { serversDirectory, name } = record;
    await ifUnlocked(serversDirectory, name, async () => {
      if (await record.readPid() === this.processId) await this.removeFiles();
    });
  }

  /** Removes what the server has left, which must have ended. */
  async removeFiles(): Promise<void> {
    const { record, facts } = this.#known;
    if (facts.listen.startsWith("unix://")) {
      await removeSocket(facts.listen.slice("unix://".length));
    }
    await record.remove();
  }
}
