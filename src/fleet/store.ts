/**
 * Redis or Valkey: where the jobs of a fleet are.
 *
 * @module
 */
import { Redis, type RedisOptions } from "../deps/fleet.ts";
import { FleetStoreError } from "./errors.ts";

/** Time in which the store must answer at first, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5000;

/** One store, and how to connect to it. */
export class FleetStore {
  /** Host and port, for messages. */
  readonly address: string;
  readonly #options: RedisOptions;

  /**
   * @throws {TypeError} when the URL is not one of Redis; it is not repeated, since it may hold a
   * password.
   */
  constructor(url: string) {
    const place = placeOf(url);
    if (!place) {
      throw new TypeError(
        "Cannot connect to the store: its URL must be redis://user:password@host:port/number, or " +
          "the same with rediss://; user, password, port and number may be left out",
      );
    }
    this.address = place.address;
    this.#options = {
      ...place.options,
      // Workers and drivers wait for a store that is being restarted.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(100 * times, 2000),
    };
  }

  /** How to connect, for the engine, which makes and ends its connections itself. */
  get connection(): RedisOptions {
    return this.#options;
  }

  /**
   * A connection, which reconnects by itself. End it with {@linkcode disconnect}.
   *
   * Errors during a reconnection are not reported: commands wait meanwhile.
   */
  open(): Redis {
    const redis = new Redis(this.#options);
    redis.on("error", () => {});
    return redis;
  }

  /**
   * Makes sure that the store can be reached and keeps what it is given.
   *
   * @throws {FleetStoreError} that says what to do.
   */
  async check(): Promise<void> {
    const redis = new Redis({
      ...this.#options,
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    let reason: unknown;
    redis.on("error", (error: unknown) => reason = error);
    try {
      await redis.connect();
      this.#judge(await redis.info("persistence"), await redis.info("memory"));
    } catch (error) {
      if (error instanceof FleetStoreError) throw error;
      throw this.#unreachable(reason ?? error);
    } finally {
      await disconnect(redis);
    }
  }

  #judge(persistence: string, memory: string): void {
    const { address } = this;
    if (!/^aof_enabled:1/m.test(persistence)) {
      throw new FleetStoreError(
        `Cannot use the store at ${address}: it would lose jobs when it restarts, because appendonly ` +
          'is no. Run "redis-cli config set appendonly yes" and put "appendonly yes" into its ' +
          "configuration",
        { reason: "notDurable", address },
      );
    }
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
    if (policy === undefined || policy === "noeviction") return;
    throw new FleetStoreError(
      `Cannot use the store at ${address}: it drops jobs when its memory is full, because ` +
        `maxmemory-policy is ${policy}. Run "redis-cli config set maxmemory-policy noeviction" and ` +
        "put it into its configuration",
      { reason: "evicts", address },
    );
  }

  /** The cause is left out: it may quote the URL. */
  #unreachable(error: unknown): FleetStoreError {
    const { address } = this;
    const code = error instanceof Error && "code" in error ? String(error.code) : null;
    const words = error instanceof Error && /^(NOAUTH|WRONGPASS|NOPERM)\b/.exec(error.message)?.[1];
    return new FleetStoreError(
      `Cannot reach the store at ${address}: ${words || code || "it does not answer"}. Start it ` +
        '("apt-get install redis-server", then "redis-server --appendonly yes"), or correct its URL',
      { reason: "unreachable", address },
    );
  }
}

/** The parts of the URL, or `null` when it is not one of Redis. */
function placeOf(url: string): { readonly address: string; readonly options: RedisOptions } | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !["redis:", "rediss:"].includes(parsed.protocol)) return null;
  const { protocol, hostname, pathname } = parsed;
  const port = parsed.port || "6379";
  const database = /^\/?(\d*)$/.exec(pathname)?.[1];
  const [username, password] = [decoded(parsed.username), decoded(parsed.password)];
  if (hostname === "" || database === undefined || username === null || password === null) {
    return null;
  }
  const options: RedisOptions = {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port),
    username: username || undefined,
    password: password || undefined,
    db: Number(database),
    tls: protocol === "rediss:" ? {} : undefined,
  };
  return { address: `${hostname}:${port}`, options };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Ends a connection, and waits until its socket is closed. */
export async function disconnect(redis: Redis): Promise<void> {
  if (redis.status === "end" || redis.status === "wait") return;
  const { promise, resolve } = Promise.withResolvers<void>();
  redis.once("end", resolve);
  const hasSocket = redis.status !== "reconnecting" && redis.status !== "close";
  redis.disconnect();
  if (hasSocket) await promise;
}

/** Names of the keys that a fleet has in the store in addition to its queue. */
export function namesOf(queue: string): {
  readonly cancelled: (jobId: string) => string;
  readonly cancelChannel: string;
  readonly worker: (name: string) => string;
} {
  return {
    cancelled: (jobId) => `codex:${queue}:cancelled:${jobId}`,
    cancelChannel: `codex:${queue}:cancel`,
    worker: (name) => `codex:${queue}:worker:${name}`,
  };
}
