/**
 * Kills of clients in every state of a turn, by hand: `deno run -A tests/soak/clients.ts [kills]`.
 *
 * A program starts a turn with an approval, a command, a tool call and an answer on a server, and is killed at a random
 * moment. The next client opens the thread and answers in its place. Every turn must end once, with its answer, and
 * after the server was stopped no process of it may be left. Linux only, where a process shows its environment.
 *
 * @module
 */
import { z } from "npm:zod@4.6.7";
import { Codex, defineTool, type ResumeOptions } from "../../mod.ts";
import { execCommand, message, toolCall } from "../../src/testing/mod.ts";
import { processesWith } from "../support/processes.ts";
import { ServerRig } from "../support/server_rig.ts";

const ANSWER = "all done";

/** Answers the approval and the tool call of the turn, each after a moment. */
const HANDLE: ResumeOptions = {
  onApproval: async () => {
    await pause(30);
    return "accept" as const;
  },
  tools: [defineTool({
    name: "slow",
    description: "Takes its time",
    input: z.object({}),
    run: async () => {
      await pause(30);
      return "ok";
    },
  })],
};

interface Figures {
  /** Killed before the turn had an id, while it ran, after its end. */
  before: number;
  within: number;
  after: number;
  /** Turns that did not end with the answer, and threads with more than one turn. */
  lost: number;
  doubled: number;
}

if (Deno.args[0] === "client") await runClient(Deno.args[1] ?? "", Deno.args[2] ?? "");
else await killClients(Number(Deno.args[0] ?? 200));

async function runClient(address: string, tokenFile: string): Promise<void> {
  const codex = await Codex.connect(address, { tokenFile });
  const thread = await codex.startThread({ ...HANDLE, sandbox: "read-only", approvalMode: "ask" });
  print(`thread ${thread.id}`);
  const turn = await thread.startTurn("Go");
  print(`turn ${turn.id}`);
  await turn.result();
  print("end");
  await pause(60_000);
}

async function killClients(kills: number): Promise<void> {
  await using rig = await ServerRig.create({ keepRequests: 1 });
  rig.harness.model.on(() => true, (request) => {
    const outputs = request.toolOutputs().length;
    if (outputs === 0) return execCommand("echo hello", { escalate: true });
    return outputs === 1 ? toolCall("slow", {}) : message(ANSWER.split(/(?= )/));
  });
  const server = await rig.start({ listen: "ws://127.0.0.1:0" });
  const figures: Figures = { before: 0, within: 0, after: 0, lost: 0, doubled: 0 };
  for (let kill = 0; kill < kills; kill++) {
    const words = await killedClient(server.address, server.tokenFile ?? "");
    figures[words.includes("end") ? "after" : words.includes("turn") ? "within" : "before"]++;
    const threadId = /thread (\S+)/.exec(words)?.[1];
    if (threadId && words.includes("turn")) await check(rig, server, threadId, figures);
  }
  await server.stop();
  const left = await processesWith(rig.harness.home.root);
  print(`${kills} kills of clients: ${JSON.stringify(figures)}, processes left: ${left.length}\n`);
  if (figures.lost + figures.doubled + left.length > 0) Deno.exit(1);
}

/** What a client printed before it was killed. */
async function killedClient(address: string, tokenFile: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", import.meta.url, "client", address, tokenFile],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let words = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for (;;) {
    const { done, value } = await output.read();
    if (done) break;
    words += value;
    // From its first word on, which comes with the thread.
    timer ??= setTimeout(() => child.kill("SIGKILL"), Math.random() * 450);
  }
  clearTimeout(timer);
  await child.status;
  return words;
}

async function check(
  rig: ServerRig,
  server: Parameters<ServerRig["connect"]>[0],
  threadId: string,
  figures: Figures,
): Promise<void> {
  const codex = await rig.connect(server);
  const thread = await codex.resumeThread(threadId, HANDLE);
  await thread.activeTurn?.result();
  const { turns } = await thread.read({ includeTurns: true });
  const last = turns?.[0]?.items.at(-1);
  const isWhole = turns?.[0]?.status === "completed" && last?.type === "agentMessage" &&
    last.text === ANSWER;
  if (!isWhole) figures.lost++;
  if (turns?.length !== 1) figures.doubled++;
  await codex.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
