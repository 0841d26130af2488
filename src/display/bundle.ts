/**
 * The representations of a value in a notebook.
 *
 * @module
 */

/**
 * One value in several representations, by MIME type; a front end shows the richest type that it
 * supports and trusts.
 */
export interface MimeBundle {
  /** For every front end, terminals included; no control sequences. */
  readonly "text/plain": string;
  /** For notebooks; readable without any style, no script. */
  readonly "text/html"?: string;
  /** For front ends that render Markdown. */
  readonly "text/markdown"?: string;
}
