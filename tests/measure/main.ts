/**
 * Measures source trees and prints them side by side: `deno task measure [root ...]`. Each root is a
 * checkout of this repository, such as a worktree of an older commit. Default: this one.
 *
 * @module
 */
import { ROOT } from "../support/repository.ts";
import { filesOfOneRun } from "./one_run.ts";
import { type Figures, measureTree } from "./tree.ts";

if (import.meta.main) {
  const roots = Deno.args.length > 0 ? Deno.args : [ROOT.replace(/\/$/, "")];
  const columns = await Promise.all(roots.map(measure));
  const names = Object.keys(columns[0] ?? {});
  const rows = names.map((name) => [name, ...columns.map((column) => column[name] ?? "")]);
  const table = [["", ...roots.map((root) => root.split("/").at(-1) ?? "")], ...rows];
  const [header = "", ...body] = table.map((row) => `| ${row.join(" | ")} |`);
  console.log([header, `|${" --- |".repeat(roots.length + 1)}`, ...body].join("\n"));
}

async function measure(root: string): Promise<Figures> {
  const { files } = await filesOfOneRun(root);
  return { ...measureTree(root), 'files entered by one run("hi")': String(files) };
}
