/**
 * Deno's Jupyter kernel, if the program runs in one.
 *
 * @module
 */
import { asRecord } from "./json.ts";

/** The API of a kernel for the code of its cells. */
export interface DenoJupyter {
  /** Shows a bundle of MIME types. */
  display(value: unknown, options: Record<string, unknown>): Promise<void>;
}

/** The kernel, or `null` in a program. Outside a kernel `Deno.jupyter` throws when it is read. */
export function jupyterOrNull(): DenoJupyter | null {
  try {
    const { jupyter } = asRecord(Deno);
    return jupyter as DenoJupyter | undefined ?? null;
  } catch {
    return null;
  }
}

/**
 * State of a kernel, made when it is first asked for. It survives the cell that made it, and there
 * is one of a name, although a kernel may load these modules twice.
 */
export function kernelState<T extends object>(name: string, make: () => T): T {
  const holder = globalThis as unknown as Record<symbol, T | undefined>;
  return holder[Symbol.for(`codex-deno.${name}`)] ??= make();
}
