/**
 * Deno's Jupyter kernel, if the program runs in one.
 *
 * @module
 */

/** The API of a kernel for the code of its cells. */
export interface DenoJupyter {
  /** Shows a bundle of MIME types. */
  display(value: unknown, options: Record<string, unknown>): Promise<void>;
}

/** The kernel, or `null` in a program. Outside a kernel `Deno.jupyter` throws when it is read. */
export function jupyterOrNull(): DenoJupyter | null {
  try {
    return (Deno as unknown as { jupyter?: DenoJupyter }).jupyter ?? null;
  } catch {
    return null;
  }
}
