/**
 * Starts `tests/runtime/probe.ts` and reads what it reports.
 *
 * @module
 */

import { readLines } from "../../src/rpc/stdio.ts";
import type { RuntimeProgress } from "../../src/domain/runtime_info.ts";

/** One call of a function of `src/runtime`. */
export interface ProbeCall {
  readonly name: string;
  readonly args?: readonly unknown[];
  /** Passed last, with `onProgress` and `signal` added. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Set inside the process, so that it can itself start where Deno could not; `null` unsets. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** Phase at which `onProgress` throws. */
  readonly throwOn?: string;
  /** Pretend to be a program made by `deno compile`. */
  readonly standalone?: boolean;
}

/** How to start the process. */
export interface ProbeProcess {
  /** Default: all. */
  readonly permissions?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sees each report as it is made; `abort` aborts the call. */
  readonly onProgress?: (progress: RuntimeProgress, abort: () => void) => void;
}

/** The outcome of the call. */
export interface ProbeOutcome {
  readonly value?: unknown;
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly step?: string;
    readonly version?: string | null;
    readonly platform?: string;
  };
  readonly progress: readonly RuntimeProgress[];
}

const PROBE = new URL("../runtime/probe.ts", import.meta.url).href;

/** Makes the call in a new process and resolves when that has ended. */
export async function probe(call: ProbeCall, how: ProbeProcess = {}): Promise<ProbeOutcome> {
  const child = spawn(call, how);
  const stdin = child.stdin.getWriter();
  const abort = () => void stdin.write(new TextEncoder().encode("!")).catch(() => {});
  const progress: RuntimeProgress[] = [];
  let outcome: Omit<ProbeOutcome, "progress"> | null = null;
  for await (const line of readLines(child.stdout)) {
    const message = JSON.parse(line);
    if (message.progress === undefined) outcome = message;
    else {
      progress.push(message.progress);
      how.onProgress?.(message.progress, abort);
    }
  }
  await stdin.close().catch(() => {});
  await child.status;
  if (outcome === null) throw new Error("the probe reported nothing");
  return { ...outcome, progress };
}

function spawn(call: ProbeCall, how: ProbeProcess): Deno.ChildProcess {
  const { permissions = ["--allow-all"], cwd, env } = how;
  const flags = ["--no-config", "--no-lock", "--no-check", "--no-prompt", ...permissions];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, PROBE, JSON.stringify(call)],
    cwd,
    env: { ...env, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
