/**
 * Our runner and nbclient on ten trivial cells, whole processes, in turns: `deno run -A
 * tests/bench/notebook_runner.ts [rounds] [python]`. By hand; it needs a Python with nbclient.
 *
 * @module
 */
import { DENO_METADATA, writeNotebook } from "../../src/notebook/runner/mod.ts";
import { ROOT } from "../support/repository.ts";

const [rounds = "10", python = "python3"] = Deno.args;
const folder = await Deno.makeTempDir();
const notebook = `${folder}/ten.ipynb`;

const PROGRAM = `
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, kernel_name="deno", timeout=60).execute()
`;

const CONTENDERS: Record<string, [string, ...string[]]> = {
  runner: [Deno.execPath(), "run", "-A", `${ROOT}src/notebook/runner/cli.ts`, notebook],
  nbclient: [python, "-c", PROGRAM, notebook],
};

try {
  await prepare();
  const times = await measure(Number(rounds));
  for (const [name, ms] of Object.entries(times)) {
    console.log(
      `${name.padEnd(10)} median ${median(ms)} ms, best ${Math.round(Math.min(...ms))} ms`,
    );
  }
  const { runner = [], nbclient = [] } = times;
  console.log(`nbclient takes ${(median(nbclient) / median(runner)).toFixed(2)} times as long`);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function prepare(): Promise<void> {
  await writeNotebook(notebook, {
    cells: Array.from({ length: 10 }, (_, n) => ({
      cell_type: "code" as const,
      source: `console.log("cell ${n}");\n${n} + 1`,
      metadata: {},
    })),
    metadata: { ...DENO_METADATA },
    nbformat: 4,
    nbformat_minor: 5,
  });
  const argv = [Deno.execPath(), "jupyter", "--quiet", "--kernel", "--conn", "{connection_file}"];
  await Deno.mkdir(`${folder}/kernels/deno`, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/kernels/deno/kernel.json`,
    JSON.stringify({ argv, display_name: "Deno", language: "typescript" }),
  );
}

async function measure(count: number): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = { runner: [], nbclient: [] };
  for (let round = 0; round < count; round++) {
    for (const [name, command] of Object.entries(CONTENDERS)) {
      times[name]?.push(await timeOf(command));
    }
  }
  return times;
}

async function timeOf([program, ...args]: [string, ...string[]]): Promise<number> {
  const startedAt = performance.now();
  const { success, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    env: { JUPYTER_PATH: folder, NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN);
}
