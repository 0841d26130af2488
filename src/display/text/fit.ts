/**
 * Renderings that keep to a size.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** Bytes that a text takes in a message to the front end, which is JSON. */
export function sizeOf(text: string): number {
  return ENCODER.encode(JSON.stringify(text)).length;
}

/**
 * Renders with a smaller and smaller share of what is allowed until the result fits; empty when
 * nothing does.
 */
export function fitted(render: (share: number) => string, maxBytes: number): string {
  for (let share = 1; share > 1 / 4096; share /= 4) {
    const rendered = render(share);
    if (sizeOf(rendered) <= maxBytes) return rendered;
  }
  return "";
}

/**
 * The newest of many parts, as many as fit, in their order; and how many were left out. A part that
 * is larger than what is left is shortened while much is left; else it and all before it are left
 * out.
 */
export function newest<T>(
  parts: readonly T[],
  render: (part: T, share: number) => string,
  maxBytes: number,
): { rendered: string[]; hidden: number } {
  const rendered: string[] = [];
  let left = maxBytes;
  let index = parts.length - 1;
  for (; index >= 0; index--) {
    const part = parts[index] as T;
    let text = render(part, 1);
    if (sizeOf(text) > left) {
      text = left > maxBytes / 4 ? fitted((share) => render(part, share), left) : "";
      if (text === "") break;
    }
    left -= sizeOf(text);
    if (text !== "") rendered.push(text);
  }
  return { rendered: rendered.reverse(), hidden: index + 1 };
}
