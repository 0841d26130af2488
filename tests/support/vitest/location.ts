/**
 * Where a test is declared. Deno reports a test at the place that calls `Deno.test` or `step`,
 * which would be the same line of this shim for all of them.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { getCallSites } from "node:util";
import { runInThisContext } from "node:vm";

/** A place in a test file; `null` where none is on the stack. */
export type CallSite = { readonly url: string; line: number; column: number } | null;

const SCRIPT = "(declare, test) => declare(test)";
const COLUMN = SCRIPT.lastIndexOf("declare") + 1;

/** The innermost place on the stack that is in a test file. */
export function callSite(): CallSite {
  const site = getCallSites().find(({ scriptName }) => scriptName.endsWith("_test.ts"));
  if (!site) return null;
  const { scriptName, lineNumber: line, columnNumber: column } = site;
  return { url: pathToFileURL(scriptName).href, line, column };
}

/** Calls `declare`, which must be a function of Deno's, from a script that stands at the place. */
export function declareAt<T, R>(site: CallSite, declare: (test: T) => R, test: T): R {
  if (!site) return declare(test);
  // Spelled so, Deno does not map the line a second time from its JavaScript to TypeScript.
  const filename = site.url.replace(/_test\.ts$/, "%5Ftest.ts");
  const offsets = { lineOffset: site.line - 1, columnOffset: site.column - COLUMN };
  return runInThisContext(SCRIPT, { filename, ...offsets })(declare, test);
}
