/**
 * The input of a turn: text, pictures, skills and mentions.
 *
 * @module
 */
import { anySignal, TimeLimit } from "../async.ts";
import { guardedFetch, RefusedRedirectError } from "./guarded_fetch.ts";
import { loadBytes } from "../deps.ts";
import { asRecord, present } from "../json.ts";
import { checkOptions } from "../options_check.ts";
import type { UserInput } from "../protocol/mod.ts";
import { imageTypeOf } from "./image_type.ts";

/** Largest picture that {@linkcode image} fetches or takes, in bytes. */
export const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

/** Time in which a picture must be fetched, unless its part says otherwise, in milliseconds. */
const IMAGE_TIMEOUT_MS = 30_000;

/**
 * One part of an input. Made by {@linkcode text}, {@linkcode image}, {@linkcode localImage},
 * {@linkcode skill}, {@linkcode mention}.
 *
 * `detail` says how closely the model looks at a picture. `low` is refused: the runtime leaves out
 * such a picture. A model that does not take `original` gets `high`.
 */
export type InputItem =
  | { readonly type: "text"; readonly text: string }
  | {
    readonly type: "image";
    readonly source: string | URL | Uint8Array | Blob;
    readonly detail?: "auto" | "high" | "original";
    readonly timeoutMs?: number;
  }
  | {
    readonly type: "localImage";
    readonly path: string | URL;
    readonly detail?: "auto" | "high" | "original";
  }
  | { readonly type: "skill"; readonly name: string; readonly path: string }
  | { readonly type: "mention"; readonly name: string; readonly path: string };

/** The input of a turn: a text, one part, or several parts and texts in order. */
export type TurnInput = string | InputItem | readonly (InputItem | string)[];

/**
 * A text; the same as the string itself.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * await thread.run([text("Answer in one word."), text("Is 7 a prime number?")]);
 * ```
 */
export function text(value: string): InputItem {
  return { type: "text", text: value };
}

/**
 * A picture by URL or by its bytes.
 *
 * The runtime takes inline pictures only, so an `http(s):` URL is fetched here when the turn
 * starts: at most 20 MiB, PNG, JPEG, GIF or WebP, within `timeoutMs` milliseconds (default 30,000).
 * Bytes and the content of a `data:` URL are held to the same size and types. A redirect to an
 * address of this machine or its network is not followed: name such a host yourself. A picture that
 * cannot be had rejects the call that starts the turn, before any request.
 *
 * @example A picture that the program made
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * const bytes = await Deno.readFile(new URL("../../examples/picture.png", import.meta.url));
 * await thread.run(["What is this?", image(bytes, { detail: "high" })]);
 * ```
 */
export function image(
  source: string | URL | Uint8Array | Blob,
  options: { detail?: "auto" | "high" | "original"; timeoutMs?: number } = {},
): InputItem {
  checkOptions("pass the picture", options, { detail: true, timeoutMs: true });
  return { type: "image", source, ...options };
}

/**
 * A picture in a file of this machine. A relative path is relative to the thread's working
 * directory.
 *
 * A file that does not exist or cannot be read rejects the call that starts the turn; the runtime
 * itself would carry on without it.
 *
 * @example Parts in order
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * const picture = new URL("../../examples/picture.png", import.meta.url);
 * await thread.run([text("What is this?"), localImage(picture)]);
 * ```
 */
export function localImage(
  path: string | URL,
  options: { detail?: "auto" | "high" | "original" } = {},
): InputItem {
  checkOptions("pass the picture", options, { detail: true });
  return { type: "localImage", path, ...options };
}

/**
 * A skill by name and the path of its `SKILL.md`; its text is given to the model once.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const file = "---\nname: haiku\ndescription: Writes haiku.\n---\nFive, seven, five syllables.";
 * await using codex = await startOffline({ files: { "haiku/SKILL.md": file } });
 * const thread = await codex.startThread();
 * await thread.run(["Autumn", skill("haiku", `${codex.home.workspace}/haiku/SKILL.md`)]);
 * ```
 */
export function skill(name: string, path: string): InputItem {
  return { type: "skill", name, path };
}

/**
 * A file or app the user refers to. The thread records it; the model sees only the input's text.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline({ files: { "notes.md": "# Notes" } });
 * const thread = await codex.startThread();
 * const path = `${codex.home.workspace}/notes.md`;
 * await thread.run(["Summarise notes.md", mention("notes.md", path)]);
 * ```
 */
export function mention(name: string, path: string): InputItem {
  return { type: "mention", name, path };
}

/** Context of {@linkcode toUserInputs}. */
export interface InputContext {
  /** Directory that relative paths are relative to. */
  readonly cwd: string;
  /** Ends the fetching of pictures. */
  readonly signal?: AbortSignal;
}

/** Checks the shape of an input; no input or output happens. */
export function inputParts(input: TurnInput): readonly InputItem[] {
  const parts = (Array.isArray(input) ? input : [input]).map((part: InputItem | string) =>
    typeof part === "string" ? text(part) : part
  );
  if (parts.length === 0 || parts.every((part) => part?.type === "text" && part.text === "")) {
    throw new TypeError(
      "Cannot start a turn: the input is empty. Pass a text or at least one part",
    );
  }
  parts.forEach(checkPart);
  return parts;
}

/** The parts as the protocol has them, pictures inlined. */
export function toUserInputs(
  parts: readonly InputItem[],
  context: InputContext,
): Promise<UserInput[]> {
  return Promise.all(parts.map((part) => toUserInput(part, context)));
}

const STRING_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ["text"],
  skill: ["name", "path"],
  mention: ["name", "path"],
  image: [],
  localImage: [],
};

type Pictured = Pick<Extract<InputItem, { type: "localImage" }>, "detail">;

const DETAILS: readonly unknown[] = ["auto", "high", "original"] satisfies Pictured["detail"][];

function checkPart(part: InputItem, index: number): void {
  const fields = Object.hasOwn(STRING_FIELDS, part?.type) ? STRING_FIELDS[part.type] : undefined;
  if (!fields) {
    throw new TypeError(
      `Cannot start a turn: input part ${index} has no known type. ` +
        "Make parts with text(), image(), localImage(), skill() or mention()",
    );
  }
  for (const field of fields) {
    if (typeof asRecord(part)[field] === "string") continue;
    throw new TypeError(
      `Cannot start a turn: ${field} of input part ${index} (${part.type}) is not a string. Pass a string`,
    );
  }
  const { detail, timeoutMs } = asRecord(part);
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs > 0)) {
    throw new RangeError(
      `Cannot start a turn: timeoutMs of input part ${index} is not above 0. Pass milliseconds`,
    );
  }
  if (detail === undefined || DETAILS.includes(detail)) return;
  throw new TypeError(
    `Cannot start a turn: the detail of input part ${index} is unknown. Use one of ${
      DETAILS.join(", ")
    }`,
  );
}

async function toUserInput(part: InputItem, context: InputContext): Promise<UserInput> {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text, text_elements: [] };
    case "image":
      return present({
        type: "image",
        url: await toDataUrl(part, context),
        detail: part.detail,
      });
    case "localImage":
      return present({
        type: "localImage",
        path: await readablePath(part.path, context),
        detail: part.detail,
      });
    default:
      return { ...part };
  }
}

async function readablePath(path: string | URL, { cwd }: InputContext): Promise<string> {
  const { fromFileUrl, resolve } = await import("../paths.ts");
  const absolute = path instanceof URL ? fromFileUrl(path) : resolve(cwd, path);
  const file = await Deno.stat(absolute).catch((cause) => {
    throw new TypeError(`Cannot use the image ${absolute}: ${reasonOf(cause)}. Check the path`, {
      cause,
    });
  });
  if (!file.isFile) {
    throw new TypeError(
      `Cannot use the image ${absolute}: it is not a file. Pass the path of a picture`,
    );
  }
  return absolute;
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.NotCapable) return "reading it needs --allow-read";
  return "it cannot be read";
}

async function toDataUrl(
  { source, timeoutMs = IMAGE_TIMEOUT_MS }: InputItem & { type: "image" },
  context: InputContext,
): Promise<string> {
  if (source instanceof Uint8Array) return inline(source);
  if (source instanceof Blob) return inline(new Uint8Array(await source.arrayBuffer()));
  const url = String(source);
  if (/^data:/i.test(url)) return inline(await bytesOf(url));
  if (!/^https?:/i.test(url)) {
    throw new TypeError(
      "Cannot use the image: its URL is neither http(s): nor data:. Use localImage() for a file",
    );
  }
  const name = imageName(url);
  using limit = new TimeLimit(
    timeoutMs,
    () =>
      new TypeError(
        `Cannot fetch the image ${name}: it did not come within ${timeoutMs} ms. ` +
          "Check the URL, or pass a longer timeoutMs to image()",
      ),
  );
  return inline(await fetchImage(url, name, anySignal(context.signal, limit.signal)));
}

/** A byte of a `data:` URL takes at most three characters. */
async function bytesOf(url: string): Promise<Uint8Array> {
  if (url.length > 3 * MAX_IMAGE_BYTES + 1000) throw tooLarge("the image");
  try {
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  } catch (cause) {
    throw new TypeError("Cannot use the image: its data: URL is malformed. Pass the bytes", {
      cause,
    });
  }
}

/** The URL's query may hold a secret, so errors name its origin and path only. */
function imageName(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

async function fetchImage(url: string, name: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await guardedFetch(url, signal).catch((cause) => {
    signal.throwIfAborted();
    if (cause instanceof RefusedRedirectError) throw cause;
    throw new TypeError(
      `Cannot fetch the image ${name}: no answer. Check the URL and --allow-net`,
      { cause },
    );
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new TypeError(`Cannot fetch the image ${name}: HTTP ${response.status}. Check the URL`);
  }
  return await readLimited(response, name, signal);
}

async function readLimited(
  { body }: Response,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const { LimitedBytesTransformStream, toBytes } = await loadBytes();
  const limit = new LimitedBytesTransformStream(MAX_IMAGE_BYTES, { error: true });
  try {
    return await toBytes(body.pipeThrough(limit));
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof RangeError ? tooLarge(`the image ${name}`) : error;
  }
}

function inline(bytes: Uint8Array): string {
  if (bytes.length > MAX_IMAGE_BYTES) throw tooLarge("the image");
  const type = imageTypeOf(bytes);
  if (!type) {
    throw new TypeError(
      "Cannot use the image: it is not a PNG, JPEG, GIF or WebP. Convert it first",
    );
  }
  return `data:${type};base64,${bytes.toBase64()}`;
}

function tooLarge(what: string): RangeError {
  return new RangeError(
    `Cannot use ${what}: it is larger than ${MAX_IMAGE_BYTES} bytes. Scale it down`,
  );
}
