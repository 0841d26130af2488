/**
 * Runs one notebook for the command.
 *
 * @module
 */
import { basename, dirname } from "../../../paths.ts";
import { describeFailure } from "../cell_failure.ts";
import type { NotebookParameters } from "../cells/parameters.ts";
import { checkTypes, type TypeFault } from "../cells/type_check.ts";
import { withOutputs } from "../notebook_file.ts";
import { toHtml } from "../reports/html.ts";
import type { NotebookReport, ReportedFault } from "../reports/report.ts";
import { type NotebookProgress, type NotebookResult, runNotebook } from "../run_notebook.ts";
import { compareOutputs } from "../stored/compare.ts";
import { failedPath, failureOf, removeIfThere, saveRun } from "../stored/save.ts";
import type { Arguments } from "./arguments.ts";
import type { FoundNotebook } from "./find.ts";

/** The options that all notebooks of a call share. */
export interface Work {
  readonly given: Arguments;
  readonly parameters: NotebookParameters | null;
  readonly outputs: ReadonlyMap<FoundNotebook, string>;
  readonly pages: ReadonlyMap<FoundNotebook, string>;
  readonly signal: AbortSignal;
}

/** Checks, runs and writes one notebook as the arguments say. */
export async function runFound(
  found: FoundNotebook,
  work: Work,
  onProgress: (progress: NotebookProgress) => void,
): Promise<NotebookReport> {
  const { path } = found;
  const { given, signal } = work;
  const untyped = given.checkTypes ? await checkTypes(path, { signal }) : [];
  if (untyped.length > 0) return { path, result: null, faults: untyped.map(typeFault) };
  const result = await runNotebook(path, {
    cellTimeoutMs: given.cellTimeoutMs,
    allowErrors: given.allowErrors,
    answers: given.answers.length > 0 ? given.answers : undefined,
    parameters: work.parameters ?? undefined,
    signal,
    onProgress,
  });
  const target = given.mode === "write" ? path : work.outputs.get(found);
  const note = target === undefined ? "" : await save(result, target, given);
  const faults = faultsOf(result, given, note);
  const page = work.pages.get(found);
  if (page !== undefined) await savePage(result, page, given);
  return { path, result, faults };
}

function faultsOf(result: NotebookResult, given: Arguments, note: string): ReportedFault[] {
  const faults: ReportedFault[] = [];
  const failure = failureOf(result, given.allowErrors);
  if (failure) faults.push({ ...failure, message: `${describeFailure(failure)}${note}` });
  if (!given.compare) return faults;
  const ran = result.cells.filter(({ index }) => index !== failure?.index);
  for (const { index, stored, shown } of compareOutputs(result.notebook, ran)) {
    const cell = ran.find((cell) => cell.index === index)?.cell;
    const texts = `Stored:\n${indented(stored)}\nShown:\n${indented(shown)}`;
    const message = `Cell ${cell} shows something else than is stored\n${texts}`;
    faults.push({ index, kind: "outputDiffers", message });
  }
  return faults;
}

/** Writes a run; of a failed one, a line about where its outputs are. */
async function save(result: NotebookResult, target: string, given: Arguments): Promise<string> {
  await Deno.mkdir(dirname(target), { recursive: true });
  const { path, failure } = await saveRun(result, target, {
    allowErrors: given.allowErrors,
    stable: given.stable,
  });
  return failure === null ? "" : `\n${target} is as it was; the outputs are in ${path}`;
}

async function savePage(result: NotebookResult, page: string, given: Arguments): Promise<void> {
  await Deno.mkdir(dirname(page), { recursive: true });
  const html = await toHtml(withOutputs(result.notebook, result.cells), { title: basename(page) });
  const isGood = failureOf(result, given.allowErrors) === null;
  await Deno.writeTextFile(isGood ? page : failedPath(page), html);
  if (isGood) await removeIfThere(failedPath(page));
}

function typeFault({ cell, index, line, message }: TypeFault): ReportedFault {
  const place = cell === null ? "" : `Cell ${cell}, line ${line}:\n`;
  return { index, kind: "types", message: `${place}${message}` };
}

function indented(text: string): string {
  return text === "" ? "    nothing" : text.replace(/^/gm, "    ");
}
