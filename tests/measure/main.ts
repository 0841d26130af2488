/**
 * Measures source trees and prints them side by side: `deno task measure [root ...]`. Each root is a
 * checkout of this repository, such as a worktree of an older commit. Default: this one. Below the
 * table stand the files that one run of the last root enters.
 *
 * @module
 */
import { ROOT } from "../support/repository.ts";
import { filesOfOneRun } from "./one_run.ts";
import { type Figures, measureTree } from "./tree.ts";

if (import.meta.main) {
  const roots = Deno.args.length > 0 ? Deno.args : [ROOT.replace(/\/$/, "")];
  const runs = await Promise.all(roots.map(filesOfOneRun));
  const columns = roots.map((root, index) => measure(root, runs[index]?.length ?? 0));
  const names = Object.keys(columns[0] ?? {});
  const rows = names.map((name) => [name, ...columns.map((column) => column[name] ?? "")]);
  const table = [["", ...roots.map((root) => root.split("/").at(-1) ?? "")], ...rows];
  const [header = "", ...body] = table.map((row) => `| ${row.join(" | ")} |`);
  console.log([header, `|${" --- |".repeat(roots.length + 1)}`, ...body].join("\n"));
  console.log(`\n${runs.at(-1)?.join("\n")}`);
}

function measure(root: string, filesOfRun: number): Figures {
  return { ...measureTree(root), 'files entered by one run("hi")': String(filesOfRun) };
}
