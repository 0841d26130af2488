/**
 * The recent history of a connection for a fault report: methods, sizes and counts, never content.
 *
 * @module
 */
import { TransportClosedError } from "../errors/mod.ts";
import type { ConnectionFacts, FrameFacts } from "../errors/report.ts";
import { unknownFieldsOf } from "../protocol/mod.ts";
import { RUNTIME_VERSION } from "../runtime/about.ts";
import type { RuntimeInfo } from "../domain/runtime_info.ts";
import type { Transport } from "../rpc/transport.ts";
import type { Diagnostic } from "./diagnostics.ts";

/** Release of this module. */
export const MODULE_VERSION = "0.1.0";

/**
 * Messages of a method that are searched for unknown fields: new fields show at once, and searching
 * costs.
 */
const SEARCHED_PER_METHOD = 8;

/** Names that are counted at most; a server cannot fill the memory with new ones. */
const MAX_NAMES = 100;

/** The history of one connection. */
export class ConnectionLog {
  /** The last messages. */
  readonly frames: FrameLog = new FrameLog();
  readonly #transport: Transport;
  readonly #runtime: RuntimeInfo | null;
  readonly #searched = new Map<string, number>();
  readonly #unknownMethods = new Map<string, number>();
  readonly #unknownFields = new Map<string, number>();
  readonly #invalidFields = new Map<string, number>();
  #malformed = 0;

  constructor(transport: Transport, runtime: RuntimeInfo | null) {
    this.#transport = transport;
    this.#runtime = runtime;
  }

  /** Counts a diagnostic. */
  count(diagnostic: Diagnostic): void {
    switch (diagnostic.kind) {
      case "malformedMessage":
        this.#malformed++;
        return;
      case "unknownMethod":
        increase(this.#unknownMethods, diagnostic.method);
        return;
      case "invalidMessage":
        increase(this.#invalidFields, `${diagnostic.method}: ${diagnostic.path}`);
    }
  }

  /** Looks for fields that this version does not know, in the first messages of each method. */
  search(part: "notification" | "request" | "result", method: string, value: unknown): void {
    const searched = this.#searched.get(method) ?? 0;
    if (searched >= SEARCHED_PER_METHOD) return;
    this.#searched.set(method, searched + 1);
    for (const path of unknownFieldsOf(part, method, value)) {
      increase(this.#unknownFields, `${method}: ${path}`);
    }
  }

  /** A snapshot of the log. */
  facts(userAgent: string | null, failure: Error | null): ConnectionFacts {
    const closed = failure instanceof TransportClosedError ? failure : null;
    const { ageMs } = this.frames;
    const { os, arch } = Deno.build;
    return {
      moduleVersion: MODULE_VERSION,
      protocolVersion: RUNTIME_VERSION,
      userAgent,
      runtime: this.#runtime &&
        { version: this.#runtime.version, source: this.#runtime.source },
      platform: `Deno ${Deno.version.deno} on ${os}-${arch}`,
      state: failure ? "closed" : "open",
      closeReason: failure?.message ?? null,
      exitCode: closed?.exitCode ?? null,
      signal: closed?.signal ?? null,
      stderrTail: closed?.stderrTail || (this.#transport.stderrTail ?? ""),
      ageMs,
      frames: this.frames.recent(),
      malformedMessages: this.#malformed,
      unknownMethods: Object.fromEntries(this.#unknownMethods),
      unknownFields: Object.fromEntries(this.#unknownFields),
      invalidFields: Object.fromEntries(this.#invalidFields),
    };
  }
}

/** Names come from the other end: they are cut, and no more than {@linkcode MAX_NAMES} are kept. */
function increase(counts: Map<string, number>, name: string): void {
  const key = name.slice(0, 200);
  const count = counts.get(key);
  if (count === undefined && counts.size >= MAX_NAMES) return;
  counts.set(key, (count ?? 0) + 1);
}

/** Messages that are kept. */
const MAX_FRAMES = 64;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A ring of fixed size. Messages of one method in a row share a place, so a stream of deltas
 * neither fills the ring nor costs a look at the clock.
 */
export class FrameLog {
  readonly #frames: Writable<FrameFacts>[] = [];
  readonly #startedAt = performance.now();
  /** The newest message, if it is a notification that arrived. */
  #row: Writable<FrameFacts> | null = null;
  #next = 0;

  /** Age of the log, in milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  /**
   * Counts a notification that arrived, if the message before was one of the same method: `true`.
   */
  repeats(method: string, size: number): boolean {
    const row = this.#row;
    if (row === null || row.method !== method) return false;
    row.count++;
    row.size += size;
    return true;
  }

  /**
   * Records a message. The method of an answer that is sent is that of the question under its id.
   */
  note(
    direction: FrameFacts["direction"],
    kind: FrameFacts["kind"],
    method: string | null,
    id: string | number | null,
    size: number,
  ): void {
    const frame = {
      direction,
      kind,
      method: method ?? this.#questionUnder(id),
      id,
      size,
      count: 1,
      atMs: this.ageMs,
    };
    this.#frames[this.#next] = frame;
    this.#next = (this.#next + 1) % MAX_FRAMES;
    this.#row = direction === "received" && kind === "notification" ? frame : null;
  }

  #questionUnder(id: string | number | null): string {
    return this.recent().findLast((frame) =>
      frame.kind === "request" && frame.direction === "received" && frame.id === id
    )?.method ?? "(forgotten)";
  }

  /** The last messages, the oldest first. */
  recent(): FrameFacts[] {
    const { length } = this.#frames;
    const first = length < MAX_FRAMES ? 0 : this.#next;
    return Array.from(
      { length },
      (_, n) => ({ ...this.#frames[(first + n) % MAX_FRAMES] } as FrameFacts),
    );
  }
}
