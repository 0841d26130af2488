import { describe, expect, it } from "vitest";
import { PagedList } from "../../src/codex/paged_list.ts";

const PAGES: Record<string, { data: string[]; nextCursor: string | null }> = {
  first: { data: ["a", "b", "b"], nextCursor: "second" },
  second: { data: ["b", "c"], nextCursor: "third" },
  third: { data: [], nextCursor: null },
};

function list(signal?: AbortSignal) {
  const asked: (string | null)[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const pages = new PagedList<string>(
    (cursor, signal) => {
      asked.push(cursor);
      signals.push(signal);
      return Promise.resolve(PAGES[cursor ?? "first"] ?? { data: [], nextCursor: null });
    },
    (entry) => entry,
    signal,
  );
  return { pages, asked, signals };
}

describe("PagedList", () => {
  it("gives every entry once, over all pages", async () => {
    const { pages, asked } = list();
    expect(await Array.fromAsync(pages)).toEqual(["a", "b", "c"]);
    expect(asked).toEqual([null, "second", "third"]);
    expect(await Array.fromAsync(pages)).toEqual(["a", "b", "c"]);
  });

  it("gets a page only when the reader reaches it", async () => {
    const { pages, asked } = list();
    for await (const entry of pages) if (entry === "b") break;
    expect(asked).toEqual([null]);
  });

  it("gives one page, entries that are on it twice once", async () => {
    const { pages } = list();
    expect(await pages.page()).toEqual({ data: ["a", "b"], nextCursor: "second" });
    expect(await pages.page({ cursor: "second" })).toEqual({
      data: ["b", "c"],
      nextCursor: "third",
    });
  });

  it("hands the signal of the list, or of the page, on", async () => {
    const own = new AbortController().signal, other = new AbortController().signal;
    const { pages, signals } = list(own);
    await pages.page();
    await pages.page({ signal: other });
    expect(signals).toEqual([own, other]);
  });
});
