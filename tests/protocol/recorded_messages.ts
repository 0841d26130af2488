/** What the pinned runtime really says, recorded while a few turns run. */
import { Codex, image } from "../../mod.ts";
import { StdioTransport, type Transport } from "../../src/client/mod.ts";
import {
  NOTIFICATION_PARAMS,
  REQUEST_RESULTS,
  SERVER_REQUEST_PARAMS,
} from "../../src/protocol/method_definitions.ts";
import { installRuntime } from "../../src/runtime/mod.ts";
import {
  applyPatch,
  execCommand,
  failure,
  message,
  OfflineHome,
  OfflineModel,
  reasoning,
  response,
} from "../../src/testing/mod.ts";

/** One message and the definition its content must follow. */
export interface RecordedMessage {
  readonly method: string;
  readonly definition: string;
  readonly value: unknown;
}

/** A picture of one pixel. */
const PIXEL = "data:image/png;base64," +
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Runs turns with commands, a patch, reasoning, a picture, questions, a failure, a review, and tells what came. */
export async function recordMessages(): Promise<RecordedMessage[]> {
  await using model = await OfflineModel.start();
  await using home = await OfflineHome.create({ modelUrl: model.url, files: { "a.txt": "one\n" } });
  const { executable } = await installRuntime();
  const recorder = new Recorder(
    StdioTransport.spawn({
      executable,
      args: ["app-server"],
      cwd: home.workspace,
      env: { ...home.env },
    }),
  );
  await using codex = await Codex.attach(recorder, { onApproval: () => "accept" });
  const thread = await codex.startThread({ sandbox: "workspace-write", approvalMode: "deny-all" });
  model.reply(
    response([reasoning({ summary: "thinking", text: "more" }), execCommand("echo hi; exit 3")], {
      usage: { inputTokens: 10, outputTokens: 5 },
    }),
    applyPatch("*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** End Patch"),
    message("done", { phase: "final_answer" }),
  );
  await thread.run(["Work", image(PIXEL)]);
  model.reply(
    execCommand("touch made", { escalate: true, justification: "it must be" }),
    applyPatch("*** Begin Patch\n*** Add File: beside.txt\n+one\n*** End Patch"),
    message("asked"),
  );
  const asking = await codex.startThread({ sandbox: "read-only", approvalMode: "ask" });
  await asking.run("Ask");
  model.reply(failure({ status: 500 }));
  await thread.run("Fail").catch(() => {});
  await (await thread.review({ instructions: "look" })).result();
  await thread.rename("Name");
  await codex.forkThread(thread.id);
  await Array.fromAsync(codex.listThreads());
  await thread.read({ includeTurns: true });
  await codex.models();
  await codex.client.call("config/read", { includeLayers: true });
  await codex.client.call("skills/list", {});
  return recorder.recorded;
}

/** Passes everything through and takes notes. */
class Recorder implements Transport {
  readonly messages: AsyncIterable<string>;
  readonly recorded: RecordedMessage[] = [];
  readonly #transport: Transport;
  readonly #methods = new Map<unknown, string>();

  constructor(transport: Transport) {
    this.#transport = transport;
    this.messages = this.#record();
  }

  send(text: string): Promise<void> {
    const { id, method } = JSON.parse(text);
    if (id !== undefined && method) this.#methods.set(id, method);
    return this.#transport.send(text);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async *#record(): AsyncGenerator<string> {
    for await (const text of this.#transport.messages) {
      this.#note(JSON.parse(text));
      yield text;
    }
  }

  #note({ id, method, params, result }: Record<string, unknown>): void {
    const tables: Record<string, string | null> = {
      ...NOTIFICATION_PARAMS,
      ...REQUEST_RESULTS,
      ...SERVER_REQUEST_PARAMS,
    };
    const name = typeof method === "string" ? method : this.#methods.get(id);
    const value = typeof method === "string" ? params : result;
    const definition = name && tables[name];
    if (definition && value !== undefined) this.recorded.push({ method: name, definition, value });
  }
}
