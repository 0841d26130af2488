/**
 * A server on a command line: `deno task serve`, `deno task serve --status`,
 * `deno task serve --stop`.
 *
 * @module
 */
import { parseArguments } from "../../command_arguments.ts";
import { RuntimeSetupError } from "../../errors/mod.ts";
import { parseDuration } from "./duration.ts";
import type { Server } from "./running_server.ts";
import { listServers, type ServerOptions, startServer } from "./start_server.ts";

const HELP = `Starts a Codex server that programs and notebooks share and that outlives them.

Usage: deno task serve [options]            start it, or say where it runs
       deno task serve --status             list the servers that run
       deno task serve --stop [--now]       end them, or the one of --name

  --name <name>      name of the server, default "default"
  --listen <address> unix:///path or ws://IP:PORT, default a Unix socket in a private directory
  --no-token         ask for no token, on loopback alone
  --keep <time>      end it when no client was connected for that time, as in 1h
  --now              interrupt the turns that run instead of waiting up to a minute for their end
  --help

The servers are those of CODEX_HOME. The exit code is 0 when all is well, 1 when it is not, 2 for wrong arguments.`;

const TRUST = "Every client of this server may use every thread, and answer every approval.";

interface Arguments {
  readonly command: "start" | "status" | "stop";
  readonly name: string | undefined;
  readonly now: boolean | undefined;
  readonly options: ServerOptions;
}

class UsageError extends Error {}

if (import.meta.main) Deno.exit(await serve(Deno.args));

/** Starts and finds the servers. */
interface Servers {
  readonly startServer: typeof startServer;
  readonly listServers: typeof listServers;
}

/** Does what the arguments say; resolves to the exit code. */
export async function serve(
  args: string[],
  servers: Servers = { startServer, listServers },
): Promise<number> {
  if (args.includes("--help")) return print(HELP);
  try {
    const given = readArguments(args);
    if (given.command === "status") return await showStatus(given, servers);
    return await (given.command === "stop" ? stop : start)(given, servers);
  } catch (error) {
    if (error instanceof RuntimeSetupError) return complain(error.message, 1);
    if (!(error instanceof UsageError || error instanceof TypeError)) throw error;
    return complain(`${error.message}\n\n${HELP}`, 2);
  }
}

async function start({ options }: Arguments, { startServer }: Servers): Promise<number> {
  const server = await startServer({ ...options, reuse: true });
  print(describe(server));
  const bold = Deno.stdout.isTerminal() ? `\x1b[1m${TRUST}\x1b[0m` : TRUST;
  return print(`\n${bold}\nEnd it with: deno task serve --stop`);
}

async function showStatus({ name }: Arguments, { listServers }: Servers): Promise<number> {
  const servers = named(name, await listServers());
  if (servers.length === 0) return complain("No server runs", 1);
  return print(servers.map(describe).join("\n"));
}

async function stop({ name, now }: Arguments, { listServers }: Servers): Promise<number> {
  const servers = named(name, await listServers());
  if (servers.length === 0) return complain("No server runs", 1);
  await Promise.all(servers.map((server) => server.stop({ drain: !now })));
  return print(servers.map((server) => `Ended ${server.name}`).join("\n"));
}

function named(name: string | undefined, servers: readonly Server[]): Server[] {
  return servers.filter((server) => name === undefined || server.name === name);
}

function describe({ name, address, processId, tokenFile, logFile }: Server): string {
  const lines = [`${name}: ${address}`, `  process ${processId}, log ${logFile}`];
  return [...lines, ...(tokenFile ? [`  token in ${tokenFile}`] : [])].join("\n");
}

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) throw new UsageError(`Cannot use ${positionals.join(" ")}`);
  if (values.status && values.stop) {
    throw new UsageError("Cannot do --status and --stop at once. Choose one");
  }
  const running = values.stop ? "stop" : "start";
  return {
    command: values.status ? "status" : running,
    name: values.name,
    now: values.now,
    options: {
      name: values.name,
      listen: values.listen,
      token: values["no-token"] ? false : undefined,
      endWhenIdleMs: values.keep === undefined ? undefined : parseDuration(values.keep),
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArguments({
      args,
      allowPositionals: true,
      options: {
        name: { type: "string" },
        listen: { type: "string" },
        "no-token": { type: "boolean" },
        keep: { type: "string" },
        now: { type: "boolean" },
        status: { type: "boolean" },
        stop: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function print(text: string): 0 {
  console.log(text);
  return 0;
}

function complain(text: string, code: number): number {
  console.error(text);
  return code;
}
