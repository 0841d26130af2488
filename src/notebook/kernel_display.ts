/**
 * The one place that touches the Jupyter kernel.
 *
 * @module
 */
import { delay } from "../deps.ts";
import type { MimeBundle } from "../display/mod.ts";
import { type DenoJupyter, jupyterOrNull } from "../jupyter.ts";

/** Where on the page something is shown. */
export interface DisplayPlace {
  /** Names the output, so that it can be updated. */
  readonly displayId: string;
  /** Whether to rewrite the output of that id instead of making one. */
  readonly update: boolean;
}

const SHORTEST_FLUSH_MS = 20;
const LONGEST_FLUSH_MS = 250;

/** A kernel, seen from a cell. */
export class HostKernel {
  readonly #jupyter: DenoJupyter;
  /** When messages were sent, for a second. */
  readonly #sent: number[] = [];

  constructor(jupyter: DenoJupyter) {
    this.#jupyter = jupyter;
  }

  /** Messages sent in the last second. */
  get rate(): number {
    return this.#sentWithin(1000);
  }

  /** Shows a bundle. */
  async display(bundle: MimeBundle, { displayId, update }: DisplayPlace): Promise<void> {
    this.#sent.push(performance.now());
    await this.#jupyter.display({ ...bundle }, { raw: true, display_id: displayId, update });
  }

  /**
   * Gives the kernel time to send what was shown: it says that a cell is done before its outputs
   * are out, and what comes after that lands in the next cell or is lost.
   */
  async flush(): Promise<void> {
    const waitMs = Math.max(SHORTEST_FLUSH_MS, this.#sentWithin(100));
    await delay(Math.min(LONGEST_FLUSH_MS, waitMs));
  }

  #sentWithin(ms: number): number {
    const now = performance.now();
    while (this.#sent.length > 0 && (this.#sent[0] ?? 0) < now - 1000) this.#sent.shift();
    return this.#sent.filter((at) => at >= now - ms).length;
  }
}

type SendValue = (executionCount: number, value: unknown) => Promise<void>;

/** The function by which the kernel sends the value of a cell. */
interface KernelInternals {
  readonly internal: PropertyKey;
  readonly [key: PropertyKey]: { readonly jupyter?: { broadcastResult?: SendValue } } | PropertyKey;
}

/**
 * Makes every cell end with the flush: under Run All, what a cell printed last and its value are
 * sometimes shown at the next one otherwise. Deno has no hook for that (2.9.6), so the function
 * that sends the value is wrapped; outside a kernel nothing changes. Call it once in a kernel.
 */
export function flushAfterEveryCell(jupyter: HostKernel): void {
  const deno = Deno as unknown as KernelInternals;
  const internals = deno[deno.internal];
  if (typeof internals !== "object") return;
  const { jupyter: owner } = internals;
  const send = owner?.broadcastResult;
  if (!owner || !send) return;
  owner.broadcastResult = async (executionCount, value) => {
    await send(executionCount, value);
    await jupyter.flush();
  };
}

let known: HostKernel | null = null;

/** The kernel, or `null` outside a kernel. */
export function kernel(): HostKernel | null {
  const jupyter = jupyterOrNull();
  return jupyter ? known ??= new HostKernel(jupyter) : null;
}
