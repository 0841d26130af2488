/**
 * `deno doc --lint` over every entry point, `deno task lint:docs`. A missing comment counts only in
 * files written by hand, because the generated ones document what the runtime documents. It does
 * not count on a constructor or `[Symbol.asyncDispose]`, where it could only restate the name.
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
    .filter((fault) => !isMissing(fault) || !isExempt(fault))
    .map((fault) => fault.trim());
}

function isMissing(fault: string): boolean {
  return fault.startsWith("error[missing-jsdoc]");
}

function isExempt(fault: string): boolean {
  return /^\d+ \| *(?:async )?(?:constructor|\[Symbol\.asyncDispose\])\(/m.test(fault) ||
    GENERATED.some((path) => fault.includes(`/${path}:`));
}
