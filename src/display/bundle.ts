/**
 * What a notebook shows for a value.
 *
 * @module
 */

/** One value in several representations, by MIME type; a front end shows the richest it knows and trusts. */
export interface MimeBundle {
  /** For every front end, terminals included; no control sequences. */
  readonly "text/plain": string;
  /** For notebooks; readable without any style, no script. */
  readonly "text/html"?: string;
  /** For front ends that render Markdown. */
  readonly "text/markdown"?: string;
}

/** The method by which a value tells a Jupyter kernel how it looks. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** Makes the bundle of a value. */
export type Renderer<T> = (value: T) => MimeBundle | Promise<MimeBundle>;

/**
 * Gives an object its looks in a notebook, as a property that no listing shows. A prototype gives them to all
 * objects of its class.
 */
export function displayable<T extends object>(value: T, render: Renderer<T>): T {
  function show(this: T): MimeBundle | Promise<MimeBundle> {
    return render(this);
  }
  return Object.defineProperty(value, DISPLAY, { value: show, configurable: true, writable: true });
}
