/**
 * Errors that nobody caught, made visible.
 *
 * @module
 */
import { renderError } from "../display/mod.ts";
import { kernel } from "./kernel.ts";

/** Shows an error in the cell that ran last. */
export function report(error: unknown): void {
  const shown = error instanceof Error ? error : new Error(String(error));
  void kernel()?.display(renderError(shown), { displayId: crypto.randomUUID(), update: false });
}
