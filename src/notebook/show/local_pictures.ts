/**
 * Pictures that the user sent as files.
 *
 * @module
 */
import { imageTypeOf } from "../../codex/image_type.ts";
import { FINAL, type TurnView } from "../../display/mod.ts";

/** Base64 makes four characters of three bytes. */
const MAX_BYTES = FINAL.image * 3 / 4 - 100;

/**
 * Replaces paths by pictures, so that the card has them where it is saved; what is too large stays
 * a name.
 */
export async function embedLocalPictures(view: TurnView): Promise<void> {
  for (const entry of view.entries) {
    if (entry.kind !== "prompt") continue;
    entry.images = await Promise.all(entry.images.map(embedded));
  }
}

async function embedded(address: string): Promise<string> {
  if (/^[a-z]{2,}:/i.test(address)) return address;
  try {
    const { size } = await Deno.stat(address);
    if (size > MAX_BYTES) return address;
    const bytes = await Deno.readFile(address);
    const type = imageTypeOf(bytes);
    return type === null ? address : `data:${type};base64,${bytes.toBase64()}`;
  } catch {
    return address;
  }
}
