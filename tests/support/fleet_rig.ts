/**
 * A fleet on one machine: a real Redis, a scripted model, a shared home, and workers in separate
 * processes.
 *
 * @module
 */
import { readLines } from "../../src/rpc/stdio.ts";
import {
  execCommand,
  message,
  type ModelReply,
  type ModelRequest,
  OfflineHome,
  OfflineModel,
} from "../../src/testing/mod.ts";
import { Redis } from "../../src/deps/fleet.ts";
import { Fleet } from "../../src/fleet/mod.ts";
import { disconnect } from "../../src/fleet/store.ts";
import { childrenOf, whenGone } from "./processes.ts";
import { RedisServer } from "./redis.ts";
import { ROOT } from "./repository.ts";

/** How a worker is started. */
export interface WorkerSettings {
  readonly concurrency?: number;
  /** Default 30, so that a busy machine takes no job from a worker that lives. */
  readonly lockSeconds?: number;
  readonly args?: readonly string[];
  /** Default: all. */
  readonly permissions?: readonly string[];
  /** Address of a server, instead of a new runtime. */
  readonly server?: string;
  /** File with its token. */
  readonly tokenFile?: string;
}

/** One worker process. */
export class RigWorker {
  readonly name: string;
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string, void>;
  /** What it said. */
  readonly said: string[] = [];
  /** What it wrote to standard error. */
  complained = "";
  readonly #saying: Promise<unknown>;
  #line = Promise.withResolvers<void>();

  constructor(name: string, child: Deno.ChildProcess, ready: () => void) {
    this.name = name;
    this.#child = child;
    this.#lines = readLines(child.stdout);
    this.#saying = Promise.all([this.#listen(ready), this.#hear()]);
  }

  /** Copies its errors to those of the test. */
  async #hear(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.complained += text;
      console.error(text);
    }
  }

  async #listen(ready: () => void): Promise<void> {
    for await (const line of this.#lines) {
      this.said.push(line);
      this.#line.resolve();
      this.#line = Promise.withResolvers();
      if (line.includes("takes jobs of")) ready();
    }
  }

  /** Resolves when a line of its output has the text. Only a test's time limit ends the wait. */
  async hasSaid(text: string): Promise<void> {
    while (!this.said.some((line) => line.includes(text))) await this.#line.promise;
  }

  /** Base of its health page. */
  get health(): string {
    return /http:\/\/[\d.:]+/.exec(this.said.join("\n"))?.[0] ?? "";
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Kills each runtime that it starts until it ends; resolves with its exit code. */
  async killRuntimes(): Promise<number> {
    let isOver = false;
    const ended = this.ended().finally(() => isOver = true);
    while (!isOver) for (const pid of await childrenOf(this.#child.pid)) killed(pid);
    return await ended;
  }

  /** Kills it and its runtime with SIGKILL, as the end of its machine does. */
  async kill(): Promise<void> {
    const runtimes = await childrenOf(this.#child.pid);
    this.#child.kill("SIGKILL");
    runtimes.forEach(killed);
    await this.ended();
    for (const pid of runtimes) await whenGone(pid);
  }

  /** Resolves with its exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#saying;
    return code;
  }
}

function killed(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It ended with its worker.
  }
}

/** What the parts of a fleet share in a test. */
export class FleetRig implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly model: OfflineModel;
  readonly home: OfflineHome;
  /** File to which each command of a model adds a line. */
  readonly effectsFile: string;
  readonly #owned: AsyncDisposableStack;
  readonly #workers = new Set<RigWorker>();
  #started = 0;

  private constructor(
    parts: Pick<FleetRig, "redis" | "model" | "home" | "effectsFile">,
    owned: AsyncDisposableStack,
  ) {
    this.redis = parts.redis;
    this.model = parts.model;
    this.home = parts.home;
    this.effectsFile = parts.effectsFile;
    this.#owned = owned;
  }

  /**
   * Starts the store, unless it gets one, and the model. `beforeAnswer` holds the answer to a job
   * whose command has run.
   */
  static async start(
    beforeAnswer: (n: number, request: ModelRequest) => Promise<ModelReply | void> | void =
      () => {},
    store: { readonly redis?: RedisServer } = {},
  ): Promise<FleetRig> {
    await using owned = new AsyncDisposableStack();
    const redis = owned.use(store.redis ?? await RedisServer.start());
    const directory = await Deno.makeTempDir();
    owned.defer(() => Deno.remove(directory, { recursive: true }));
    const effectsFile = `${directory}/effects`;
    const fallback = async (request: ModelRequest): Promise<ModelReply> => {
      const n = Number(/Job (\d+)\./.exec(request.userTexts().join("\n"))?.[1]);
      const done = request.toolOutputs().some(({ text }) => text.includes(`done ${n}`));
      if (!done) return execCommand(`echo ${n} >> ${effectsFile}; echo done ${n}`);
      return await beforeAnswer(n, request) ?? message(`answer ${n}`);
    };
    const model = owned.use(await OfflineModel.start({ fallback }));
    const home = owned.use(await OfflineHome.create({ modelUrl: model.url }));
    return new FleetRig({ redis, model, home, effectsFile }, owned.move());
  }

  /** A driver's view of it. */
  connect(): Promise<Fleet> {
    return Fleet.connect(this.redis.url);
  }

  /** Starts a worker and waits until it takes jobs. */
  async startWorker(settings: WorkerSettings = {}): Promise<RigWorker> {
    const { concurrency = 4, lockSeconds = 30, args = [], permissions = ["-A"] } = settings;
    const { server, tokenFile } = settings;
    const place = server === undefined
      ? ["--home", this.home.codexHome, "--sqlite", `${this.home.root}/sqlite`]
      : ["--server", server];
    const name = `worker-${++this.#started}`;
    const ready = Promise.withResolvers<void>();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...permissions,
        "--no-check",
        "--lock=deno.lock",
        "--frozen",
        "src/fleet/worker.ts",
        "--tasks",
        "tests/support/fleet_tasks.ts",
        "--store",
        this.redis.url,
        "--name",
        name,
        "--cwd",
        this.home.workspace,
        "--concurrency",
        `${concurrency}`,
        "--lock-seconds",
        `${lockSeconds}`,
        ...place,
        ...(tokenFile === undefined ? [] : ["--server-token-file", tokenFile]),
        ...args,
      ],
      cwd: ROOT,
      env: { TMPDIR: this.home.tmp, PATH: this.home.env.PATH ?? "" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const worker = new RigWorker(name, child, ready.resolve);
    this.#workers.add(worker);
    const failed = worker.ended().then((code) => {
      this.#workers.delete(worker);
      throw new Error(`${name} ended with ${code} before it took jobs`);
    });
    await Promise.race([ready.promise, failed]);
    failed.catch(() => {});
    return worker;
  }

  /**
   * Ends the leases of a worker that is dead or frozen, as time does, so that the leases of those
   * that live can be long: its jobs are found at the next look of another worker, three in a lease.
   */
  async endLeases({ name }: RigWorker): Promise<void> {
    const redis = new Redis(this.redis.url);
    try {
      for (const id of await redis.lrange("bull:codex:active", 0, -1)) {
        if (await redis.hget(`bull:codex:${id}`, "pb") !== name) continue;
        await redis.del(`bull:codex:${id}:lock`);
        await redis.sadd("bull:codex:stalled", id);
      }
    } finally {
      await disconnect(redis);
    }
  }

  /** How often each job's command ran. */
  async effects(): Promise<Map<number, number>> {
    const text = await Deno.readTextFile(this.effectsFile).catch(() => "");
    const counts = new Map<number, number>();
    for (const line of text.split("\n").filter((line) => line !== "")) {
      counts.set(Number(line), (counts.get(Number(line)) ?? 0) + 1);
    }
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of [...this.#workers]) await worker.kill();
    await this.#owned.disposeAsync();
  }
}
