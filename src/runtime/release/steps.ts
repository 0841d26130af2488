/**
 * The steps of an installation that the pinned release and any other one have in common.
 *
 * @module
 */
import { settlesWithin } from "../../async.ts";
import { tell } from "../../callback.ts";
import type { ProgressHandler, RuntimeProgress } from "../../domain/runtime_info.ts";
import { RuntimeSetupError } from "../../errors/mod.ts";
import { type Download, downloadPackage } from "../download.ts";
import { type RuntimePackage } from "./pin.ts";
import { setupError } from "../setup_error.ts";

/** Reports a step. */
export type Report = (phase: RuntimeProgress["phase"]) => void;

/** Reports the steps of one installation. */
export function reporter(
  version: string,
  { packedBytes }: Pick<RuntimePackage, "packedBytes">,
  onProgress?: ProgressHandler,
): Report {
  const startedAt = performance.now();
  return (phase) =>
    tell(onProgress, {
      phase,
      version,
      expectedBytes: packedBytes,
      elapsedMs: performance.now() - startedAt,
    });
}

const REPORT_INTERVAL_MS = 500;

/** Downloads a package, and reports that about twice a second. */
export async function reportingDownload(
  wanted: Download,
  report: Report,
  signal?: AbortSignal,
): Promise<string> {
  const abandoned = new AbortController();
  const signals = signal ? [signal, abandoned.signal] : [abandoned.signal];
  const download = downloadPackage(wanted, AbortSignal.any(signals));
  try {
    while (!await settlesWithin(download, REPORT_INTERVAL_MS)) report("download");
    return await download;
  } finally {
    abandoned.abort();
    await download.catch(() => {});
  }
}

/** Reads something at a path; what fails is a `RuntimeSetupError` with step `locate`. */
export async function reading<T>(
  path: string,
  version: string,
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof RuntimeSetupError) throw cause;
    const denied = cause instanceof Deno.errors.NotCapable;
    const state = denied ? "reading Deno's cache is not permitted" : `${path} cannot be read`;
    const next = denied ? `Allow it with --allow-read=${path}` : "Make it readable";
    const message = `Cannot look for the Codex runtime: ${state}. ${next}`;
    throw setupError("locate", version, message, cause);
  }
}
