/** What is compared: each does the same work on the same runtime, home and model. */
import { Codex as OfficialCodex } from "npm:@openai/codex-sdk@0.163.0";
import { Codex } from "../../mod.ts";
import type { OfflineHome } from "../../src/testing/mod.ts";

/** The work that is timed. */
export interface Contender extends AsyncDisposable {
  /** Runs one turn to its end; the number of deltas that were delivered. */
  turn(text: string): Promise<number>;
}

/** How a contender comes to life: started, and with a thread to run turns on. */
export type StartContender = (executable: string, home: OfflineHome) => Promise<Contender>;

/** All of them, by the name they have in the table. */
export const CONTENDERS: Readonly<Record<string, StartContender>> = {
  "raw probe": startProbe,
  "codex-deno": startOurs,
  "official SDK": startOfficial,
};

/** The least code that speaks the protocol: no validation, no routing, one thread. */
async function startProbe(executable: string, home: OfflineHome): Promise<Contender> {
  const child = new Deno.Command(executable, {
    args: ["app-server"],
    cwd: home.workspace,
    env: { ...home.env },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const encoder = new TextEncoder();
  let rest = "";
  let nextId = 1;

  /** Reads until `found` says so, and gives what it found. */
  async function until<T>(found: (message: Message) => T | undefined): Promise<T> {
    for (;;) {
      let end: number;
      while ((end = rest.indexOf("\n")) >= 0) {
        const message = JSON.parse(rest.slice(0, end));
        rest = rest.slice(end + 1);
        const value = found(message);
        if (value !== undefined) return value;
      }
      const { done, value } = await reader.read();
      if (done) throw new Error("The runtime ended");
      rest += value;
    }
  }

  async function call(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = nextId++;
    await writer.write(encoder.encode(`${JSON.stringify({ id, method, params })}\n`));
    return await until((message) => message.id === id ? message.result ?? {} : undefined);
  }

  await call("initialize", {
    clientInfo: { name: "probe", version: "1" },
    capabilities: { experimentalApi: true },
  });
  const { thread } = await call("thread/start", {}) as { thread: { id: string } };
  return {
    async turn(text) {
      let deltas = 0;
      const id = nextId++;
      const params = { threadId: thread.id, input: [{ type: "text", text }] };
      await writer.write(
        encoder.encode(`${JSON.stringify({ id, method: "turn/start", params })}\n`),
      );
      await until(({ method }) => {
        if (method === "item/agentMessage/delta") deltas++;
        return method === "turn/completed" ? true : undefined;
      });
      return deltas;
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await child.status;
      await reader.cancel();
    },
  };
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
}

async function startOurs(executable: string, home: OfflineHome): Promise<Contender> {
  const codex = await Codex.start({
    executable,
    cwd: home.workspace,
    clearEnv: true,
    env: home.env,
  });
  const thread = await codex.startThread();
  return {
    async turn(text) {
      const turn = await thread.startTurn(text);
      let deltas = 0;
      for await (const event of turn) if (event.method === "item/agentMessage/delta") deltas++;
      await turn.result();
      return deltas;
    },
    [Symbol.asyncDispose]: () => codex.close(),
  };
}

/** A process for every turn, and no deltas. */
function startOfficial(executable: string, home: OfflineHome): Promise<Contender> {
  const codex = new OfficialCodex({ codexPathOverride: executable, env: { ...home.env } });
  const thread = codex.startThread({ workingDirectory: home.workspace, skipGitRepoCheck: true });
  return Promise.resolve({
    async turn(text) {
      await thread.run(text);
      return 0;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
