/**
 * The files that one `thread.run("hi")` enters, counted by V8's precise coverage.
 *
 * @module
 */
import { toFileUrl } from "../../src/deps.ts";

/** Runs in the tree that is measured: the second turn of a thread, after the counters were reset. */
const PROGRAM = `
import { Session } from "node:inspector/promises";
import { startOffline } from "./src/testing/mod.ts";

const session = new Session();
session.connect();
await using codex = await startOffline();
const thread = await codex.startThread();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
await session.post("Profiler.takePreciseCoverage");
await thread.run("hi");
const { result } = await session.post("Profiler.takePreciseCoverage");
const entered = result.filter(({ url, functions }) => /\\/(?:src|mod\\.ts)/.test(url) &&
  functions.some(({ functionName, ranges }) => ranges[0].startOffset > 0 && ranges[0].count > 0));
console.log(JSON.stringify(entered.map(({ url }) => url.replace(import.meta.dirname, ""))));
`;

/** Counts the files, the scripted model and the start left out. */
export async function filesOfOneRun(root: string): Promise<{ files: number; list: string[] }> {
  const program = `${root}/.one_run.ts`;
  await Deno.writeTextFile(program, PROGRAM);
  try {
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-lock", toFileUrl(program).href],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const list = JSON.parse(new TextDecoder().decode(stdout)) as string[];
    const ours = list.map((path) => path.replace(/^.*\/src\//, ""))
      .filter((path) => !path.startsWith("testing/")).toSorted();
    return { files: ours.length, list: ours };
  } finally {
    await Deno.remove(program);
  }
}
