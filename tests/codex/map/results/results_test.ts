import { describe, expect, it } from "vitest";
import type { MapResult } from "../../../../mod.ts";
import { MapResults } from "../../../../src/codex/map/results/results.ts";
import { DISPLAY } from "../../../../src/display/displayable.ts";

const usage = {
  totalTokens: 3,
  inputTokens: 2,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 1,
  reasoningOutputTokens: 0,
};
const facts = { attempts: 1, usage, cost: 0.5, durationMs: 10 };

function completed<Input, Output>(
  index: number,
  input: Input,
  output: Output,
): MapResult<Input, Output> {
  return { status: "completed", restored: false, index, input, output, ...facts };
}

function failed<Input>(index: number, input: Input, error: unknown): MapResult<Input, never> {
  return { status: "failed", index, input, error, ...facts };
}

async function results<Input, Output>(
  ...rows: MapResult<Input, Output>[]
): Promise<MapResults<Input, Output>> {
  return await MapResults.of(rows, { durationMs: 2000 });
}

async function shown(value: object): Promise<Record<string, string>> {
  const show = (value as { [DISPLAY]?: () => Promise<Record<string, string>> })[DISPLAY];
  return await show?.call(value) ?? {};
}

describe("the results of a run", () => {
  it("add up what their rows took", async () => {
    const all = await results(completed(0, "a", 1), failed(1, "b", new Error("no")));
    expect(all).toMatchObject({ cost: 1, durationMs: 2000, usage: { totalTokens: 6 } });
    expect(all.failed.map(({ index }) => index)).toEqual([1]);
    const unknown = await results({ ...completed(0, "a", 1), cost: null, usage: null });
    expect(unknown).toMatchObject({ cost: null, usage: null });
    expect(await results()).toMatchObject({ cost: null, usage: null, rows: [] });
  });

  it("are a table of the inputs' columns, then ours", async () => {
    const all = await results<unknown, unknown>(
      completed(0, { city: "Bern, CH", status: "new" }, { score: 5, tags: ["a"] }),
      completed(1, { city: "Oslo", extra: null }, "cold"),
      failed(2, "plain", new TypeError("no good")),
    );
    expect(all.toCsv().split("\r\n")).toEqual([
      "city,input.status,status,output.score,output.tags,error,tokens,cost,extra,output,input",
      '"Bern, CH",new,completed,5,"[""a""]",,3,0.5,,,',
      "Oslo,,completed,,,,3,0.5,,cold,",
      ",,failed,,,TypeError: no good,3,0.5,,,plain",
      "",
    ]);
  });

  it("have what a kind of run adds to its rows at their end", async () => {
    const added = { worker: "a-1", end: "continued" };
    const all = await results<unknown, unknown>(
      { ...completed(0, { city: "Bern", worker: "me" }, 1), ...added },
      { ...failed(1, { city: "Oslo" }, new Error("no")), ...added },
    );
    expect(all.toCsv().split("\r\n").slice(0, 2)).toEqual([
      "city,input.worker,status,output,error,tokens,cost,worker,end",
      "Bern,me,completed,1,,3,0.5,a-1,continued",
    ]);
    for (const line of all.toJsonl().trimEnd().split("\n")) {
      expect(JSON.parse(line)).toMatchObject(added);
    }
  });

  it("are lines of JSON for outputs of any kind", async () => {
    const all = await results<string, unknown>(
      completed(0, "a", { n: 1n, when: new Date(0) }),
      failed(1, "b", new TypeError("no good")),
      failed(2, "c", "thrown text"),
    );
    const lines = all.toJsonl().trimEnd().split("\n").map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { index: 0, input: "a", status: "completed", output: { n: "1" }, cost: 0.5, usage },
      { index: 1, status: "failed", error: { name: "TypeError", message: "no good" } },
      { index: 2, status: "failed", error: { name: "string", message: "thrown text" } },
    ]);
  });

  it("are shown with failures first, long cells folded, and nothing that runs", async () => {
    const long = `<script>alert(1)</script> ${"word ".repeat(50)}`;
    const all = await results<string, unknown>(
      completed(0, "first", long),
      failed(1, "second", new Error("<b>no</b>")),
    );
    const bundle = await shown(all);
    const html = bundle["text/html"] ?? "";
    expect(html).toContain("2 rows · 1 failed · 6 tokens · cost 1 · 2.0 s");
    expect(html.indexOf("second")).toBeLessThan(html.indexOf("first"));
    expect(html).toContain("<details><summary>&lt;script&gt;");
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("<b>no</b>");
    expect(bundle["text/plain"]).toContain("1  second  failed: Error: <b>no</b>");
  });

  it("are shown at once when there are 10,000 of them, large ones too: at most 200 are read", async () => {
    let reads = 0;
    const read = new Set<number>();
    const large = (n: number) => ({
      get text(): string {
        reads++;
        read.add(n);
        return "x".repeat(5000);
      },
    });
    const rows = Array.from(
      { length: 10_000 },
      (_, n): MapResult<unknown, unknown> =>
        n % 100 === 99
          ? failed(n, { n }, new Error(`failure ${n}`))
          : completed(n, { n }, large(n)),
    );
    const bundle = await shown(await MapResults.of(rows, { durationMs: 1 }));
    expect(read.size).toBe(100);
    // HTML and plain text, each once more for a quarter of the rows where all are too large.
    expect(reads).toBeLessThan(2 * 200);
    const html = bundle["text/html"] ?? "";
    expect(html).toContain("10,000 rows · 100 failed");
    expect(html).toMatch(/… 9,\d{3} more rows/);
    expect(html.length).toBeLessThan(300_000);
    expect(html.match(/failure \d+/g)?.length).toBeGreaterThan(50);
  });
});

describe("the rows of a run as text", () => {
  it("have each fact of a row in JSON, those of its kind of run too", async () => {
    const common = { index: 0, input: "a", attempts: 1, usage, cost: 0.5, durationMs: 10 };
    const done = { ...completed(0, "a", 1), restored: true, worker: "w" };
    const all = await results<string, unknown>(
      done as MapResult<string, unknown>,
      failed(1, "b", new Error("no: sk-planted1234567890abcdef")),
      failed(2, "c", undefined),
    );
    const [first, second, third] = all.toJsonl().trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toEqual({
      ...common,
      status: "completed",
      output: 1,
      restored: true,
      worker: "w",
    });
    expect(second).not.toHaveProperty("restored");
    expect(JSON.stringify(second)).not.toContain("planted");
    expect(third.error).toEqual({ name: "undefined", message: "undefined" });
    expect(all.toJsonl().endsWith("}\n")).toBe(true);
  });

  it("leave the names of the table's columns free", async () => {
    const names = ["status", "output", "error", "tokens", "cost", "output.x", "other"];
    const input = Object.fromEntries(names.map((name) => [name, name]));
    const all = await results(completed(0, input, "done"));
    const [header] = all.toCsv().split("\r\n");
    const own = names.map((name) => name === "other" ? name : `input.${name}`);
    expect(header).toBe([...own, "status", "output", "error", "tokens", "cost"].join(","));
    expect(() => all.toCsv({ separators: ";" } as never)).toThrow("Use separator");
    expect(all.toCsv({ separator: ";" }).split("\r\n")[0]).toContain("input.status;");
  });

  it("cost what is known of each", async () => {
    const unknown = { ...completed(1, "b", 1), cost: null };
    expect((await results(completed(0, "a", 1), unknown)).cost).toBe(null);
    expect((await results(completed(0, "a", 1))).cost).toBe(0.5);
    const unused = { ...completed(1, "b", 1), usage: null, cost: 0 };
    expect((await results(unused)).cost).toBe(0);
    expect(await results(unused, completed(0, "a", 1))).toMatchObject({ cost: 0.5, usage });
  });
});
