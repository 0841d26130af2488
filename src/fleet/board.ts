/**
 * The command of the dashboard:
 * `deno run … src/fleet/board.ts [--store URL] [--queue NAME] [--port N]`.
 *
 * @module
 */
import { parseArguments } from "../command_arguments.ts";
import { Queue } from "../deps/fleet.ts";
import {
  BullMQAdapter,
  createBullBoard,
  Hono,
  HonoAdapter,
  serveStatic,
} from "../deps/fleet_board.ts";
import { FleetStoreError } from "./errors.ts";
import { FleetStore } from "./store.ts";

const HELP = `Serves bull-board for the queue of a fleet on a loopback port.

  --store URL        redis://host:port or rediss://…. Default: redis://127.0.0.1:6379
  --store-file FILE  File with that URL.
  --queue NAME       Default: codex
  --port N           0: a free one. Default: 3000`;

if (import.meta.main) {
  try {
    await runBoard(Deno.args);
  } catch (error) {
    const isCaller = error instanceof TypeError || error instanceof FleetStoreError;
    console.error(isCaller ? error.message : error);
    Deno.exit(1);
  }
}

/** A dashboard that is served. */
interface ServedBoard extends AsyncDisposable {
  readonly port: number;
}

/** @ignore Serves the dashboard; `null` when only the help was asked for. */
export async function runBoard(args: readonly string[]): Promise<ServedBoard | null> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      store: { type: "string", default: "redis://127.0.0.1:6379" },
      "store-file": { type: "string" },
      queue: { type: "string", default: "codex" },
      port: { type: "string", default: "3000" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return null;
  }
  // It is not repeated: it may be the URL of the store, with its password.
  if (positionals.length > 0) {
    throw new TypeError(
      "Cannot serve the dashboard: an argument has no option before it. See --help",
    );
  }
  const file = values["store-file"];
  const url = file === undefined ? values.store : (await Deno.readTextFile(file)).trim();
  const store = new FleetStore(url);
  await store.check();
  const queue = new Queue(values.queue, { connection: store.connection });
  queue.on("error", () => {});
  const app = boardOf(queue);
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: Number(values.port),
    onListen: ({ port }) => console.log(`The dashboard is at http://127.0.0.1:${port}/`),
  }, (request) => isOwn(request) ? app.fetch(request) : new Response("Forbidden", { status: 403 }));
  const end = async (): Promise<void> => {
    await server.shutdown();
    await queue.close();
  };
  return { port: server.addr.port, [Symbol.asyncDispose]: end };
}

/**
 * A page of another site must not retry or remove jobs through the browser of a user of this one.
 */
function isOwn(request: Request): boolean {
  const { host, hostname } = new URL(request.url);
  const origin = request.headers.get("origin");
  const isLoopback = ["127.0.0.1", "localhost"].includes(hostname);
  return isLoopback && (origin === null || URL.canParse(origin) && new URL(origin).host === host);
}

/** The dashboard of one queue. Every client that can reach it can retry and remove jobs. */
function boardOf(queue: Queue<unknown, unknown>): InstanceType<typeof Hono> {
  const adapter = new HonoAdapter(serveStatic);
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: adapter });
  adapter.setBasePath("/");
  const app = new Hono();
  app.route("/", adapter.registerPlugin());
  return app;
}
