/**
 * What a fleet needs, on one machine and without an account: Redis, a home on an offline model, and
 * workers in separate processes. In production these are services of the machines; see
 * src/fleet/README.md.
 */
import { Gate, message, OfflineHome, OfflineModel } from "../../src/testing/mod.ts";

/** The parts of a fleet; disposing of them ends them. */
export interface FleetParts extends AsyncDisposable {
  /** URL of the store. */
  readonly store: string;
  /** Holds the end of every answer until it is opened; a new one holds the answers after it. */
  answers: Gate;
  /** Starts a worker and resolves when it takes jobs. */
  startWorker(name: string): Promise<Deno.ChildProcess>;
  /** Resolves when the model was asked so many times. */
  whenAsked(count: number): Promise<unknown>;
}

/** Starts Redis and the model. */
export async function startParts(): Promise<FleetParts> {
  await using starting = new AsyncDisposableStack();
  const held = { answers: new Gate() };
  const model = starting.use(
    await OfflineModel.start({
      fallback: ({ lastUserText }) => {
        const country = /capital of (\w+)/.exec(lastUserText ?? "")?.[1] ?? "it";
        return message(["The capital of ", country, held.answers, " is well known."]);
      },
    }),
  );
  const home = starting.use(await OfflineHome.create({ modelUrl: model.url }));
  const store = await startRedis(home.root, starting);
  const owned = starting.move();
  const startWorker = async (name: string) => {
    const worker = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--quiet",
        "src/fleet/worker.ts",
        "--name",
        name,
        "--tasks",
        "examples/fleet/tasks.ts",
        "--store",
        store,
        "--lock-seconds",
        "2",
        "--home",
        home.codexHome,
        "--sqlite",
        `${home.root}/sqlite`,
        "--cwd",
        home.workspace,
      ],
      cwd: new URL("../..", import.meta.url),
      env: { TMPDIR: home.tmp },
      stdout: "piped",
    }).spawn();
    owned.use(worker);
    endWithThisProcess(worker.pid, owned);
    await worker.stdout.getReader().read();
    return worker;
  };
  return Object.assign(held, {
    store,
    startWorker,
    whenAsked: (count: number) => model.waitForRequest(({ index }) => index === count - 1),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  });
}

async function startRedis(directory: string, owned: AsyncDisposableStack): Promise<string> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory];
  const command = new Deno.Command("redis-server", {
    args: [...args, "--appendonly", "yes", "--save", ""],
    stdout: "piped",
  });
  const redis = spawn(command, 'Cannot start Redis: run "apt-get install redis-server" first');
  owned.use(redis);
  endWithThisProcess(redis.pid, owned);
  for await (const text of redis.stdout.pipeThrough(new TextDecoderStream())) {
    if (text.includes("Ready to accept connections")) break;
  }
  return `redis://127.0.0.1:${port}`;
}

function spawn(command: Deno.Command, hint: string): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (cause) {
    throw new Error(hint, { cause });
  }
}

/** A notebook's kernel may be killed: a shell that notices it by its input then ends the process. */
function endWithThisProcess(pid: number, owned: AsyncDisposableStack): void {
  const guard = new Deno.Command("sh", {
    args: ["-c", `read -r _; kill ${pid}; kill ${pid}`],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  owned.use(guard);
}
