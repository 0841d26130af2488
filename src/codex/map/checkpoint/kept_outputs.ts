/**
 * The outputs of a run that are kept in a checkpoint, as a later run gets them back.
 *
 * @module
 */
import { UnkeptOutputError } from "../../../errors/mod.ts";
import { OutputContract } from "../../output/typed_output.ts";
import { Checkpoint } from "./checkpoint.ts";
import { findForeign } from "./plain_data.ts";
import { identify, type TaskParts } from "./task.ts";

/** Where outputs are kept. */
export interface Place {
  readonly path: string | URL;
  /** Starts over when the file belongs to another task. */
  readonly newTask?: boolean;
}

/** The checkpoint of one run. Loaded by runs that have one. */
export class KeptOutputs implements AsyncDisposable {
  readonly #checkpoint: Checkpoint;
  readonly #contract: OutputContract | null;

  private constructor(checkpoint: Checkpoint, contract: OutputContract | null) {
    this.#checkpoint = checkpoint;
    this.#contract = contract;
  }

  /** Opens the checkpoint; throws as {@linkcode Checkpoint.open}. */
  static async open({ path, newTask }: Place, task: TaskParts): Promise<KeptOutputs> {
    const contract = task.output ? await OutputContract.of(task.output) : null;
    const checkpoint = await Checkpoint.open(path, { task: await identify(task), newTask });
    return new KeptOutputs(checkpoint, contract);
  }

  /** What is kept under a key; what the schema does not read back as it was is done again. */
  async take(key: string): Promise<{ readonly output: unknown } | null> {
    const kept = await this.#checkpoint.take(key);
    return kept && this.#contract ? await this.#contract.decode(kept.output) : kept;
  }

  /**
   * Keeps an output, and gives what a later run would get back; or the error of an output that
   * cannot be kept.
   *
   * @throws {CheckpointError} when the file cannot be written.
   */
  async add<Output>(
    index: number,
    key: string,
    output: Output,
  ): Promise<{ readonly output: Output } | { readonly error: unknown }> {
    const plain = this.#contract ? await encoded(this.#contract, output) : plainly(output);
    if ("what" in plain) return { error: new UnkeptOutputError({ index, ...plain, output }) };
    await this.#checkpoint.add(key, plain.value);
    return { output: this.#contract ? output : plain.value as Output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checkpoint[Symbol.asyncDispose]();
  }
}

type Plain = { readonly value: unknown } | { readonly place: string; readonly what: string };

/** Plain data as JSON reads it back; `undefined` stays what it is. */
function plainly(output: unknown): Plain {
  if (output === undefined) return { value: undefined };
  const foreign = findForeign(output, { name: "output", lenient: true });
  return foreign ?? { value: JSON.parse(JSON.stringify(output)) };
}

async function encoded(contract: OutputContract, output: unknown): Promise<Plain> {
  try {
    return { value: await contract.encode(output) };
  } catch {
    return { place: "output", what: "not what its schema reads back" };
  }
}
