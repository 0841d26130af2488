/**
 * A value, shown in the middle of a cell as it would be at its end.
 *
 * @module
 */
import type { MapResult } from "../../domain/runs/map_result.ts";
import { MapResults } from "../../codex/map/results/results.ts";
import { DISPLAY } from "../../display/displayable.ts";
import { type MimeBundle, preformatted } from "../../display/mod.ts";
import { kernel } from "../kernel_display.ts";
import { writeStdout } from "../terminal/write.ts";
import type { ShowOptions } from "./watch.ts";

/** Shows a bundle in a new output; outside a notebook it writes the plain text. */
export async function showBundle(bundle: MimeBundle, options: ShowOptions = {}): Promise<void> {
  const jupyter = kernel();
  if (!jupyter) {
    (options.write ?? writeStdout)(`${bundle["text/plain"]}\n`);
    return;
  }
  await jupyter.display(bundle, { displayId: crypto.randomUUID(), update: false });
  await jupyter.flush();
}

/** Shows any value. */
export async function showValue(value: unknown, options?: ShowOptions): Promise<void> {
  await showBundle(await bundleOf(value), options);
}

async function bundleOf(value: unknown): Promise<MimeBundle> {
  if (isResults(value)) {
    const durationMs = Math.max(0, ...value.map((row) => row.durationMs));
    return bundleOf(await MapResults.of(value, { durationMs }));
  }
  const look = (value as { [DISPLAY]?: unknown } | null | undefined)?.[DISPLAY];
  if (typeof look === "function") return look.call(value);
  const text = textOf(value);
  return { "text/html": preformatted(text), "text/plain": text };
}

function isResults(value: unknown): value is MapResult<unknown, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isResult);
}

function isResult(row: Partial<MapResult<unknown, unknown>> | null): boolean {
  return typeof row?.index === "number" && typeof row.attempts === "number" && "input" in row &&
    (row.status === "completed" || row.status === "failed");
}

function textOf(value: unknown): string {
  if (value === null) return "null: there is none";
  return typeof value === "string" ? value : Deno.inspect(value, { colors: false });
}
