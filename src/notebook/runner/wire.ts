/**
 * Messages of the Jupyter protocol, signed.
 *
 * @module
 */

/** One message. */
export interface JupyterMessage {
  /** Kind of the message. */
  readonly type: string;
  /** Id of the request it belongs to, or `null`. */
  readonly parentId: string | null;
  /** What it says. */
  readonly content: Record<string, unknown>;
}

const DELIMITER = "<IDS|MSG>";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes and reads messages under one key. */
export class JupyterWire {
  readonly #key: CryptoKey;
  readonly #session = crypto.randomUUID();

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** A wire under a key, which is a text. */
  static async withKey(key: string): Promise<JupyterWire> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    return new JupyterWire(
      await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, [
        "sign",
        "verify",
      ]),
    );
  }

  /** The frames of a message of ours, and its id. */
  async encode(
    type: string,
    content: Record<string, unknown>,
  ): Promise<{ id: string; frames: Uint8Array[] }> {
    const id = crypto.randomUUID();
    const header = {
      msg_id: id,
      msg_type: type,
      session: this.#session,
      username: "runner",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const parts = [header, {}, {}, content].map((part) => encoder.encode(JSON.stringify(part)));
    const signature = encoder.encode(await this.#sign(parts));
    return { id, frames: [encoder.encode(DELIMITER), signature, ...parts] };
  }

  /** The message in these frames, or `null` when there is none or it is not signed with our key. */
  async decode(frames: readonly Uint8Array[]): Promise<JupyterMessage | null> {
    const start = frames.findIndex((frame) => decoder.decode(frame) === DELIMITER);
    const [signature, header, parent, metadata, content] = frames.slice(start + 1);
    if (start < 0 || !signature || !header || !parent || !metadata || !content) return null;
    if (decoder.decode(signature) !== await this.#sign([header, parent, metadata, content])) {
      return null;
    }
    return {
      type: parse(header).msg_type as string,
      parentId: (parse(parent).msg_id as string | undefined) ?? null,
      content: parse(content),
    };
  }

  async #sign(parts: readonly Uint8Array[]): Promise<string> {
    const bytes = await new Blob([...parts] as BlobPart[]).bytes();
    return new Uint8Array(await crypto.subtle.sign("HMAC", this.#key, bytes)).toHex();
  }
}

function parse(frame: Uint8Array): Record<string, unknown> {
  return JSON.parse(decoder.decode(frame));
}
