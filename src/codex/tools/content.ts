/**
 * The results of client tools, as the runtime takes them.
 *
 * @module
 */
import { imageTypeOf } from "../image_type.ts";

/**
 * All texts of a tool result together; what is beyond this many characters is cut, with a notice to
 * the model.
 */
export const MAX_TOOL_TEXT_CHARS = 1_000_000;

/**
 * All pictures of a tool result together; one that goes beyond this many bytes is left out, with a
 * notice.
 */
export const MAX_TOOL_IMAGE_BYTES = 5 * 1024 * 1024;

/** One part of a reply to the runtime. */
export type ContentItem = { type: "inputText"; text: string } | {
  type: "inputImage";
  imageUrl: string;
};

/** The result of a tool as parts of a reply: texts and pictures up to a limit. */
export async function toContent(output: unknown): Promise<ContentItem[]> {
  const isMixed = Array.isArray(output) && output.some(isImage);
  const budget = new ContentBudget();
  const content: ContentItem[] = [];
  for (const part of isMixed ? output : [output]) {
    content.push(isImage(part) ? await budget.image(part) : budget.text(textOf(part)));
  }
  return content;
}

function isImage(value: unknown): value is Uint8Array | Blob {
  return value instanceof Uint8Array || value instanceof Blob;
}

/** A value as the model reads it: a text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "done" : JSON.stringify(value) ?? String(value);
}

/** Space that is left in one result. */
export class ContentBudget {
  #chars = MAX_TOOL_TEXT_CHARS;
  #bytes = MAX_TOOL_IMAGE_BYTES;

  /** A text as a part of a reply. */
  text(text: string): ContentItem {
    const cut = text.length - this.#chars;
    const kept = cut > 0 ? text.slice(0, this.#chars) : text;
    this.#chars -= kept.length;
    return toText(cut > 0 ? `${kept}\n[${cut} more characters were cut]` : kept);
  }

  /** A picture as a part of a reply. */
  async image(image: Uint8Array | Blob): Promise<ContentItem> {
    const size = image instanceof Blob ? image.size : image.length;
    if (size > this.#bytes) return toText(`[a picture of ${size} bytes was left out]`);
    const bytes = image instanceof Blob ? new Uint8Array(await image.arrayBuffer()) : image;
    const type = imageTypeOf(bytes);
    if (!type) return toText(`[${size} bytes that are not a PNG, JPEG, GIF or WebP were left out]`);
    this.#bytes -= size;
    return { type: "inputImage", imageUrl: `data:${type};base64,${bytes.toBase64()}` };
  }
}

function toText(text: string): ContentItem {
  return { type: "inputText", text };
}
