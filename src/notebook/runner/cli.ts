/**
 * Runs notebooks from the command line: `deno task notebooks [--write | --strip | --check-clean] [--timeout s] [paths]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { readNotebook, withoutOutputs, withOutputs, writeNotebook } from "./notebook_file.ts";
import { type CellResult, runNotebook } from "./run_notebook.ts";

if (import.meta.main) Deno.exitCode = await main(Deno.args);

async function main(args: string[]): Promise<number> {
  const { values: flags, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      write: { type: "boolean", default: false },
      strip: { type: "boolean", default: false },
      "check-clean": { type: "boolean", default: false },
      timeout: { type: "string", default: "120" },
    },
  });
  const paths = await notebooksIn(positionals.length > 0 ? positionals : ["notebooks"]);
  let failed = 0;
  for (const path of paths) {
    const ok = flags.strip
      ? await strip(path)
      : flags["check-clean"]
      ? await isClean(path)
      : await run(path, { write: flags.write, cellTimeoutMs: Number(flags.timeout) * 1000 });
    if (!ok) failed++;
  }
  console.log(`${paths.length - failed} notebooks ok, ${failed} failed`);
  return failed === 0 && paths.length > 0 ? 0 : 1;
}

async function notebooksIn(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (path.endsWith(".ipynb")) found.push(path);
    else {
      for await (const { name } of Deno.readDir(path)) {
        if (name.endsWith(".ipynb")) found.push(`${path}/${name}`);
      }
    }
  }
  return found.sort();
}

async function run(
  path: string,
  options: { write: boolean; cellTimeoutMs: number },
): Promise<boolean> {
  const { notebook, cells, failure, durationMs } = await runNotebook(path, {
    cellTimeoutMs: options.cellTimeoutMs,
  });
  console.log(
    `${failure ? "FAIL" : "ok  "} ${path}, ${cells.length} cells in ${
      (durationMs / 1000).toFixed(1)
    } s`,
  );
  if (failure) console.log(failure.failure);
  if (options.write) {
    const results = new Map<number, CellResult>(cells.map((cell) => [cell.index, cell]));
    await writeNotebook(path, withOutputs(notebook, results));
  }
  return failure === null;
}

async function strip(path: string): Promise<boolean> {
  await writeNotebook(path, withoutOutputs(await readNotebook(path)));
  return true;
}

async function isClean(path: string): Promise<boolean> {
  const { cells } = await readNotebook(path);
  const dirty = cells.some(({ outputs, execution_count }) =>
    (outputs?.length ?? 0) > 0 || execution_count
  );
  if (dirty) console.log(`FAIL ${path} has outputs. Run deno task notebooks --strip`);
  return !dirty;
}
