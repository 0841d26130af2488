/**
 * A file of completed inputs, so that an interrupted run continues where it stopped.
 *
 * @module
 */
import { dirname, fromFileUrl } from "../../../paths.ts";
import { CheckpointError } from "../../../errors/mod.ts";
import { describeTask, differences, type TaskIdentity } from "./task.ts";

/** First line of every such file. */
interface Header {
  readonly checkpoint: "codex.map";
  readonly version: 2;
  readonly task: TaskIdentity;
}

/** One input that is done. */
interface CheckpointRecord {
  /** The key that identifies it among all inputs. */
  readonly key: string;
  /** What the task returned; absent when that was `undefined`. */
  readonly output?: unknown;
}

/** Where the line of a record is in the file, in bytes. */
interface Place {
  readonly start: number;
  readonly length: number;
}

/** How a file is opened. */
export interface CheckpointOptions {
  /** The task that the file must be of. */
  readonly task: TaskIdentity;
  /**
   * Whether a file of another task makes place for a new one, and is kept under another name.
   * Default `false`.
   */
  readonly newTask?: boolean;
}

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 20;

/**
 * Outputs by key, one line of JSON each. A line is on the disk when it is acknowledged; what is
 * left of one that was cut off is removed when the file is opened again. Only the keys are in
 * memory.
 */
export class Checkpoint implements AsyncDisposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #reader: Deno.FsFile;
  readonly #places: Map<string, Place>;
  #pending: string[] = [];
  #flushed: Promise<void> = Promise.resolve();
  #read: Promise<unknown> = Promise.resolve();
  #failure: CheckpointError | null = null;

  private constructor(
    path: string,
    file: Deno.FsFile,
    reader: Deno.FsFile,
    places: Map<string, Place>,
  ) {
    this.#path = path;
    this.#file = file;
    this.#reader = reader;
    this.#places = places;
  }

  /**
   * Opens a file, or makes it, for this run alone.
   *
   * @throws {CheckpointError} when another run uses it, or it is of another kind or task, or cannot
   * be written.
   */
  static async open(location: string | URL, options: CheckpointOptions): Promise<Checkpoint> {
    const path = location instanceof URL ? fromFileUrl(location) : location;
    const file = await openLocked(path);
    let opened = file;
    try {
      const found = await readHeader(file);
      const other = otherTask(path, found, options.task);
      if (other && !options.newTask) throw other;
      if (other) {
        await Deno.rename(path, await unusedName(path));
        opened = await openLocked(path);
        await release(file);
      }
      const places = await prepare(opened, path, options.task);
      return new Checkpoint(path, opened, await Deno.open(path), places);
    } catch (error) {
      await release(opened);
      if (error instanceof CheckpointError) throw error;
      throw writeError(path, error);
    }
  }

  /** Takes the output of an input that was done before, or `null`. It is found once. */
  async take(key: string): Promise<{ readonly output: unknown } | null> {
    const place = this.#places.get(key);
    if (!place) return null;
    this.#places.delete(key);
    const read = this.#read.then(() => readLine(this.#reader, place));
    this.#read = read.catch(() => {});
    const record = parse(await read);
    return record?.key === key ? { output: record.output } : null;
  }

  /**
   * Keeps an output, which must be plain data; resolves once it is on the disk.
   *
   * @throws {CheckpointError} when it cannot be written; nothing more is then.
   */
  async add(key: string, output: unknown): Promise<void> {
    const record: CheckpointRecord = { key, output };
    this.#pending.push(`${JSON.stringify(record)}\n`);
    // Lines that come while the disk is busy go together.
    this.#flushed = this.#flushed.then(() => this.#flush());
    await this.#flushed;
    if (this.#failure) throw this.#failure;
  }

  async #flush(): Promise<void> {
    const lines = this.#pending.splice(0);
    // After a failure the file may end in the middle of a line.
    if (lines.length === 0 || this.#failure) return;
    try {
      await writeText(this.#file, lines.join(""));
      await this.#file.syncData();
    } catch (error) {
      this.#failure = writeError(this.#path, error);
    }
  }

  /** Lets others use the file; what was added before is on the disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushed;
    await this.#read;
    this.#reader.close();
    await release(this.#file);
  }
}

async function openLocked(path: string): Promise<Deno.FsFile> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true, create: true });
  } catch (error) {
    throw writeError(path, error);
  }
  if (await file.tryLock(true)) return file;
  file.close();
  throw new CheckpointError(
    `Cannot use the checkpoint ${path}: another run uses it. Give this run another file`,
    { path, reason: "inUse" },
  );
}

/**
 * Closing alone is not enough: a process that is just being started holds a copy of the file, and
 * its lock, for a moment.
 */
async function release(file: Deno.FsFile): Promise<void> {
  await file.unlock();
  file.close();
}

function writeError(path: string, cause: unknown): CheckpointError {
  return new CheckpointError(
    `Cannot write the checkpoint ${path}: see the cause. Make room or name another file, then run ` +
      "again",
    { path, reason: "write", cause },
  );
}

/** An unused file name in the same directory. */
async function unusedName(path: string): Promise<string> {
  for (let number = 1;; number++) {
    const name = `${path}.old-${number}`;
    const exists = await Deno.lstat(name).then(() => true, () => false);
    if (!exists) return name;
  }
}

/** The first line, as far as it goes; empty for a new file. */
async function readHeader(file: Deno.FsFile): Promise<string> {
  await file.seek(0, Deno.SeekMode.Start);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  for (let text = "";;) {
    const count = await file.read(buffer);
    if (count === null || text.length > CHUNK_BYTES) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end + 1);
  }
}

/** Why the file is not one of this task, or `null` when it is, or is new. */
function otherTask(path: string, line: string, task: TaskIdentity): CheckpointError | null {
  const expected = headerOf(task);
  if (expected.startsWith(line)) return null;
  const header = parseHeader(line);
  if (!header) {
    // The start of a header that was cut off is the start of nothing else.
    if (!line.endsWith("\n") && line.startsWith(HEADER_START)) return null;
    throw new CheckpointError(
      `Cannot use the checkpoint ${path}: it is not a checkpoint of this release. ` +
        "Name a file that does not exist yet",
      { path, reason: "notACheckpoint" },
    );
  }
  const parts = differences(header.task, task);
  if (parts.length === 0) return null;
  return new CheckpointError(
    `Cannot use the checkpoint ${path}: it belongs to ${describeTask(header.task)}, and this is ` +
      `${describeTask(task)}; they differ in ${
        parts.join(", ")
      }. Name another file, or start over ` +
      "with newTask: true",
    { path, reason: "otherTask" },
  );
}

const HEADER_START = '{"checkpoint":"codex.map","version":2';

function headerOf(task: TaskIdentity): string {
  const header: Header = { checkpoint: "codex.map", version: 2, task };
  return `${JSON.stringify(header)}\n`;
}

function parseHeader(line: string): Header | null {
  if (!line.startsWith(HEADER_START) || !line.endsWith("\n")) return null;
  try {
    const { task } = JSON.parse(line) as Header;
    return typeof task.name === "string" && typeof task.settings === "object"
      ? { checkpoint: "codex.map", version: 2, task }
      : null;
  } catch {
    return null;
  }
}

/** Finds the records and puts the end of the file behind the last whole line. */
async function prepare(
  file: Deno.FsFile,
  path: string,
  task: TaskIdentity,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  let end = 0;
  for await (const { text, place } of linesOf(file)) {
    // A line that a broken disk left behind only means that its input is done again.
    const key = end === 0 ? undefined : parse(text)?.key;
    if (key !== undefined) places.set(key, place);
    end = place.start + place.length;
  }
  await file.truncate(end);
  await file.seek(end, Deno.SeekMode.Start);
  if (end > 0) return places;
  await writeText(file, headerOf(task));
  await file.syncData();
  await syncDirectory(path);
  return places;
}

/**
 * A new file is only safe when its name is on the disk too; where a directory cannot be opened that
 * goes by itself.
 */
async function syncDirectory(path: string): Promise<void> {
  try {
    using directory = await Deno.open(dirname(path));
    await directory.sync();
  } catch {
    return;
  }
}

/** Whole lines and where they are; what follows the last line end is left out. */
async function* linesOf(file: Deno.FsFile): AsyncGenerator<{ text: string; place: Place }> {
  await file.seek(0, Deno.SeekMode.Start);
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(CHUNK_BYTES);
  let rest = new Uint8Array();
  for (let start = 0;;) {
    const count = await file.read(chunk);
    if (count === null) return;
    const bytes = new Uint8Array(rest.length + count);
    bytes.set(rest);
    bytes.set(chunk.subarray(0, count), rest.length);
    let begin = 0;
    for (
      let at = bytes.indexOf(NEWLINE, rest.length);
      at >= 0;
      at = bytes.indexOf(NEWLINE, begin)
    ) {
      const length = at + 1 - begin;
      yield { text: decoder.decode(bytes.subarray(begin, at)), place: { start, length } };
      start += length;
      begin = at + 1;
    }
    rest = bytes.slice(begin);
  }
}

async function readLine(file: Deno.FsFile, { start, length }: Place): Promise<string> {
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) return "";
    filled += count;
  }
  return new TextDecoder().decode(bytes);
}

function parse(line: string): CheckpointRecord | null {
  try {
    const record: unknown = JSON.parse(line);
    const isRecord = typeof record === "object" && record !== null && "key" in record &&
      typeof record.key === "string";
    return isRecord ? record as CheckpointRecord : null;
  } catch {
    return null;
  }
}

async function writeText(file: Deno.FsFile, text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}
