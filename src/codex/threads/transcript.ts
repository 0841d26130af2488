/**
 * A thread as a file to share.
 *
 * @module
 */
import type { ThreadSnapshot } from "../../domain/thread_summary.ts";

// The renderers are loaded when they are first needed, as in `displayable`.

/** The thread as one HTML file. */
export async function toHtml(thread: ThreadSnapshot): Promise<string> {
  const { transcriptHtml } = await import("../../display/transcript/html.ts");
  return await transcriptHtml(thread);
}

/** The thread as one Markdown file. */
export async function toMarkdown(thread: ThreadSnapshot): Promise<string> {
  const { transcriptMarkdown } = await import("../../display/transcript/markdown.ts");
  return transcriptMarkdown(thread);
}
