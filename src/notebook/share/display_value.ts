/**
 * Shows a value in the cell, and as a picture to the model where it is one.
 *
 * @module
 */
import { types } from "node:util";
import { imageTypeOf } from "../../codex/image_type.ts";
import { DISPLAY } from "../../display/displayable.ts";
import { type MimeBundle, preformatted, renderTable, type Table } from "../../display/mod.ts";
import { isObject } from "../../json.ts";
import { Chart } from "../plots/chart.ts";
import { showBundle } from "../show/value.ts";
import { describeValue } from "./describe/describe.ts";
import { isFrame } from "./describe/kind.ts";
import { field, isElement, preview } from "./describe/preview.ts";
import { isBlob, isPlainObject, sizeOf } from "./describe/reflect.ts";
import type { Outcome } from "./evaluate/outcome.ts";
import { resultText } from "./result_text.ts";

/** An output, and the picture of it for the model. */
interface ShownOutput {
  readonly bundle: MimeBundle;
  /** Kind of what was shown, in a word. */
  readonly as: string;
  /** The same as a picture for the model, or why there is none. */
  readonly picture?: Uint8Array | string;
}

/** An output of more than this makes a notebook slow. */
const MAX_BYTES = 1_000_000;

/**
 * Shows the value in the cell and gives the reply of the tool: what was shown, and the picture.
 *
 * @throws {TypeError} when it is too large for a notebook.
 */
export async function displayValue(value: unknown, outcome: Outcome): Promise<unknown> {
  const shown = await shownOf(value);
  const size = Object.values(shown.bundle).reduce((sum, text) => sum + text.length, 0);
  if (size > MAX_BYTES) {
    throw new TypeError(
      `Cannot show it: it has ${size} characters, and a cell takes ${MAX_BYTES}. Show a part of it`,
    );
  }
  await showBundle(shown.bundle);
  const { as, picture } = shown;
  const facts = typeof picture === "string" ? ` (no picture for you: ${picture})` : "";
  const said = as === "a table" || as === "text" ? `\n${describeValue("value", value)}` : "";
  const text = resultText(outcome, `shown to the user as ${as}${facts}${said}`);
  return picture instanceof Uint8Array ? [text, picture] : text;
}

async function shownOf(value: unknown): Promise<ShownOutput> {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return plainly(value);
  if (value instanceof Chart) return chartShown(value);
  const bytes = await bytesOf(value);
  if (bytes) {
    const type = imageTypeOf(bytes);
    if (type !== null) return pictureShown(bytes, type);
  }
  if (isFrame(value)) return tableShown(value.toRecords());
  if (isPlainObject(value) && typeof value["text/html"] === "string") return htmlShown(value);
  const look = (value as { [DISPLAY]?: unknown })[DISPLAY];
  if (typeof look === "function") return bundleShown(await look.call(value));
  if (isElement(value)) return htmlShown({ "text/html": String(Reflect.get(value, "outerHTML")) });
  return isRows(value) ? tableShown([...value]) : plainly(value);
}

function plainly(value: unknown): ShownOutput {
  const text = typeof value === "string" ? value : preview(value, { chars: 20_000, items: 100 });
  return { as: "text", bundle: { "text/html": preformatted(text), "text/plain": text } };
}

async function chartShown(plot: Chart): Promise<ShownOutput> {
  const look = (plot as unknown as { [DISPLAY]: () => Promise<MimeBundle> })[DISPLAY];
  const bundle = await look.call(plot);
  try {
    return { as: "a plot", bundle, picture: await plot.png() };
  } catch (error) {
    // The library that makes it is native code, which may not be permitted.
    return { as: "a plot", bundle, picture: error instanceof Error ? error.name : "it failed" };
  }
}

async function bytesOf(value: object): Promise<Uint8Array | null> {
  if (types.isUint8Array(value)) return value;
  if (!isBlob(value) || sizeOf(value) > MAX_BYTES) return null;
  return new Uint8Array(await Blob.prototype.arrayBuffer.call(value));
}

function pictureShown(bytes: Uint8Array, type: string): ShownOutput {
  const text = `${type}, ${bytes.length.toLocaleString("en-US")} bytes`;
  const source = `data:${type};base64,${bytes.toBase64()}`;
  const html = `<img src="${source}" alt="${text}" style="max-width:100%">`;
  return { as: "an image", bundle: { "text/html": html, "text/plain": text }, picture: bytes };
}

/** HTML as it is: showing it needed the consent to run the code that made it, or the user did. */
function htmlShown(bundle: Record<string, unknown>): ShownOutput {
  const html = String(bundle["text/html"]);
  const text = bundle["text/plain"];
  const plain = typeof text === "string" ? text : html.replace(/<[^>]*>/g, " ");
  return { as: "HTML", bundle: { "text/html": html, "text/plain": plain.slice(0, 20_000) } };
}

function bundleShown(bundle: unknown): ShownOutput {
  if (!isObject(bundle)) return plainly(bundle);
  if (typeof bundle["text/html"] === "string") return htmlShown(bundle);
  const texts = Object.entries(bundle).filter(([, text]) => typeof text === "string");
  const shown = Object.fromEntries(texts) as Record<string, string>;
  return {
    as: "a display",
    bundle: { ...shown, "text/plain": shown["text/plain"] ?? "a display" },
  };
}

function isRows(value: object): value is unknown[] {
  return Array.isArray(value) && value.length > 0 && value.slice(0, 20).every(isPlainObject);
}

function tableShown(rows: unknown): ShownOutput {
  if (!Array.isArray(rows)) return plainly(rows);
  const columns = [...new Set(rows.slice(0, 200).flatMap((row) => Object.keys(row ?? {})))];
  const table: Table = {
    title: `${rows.length.toLocaleString("en-US")} rows`,
    columns,
    rows: rows.map((row) => columns.map((name) => cellOf(field(row, name)))),
  };
  return { as: "a table", bundle: renderTable(table) };
}

function cellOf(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" || typeof value === "number" ? value : preview(value);
}
