import { describe, expect, it } from "vitest";
import { NotebookRig } from "../../support/notebook_rig.ts";
import { RedisServer } from "../../support/redis.ts";
import { ROOT } from "../../support/repository.ts";

const SETUP = `
import { Fleet, defineTask } from "file://${ROOT}src/fleet/mod.ts";
const task = defineTask({ name: "double", run: ({ n }) => 2 * n });
const rows = Array.from({ length: 5 }, (_, n) => ({ n }));`;

/** Does the jobs of the queue in the kernel itself, in their order. The last one fails. */
const WORKER = `
import { Worker } from "file://${ROOT}src/deps/fleet.ts";
const worker = new Worker("codex", async (job) => {
  const { n } = job.data.input;
  await job.updateProgress({ worker: "first", threadId: null, usage: null, reason: "task" });
  if (n === 4) throw new Error("no answer to 4");
  return { output: 2 * n, worker: "first", end: "ran", attempts: 1, usage: null, model: null, durationMs: 1 };
}, { connection: { host: "127.0.0.1", port: PORT, maxRetriesPerRequest: null } });`;

describe("show() of a fleet in the kernel", () => {
  it("is one output that Stop leaves, and the same cell again goes on to the end", async () => {
    await using redis = await RedisServer.start();
    await using rig = await NotebookRig.start();
    await rig.run(`${SETUP}
      const fleet = await Fleet.connect("${redis.url}");
      const start = (options) => fleet.map(rows, { ...task, attempts: 1 }, { run: "r", ...options });`);
    const stopped = rig.run("await show(start())");
    await rig.seen("5 waiting");
    await rig.seen("No worker");
    rig.stop();
    const { text } = await stopped;
    expect(text).toContain("AbortError: Stopped by the user");
    const after = await rig.run("const { waiting } = await fleet.status(); waiting");
    expect(after.text).toContain("5");
    await rig.afterStop();

    await rig.run(WORKER.replace("PORT", `${redis.port}`));
    const { html, text: shown } = await rig.run(
      "const results = await show(start()); results.rows.length",
    );
    expect(html.length).toBe(1);
    expect(shown.replaceAll(/ {2,}/g, " ")).toMatch(
      /^5 of 5, .*\/s, 1 failed\n1 worker\n.*\nfirst 5 1 0\n1 row failed\n.*\n4 \{"n":4\} first no answer to 4\nThroughput/,
    );
    expect(html[0]).toContain('<img src="data:image/svg+xml;base64,');
    const progressed = await rig.run(
      "for await (const row of start({ onProgress: progress() })); await worker.close(); await fleet.close();",
    );
    expect(progressed.html.length).toBe(1);
    expect(progressed.text).toMatch(/^5 of 5, .*, 1 failed$/);
  });
});
