/**
 * `deno doc --lint` over every entry point, `deno task lint:docs`. The generated files document
 * what the runtime documents, so a missing comment counts only in files written by hand.
 *
 * @module
 */

import { runDeno } from "./support/deno_command.ts";
import { GENERATED, readConfig, ROOT } from "./support/repository.ts";

if (import.meta.main) {
  const entries = Object.values(readConfig().exports);
  const { stderr } = await runDeno(["doc", "--lint", "--quiet", ...entries], { cwd: ROOT });
  const faults = faultsIn(stderr);
  for (const fault of faults) console.log(fault);
  console.log(`${faults.length} faults in the documentation of ${entries.length} entry points`);
  if (faults.length > 0) Deno.exit(1);
}

/** One text for each fault that counts; the line that only adds them up is left out. */
export function faultsIn(report: string): string[] {
  return report.split(/^(?=error)/m)
    .filter((fault) => fault.startsWith("error"))
    .filter((fault) => !/^error: Found \d+ documentation lint error/.test(fault))
    .filter((fault) => !isProseOfGenerated(fault))
    .map((fault) => fault.trim());
}

function isProseOfGenerated(fault: string): boolean {
  return fault.startsWith("error[missing-jsdoc]") &&
    GENERATED.some((path) => fault.includes(`/${path}:`));
}
