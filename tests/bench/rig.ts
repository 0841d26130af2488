/**
 * What all contenders share: the runtime's binary and the model, which is in a process that runs no
 * contender.
 *
 * @module
 */
import { installRuntime } from "../../src/runtime/mod.ts";
import type { RuntimeInfo } from "../../src/domain/runtime_info.ts";
import {
  message,
  type ModelReply,
  type ModelRequest,
  OfflineHome,
  OfflineModel,
} from "../../src/testing/mod.ts";
import type { Place } from "./contender.ts";
import { Workers } from "./worker_process.ts";

const ITEMS = 10;
const DELTAS_OF_ITEM = 1000;

/** One runtime binary, one model, and homes on them. */
export class Rig implements AsyncDisposable {
  /** What the model answers: a message of N words to `N deltas`, ten long messages to `items`. */
  readonly answer: (request: ModelRequest) => ModelReply;
  /** The processes of the contenders. */
  readonly workers: Workers;
  readonly #model: OfflineModel;
  readonly #runtime: RuntimeInfo;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    answer: Rig["answer"],
    model: OfflineModel,
    runtime: RuntimeInfo,
    owned: AsyncDisposableStack,
    workers: Workers,
  ) {
    this.answer = answer;
    this.workers = workers;
    this.#model = model;
    this.#runtime = runtime;
    this.#owned = owned;
  }

  /** Finds the runtime and starts the model. */
  static async start(options: { readonly sharesWorkers: boolean }): Promise<Rig> {
    await using owned = new AsyncDisposableStack();
    const runtime = await installRuntime();
    const answer = answers();
    const model = owned.use(await OfflineModel.start({ fallback: answer, keepRequests: 1 }));
    const workers = new Workers({ areShared: options.sharesWorkers });
    return new Rig(answer, model, runtime, owned.move(), workers);
  }

  /** A new home, so that the history of one contender does not slow down another. */
  async newPlace(): Promise<Place> {
    const home = this.#owned.use(await OfflineHome.create({ modelUrl: this.#model.url }));
    const path = [...this.#runtime.pathEntries, home.env.PATH].join(":");
    return {
      executable: this.#runtime.executable,
      env: { ...home.env, PATH: path },
      cwd: home.workspace,
    };
  }

  /** Ends the processes, stops the model and removes the homes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.workers[Symbol.asyncDispose]();
    await this.#owned.disposeAsync();
  }
}

/** Each reply is made once, outside of the timed part. */
function answers(): (request: ModelRequest) => ModelReply {
  const made = new Map<string, ModelReply>();
  return ({ lastUserText }) => {
    const wanted = lastUserText ?? "";
    const known = made.get(wanted);
    if (known) return known;
    const reply = wanted === "items"
      ? Array.from({ length: ITEMS }, () => messageOf(DELTAS_OF_ITEM))
      : messageOf(Number.parseInt(wanted));
    made.set(wanted, reply);
    return reply;
  };
}

function messageOf(deltas: number): ReturnType<typeof message> {
  return message([...Array.from({ length: deltas - 1 }, (_, n) => `word${n} `), "end"]);
}
