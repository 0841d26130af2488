import { describe, expect, it } from "vitest";
import {
  MAX_TOOL_IMAGE_BYTES,
  MAX_TOOL_TEXT_CHARS,
  toContent,
} from "../../../src/codex/tools/content.ts";

const text = (text: string) => ({ type: "inputText", text });
const PNG = Uint8Array.fromHex("89504e470d0a1a0a00");
const picture = (type: string, bytes: Uint8Array) => ({
  type: "inputImage",
  imageUrl: `data:${type};base64,${bytes.toBase64()}`,
});

/** A picture of that many bytes. */
function large(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(PNG);
  return bytes;
}

describe("the result of a tool", () => {
  it.each<[string, unknown, string]>([
    ["a text", "a", "a"],
    ["nothing", undefined, "done"],
    ["null", null, "null"],
    ["an object", { a: [1] }, '{"a":[1]}'],
    ["a list", ["a", 1], '["a",1]'],
    ["a function", Math.max, "function max() { [native code] }"],
  ])("is one text for %s", async (_, output, expected) => {
    expect(await toContent(output)).toEqual([text(expected)]);
  });

  it("is one part for each of a list with pictures among them", async () => {
    expect(await toContent(PNG)).toEqual([picture("image/png", PNG)]);
    const jpeg = Uint8Array.fromHex("ffd8ffe000");
    const gif = new TextEncoder().encode("GIF89a");
    const gif87 = new TextEncoder().encode("GIF87a");
    const webp = new TextEncoder().encode("RIFF0000WEBP");
    expect(await toContent(["a", PNG, { b: 1 }, new Blob([jpeg]), gif, gif87, webp])).toEqual([
      text("a"),
      picture("image/png", PNG),
      text('{"b":1}'),
      picture("image/jpeg", jpeg),
      picture("image/gif", gif),
      picture("image/gif", gif87),
      picture("image/webp", webp),
    ]);
  });

  it("names bytes that are no picture, and does not send them", async () => {
    expect(await toContent(new Uint8Array(5))).toEqual([
      text("[5 bytes that are not a PNG, JPEG, GIF or WebP were left out]"),
    ]);
  });

  it("is cut at the limit of all its texts together", async () => {
    const half = "x".repeat(MAX_TOOL_TEXT_CHARS / 2);
    const parts = await toContent([half, half, PNG, "yz"]);
    expect(parts.slice(0, 2)).toEqual([text(half), text(half)]);
    expect(parts[3]).toEqual(text("\n[2 more characters were cut]"));
    expect(await toContent(`${half}${half}yz`)).toEqual([
      text(`${half}${half}\n[2 more characters were cut]`),
    ]);
  });

  it("has no more than 5 MiB of pictures", async () => {
    const most = large(MAX_TOOL_IMAGE_BYTES - PNG.length);
    const parts = await toContent([most, PNG, PNG, new Blob([PNG])]);
    expect(parts.map(({ type }) => type)).toEqual([
      "inputImage",
      "inputImage",
      "inputText",
      "inputText",
    ]);
    expect(parts.at(-1)).toEqual(text("[a picture of 9 bytes was left out]"));
    const size = MAX_TOOL_IMAGE_BYTES + 1;
    expect(await toContent(large(size))).toEqual([
      text(`[a picture of ${size} bytes was left out]`),
    ]);
  });
});
