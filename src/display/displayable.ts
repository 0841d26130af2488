/**
 * Gives values their representation in a notebook. The renderers are loaded when a kernel first
 * asks for them, so a program without a notebook never loads any.
 *
 * @module
 */
import { CodexError } from "../errors/mod.ts";
import { FaultReport } from "../errors/report.ts";
import type { MimeBundle } from "./bundle.ts";
import type { RENDERERS } from "./renderers.ts";

/** The method that returns a value's representation to a Jupyter kernel. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** Name of a renderer. */
export type Look = keyof typeof RENDERERS;

/** The values that the renderer of that name takes. */
export type Shown<L extends Look> = Parameters<typeof RENDERERS[L]>[0];

/**
 * Gives an object its representation in a notebook, as a property that is not enumerable; a class
 * has it on its prototype. `shown` picks what is rendered. Default: the object.
 */
export function displayable<T extends Shown<L>, L extends Look>(value: T, look: L): T;
export function displayable<T extends object, L extends Look>(
  value: T,
  look: L,
  shown: (value: T) => Shown<L> | Promise<Shown<L>>,
): T;
export function displayable<T extends object>(
  value: T,
  look: Look,
  shown: (value: T) => unknown = (value) => value,
): T {
  return Object.defineProperty(value, DISPLAY, displayProperty(look, shown));
}

/**
 * The property under {@linkcode DISPLAY} that {@linkcode displayable} defines, for data of which
 * every turn makes some: it is made once.
 */
export function displayProperty<T>(
  look: Look,
  shown: (value: T) => unknown = (value) => value,
): PropertyDescriptor {
  async function show(this: T): Promise<MimeBundle> {
    const { RENDERERS } = await import("./renderers.ts");
    const render = RENDERERS[look] as (value: unknown) => MimeBundle | Promise<MimeBundle>;
    return render(await shown(this));
  }
  return { value: show, configurable: true, writable: true };
}

// Errors are on a lower floor and cannot import their renderers, so they are assigned here.
displayable(CodexError.prototype, "error");
displayable(FaultReport.prototype, "report");
