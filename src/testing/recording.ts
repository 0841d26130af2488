/**
 * Messages of a connection, kept to be played again without a runtime.
 *
 * @module
 */
import { CodexError } from "../errors/mod.ts";
import type { Transport } from "../rpc/transport.ts";

/** One message of a recording. */
export interface RecordedMessage {
  /** `sent` by the client, or `received` from the runtime. */
  readonly direction: "sent" | "received";
  /** The unchanged message, normally a JSON text. */
  readonly text: string;
}

/**
 * The messages of a transport, in order.
 *
 * A recording has everything in it that was sent: paths, prompts, and a key or token if one was
 * used to log in.
 *
 * @example Record once, replay in every test
 * ```ts
 * import { Codex } from "@codex-deno/codex";
 * import { AppServerHarness, Recording } from "@codex-deno/codex/testing";
 *
 * await using harness = await AppServerHarness.start();
 * harness.model.reply("It rains.");
 * const recording = new Recording();
 * {
 *   await using codex = await Codex.attach(recording.record(await harness.openTransport()));
 *   await (await codex.startThread()).run("How is the weather?");
 * }
 * const text = recording.toString(); // JSON lines, for a file
 *
 * await using replayed = await Codex.attach(Recording.parse(text).replay());
 * const thread = await replayed.startThread();
 * console.log((await thread.run("How is the weather?")).finalResponse); // It rains.
 * ```
 */
export class Recording {
  readonly #messages: RecordedMessage[] = [];

  /** The messages so far, in order. */
  get messages(): readonly RecordedMessage[] {
    return this.#messages;
  }

  /** Reads JSON lines as `toString()` writes them; throws `SyntaxError` for others. */
  static parse(text: string): Recording {
    const recording = new Recording();
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim()) recording.#messages.push(parseLine(line, index + 1));
    }
    return recording;
  }

  /** The same transport, with every message added to this recording. */
  record(transport: Transport): Transport {
    const add = (direction: RecordedMessage["direction"], text: string): void =>
      void this.#messages.push({ direction, text });
    return {
      messages: tap(transport.messages, (text) => add("received", text)),
      send: (text) => {
        add("sent", text);
        return transport.send(text);
      },
      close: () => transport.close(),
    };
  }

  /**
   * A transport that plays what was received, as fast as it is read.
   *
   * A message that was received after a sent one is played after that one is sent again. Requests
   * are recognized by their method, so their ids and their order among themselves may differ; a
   * request that the recording does not have fails the connection. After the last message the
   * transport stays open until it is closed.
   */
  replay(): Transport {
    return new ReplayTransport(this.#messages);
  }

  /** The recording as JSON lines, `{"sent":…}` and `{"received":…}`, without loss. */
  toString(): string {
    return this.#messages.map((message) => formatLine(message) + "\n").join("");
  }
}

/** A sent message that the replay waits for. */
interface Expected {
  readonly id: unknown;
  readonly method: unknown;
  readonly sent: PromiseWithResolvers<void>;
}

class ReplayTransport implements Transport {
  readonly messages: AsyncIterable<string>;
  readonly #expected: Map<RecordedMessage, Expected>;
  /** Ids of requests whose id differs from the recorded one, by the recorded one. */
  readonly #ids = new Map<unknown, unknown>();
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;

  constructor(messages: readonly RecordedMessage[]) {
    const sent = messages.filter(({ direction }) => direction === "sent");
    this.#expected = new Map(sent.map((message) => [message, expect(message.text)]));
    this.#stop.promise.catch(() => {});
    this.messages = this.#play([...messages]);
  }

  send(text: string): Promise<void> {
    const { id, method } = parseMessage(text);
    const match = this.#find(id, method);
    if (!match) return this.#sendUnexpected(id, method);
    const [message, expected] = match;
    this.#expected.delete(message);
    if (method !== undefined && id !== expected.id) this.#ids.set(expected.id, id);
    expected.sent.resolve();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#stopped = true;
    this.#stop.resolve();
    return Promise.resolve();
  }

  async *#play(messages: readonly RecordedMessage[]): AsyncGenerator<string, void> {
    const sent = new Map([...this.#expected].map(([message, { sent }]) => [message, sent.promise]));
    for (const message of messages) {
      if (message.direction === "sent") {
        await Promise.race([sent.get(message), this.#stop.promise]);
      } else {
        yield this.#ids.size === 0 ? message.text : this.#withId(message.text);
      }
      if (this.#stopped) return;
    }
    await this.#stop.promise;
  }

  /**
   * The oldest expected message of the same method; an answer has no method and is matched by its
   * id.
   */
  #find(id: unknown, method: unknown): [RecordedMessage, Expected] | undefined {
    for (const entry of this.#expected) {
      if (entry[1].method !== method) continue;
      if (method !== undefined || entry[1].id === id) return entry;
    }
    return undefined;
  }

  #sendUnexpected(id: unknown, method: unknown): Promise<void> {
    // Only a request waits for an answer.
    if (id === undefined || method === undefined) return Promise.resolve();
    const error = new CodexError(
      `Cannot replay ${method}: the recording has no such request left. Record the connection again`,
    );
    this.#stopped = true;
    this.#stop.reject(error);
    return Promise.reject(error);
  }

  #withId(text: string): string {
    const message = parseMessage(text);
    if (message.method !== undefined || !this.#ids.has(message.id)) return text;
    return JSON.stringify({ ...message, id: this.#ids.get(message.id) });
  }
}

function expect(text: string): Expected {
  const { id, method } = parseMessage(text);
  return { id, method, sent: Promise.withResolvers() };
}

function parseMessage(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null ? { ...message } : {};
  } catch {
    return {};
  }
}

async function* tap<T>(
  values: AsyncIterable<T>,
  look: (value: T) => void,
): AsyncGenerator<T, void> {
  for await (const value of values) {
    look(value);
    yield value;
  }
}

/** The message's own text stands in the line where it is JSON, so numbers keep every digit. */
function formatLine({ direction, text }: RecordedMessage): string {
  const isJson = !text.includes("\n") && isJsonText(text);
  return isJson ? `{"${direction}":${text}}` : JSON.stringify({ [`${direction}Text`]: text });
}

const LINE = /^\{"(sent|received)":(.*)\}$/;

function parseLine(line: string, number: number): RecordedMessage {
  const [, direction, text] = LINE.exec(line.trim()) ?? [];
  if (text !== undefined && isJsonText(text)) {
    return { direction: direction as RecordedMessage["direction"], text };
  }
  const { sentText, receivedText } = parseMessage(line);
  if (typeof sentText === "string") return { direction: "sent", text: sentText };
  if (typeof receivedText === "string") return { direction: "received", text: receivedText };
  throw new SyntaxError(
    `Cannot read the recording: line ${number} is not a recorded message. Record the connection again`,
  );
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
