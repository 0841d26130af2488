/**
 * An image in a cell.
 *
 * @module
 */
import type { MimeBundle } from "./bundle.ts";
import { escapeHtml } from "./text/escape.ts";

/**
 * An SVG document as an image: inline SVG is reduced to its letters where a notebook is not
 * trusted.
 */
export function renderImage(
  { svg, description }: { readonly svg: string; readonly description: string },
): MimeBundle {
  const source = `data:image/svg+xml;base64,${new TextEncoder().encode(svg).toBase64()}`;
  const alt = escapeHtml(description);
  return {
    "text/html": `<img src="${source}" alt="${alt}" style="max-width:100%">`,
    "text/plain": description,
  };
}
