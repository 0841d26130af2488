/**
 * Starts, finds and ends the process of a server, which outlives the program that starts it.
 *
 * @module
 */
import { delay } from "../../deps.ts";
import type { ServerRecord, ServerSettings } from "./record.ts";

/** The program to start. */
export interface ServerCommand {
  /** The program. */
  readonly executable: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Working directory. */
  readonly cwd: string | undefined;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Time limit for the end of a process after SIGKILL, in milliseconds. */
const GRACE_MS = 2000;
const POLL_MS = 25;

/**
 * Notes the process id and sends stderr to the log, then becomes the server. Pipes to this program
 * would break with it, and a program that is killed right after the start would leave a server that
 * no record names.
 */
const BECOME_SERVER = 'echo $$ >"$0/pid" && exec "$@" </dev/null >/dev/null 2>>"$0/log"';

/**
 * Starts the server in a separate session, so that neither Ctrl-C nor the end of this program
 * reaches it.
 */
export async function spawnServer(
  record: ServerRecord,
  { executable, args, cwd, env }: ServerCommand,
): Promise<Deno.ChildProcess> {
  const isWindows = Deno.build.os === "windows";
  const command = new Deno.Command(isWindows ? executable : "/bin/sh", {
    args: isWindows ? [...args] : ["-c", BECOME_SERVER, record.directory, executable, ...args],
    cwd,
    env: { ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: isWindows ? "piped" : "null",
    detached: !isWindows,
  });
  const child = command.spawn();
  if (isWindows) {
    await Deno.writeTextFile(record.pidFile, `${child.pid}`);
    void logStderr(child, record.logFile).catch(() => {});
  }
  child.unref();
  return child;
}

/** The shell starts it and ends, so that it is not a child of this program. */
const START_APART = '"$@" </dev/null >/dev/null 2>&1 &';

/** Starts a program of this module, with all permissions, that neither we nor Ctrl-C end. */
export async function spawnApart(program: string, args: readonly string[]): Promise<void> {
  const command = [Deno.execPath(), "run", "--quiet", "--no-check", "--no-config", "-A", program];
  const isWindows = Deno.build.os === "windows";
  const [first = "", ...rest] = isWindows
    ? [...command, ...args]
    : ["/bin/sh", "-c", START_APART, "sh", ...command, ...args];
  const child = new Deno.Command(first, {
    args: rest,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: !isWindows,
  }).spawn();
  if (isWindows) child.unref();
  else await child.status;
}

async function logStderr(child: Deno.ChildProcess, logFile: string): Promise<void> {
  for await (const chunk of child.stderr) await Deno.writeFile(logFile, chunk, { append: true });
}

/**
 * Whether the process of that id is the server of those facts; the id of one that ended may be
 * another's by now.
 */
export async function isServerProcess(pid: number, facts: ServerSettings): Promise<boolean> {
  return (await commandLineOf(pid)).includes(`app-server --listen ${facts.listen}`);
}

/** Reading /proc needs all of Deno's permissions, and not every system has ps. */
const PRINT_COMMAND_LINE =
  'tr "\\0" " " </proc/"$0"/cmdline 2>/dev/null || ps -ww -o command= -p "$0"';

/** How a process was started; empty when it has ended. */
async function commandLineOf(pid: number): Promise<string> {
  const [program, args] = Deno.build.os === "windows"
    ? ["powershell", ["-NoProfile", "-Command", WINDOWS_COMMAND_LINE(pid)]] as const
    : ["/bin/sh", ["-c", PRINT_COMMAND_LINE, `${pid}`]] as const;
  const { stdout } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

const WINDOWS_COMMAND_LINE = (pid: number): string =>
  `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`;

/** How to end a server. */
export interface EndOptions {
  /** Time to finish the turns that run, in milliseconds; 0 cuts them off. */
  readonly drainMs: number;
  /** Ends the wait; the call rejects with `signal.reason`, and the server goes on draining. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Ends the process and resolves when it is gone: SIGTERM, on which the server finishes its turns
 * and refuses new ones; after that time a second SIGTERM, on which it interrupts its turns; then
 * SIGKILL.
 */
export async function endServer(
  pid: number,
  hasEnded: () => Promise<boolean>,
  { drainMs, signal }: EndOptions,
): Promise<void> {
  if (!kill(pid, "SIGTERM")) return;
  if (await waitUntil(hasEnded, drainMs, signal)) return;
  if (!kill(pid, "SIGTERM")) return;
  if (await waitUntil(hasEnded, GRACE_MS, signal)) return;
  kill(pid, "SIGKILL");
  await waitUntil(hasEnded, GRACE_MS, signal);
}

/** Polls until the condition holds or the time is over; at least once. */
export async function waitUntil(
  holds: () => Promise<boolean>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS, signal && { signal });
  }
}

/** Whether the process existed. */
function kill(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
