/**
 * Messages of the Jupyter protocol: framed, signed with HMAC-SHA256, checked.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { CodexError } from "../../../errors/mod.ts";
import type { ZmtpMessage } from "./zmtp.ts";

/** Names a message. */
export interface JupyterHeader {
  /** Id of the message. */
  readonly msg_id: string;
  /** Kind of the message, such as `display_data`. */
  readonly msg_type: string;
  /** Id of the sender's session. */
  readonly session: string;
  /** Who sent it; `kernel` for what a kernel sends. */
  readonly username: string;
  /** When, in ISO 8601. */
  readonly date: string;
  /** Version of the protocol. */
  readonly version: string;
}

/** One message of a kernel, its signature checked. */
export interface JupyterMessage {
  /** Kind of the message, which the header has too. */
  readonly type: string;
  /** Message id, type and session. */
  readonly header: JupyterHeader;
  /** Header of the request it belongs to; this kernel stamps outputs with the latest request. */
  readonly parentHeader: Partial<JupyterHeader>;
  /** Of displays in practice always empty. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Its content, in the protocol's fields for its type. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Binary parts behind the signed ones. */
  readonly buffers: readonly Uint8Array[];
}

/** A message to send. */
export interface OutgoingMessage {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Header of the message this one answers. */
  readonly parentHeader?: JupyterHeader;
}

const DELIMITER = "<IDS|MSG>";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Turns messages into frames and back, for one session with one key. */
export class JupyterWire {
  readonly #key: string;
  readonly #session = crypto.randomUUID();

  /** `key` is the one of the connection file. */
  constructor(key: string) {
    this.#key = key;
  }

  /** A message's frames, and the id under which its reply will come. */
  encode(message: OutgoingMessage): { readonly messageId: string; readonly frames: ZmtpMessage } {
    const messageId = crypto.randomUUID();
    const header: JupyterHeader = {
      msg_id: messageId,
      msg_type: message.type,
      session: this.#session,
      username: "runner",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const parts = [header, message.parentHeader ?? {}, {}, message.content]
      .map((part) => encoder.encode(JSON.stringify(part)));
    const signature = encoder.encode(this.#sign(parts));
    return { messageId, frames: [encoder.encode(DELIMITER), signature, ...parts] };
  }

  /**
   * Reads a message. Throws for one that is not signed with the key, before anything of it is used.
   */
  decode(frames: ZmtpMessage): JupyterMessage {
    const start = frames.findIndex(isDelimiter) + 1;
    const [signature, ...rest] = frames.slice(start);
    const signed = rest.slice(0, 4);
    if (start === 0 || !signature || signed.length < 4) {
      throw new CodexError(
        "Cannot read a message of the kernel: it has too few frames. Run the notebook again",
      );
    }
    if (!this.#isSignature(signature, signed)) {
      throw new CodexError(
        "Cannot trust a message of the kernel: its signature is wrong. Run the notebook again",
      );
    }
    const [header, parentHeader, metadata, content] = signed.map(parseObject);
    return {
      type: String(header?.msg_type ?? ""),
      header: toHeader(header ?? {}),
      parentHeader: parentHeader ?? {},
      metadata: metadata ?? {},
      content: content ?? {},
      buffers: rest.slice(4),
    };
  }

  #sign(parts: readonly Uint8Array[]): string {
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }

  #isSignature(signature: Uint8Array, parts: readonly Uint8Array[]): boolean {
    const expected = encoder.encode(this.#sign(parts));
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
}

function toHeader(fields: Record<string, unknown>): JupyterHeader {
  const text = (name: string): string => String(fields[name] ?? "");
  return {
    msg_id: text("msg_id"),
    msg_type: text("msg_type"),
    session: text("session"),
    username: text("username"),
    date: text("date"),
    version: text("version"),
  };
}

function isDelimiter(frame: Uint8Array): boolean {
  return frame.length === DELIMITER.length && decoder.decode(frame) === DELIMITER;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(decoder.decode(bytes));
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
