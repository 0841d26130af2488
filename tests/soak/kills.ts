/**
 * Kills at random moments, by hand: `deno run -A tests/soak/kills.ts [kills]`.
 *
 * First the runtime is killed 50 times over, anywhere between its start and the end of a turn: everything must
 * settle, with one error where there is one, and the next runtime on the same home must know every turn whose
 * result was seen. Then a program with a runtime, a command and an MCP server under it is killed 50 times over:
 * nothing of it may stay. Linux only, where a process shows its environment.
 *
 * @module
 */
import { CodexError, TransportClosedError } from "../../mod.ts";
import { AppServerHarness, message } from "../../src/testing/mod.ts";
import { processesWith } from "../support/processes.ts";

const PROGRAM = new URL("../faults/dying_parent.ts", import.meta.url).href;

const [kills = 50] = Deno.args.map(Number);

print(`${kills} kills of the runtime: ${JSON.stringify(await killRuntimes(kills))}`);
print(`${kills} kills of the program: ${JSON.stringify(await killPrograms(kills))}`);

interface RuntimeFigures {
  turnsCompleted: number;
  turnsLost: number;
  /** Stored by the next runtime, of those completed. */
  turnsKept: number;
}

async function killRuntimes(times: number): Promise<RuntimeFigures> {
  const figures = { turnsCompleted: 0, turnsLost: 0, turnsKept: 0 };
  await using harness = await AppServerHarness.start({ keepRequests: 1 });
  harness.model.on(() => true, message("a few words, one by one"));
  for (let time = 0; time < times; time++) {
    const codex = await harness.startCodex();
    const { processId } = codex.server;
    const timer = setTimeout(() => Deno.kill(processId ?? 0, "SIGKILL"), Math.random() * 150);
    const completed: { threadId: string; turnId: string }[] = [];
    try {
      for (;;) {
        const thread = await codex.startThread();
        completed.push(await thread.run("Go"));
      }
    } catch (error) {
      if (!(error instanceof TransportClosedError)) throw error;
      figures.turnsLost++;
      if (error !== await codex.client.closed) fail("two errors for one end");
    }
    clearTimeout(timer);
    await codex.close();
    figures.turnsCompleted += completed.length;
    figures.turnsKept += await countKept(harness, completed);
  }
  if (figures.turnsKept !== figures.turnsCompleted) fail(JSON.stringify(figures));
  return figures;
}

async function countKept(
  harness: AppServerHarness,
  completed: readonly { threadId: string; turnId: string }[],
): Promise<number> {
  if (completed.length === 0) return 0;
  const codex = await harness.startCodex();
  let kept = 0;
  for (const { threadId, turnId } of completed) {
    const thread = await codex.resumeThread(threadId).catch((error: CodexError) => error);
    if (thread instanceof Error) continue;
    const turns = await Array.fromAsync(thread.turns());
    if (turns.some(({ id, status }) => id === turnId && status === "completed")) kept++;
  }
  await codex.close();
  return kept;
}

interface ProgramFigures {
  /** Killed before, or after, the runtime and its children were all there. */
  early: number;
  late: number;
}

async function killPrograms(times: number): Promise<ProgramFigures> {
  const figures = { early: 0, late: 0 };
  for (let time = 0; time < times; time++) {
    const folder = await Deno.makeTempDir();
    const program = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", PROGRAM, folder, "wait"],
      env: { TMPDIR: folder },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await pause(100 + Math.random() * 600);
    program.kill("SIGKILL");
    await program.status;
    const isComplete = await Deno.stat(`${folder}/runtime.pid`).then(() => true, () => false);
    figures[isComplete ? "late" : "early"]++;
    await expectNobodyFrom(folder);
    await Deno.remove(folder, { recursive: true });
  }
  return figures;
}

/** The folder stands in the environment of each process that the program started, or that one of those did. */
async function expectNobodyFrom(folder: string): Promise<void> {
  let left: string[] = [];
  for (let attempt = 0; attempt < 100; attempt++) {
    left = await processesWith(folder);
    if (left.length === 0) return;
    await pause(50);
  }
  fail(`processes are left: ${left.join(" ")}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function fail(message: string): never {
  throw new Error(message);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
