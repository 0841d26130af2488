/**
 * A worker, seen from the program that gives it tasks.
 *
 * @module
 */
import { readLines } from "../../src/rpc/stdio.ts";
import { ROOT } from "../support/repository.ts";
import type { Answer, Figures, Task } from "./worker.ts";

/** The processes of a run: new ones for each row, or one for each contender where no figure counts. */
export class Workers implements AsyncDisposable {
  readonly #areShared: boolean;
  readonly #shared = new Map<string, WorkerProcess>();

  constructor(options: { readonly areShared: boolean }) {
    this.#areShared = options.areShared;
  }

  /** A process of the contender; a new one ends with `row`. */
  take(name: string, row: AsyncDisposableStack): WorkerProcess {
    if (!this.#areShared) return row.use(new WorkerProcess(name));
    const worker = this.#shared.get(name) ?? new WorkerProcess(name);
    this.#shared.set(name, worker);
    return worker;
  }

  /** Ends those that rows share. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#shared.values()].map((worker) => worker[Symbol.asyncDispose]()));
  }
}

/** A process with one contender in it. */
export class WorkerProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string, void>;

  /** Starts it; `name` is that of the contender's file. */
  constructor(name: string) {
    this.#name = name;
    this.#child = new Deno.Command(Deno.execPath(), {
      // Without the lock file, since packages that only a benchmark uses are not in it.
      args: [
        "run",
        "--quiet",
        "-A",
        "--no-check",
        "--no-lock",
        "--v8-flags=--expose-gc",
        "tests/bench/worker.ts",
        name,
      ],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#answers = readLines(this.#child.stdout);
  }

  /** Carries a task out; throws what the contender threw. */
  async run(task: Task): Promise<Figures> {
    await this.#stdin.write(new TextEncoder().encode(`${JSON.stringify(task)}\n`));
    const { value } = await this.#answers.next();
    if (value === undefined) throw new Error(`${this.#name} ended in ${task.task}`);
    const answer: Answer = JSON.parse(value);
    if ("error" in answer) throw new Error(`${this.#name}, ${task.task}: ${answer.error}`);
    return answer.figures;
  }

  /** Lets it close what it opened, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close();
    await this.#child.status;
    await this.#answers.return();
  }
}
