/**
 * Messages of a kernel, folded into the outputs of cells as notebooks have them.
 *
 * @module
 */
import { asRecord } from "../../json.ts";

/** A value in several representations, by MIME type. */
export type OutputData = Record<string, unknown>;

/** Text written to a stream, adjacent pieces joined. */
export interface StreamOutput {
  /** Tells the kinds of output apart. */
  output_type: "stream";
  /** Which stream. */
  name: "stdout" | "stderr";
  /** All of the text. */
  text: string;
}

/** Something that was shown, with its latest update. */
export interface DisplayOutput {
  /** Tells the kinds of output apart. */
  output_type: "display_data";
  /** Representations by MIME type; only JSON types have values other than text. */
  data: OutputData;
  /** Its metadata. */
  metadata: Record<string, unknown>;
}

/** The `execute_result` of a cell: the value of its last expression. */
export interface ResultOutput {
  /** Tells the kinds of output apart. */
  output_type: "execute_result";
  /** Number of the execution. */
  execution_count: number | null;
  /** The value; only JSON types have values other than text. */
  data: OutputData;
  /** Its metadata. */
  metadata: Record<string, unknown>;
}

/** An error; `traceback` is what front ends show of it. */
export interface ErrorOutput {
  /** Tells the kinds of output apart. */
  output_type: "error";
  /** Name of the error. */
  ename: string;
  /** Message of the error. */
  evalue: string;
  /** Lines, never all of them empty. */
  traceback: string[];
}

/** One output of a cell. */
export type CellOutput = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

/** The part of a published message that is folded. */
export interface PublishedMessage {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * Folds the messages of one notebook. Which cell a message belongs to is said by
 * {@linkcode OutputFold.beginCell} alone: this kernel's parent headers cannot be relied on.
 */
export class OutputFold {
  /** The outputs with a display id, of all cells: a later cell may update them. */
  readonly #displays = new Map<string, Set<DisplayOutput>>();
  #cell = this.#newList();

  /** Begins the next cell and returns its outputs, which fill up. */
  beginCell(): OutputList {
    return this.#cell = this.#newList();
  }

  /** Takes the next message; messages of other types change nothing. */
  accept({ type, content }: PublishedMessage): void {
    switch (type) {
      case "stream":
        this.#cell.write(streamName(content), String(content.text ?? ""));
        return;
      case "display_data":
        this.#display(content);
        return;
      case "update_display_data":
        this.#update(content);
        return;
      case "execute_result":
        this.#cell.add(resultOutput(content));
        return;
      case "error":
        this.#cell.fail(errorOutput(content));
        return;
      case "clear_output":
        this.#cell.clear({ wait: content.wait === true });
    }
  }

  /** A display under an id that was used before is an update of those before as well. */
  #display(content: PublishedMessage["content"]): void {
    this.#update(content);
    const output = displayOutput(content);
    this.#cell.add(output);
    const displayId = displayIdOf(content);
    if (displayId === null) return;
    const shown = this.#displays.get(displayId) ?? new Set();
    this.#displays.set(displayId, shown.add(output));
  }

  #update(content: PublishedMessage["content"]): void {
    const { data, metadata } = displayOutput(content);
    for (const output of this.#displays.get(displayIdOf(content) ?? "") ?? []) {
      Object.assign(output, { data, metadata });
    }
  }

  #newList(): OutputList {
    return new OutputList((dropped) => this.#forget(dropped));
  }

  #forget(dropped: readonly CellOutput[]): void {
    for (const shown of this.#displays.values()) {
      for (const output of dropped) shown.delete(output as DisplayOutput);
    }
  }
}

/** The outputs of one cell, as far as they have come. */
export class OutputList {
  #outputs: CellOutput[] = [];
  readonly #errors: ErrorOutput[] = [];
  readonly #onDropped: (outputs: readonly CellOutput[]) => void;
  #clearsNext = false;

  /** `onDropped` gets what {@linkcode OutputList.clear} drops. */
  constructor(onDropped: (outputs: readonly CellOutput[]) => void = () => {}) {
    this.#onDropped = onDropped;
  }

  /**
   * The outputs in order, errors last: an error is what ends a cell, but the kernel sends it before
   * the outputs that are still in its queue.
   */
  toArray(): CellOutput[] {
    const isCleared = this.#clearsNext && this.#errors.length > 0;
    return [...isCleared ? [] : this.#outputs, ...this.#errors];
  }

  get errors(): readonly ErrorOutput[] {
    return this.#errors;
  }

  /** Appends text to a stream. */
  write(name: StreamOutput["name"], text: string): void {
    const last = this.#clearsNext ? undefined : this.#outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text += text;
    else this.add({ output_type: "stream", name, text });
  }

  /** Appends an output. */
  add(output: CellOutput): void {
    if (this.#clearsNext) this.clear({ wait: false });
    this.#outputs.push(output);
  }

  /** Adds an error behind all that came and is to come. */
  fail(error: ErrorOutput): void {
    this.#errors.push(error);
  }

  /** Drops the outputs so far, errors excepted: at once, or when the next one comes. */
  clear({ wait }: { readonly wait: boolean }): void {
    this.#clearsNext = wait;
    if (wait) return;
    this.#onDropped(this.#outputs);
    this.#outputs = [];
  }
}

/** An error as an output that shows, which one without a traceback does not. */
export function errorOutput(content: PublishedMessage["content"]): ErrorOutput {
  const ename = String(content.ename ?? "Error");
  const evalue = String(content.evalue ?? "");
  const lines = Array.isArray(content.traceback) ? content.traceback.map(String) : [];
  const traceback = lines.some((line) => line.trim() !== "") ? lines : [`${ename}: ${evalue}`];
  return { output_type: "error", ename, evalue, traceback };
}

function displayOutput(content: PublishedMessage["content"]): DisplayOutput {
  return {
    output_type: "display_data",
    data: Object.fromEntries(
      Object.entries(asRecord(content.data)).map(([type, value]) => [type, valueOf(type, value)]),
    ),
    metadata: { ...asRecord(content.metadata) },
  };
}

/** Only JSON types may hold other values than text in a notebook; the kernel passes on anything. */
function valueOf(type: string, value: unknown): unknown {
  return typeof value === "string" || isJsonType(type) ? value : JSON.stringify(value);
}

/** Whether values of a MIME type are JSON and not text. */
export function isJsonType(type: string): boolean {
  return type === "application/json" || /^application\/.*\+json$/.test(type);
}

function resultOutput(content: PublishedMessage["content"]): ResultOutput {
  const { execution_count } = content;
  return {
    ...displayOutput(content),
    output_type: "execute_result",
    execution_count: typeof execution_count === "number" ? execution_count : null,
  };
}

function streamName({ name }: PublishedMessage["content"]): StreamOutput["name"] {
  return name === "stderr" ? "stderr" : "stdout";
}

function displayIdOf(content: PublishedMessage["content"]): string | null {
  const { display_id } = asRecord(content.transient);
  return typeof display_id === "string" ? display_id : null;
}
