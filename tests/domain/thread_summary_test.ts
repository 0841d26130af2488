import { describe, expect, it } from "vitest";
import {
  type ThreadFilter,
  toListParams,
  toThreadSummary,
  toTurnSnapshot,
} from "../../src/domain/thread_summary.ts";
import type { Thread, Turn } from "../../src/protocol/mod.ts";

describe("toListParams()", () => {
  it("asks for the newest 100 threads of the configured provider", () => {
    expect(toListParams({}, null)).toEqual({
      cursor: null,
      limit: 100,
      archived: null,
      cwd: null,
      searchTerm: null,
      sourceKinds: null,
      modelProviders: null,
      useStateDbOnly: undefined,
      sortKey: "created_at",
      sortDirection: "desc",
    });
  });

  it("passes every part of a filter on", () => {
    const filter: ThreadFilter = {
      archived: true,
      cwd: ["/a", "/b"],
      search: "word",
      sources: ["cli"],
      pageSize: 500,
      modelProviders: ["openai"],
      sortBy: "recencyAt",
      order: "asc",
      indexOnly: true,
    };
    expect(toListParams(filter, "next")).toEqual({
      cursor: "next",
      limit: 500,
      archived: true,
      cwd: ["/a", "/b"],
      searchTerm: "word",
      sourceKinds: ["cli"],
      modelProviders: ["openai"],
      useStateDbOnly: true,
      sortKey: "recency_at",
      sortDirection: "asc",
    });
    expect(toListParams({ cwd: "/a", sortBy: "updatedAt", pageSize: 1 }, null)).toMatchObject({
      cwd: "/a",
      sortKey: "updated_at",
      limit: 1,
    });
  });

  it.each([0, 501, 1.5, NaN])("refuses pages of %d", (pageSize) => {
    expect(() => toListParams({ pageSize }, null)).toThrow(
      `pageSize is ${pageSize}. Pass an integer from 1 to 500`,
    );
  });

  it("refuses an order that is not known, own or inherited", () => {
    for (const sortBy of ["created", "toString"]) {
      expect(() => toListParams({ sortBy: sortBy as "createdAt" }, null)).toThrow(
        `no sortBy "${sortBy}". Use one of createdAt, updatedAt, recencyAt`,
      );
    }
  });
});

describe("what is known of a stored thread", () => {
  const thread = {
    id: "t",
    preview: "Ask",
    cwd: "/w",
    modelProvider: "openai",
    ephemeral: true,
    status: { type: "idle" },
    createdAt: 10,
    updatedAt: 20,
  } as Thread;

  it("has dates, and null for what the runtime leaves out", () => {
    const least = {
      id: "t",
      name: null,
      preview: "Ask",
      cwd: "/w",
      model: null,
      modelProvider: "openai",
      effort: null,
      status: "idle",
      ephemeral: true,
      forkedFromId: null,
      createdAt: new Date(10_000),
      updatedAt: new Date(20_000),
    };
    expect(toThreadSummary(thread)).toEqual(least);
    const more = { name: "N", model: "m", forkedFromId: "f" };
    expect(toThreadSummary({ ...thread, ...more, reasoningEffort: "low" })).toEqual({
      ...least,
      ...more,
      effort: "low",
    });
  });

  it("has its turns likewise", () => {
    const turn = { id: "u", status: "failed", items: [] } as Turn;
    const least = { startedAt: null, completedAt: null, durationMs: null };
    expect(toTurnSnapshot(turn)).toEqual({ ...turn, error: null, ...least });
    const times = { startedAt: 1, completedAt: 2, durationMs: 0 };
    expect(toTurnSnapshot({ ...turn, ...times, error: { message: "No" } as Turn["error"] }))
      .toMatchObject({
        startedAt: new Date(1000),
        completedAt: new Date(2000),
        durationMs: 0,
        error: { message: "No" },
      });
  });
});
