/**
 * A notebook in the real kernel, cell by cell.
 *
 * @module
 */
import {
  type CellOutput,
  type JupyterMessage,
  Kernel,
  type KernelOptions,
} from "../../src/notebook/runner/mod.ts";
import { OutputFold } from "../../src/notebook/runner/outputs.ts";
import { ROOT } from "./repository.ts";

const SETUP = `
import "file://${ROOT}tests/support/warm_home.ts";
import { askApproval, notebook, progress, show, stopSignal } from "file://${ROOT}src/notebook/mod.ts";
import { execCommand, failure, Gate, message, startOffline } from "file://${ROOT}src/testing/mod.ts";
const codex = await notebook({ start: startOffline });
const thread = await codex.startThread();
const released = () => {
  const { promise, resolve } = Promise.withResolvers();
  Deno.addSignalListener("SIGUSR2", resolve);
  return promise.finally(() => Deno.removeSignalListener("SIGUSR2", resolve));
};
codex.server.processId`;

/** What a cell showed. */
export interface CellView {
  /** Everything in it, as plain text, a paragraph an output. */
  readonly text: string;
  /** The HTML of those outputs that have any. */
  readonly html: readonly string[];
  /** What messages that made or changed an output show. */
  readonly updates: readonly string[];
}

/** A kernel with the notebook's Codex in it. */
export class NotebookRig implements AsyncDisposable {
  readonly kernel: Kernel;
  /** Process id of the runtime that the first cell started. */
  runtimeId = 0;
  readonly #fold = new OutputFold();
  readonly #messages: JupyterMessage[] = [];
  #arrived = Promise.withResolvers<void>();

  private constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Starts the kernel and runs the first cell. */
  static async start(options: KernelOptions = {}): Promise<NotebookRig> {
    const rig = new NotebookRig(await Kernel.start({ cwd: "/", ...options }));
    const { text } = await rig.run(SETUP);
    rig.runtimeId = Number(text.split("\n").at(-1));
    if (!(rig.runtimeId > 0)) throw new Error(`The first cell failed: ${text}`);
    return rig;
  }

  /** Runs a cell. */
  async run(code: string): Promise<CellView> {
    this.#messages.length = 0;
    const outputs = this.#fold.beginCell();
    await this.kernel.execute(code, (message) => {
      this.#messages.push(message);
      this.#fold.accept(message);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
    const shown = outputs.toArray();
    const bundles = shown.flatMap((output) => "data" in output ? [output.data] : []);
    return {
      text: shown.map(textOf).join("\n"),
      html: bundles.flatMap((bundle) => "text/html" in bundle ? [String(bundle["text/html"])] : []),
      updates: this.#messages.filter(({ type }) => /display_data$/.test(type)).map(plainOf),
    };
  }

  /** What the running cell has shown or changed so far. */
  lastUpdates(): string[] {
    return this.#messages.map(plainOf);
  }

  /** The HTML of what the running cell has shown or changed so far. */
  lastHtml(): string[] {
    return this.#messages.map(({ content }) => String(Object(content.data)["text/html"]));
  }

  /** Waits until the running cell has shown the text, spelled as in JSON. */
  async seen(text: string): Promise<void> {
    const shows = ({ type, content }: JupyterMessage): boolean =>
      type !== "execute_input" && JSON.stringify(content).includes(text);
    while (!this.#messages.some(shows)) {
      await this.#arrived.promise;
    }
  }

  /** Presses Stop. */
  stop(): void {
    this.kernel.interrupt();
  }

  /** Lets a cell go on that awaits `released()`; it must have shown something since it called that. */
  release(): void {
    Deno.kill(this.kernel.pid, "SIGUSR2");
  }

  /** Ends the time after a Stop in which no turn may begin. */
  async afterStop(): Promise<void> {
    await this.run('globalThis[Symbol.for("codex-deno.notebook.stop")].refusal = null; undefined');
  }

  /** Ends the kernel. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.kernel.close();
  }
}

function textOf(output: CellOutput): string {
  if ("data" in output) return String(output.data["text/plain"]);
  if (output.output_type === "stream") return output.text;
  return `${output.ename}: ${output.evalue}\n${output.traceback.join("\n")}`;
}

function plainOf({ content }: JupyterMessage): string {
  return String(Object(content.data)["text/plain"]);
}
