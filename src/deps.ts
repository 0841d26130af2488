/**
 * Every third-party import of the library, by exact version.
 *
 * @module
 */

// Deno std, repackaged as plain JavaScript; the declarations next to it name what is used.
// @ts-types="./deps/encoding.d.ts"
export { decodeBase64, encodeBase64 } from "npm:deno-std@1.4.0/encoding/base64.js";
// @ts-types="./deps/async.d.ts"
export { abortable } from "npm:deno-std@1.4.0/async/abortable.js";
// @ts-types="./deps/async.d.ts"
export { delay } from "npm:deno-std@1.4.0/async/delay.js";
// @ts-types="./deps/toml.d.ts"
export { stringify as stringifyToml } from "npm:deno-std@1.4.0/toml/stringify.js";
// @ts-types="./deps/collections.d.ts"
export { deepMerge } from "npm:deno-std@1.4.0/collections/deep_merge.js";
// @ts-types="./deps/bytes.d.ts"
export { concat as concatBytes } from "npm:deno-std@1.4.0/bytes/concat.js";
// A package that is loaded late is named apart from its import. With a name in the import Deno
// looks the package up, and downloads it, before any program starts: a fifth of the time that this
// module takes to load. `deno cache` finds these packages by their types.
const ZOD = "npm:zod@4.6.7";
const MARKDOWN = "npm:markdown-it@15.0.3";
const JSON_PARSER = "npm:@streamparser/json@0.0.26";
const BYTE_LIMIT = "npm:deno-std@1.4.0/streams/limited_bytes_transform_stream.js";
const BYTES = "npm:deno-std@1.4.0/streams/to_bytes.js";
const CSV_READER = "npm:deno-std@1.4.0/csv/parse_stream.js";
const CSV_WRITER = "npm:deno-std@1.4.0/csv/stringify.js";
const CANONICAL_JSON = "npm:canonicalize@5.1.0";
const HIGHLIGHTER = "npm:highlight.js@11.12.0/lib/common";
const PLOT = "npm:@observablehq/plot@0.6.17";
const DOCUMENT = "npm:linkedom@0.18.12";
const PARSER = "npm:acorn@8.15.0";
const RASTERIZER = "npm:@resvg/resvg-js@2.6.2";

/**
 * Zod takes longer to load than everything else together, so it is loaded while the runtime starts.
 */
export const loadZod = async (): Promise<Zod> => (await import(ZOD)).z;
export type { ZodType } from "npm:zod@4.6.7";
/** The namespace of Zod. */
export type Zod = typeof import("npm:zod@4.6.7")["z"];
/** Markdown is rendered only where something is shown. */
export const loadMarkdownIt = async (): Promise<MarkdownItClass> =>
  (await import(MARKDOWN)).default;
/** The class of Markdown parsers. */
export type MarkdownItClass = typeof import("npm:markdown-it@15.0.3").default;
/** Code is coloured only where something is shown. */
export const loadHighlighter = async (): Promise<Highlighter> =>
  (await import(HIGHLIGHTER)).default;
/** Colours code. */
export type Highlighter = typeof import("npm:highlight.js@11.12.0/lib/common").default;
/** Plots are drawn in few notebooks. */
export const loadPlot = async (): Promise<PlotLibrary> => await import(PLOT);
/** Observable Plot. */
export type PlotLibrary = typeof import("npm:@observablehq/plot@0.6.17");
/** Parses code that a model wrote; few notebooks have any run. */
export const loadScriptParser = async (): Promise<typeof import("npm:acorn@8.15.0")> =>
  await import(PARSER);
/** A node of parsed code. */
export type ScriptNode = import("npm:acorn@8.15.0").Node;
/** An empty document without a browser. */
export const newDocument = async (): Promise<unknown> => {
  const { parseHTML }: typeof import("npm:linkedom@0.18.12") = await import(DOCUMENT);
  return parseHTML("<!doctype html><html><body></body></html>").document;
};
/** Makes a PNG of an SVG. */
export type SvgRasterizer = typeof import("npm:@resvg/resvg-js@2.6.2").Resvg;
/** A native library, which only pictures for a model need. */
export const loadSvgRasterizer = async (): Promise<SvgRasterizer> =>
  (await import(RASTERIZER)).Resvg;
/**
 * The parser of JSON texts that are still being written; few programs need it, so it is loaded late
 * too.
 */
export const loadJsonParser = async (): Promise<typeof import("npm:@streamparser/json@0.0.26")> =>
  await import(JSON_PARSER);
export type { JSONParser } from "npm:@streamparser/json@0.0.26";
/** Reading a stream of bytes, up to a limit. */
export type BytesModule = typeof import("./deps/streams.d.ts");
/** Pictures are fetched by few programs. */
export const loadBytes = async (): Promise<BytesModule> => {
  const { LimitedBytesTransformStream }: BytesModule = await import(BYTE_LIMIT);
  const { toBytes }: BytesModule = await import(BYTES);
  return { LimitedBytesTransformStream, toBytes };
};
/** Reading and writing CSV. */
export interface CsvModule {
  readonly CsvParseStream: typeof import("./deps/csv.d.ts").CsvParseStream;
  readonly stringify: typeof import("./deps/csv.d.ts").stringify;
}
/** Few programs need CSV, so it is loaded late. */
export const loadCsv = async (): Promise<CsvModule> => {
  const { CsvParseStream }: CsvModule = await import(CSV_READER);
  const { stringify }: CsvModule = await import(CSV_WRITER);
  return { CsvParseStream, stringify };
};
/** Canonical JSON (RFC 8785); only runs with a checkpoint need it, so it is loaded late. */
export const loadCanonicalize = async (): Promise<
  typeof import("npm:canonicalize@5.1.0").default
> => (await import(CANONICAL_JSON)).default;
