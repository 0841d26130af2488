/**
 * A file that remembers which inputs are done, so that a run that was cut off goes on where it was.
 *
 * @module
 */

/** First line of every such file. */
const HEADER = '{"checkpoint":"codex.map","version":1}';
const NEWLINE = 10;

/** One input that is done. */
interface CheckpointRecord {
  /** Its place among the inputs. */
  readonly index: number;
  /** What tells it from another input in that place. */
  readonly input: string;
  /** What the task gave; absent when that was `undefined`. */
  readonly output?: unknown;
}

/**
 * Outputs by the place and the content of their inputs, one line of JSON each. A line is on the disk when it is
 * acknowledged; what is left of one that was cut off is removed when the file is opened again.
 */
export class Checkpoint implements AsyncDisposable {
  readonly #file: Deno.FsFile;
  readonly #records: Map<string, CheckpointRecord>;
  #pending: string[] = [];
  #flushed: Promise<void> = Promise.resolve();

  private constructor(file: Deno.FsFile, records: Map<string, CheckpointRecord>) {
    this.#file = file;
    this.#records = records;
  }

  /**
   * Opens a file, or makes it, for this run alone.
   *
   * @throws {TypeError} when it is a file of another kind, or another run uses it.
   */
  static async open(path: string | URL): Promise<Checkpoint> {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    if (!await file.tryLock(true)) {
      file.close();
      throw new TypeError(
        `Cannot use the checkpoint ${path}: another run does. Give this one a file of its own`,
      );
    }
    try {
      return new Checkpoint(file, await readRecords(file, path));
    } catch (error) {
      await release(file);
      throw error;
    }
  }

  /** What is kept of an input, if it was done before. */
  async find(index: number, input: unknown): Promise<{ readonly output: unknown } | null> {
    const record = this.#records.get(keyOf({ index, input: await digest(index, input) }));
    return record ? { output: record.output } : null;
  }

  /** Keeps an output; resolves with what a later run will find, once it is on the disk. */
  async add(index: number, input: unknown, output: unknown): Promise<unknown> {
    const line = serialize(index, { index, input: await digest(index, input), output });
    this.#pending.push(line);
    // Lines that come while the disk is busy go together.
    this.#flushed = this.#flushed.then(() => this.#flush());
    await this.#flushed;
    return (JSON.parse(line) as CheckpointRecord).output;
  }

  async #flush(): Promise<void> {
    const lines = this.#pending.splice(0);
    if (lines.length === 0) return;
    await writeText(this.#file, lines.map((line) => `${line}\n`).join(""));
    await this.#file.syncData();
  }

  /** Lets others use the file; what was added before is on the disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushed.catch(() => {});
    await release(this.#file);
  }
}

/**
 * Closing alone is not enough: a process that is just being started holds a copy of the file, and its lock, for a
 * moment.
 */
async function release(file: Deno.FsFile): Promise<void> {
  await file.unlock();
  file.close();
}

/** Reads the lines that are whole and puts the end of the file behind them. */
async function readRecords(
  file: Deno.FsFile,
  path: string | URL,
): Promise<Map<string, CheckpointRecord>> {
  const bytes = await readAll(file);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  const [header = "", ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split("\n");
  const isFresh = end === 0 && HEADER.startsWith(new TextDecoder().decode(bytes));
  if (!isFresh && header !== HEADER) {
    throw new TypeError(
      `Cannot use the checkpoint ${path}: it is a file of another kind. Name one that is new`,
    );
  }
  await file.truncate(end);
  await file.seek(end, Deno.SeekMode.Start);
  if (isFresh) await writeText(file, `${HEADER}\n`);
  return new Map(lines.flatMap(parse).map((record) => [keyOf(record), record]));
}

/** A line that a broken disk left behind only means that its input is done again. */
function parse(line: string): CheckpointRecord[] {
  try {
    const record = JSON.parse(line);
    return Number.isInteger(record?.index) && typeof record.input === "string" ? [record] : [];
  } catch {
    return [];
  }
}

function keyOf({ index, input }: CheckpointRecord): string {
  return `${index} ${input}`;
}

async function digest(index: number, input: unknown): Promise<string> {
  const text = JSON.stringify(input);
  if (text === undefined) {
    throw new TypeError(
      `Cannot keep input ${index} in the checkpoint: JSON cannot express it. Pass plain data`,
    );
  }
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex();
}

function serialize(index: number, record: CheckpointRecord): string {
  try {
    return JSON.stringify(record);
  } catch (cause) {
    throw new TypeError(
      `Cannot keep the output of input ${index} in the checkpoint: JSON cannot express it. ` +
        "Return plain data",
      { cause },
    );
  }
}

async function readAll(file: Deno.FsFile): Promise<Uint8Array> {
  const bytes = new Uint8Array((await file.stat()).size);
  for (let filled = 0; filled < bytes.length;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) return bytes.subarray(0, filled);
    filled += count;
  }
  return bytes;
}

async function writeText(file: Deno.FsFile, text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}
