/**
 * The definition of done, `deno task ok`: groups of stages in turn, cheapest first, up to the
 * first group in which one fails. The stages of a group run at the same time, each on its own
 * line of work, and print when they end; the tests print as they go. The last line counts the
 * tests: `N passed, N failed`.
 *
 * The tests drive hundreds of processes on a machine that others may use. Files in which a test
 * fails run once more, alone, if they are few; tests that pass then are named as unstable.
 *
 * @module
 */
import { tracesIn } from "./support/planted_secrets.ts";
import { readConfig } from "./support/repository.ts";

interface Stage {
  name: string;
  /** Arguments to Deno. */
  args: string[];
  env?: Record<string, string>;
  /** Its summary lines count, and it prints as it goes. */
  counts?: true;
}

interface Count {
  passed: number;
  failed: number;
}

// Most tests wait for processes: three more than there are processors keep all of them busy.
const TEST_JOBS = navigator.hardwareConcurrency + 3;
/** More files with failures than that are not the machine's fault. */
const MOST_RERUN = 3;

/** Each group is a list of lines that run in parallel; a line runs its stages in turn. */
const GROUPS: readonly (readonly (readonly Stage[])[])[] = [
  [
    [{ name: "format", args: ["fmt", "--check", "--quiet"] }],
    [{ name: "lint", args: ["lint", "--quiet"] }],
    [
      { name: "documentation", args: ["task", "--quiet", "lint:docs"] },
      { name: "generated code", args: ["task", "--quiet", "generate", "--check"] },
    ],
  ],
  [
    [
      { name: "types", args: ["check", "--lock=deno.lock", "--frozen", "--quiet"] },
      {
        name: "examples in the documentation",
        args: ["task", "--quiet", "test:doc"],
        env: { DENO_JOBS: `${TEST_JOBS}` },
      },
    ],
    [{ name: "vitest", args: ["task", "--quiet", "test:vitest", "--project", "sample"] }],
  ],
  // The types are checked above.
  [[{
    name: "tests",
    args: ["task", "--quiet", "test", "--no-check"],
    env: { DENO_JOBS: `${TEST_JOBS}`, TEST_LIMIT_FACTOR: "4" },
    counts: true,
  }]],
];

if (import.meta.main) Deno.exit(await runGroups() ? 0 : 1);

async function runGroups(): Promise<boolean> {
  const total: Count = { passed: 0, failed: 0 };
  let ok = true;
  for (const lines of GROUPS) {
    const outcomes = await Promise.all(lines.map((stages) => runLine(stages, total)));
    ok = outcomes.every(Boolean);
    if (!ok) break;
  }
  // Last and alone on its line.
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return ok;
}

async function runLine(stages: readonly Stage[], total: Count): Promise<boolean> {
  for (const stage of stages) {
    if (!await runStage(stage, total)) return false;
  }
  return true;
}

async function runStage(stage: Stage, total: Count): Promise<boolean> {
  const startedAt = performance.now();
  const ok = await (stage.counts ? runTests(stage, total) : runCheck(stage));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`== ${stage.name} ${ok ? "ok" : "FAILED"} (${seconds} s)`);
  return ok;
}

/** Prints what the stage printed, in one piece, when it ends. */
async function runCheck(stage: Stage): Promise<boolean> {
  const { success, stdout, stderr } = await command(stage, "piped").output();
  const isQuiet = stdout.length + stderr.length === 0;
  if (!isQuiet) console.log(`\n== ${stage.name}`);
  await writeAll(Deno.stdout, stdout);
  await writeAll(Deno.stderr, stderr);
  const decoder = new TextDecoder();
  return hasNoSecret(decoder.decode(stdout) + decoder.decode(stderr)) && success;
}

async function runTests(stage: Stage, total: Count): Promise<boolean> {
  console.log(`\n== ${stage.name}`);
  const all = await runTestsOnce(stage);
  const again = all.ok ? [] : failedFiles(all.text);
  const isAccident = again.length > 0 && again.length <= MOST_RERUN;
  const last = isAccident ? await rerun(stage, again) : all;
  if (!all.count || !last.count) console.log("No summary of the tests was printed");
  const failed = last.count?.failed ?? 0;
  total.failed += failed;
  total.passed += all.count ? all.count.passed + all.count.failed - failed : 0;
  return last.ok && all.isClean && last.isClean;
}

interface TestRun {
  ok: boolean;
  /** Holds no secret. */
  isClean: boolean;
  text: string;
  count: Count | undefined;
}

async function rerun(stage: Stage, files: readonly string[]): Promise<TestRun> {
  console.log(`\n== once more, alone: ${files.join(" ")}`);
  const args = testArguments(readConfig().tasks.test?.command ?? "", files);
  const run = await runTestsOnce({ ...stage, args, env: { ...stage.env, DENO_JOBS: "1" } });
  if (run.ok) console.log(`UNSTABLE: failed beside the others, passed alone: ${files.join(" ")}`);
  return run;
}

async function runTestsOnce(stage: Stage): Promise<TestRun> {
  const process = command(stage, "inherit").spawn();
  const text = await passOn(process.stdout);
  const count = summaryOf(text);
  const { success } = await process.status;
  return { ok: success && count !== undefined, isClean: hasNoSecret(text), text, count };
}

function command({ args, env }: Stage, stderr: "piped" | "inherit"): Deno.Command {
  return new Deno.Command(Deno.execPath(), { args, env, stdin: "null", stdout: "piped", stderr });
}

async function writeAll(stream: typeof Deno.stdout, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await stream.write(rest));
}

/** Passes the output on as it comes, and gives all of it. */
async function passOn(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    await writeAll(Deno.stdout, chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** The log of a run must hold none of the secrets that tests plant. */
function hasNoSecret(log: string): boolean {
  const count = tracesIn(log).length;
  if (count > 0) console.log(`${count} of the secrets that tests plant are in this log`);
  return count === 0;
}

/** Arguments to Deno that run the files alone, from the command of `deno task test`. */
export function testArguments(command: string, files: readonly string[]): string[] {
  const [, ...args] = command.split(" ");
  if (args.pop() !== "tests/") throw new Error(`Cannot narrow "${command}": no tests/ at its end`);
  return [...args, "--no-check", ...files];
}

/** The files in which a test of a run failed, or which failed as a whole. */
export function failedFiles(text: string): string[] {
  // The last list is the run's; a test may print that of another run.
  const [, ...lists] = plainText(text).split("\n FAILURES \n");
  const failures = lists.at(-1) ?? "";
  const files = failures.matchAll(/(?:^| => )(\.\/\S+\.ts)(?::\d+:\d+| \(uncaught error\))$/gm);
  return [...new Set([...files].map(([, file = ""]) => file))];
}

/** The last `N passed … N failed` of a test run, colours or not. */
export function summaryOf(text: string): Count | undefined {
  const summaries = plainText(text).matchAll(/^\w+ \| (\d+) passed.*? \| (\d+) failed/gm);
  const last = [...summaries].at(-1);
  return last && { passed: Number(last[1]), failed: Number(last[2]) };
}

function plainText(text: string): string {
  // deno-lint-ignore no-control-regex -- colours are control sequences
  return text.replace(/\x1b\[[\d;]*m/g, "");
}
