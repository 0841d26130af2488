/**
 * The limit: the least code that speaks the protocol. It checks nothing, routes by thread id alone and imports nothing.
 *
 * @module
 */
import type { BenchThread, Contender, Place, Session } from "../contender.ts";

/** Past about 200 requests at once the runtime refuses some, so even the least code needs a window. */
const MOST_AT_ONCE = 64;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly threadId: string;
    readonly delta: string;
    readonly item: { readonly type: string; readonly text: string };
  };
  readonly result?: { readonly thread: { readonly id: string } };
  readonly error?: { readonly message: string };
}

interface RunningTurn {
  answer: string;
  onDelta(): void;
  end(answer: string): void;
}

/** The raw probe. */
export const contender: Contender = {
  answersOnOpen: true,
  ephemeral: true,
  opensThreads: true,
  manyAtOnce: true,
  async open(place) {
    const probe = new Probe(place);
    await probe.call("initialize", {
      clientInfo: { name: "probe", version: "1" },
      capabilities: { experimentalApi: true },
    });
    return probe;
  },
  /** Splits and parses, nothing else. */
  replay(messages) {
    const received = messages.filter(({ direction }) => direction === "received");
    const text = received.map((message) => `${message.text}\n`).join("");
    const startedAt = performance.now();
    for (let start = 0, end; (end = text.indexOf("\n", start)) >= 0; start = end + 1) {
      JSON.parse(text.slice(start, end));
    }
    return Promise.resolve(performance.now() - startedAt);
  },
};

class Probe implements Session {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #encoder = new TextEncoder();
  readonly #pending = new Map<number, PromiseWithResolvers<Message>>();
  readonly #turns = new Map<string, RunningTurn>();
  readonly #reading: Promise<void>;
  #nextId = 1;

  constructor({ executable, env, cwd }: Place) {
    this.#child = new Deno.Command(executable, {
      args: ["app-server"],
      cwd,
      env: { ...env },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async call(method: string, params: unknown): Promise<Message> {
    while (this.#pending.size >= MOST_AT_ONCE) {
      await Promise.race([...this.#pending.values()].map(({ promise }) => promise));
    }
    const id = this.#nextId++;
    const reply = Promise.withResolvers<Message>();
    this.#pending.set(id, reply);
    await this.#stdin.write(
      this.#encoder.encode(`${JSON.stringify({ id, method, params })}\n`),
    );
    const message = await reply.promise;
    if (message.error) throw new Error(message.error.message);
    return message;
  }

  async startThread(options: { readonly ephemeral: boolean }): Promise<BenchThread> {
    const threadId = await this.#openThread(options);
    return { run: (text, onDelta) => this.#run(threadId, text, onDelta) };
  }

  async map(texts: readonly string[], concurrency: number): Promise<number> {
    let next = 0;
    let answers = 0;
    const work = async (): Promise<void> => {
      for (let text; (text = texts[next++]) !== undefined;) {
        const threadId = await this.#openThread({ ephemeral: true });
        if (await this.#run(threadId, text, () => {})) answers++;
        await this.call("thread/unsubscribe", { threadId });
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return answers;
  }

  async close(): Promise<void> {
    await this.#stdin.close();
    await this.#child.status;
    await this.#reading;
  }

  async #openThread(options: { readonly ephemeral: boolean }): Promise<string> {
    const { result } = await this.call("thread/start", options);
    return result?.thread.id ?? "";
  }

  async #run(threadId: string, text: string, onDelta: () => void): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#turns.set(threadId, { answer: "", onDelta, end: resolve });
    await this.call("turn/start", { threadId, input: [{ type: "text", text }] });
    const answer = await promise;
    this.#turns.delete(threadId);
    return answer;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      rest += chunk;
      let start = 0;
      for (let end; (end = rest.indexOf("\n", start)) >= 0; start = end + 1) {
        this.#accept(JSON.parse(rest.slice(start, end)));
      }
      rest = rest.slice(start);
    }
  }

  #accept(message: Message): void {
    if (message.id !== undefined) {
      this.#pending.get(message.id)?.resolve(message);
      this.#pending.delete(message.id);
    } else if (message.params) {
      this.#notice(message.method, message.params);
    }
  }

  #notice(method: string | undefined, params: NonNullable<Message["params"]>): void {
    const turn = this.#turns.get(params.threadId);
    if (!turn) return;
    if (method === "item/agentMessage/delta") turn.onDelta();
    if (method === "item/completed" && params.item.type === "agentMessage") {
      turn.answer = params.item.text;
    }
    if (method === "turn/completed") turn.end(turn.answer);
  }
}
