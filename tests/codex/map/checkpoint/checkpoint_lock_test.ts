import { describe, expect, it } from "vitest";
import { Checkpoint } from "../../../../src/codex/map/checkpoint/checkpoint.ts";

const task = { name: "task", model: null, output: null, settings: {} };

describe("a checkpoint that was left", () => {
  it("is free at once, even while the program starts processes", async () => {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/run.jsonl`;
    const left = new AbortController();
    const spawning = Promise.all([startProcesses(left.signal), startProcesses(left.signal)]);
    try {
      for (let n = 0; n < 500; n++) {
        await using checkpoint = await Checkpoint.open(path, { task });
        expect(await checkpoint.take("nothing")).toBe(null);
      }
    } finally {
      left.abort();
      await spawning;
      await Deno.remove(directory, { recursive: true });
    }
  });
});

async function startProcesses(left: AbortSignal): Promise<void> {
  while (!left.aborted) await new Deno.Command(Deno.execPath(), { args: ["--version"] }).output();
}
