/** A recorded turn of many messages, replayed through the memory transport. */
import { Codex } from "../../mod.ts";
import { createTransportPair, type Transport } from "../../src/client/mod.ts";

const THREAD = "01a1fa97-840b-70f2-8e31-a0b78c035cc6";
const TURN = "01a1fa97-8430-7110-8200-83c72ac2eba7";
const DELTAS_PER_ITEM = 98;

/** The messages of one turn: items of 98 deltas each. */
export function transcript(messages: number): string[] {
  const lines: string[] = [];
  const say = (method: string, params: Record<string, unknown>): void => {
    const message = { method, params: { threadId: THREAD, ...params }, emittedAtMs: 1795205596256 };
    lines.push(JSON.stringify(message));
  };
  say("turn/started", { turn: turn("inProgress") });
  for (let n = 0; lines.length < messages - 1; n++) {
    const id = `m${n}`;
    say("item/started", {
      turnId: TURN,
      startedAtMs: 1,
      item: { type: "agentMessage", id, text: "" },
    });
    for (let i = 0; i < DELTAS_PER_ITEM; i++) {
      say("item/agentMessage/delta", { turnId: TURN, itemId: id, delta: `word${i} ` });
    }
    const text = "word ".repeat(DELTAS_PER_ITEM);
    say("item/completed", {
      turnId: TURN,
      completedAtMs: 1,
      item: { type: "agentMessage", id, text },
    });
  }
  say("turn/completed", { turn: turn("completed") });
  return lines;
}

/** Time to split and parse alone, in milliseconds. */
export function parseOnly(lines: readonly string[]): number {
  const text = `${lines.join("\n")}\n`;
  const startedAt = performance.now();
  for (let start = 0, end; (end = text.indexOf("\n", start)) >= 0; start = end + 1) {
    JSON.parse(text.slice(start, end));
  }
  return performance.now() - startedAt;
}

/** Time with routing, validation and folding, in milliseconds. */
export async function replay(lines: readonly string[]): Promise<number> {
  const [client, server] = createTransportPair();
  let startedAt = 0;
  void serve(server, async () => {
    startedAt = performance.now();
    for (const line of lines) void server.send(line);
    await Promise.resolve();
  });
  await using codex = await Codex.attach(client);
  const thread = await codex.startThread();
  await (await thread.startTurn("go")).result();
  return performance.now() - startedAt;
}

async function serve(server: Transport, run: () => Promise<void>): Promise<void> {
  for await (const text of server.messages) {
    const { id, method } = JSON.parse(text);
    const result = RESULTS[method];
    if (result === undefined) continue;
    await server.send(JSON.stringify({ id, result }));
    if (method === "turn/start") await run();
  }
}

function turn(status: string): Record<string, unknown> {
  return { id: TURN, rootTurnId: TURN, items: [], itemsView: "notLoaded", status, error: null };
}

const RESULTS: Readonly<Record<string, unknown>> = {
  "initialize": {
    userAgent: "x/0.169.0",
    codexHome: "/x",
    platformFamily: "unix",
    platformOs: "linux",
  },
  "turn/start": { turn: turn("inProgress") },
  "thread/start": {
    thread: {
      id: THREAD,
      sessionId: THREAD,
      projectId: null,
      historyMode: "paginated",
      ephemeral: false,
      status: { type: "idle" },
      source: "vscode",
      preview: "",
      cwd: "/x",
      cliVersion: "1",
      createdAt: 1,
      updatedAt: 1,
      modelProvider: "x",
      turns: [],
    },
    model: "m",
    modelProvider: "x",
    cwd: "/x",
    instructionSources: [],
    approvalPolicy: "never",
    approvalsReviewer: "user",
    sandbox: { type: "readOnly" },
    disabledPluginIds: [],
    runtimeWorkspaceRoots: [],
    multiAgentMode: "none",
  },
};
