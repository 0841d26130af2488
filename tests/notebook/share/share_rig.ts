/**
 * A kernel with shared values, whose tools are called as a thread calls them.
 *
 * @module
 */
import { type CellView, NotebookRig } from "../../support/notebook_rig.ts";
import { ROOT } from "../../support/repository.ts";

const SETUP = `
import { ask, notebookCells, share } from "file://${ROOT}src/notebook/mod.ts";
import { toolCall } from "file://${ROOT}src/testing/mod.ts";
const toolsOf = (shared) =>
  Object.fromEntries(shared.components().tools.map((tool) => [tool.name, tool]));
const callOf = (shared, controller = new AbortController()) => async (name, input) => {
  const { signal } = controller;
  try {
    return await toolsOf(shared)[name].run(input, { signal, threadId: "", turnId: "", callId: "" });
  } catch (error) {
    return "FAILED " + error.message;
  }
};
undefined`;

/** The kernel. */
export class ShareRig implements AsyncDisposable {
  readonly rig: NotebookRig;

  private constructor(rig: NotebookRig) {
    this.rig = rig;
  }

  /** Starts the kernel and runs `setup` in it. */
  static async start(setup = "undefined"): Promise<ShareRig> {
    const started = new ShareRig(await NotebookRig.start());
    await started.rig.run(SETUP);
    await started.rig.run(setup);
    return started;
  }

  /** Runs a cell. */
  run(code: string): Promise<CellView> {
    return this.rig.run(code);
  }

  /** The value of an expression, which must be JSON. */
  async valueOf<T>(expression: string): Promise<T> {
    const { text } = await this.rig.run(
      `console.log("VALUE " + JSON.stringify(await (${expression})))`,
    );
    const [, json] = /VALUE (.*)/.exec(text) ?? [];
    if (json === undefined) throw new Error(`The cell gave no value: ${text}`);
    return JSON.parse(json);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rig[Symbol.asyncDispose]();
  }
}

/** Runs checks in one kernel, one after the other, and reports all that fail by their names. */
export async function inOneKernel(
  setup: string,
  checks: Readonly<Record<string, (rig: ShareRig) => Promise<void>>>,
): Promise<void> {
  await using rig = await ShareRig.start(setup);
  const failures: Error[] = [];
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(rig);
    } catch (cause) {
      failures.push(new Error(`${name}: ${cause instanceof Error ? cause.message : cause}`));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("\n\n"));
}
