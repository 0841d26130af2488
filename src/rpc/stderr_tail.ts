/**
 * The end of what a child wrote to stderr, kept small and free of secrets.
 *
 * @module
 */

const LIMIT_CHARS = 8192;
// deno-lint-ignore no-control-regex -- strips the colour codes the runtime writes
const ANSI = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;
const SECRETS: readonly RegExp[] = [
  /\bBearer\s+[\w.~+/=-]{8,}/gi,
  /\bsk-[\w-]{8,}/g,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /((?:api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|password|secret)["']?\s*[:=]\s*["']?)[^\s"',}]{4,}/gi,
];

/** Replaces bearer tokens, API keys and JSON web tokens by `[masked]`. */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const pattern of SECRETS) {
    masked = masked.replace(
      pattern,
      (_match, label) => typeof label === "string" ? `${label}[masked]` : "[masked]",
    );
  }
  return masked;
}

/** Keeps the last 8 KiB of a text stream. */
export class StderrTail {
  #text = "";

  /** Appends a piece of the stream. */
  push(chunk: string): void {
    const text = this.#text + chunk;
    this.#text = text.length > LIMIT_CHARS * 2 ? lastLines(text) : text;
  }

  /** The tail without colour codes, secrets masked. */
  toString(): string {
    const clean = maskSecrets(this.#text.replace(ANSI, "")).trimEnd();
    return clean.length > LIMIT_CHARS ? clean.slice(-LIMIT_CHARS) : clean;
  }
}

/** A line cut in two could hide what marks a secret, so only whole lines are kept; of one that long, nothing. */
function lastLines(text: string): string {
  const tail = text.slice(-LIMIT_CHARS);
  return tail.slice((tail.indexOf("\n") + 1) || tail.length);
}
