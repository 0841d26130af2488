/**
 * Runs Deno in a child process and collects what it printed.
 *
 * @module
 */

const DOWNLOAD = /^Download (.*)\n/gm;

/** How a run ended; output without colours. */
export interface DenoRun {
  code: number;
  stdout: string;
  /** Without the lines of the downloads. */
  stderr: string;
  /** Addresses of what was not in the cache yet. */
  downloads: string[];
}

/** Runs `deno <args>`; `env` is added to the environment. */
export async function runDeno(
  args: string[],
  options: { cwd?: string; env?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<DenoRun> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    ...options,
    args,
    env: { ...options.env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const errors = decoder.decode(stderr);
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: errors.replaceAll(DOWNLOAD, ""),
    downloads: [...errors.matchAll(DOWNLOAD)].map(([, address = ""]) => address),
  };
}
