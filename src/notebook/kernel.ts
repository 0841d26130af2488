/**
 * The one place that touches the Jupyter kernel.
 *
 * @module
 */
import type { MimeBundle } from "../display/mod.ts";

/** What a kernel can show; outside of one there is none. */
export interface KernelSurface {
  /** Shows a bundle; with `update`, in the place of the one shown under that id before. */
  display(bundle: MimeBundle, options: { displayId: string; update: boolean }): Promise<void>;
}

interface DenoJupyter {
  display(value: unknown, options: Record<string, unknown>): Promise<void>;
}

/** The kernel, or `null` in a program of its own. Outside the kernel `Deno.jupyter` throws when it is touched. */
export function kernel(): KernelSurface | null {
  const jupyter = jupyterOrNull();
  if (!jupyter) return null;
  return {
    display: (bundle, { displayId, update }) =>
      jupyter.display({ ...bundle }, { raw: true, display_id: displayId, update }),
  };
}

function jupyterOrNull(): DenoJupyter | null {
  try {
    return (Deno as unknown as { jupyter?: DenoJupyter }).jupyter ?? null;
  } catch {
    return null;
  }
}

/**
 * Gives the kernel a moment to send what was shown: it says that a cell is done before its outputs are out, and
 * what comes late lands in the next cell or is lost.
 */
export async function flush(messages: number): Promise<void> {
  if (!jupyterOrNull()) return;
  await new Promise((resolve) => setTimeout(resolve, Math.min(200, Math.max(20, messages))));
}
