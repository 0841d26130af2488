import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { ROOT } from "../../../support/repository.ts";

// Eight processes, one after the other.
vi.setConfig({ testTimeout: 180_000 });

const CHILD = "tests/support/checkpoint_child.ts";

async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(join(directory, "run.jsonl"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What the child says until it ends, or until it has said so many lines and is killed. */
async function linesOf(args: readonly string[], killAfter = Infinity): Promise<string[]> {
  await using child = new Deno.Command(args[0] as string, {
    args: args.slice(1),
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  let text = "";
  let isKilled = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (isKilled || text.split("\n").length <= killAfter) continue;
    isKilled = true;
    child.kill("SIGKILL");
  }
  await child.status;
  return text.trim().split("\n");
}

function rowsIn(lines: readonly string[], word: string): number[] {
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) =>
    Number(line.slice(word.length + 1))
  );
}

describe("a run with a checkpoint that is killed", () => {
  it("runs no finished row again, and loses none, in 8 kills", () =>
    withPath(async (path) => {
      const deno = [Deno.execPath(), "run", "-A", "--no-check", CHILD, path, "600"];
      const finished = new Set<number>();
      const again: number[] = [];
      let kills = 0;
      let last: string[] = [];
      while (last.at(-1) !== "end") {
        const killAfter = kills < 8 ? finished.size + 30 + (kills * 37) % 70 : Infinity;
        last = await linesOf(deno, killAfter);
        const delivered = rowsIn(last, "done");
        again.push(...rowsIn(last, "start").filter((row) => finished.has(row)));
        for (const row of delivered) finished.add(row);
        if (killAfter < Infinity) kills++;
      }
      expect(kills).toBe(8);
      expect(again).toEqual([]);
      expect(rowsIn(last, "done")).toEqual(Array.from({ length: 600 }, (_, row) => row));
    }));
});

describe("a run with a checkpoint that cannot be written any more", () => {
  // A limit on the size of files stands for a full disk: a write is cut off, then fails.
  const limited = ["bash", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "bash"];

  it.skipIf(Deno.build.os === "windows")(
    "delivers the rows under way, then ends and names the file; the next run does the rest",
    () =>
      withPath(async (path) => {
        const deno = [Deno.execPath(), "run", "-A", "--no-check", CHILD, path, "300"];
        const full = await linesOf([...limited, ...deno]);
        const started = rowsIn(full, "start");
        expect(rowsIn(full, "done")).toEqual(started.toSorted((a, b) => a - b));
        expect(started.length).toBeLessThan(299);
        expect(full.at(-1)).toMatch("ended by CheckpointError: Cannot write the checkpoint");
        expect(full.at(-1)).toMatch(path);
        const rest = await linesOf(deno);
        expect(rest.at(-1)).toBe("end");
        expect(rowsIn(rest, "done")).toHaveLength(300);
        // What was delivered but could not be kept is done again.
        const kept = started.filter((row) => !rowsIn(rest, "start").includes(row));
        expect(kept.length).toBeGreaterThan(started.length - 8);
      }),
  );
});
