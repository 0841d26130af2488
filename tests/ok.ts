/**
 * The definition of done, `deno task ok`: every stage in turn, cheapest first, up to the first
 * that fails. The last line counts the tests: `N passed, N failed`.
 *
 * @module
 */

interface Stage {
  name: string;
  /** Arguments to Deno. */
  args: string[];
  /** Its summary lines count. */
  counts?: true;
}

interface Count {
  passed: number;
  failed: number;
}

const STAGES: readonly Stage[] = [
  { name: "format", args: ["fmt", "--check", "--quiet"] },
  { name: "lint", args: ["lint", "--quiet"] },
  { name: "types", args: ["check", "--lock=deno.lock", "--frozen", "--quiet"] },
  { name: "documentation", args: ["task", "--quiet", "lint:docs"] },
  { name: "generated code", args: ["task", "--quiet", "generate", "--check"] },
  { name: "vitest", args: ["task", "--quiet", "test:vitest", "--project", "pure"] },
  { name: "examples in the documentation", args: ["task", "--quiet", "test:doc"] },
  { name: "tests", args: ["task", "--quiet", "test"], counts: true },
];

if (import.meta.main) Deno.exit(await runStages(STAGES) ? 0 : 1);

async function runStages(stages: readonly Stage[]): Promise<boolean> {
  const total: Count = { passed: 0, failed: 0 };
  let ok = true;
  for (const stage of stages) {
    ok = await runStage(stage, total);
    if (!ok) break;
  }
  // Last and alone on its line.
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return ok;
}

async function runStage(stage: Stage, total: Count): Promise<boolean> {
  console.log(`\n== ${stage.name}`);
  const startedAt = performance.now();
  const ok = await runDeno(stage, total);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`== ${stage.name} ${ok ? "ok" : "FAILED"} (${seconds} s)`);
  return ok;
}

async function runDeno(stage: Stage, total: Count): Promise<boolean> {
  const process = new Deno.Command(Deno.execPath(), {
    args: stage.args,
    stdin: "null",
    stdout: stage.counts ? "piped" : "inherit",
  }).spawn();
  const counted = stage.counts ? countTests(process.stdout) : undefined;
  const { success } = await process.status;
  if (!counted) return success;
  const count = await counted;
  total.passed += count?.passed ?? 0;
  total.failed += count?.failed ?? 0;
  if (!count) console.log("No summary of the tests was printed");
  return success && count !== undefined;
}

/** Passes the output on and reads the count from Deno's last summary line. */
async function countTests(output: ReadableStream<Uint8Array>): Promise<Count | undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    await Deno.stdout.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return summaryOf(text);
}

/** The last `N passed … N failed` of a test run, colours or not. */
export function summaryOf(text: string): Count | undefined {
  // deno-lint-ignore no-control-regex -- colours are control sequences
  const plain = text.replace(/\x1b\[[\d;]*m/g, "");
  const last = [...plain.matchAll(/^\w+ \| (\d+) passed.*? \| (\d+) failed/gm)].at(-1);
  return last && { passed: Number(last[1]), failed: Number(last[2]) };
}
