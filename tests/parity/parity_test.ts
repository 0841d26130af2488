import { describe, expect, it } from "vitest";
import { parityFiles } from "./main.ts";
import { parityRows, strayNames } from "./ours.ts";
import { REFERENCE } from "./reference.ts";

describe("the table of the reference's parameters", () => {
  const { rows, missing } = parityRows();

  it("has every function and parameter, and no other", () => {
    const names = Object.values(REFERENCE).reduce((sum, names) => sum + 1 + names.length, 0);
    expect([missing, strayNames()]).toEqual([[], []]);
    expect(rows.length).toBe(names);
    expect(names).toBeGreaterThan(150);
  });

  it("is fresh, in its page and as types, which the type check of the gate finds all of", async () => {
    const [page, names] = await parityFiles();
    expect(page?.stored).toContain("| `Codex.thread_start`");
    expect(names?.stored).toContain('ThreadOptions["sessionStartSource"]');
    for (const { path, stored, fresh } of [page, names].filter((file) => file !== undefined)) {
      expect(stored === fresh, `${path.pathname} is stale: run deno task parity`).toBe(true);
    }
  });
});
