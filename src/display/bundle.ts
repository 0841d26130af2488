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

/** Gives an object its looks in a notebook, as a property that no listing shows. */
export function displayable<T extends object>(
  value: T,
  render: (value: T) => MimeBundle | Promise<MimeBundle>,
): T {
  Object.defineProperty(value, DISPLAY, { value: () => render(value), configurable: true });
  return value;
}
