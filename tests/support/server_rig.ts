/**
 * Servers of the pinned runtime on an offline model, and clients of them.
 *
 * @module
 */
import { Codex, type ServerConnectOptions } from "../../mod.ts";
import {
  listServers,
  type Server,
  type ServerOptions,
  startServer,
} from "../../src/runtime/mod.ts";
import { AppServerHarness, type AppServerHarnessOptions } from "../../src/testing/mod.ts";

/** Reads process ids until the end of its input, then kills those that are servers. */
const KILL_AT_END = `pids=
while read pid; do pids="$pids $pid"; done
for pid in $pids; do
  ps -ww -o command= -p "$pid" | grep -q app-server && kill -9 "$pid"
done`;

/** Ends the servers of a test run that is killed before it can; their records may be gone then. */
class Guard implements AsyncDisposable {
  readonly #child = new Deno.Command("/bin/sh", {
    args: ["-c", KILL_AT_END],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  readonly #stdin = this.#child.stdin.getWriter();

  async watch(servers: readonly Server[]): Promise<void> {
    const lines = servers.map(({ processId }) => `${processId}\n`).join("");
    await this.#stdin.write(new TextEncoder().encode(lines));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close();
    await this.#child.status;
  }
}

/** A home with a model, and what was started on it. */
export class ServerRig implements AsyncDisposable {
  readonly #owned = new AsyncDisposableStack();
  readonly #started: Server[] = [];
  readonly #guard: Guard;

  private constructor(readonly harness: AppServerHarness) {
    this.#owned.use(harness);
    this.#guard = this.#owned.use(new Guard());
    this.#owned.defer(async () => {
      const servers = [...this.#started, ...await this.servers()];
      await Promise.all(servers.map((server) => server.stop()));
    });
  }

  /** Makes the home and the model; no server yet. */
  static async create(options: AppServerHarnessOptions = {}): Promise<ServerRig> {
    return new ServerRig(await AppServerHarness.start(options));
  }

  /** What every server of this home is started with. */
  get options(): ServerOptions & { readonly cwd: string } {
    const { home } = this.harness;
    return { env: home.env, clearEnv: true, cwd: home.workspace };
  }

  /** Starts a server; it is stopped with the rig unless it was before. */
  async start(options: ServerOptions = {}): Promise<Server> {
    const server = await startServer({ ...this.options, ...options });
    this.#started.push(server);
    await this.#guard.watch([server]);
    return server;
  }

  /** The servers of this home that run. */
  async servers(): Promise<Server[]> {
    const { env, clearEnv } = this.options;
    const servers = await listServers({ env, clearEnv });
    await this.#guard.watch(servers);
    return servers;
  }

  /** Connects one more client; it is closed with the rig unless it was before. */
  async connect(server: Server, options: ServerConnectOptions = {}): Promise<Codex> {
    const { token } = server;
    const codex = await Codex.connect(server.address, { ...(token && { token }), ...options });
    return this.#owned.use(codex);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
