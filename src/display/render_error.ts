/**
 * An error as one readable block.
 *
 * @module
 */
import type { MimeBundle } from "./bundle.ts";
import { escapeHtml, head, plain } from "./escape.ts";

const MAX_CAUSES = 5;

/** Name, message and causes; the stack folded. */
export function renderError(error: Error): MimeBundle {
  const lines = errorLines(error);
  const [first = "", ...causes] = lines.map(escapeHtml);
  const stack = escapeHtml(head(stackOf(error), 3000));
  const folded =
    `<details><summary style="display:list-item;cursor:pointer">stack</summary><pre>${stack}</pre></details>`;
  return {
    "text/html": `<div style="border-left:4px solid #e5534b;padding-left:12px"><b>${first}</b>${
      causes.map((line) => `<div>${line}</div>`).join("")
    }${stack === "" ? "" : folded}</div>`,
    "text/plain": lines.join("\n"),
  };
}

/** The error and its causes, a line each. */
export function errorLines(error: unknown): string[] {
  const lines: string[] = [];
  for (let cause = error; cause !== undefined && lines.length <= MAX_CAUSES;) {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    lines.push(head(plain(lines.length === 0 ? text : `caused by ${text}`), 2000));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}

function stackOf({ stack = "" }: Error): string {
  return stack.split("\n").filter((line) => line.trimStart().startsWith("at ")).join("\n");
}
