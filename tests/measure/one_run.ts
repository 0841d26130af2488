/**
 * The files that one `thread.run("hi")` enters, counted by V8's precise coverage.
 *
 * The rule: a file of `src` counts when at least one of its functions is called between the call of
 * `run` and its result. Evaluating a module does not count, nor does `src/testing`, nor what the
 * start of the runtime and of the thread called before. The run is the first turn of its thread, in
 * which validators are compiled and messages are searched for unknown fields. By this rule commit
 * 85127e6 has 28 files, as many as were counted by hand there.
 *
 * @module
 */
import { OfflineModel } from "../../src/testing/mod.ts";

/** Runs in the tree that is measured; the counters begin just before the call. */
const PROGRAM = `
import { Session } from "node:inspector/promises";
import { startOffline } from "./src/testing/mod.ts";

const session = new Session();
session.connect();
await using codex = await startOffline({ model: { url: Deno.env.get("MODEL_URL") } });
const thread = await codex.startThread();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
await session.post("Profiler.takePreciseCoverage");
await thread.run("hi");
const { result } = await session.post("Profiler.takePreciseCoverage");
const entered = result.filter(({ url, functions }) => /\\/(?:src|mod\\.ts)/.test(url) &&
  functions.some(({ functionName, ranges }) => ranges[0].startOffset > 0 && ranges[0].count > 0));
console.log(JSON.stringify(entered.map(({ url }) => url)));
`;

/** The files by the rule, as paths in `src`. */
export async function filesOfOneRun(root: string): Promise<string[]> {
  // In this process, because what the model's code calls does not belong to the run.
  await using model = await OfflineModel.start();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", "-"],
    cwd: root,
    env: { MODEL_URL: model.url },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(PROGRAM));
  await writer.close();
  const { stdout, stderr, success } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const list = JSON.parse(new TextDecoder().decode(stdout)) as string[];
  return list.map((path) => path.replace(/^.*\/src\//, ""))
    .filter((path) => !path.startsWith("testing/")).toSorted();
}
