/**
 * What the examples share: a Codex on the offline model, or live with `--live`, and checks that set the exit code.
 */
import { Codex, type CodexOptions } from "../mod.ts";
import { OfflineModel, type OfflineOptions, startOffline } from "../src/testing/mod.ts";

/** Whether the example talks to the real service. */
export const live: boolean = Deno.args.includes("--live");

/** Options of {@linkcode startCodex}. */
export interface SetupOptions extends CodexOptions {
  /** Tells the offline model what to answer; has no part in a live run. */
  readonly script?: (model: OfflineModel) => void;
  /** More for the offline run only. */
  readonly offline?: OfflineOptions;
}

/** Starts Codex: offline with the script, or live. */
export async function startCodex(
  { script, offline, ...options }: SetupOptions = {},
): Promise<Codex> {
  if (live) return await Codex.start(options);
  const codex = await startOffline({ ...options, ...offline });
  script?.(codex.model);
  return codex;
}

/** Prints whether something is so, and makes the program fail when it is not. */
export function check(what: string, ok: boolean): void {
  console.log(`${ok ? "ok  " : "FAIL"} ${what}`);
  if (!ok) Deno.exitCode = 1;
}

/** Prints without a line end. */
export async function print(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
