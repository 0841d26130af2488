import { describe, expect, it } from "vitest";
import { OpenThread, ThreadRegistry } from "../../../src/codex/session/thread_registry.ts";
import { ThreadTools } from "../../../src/codex/tools/dispatcher.ts";

const record = () => new OpenThread({ tools: new ThreadTools([]), overrides: {} });
const handle = () => ({ id: "t", reopened: () => {} });

describe("a thread whose handle the program dropped", () => {
  it("is taken over by an opening that is under way, and not closed", () => {
    const abandoned: string[] = [];
    const threads = new ThreadRegistry((threadId) => abandoned.push(threadId));
    const [dropped, next] = [record(), record()];
    threads.add(handle(), dropped);
    const second = handle();
    {
      using _opening = threads.announce("t", next);
      // What the garbage collector does in the middle of it.
      threads.drop("t", dropped);
      threads.add(second, next);
    }
    expect(abandoned).toEqual([]);
    expect(next.loaded.end).toBeNull();
    threads.drop("t", dropped);
    expect([threads.has("t"), abandoned]).toEqual([true, []]);
    threads.drop("t", next);
    expect([threads.has("t"), abandoned]).toEqual([false, ["t"]]);
  });

  it("is closed after an opening of it that failed, and while another thread is opened", () => {
    const abandoned: string[] = [];
    const threads = new ThreadRegistry((threadId) => abandoned.push(threadId));
    const dropped = record();
    const held = { ...handle(), dropped: false };
    threads.add(held, dropped);
    {
      using _opening = threads.announce("t", record());
      threads.drop("t", dropped);
      expect(abandoned).toEqual([]);
      Object.defineProperty(dropped, "handle", { value: undefined });
    }
    expect([threads.has("t"), abandoned]).toEqual([false, ["t"]]);
    const other = record();
    threads.add(handle(), other);
    using _elsewhere = threads.announce("u", record());
    threads.drop("t", other);
    expect(abandoned).toEqual(["t", "t"]);
  });
});

describe("the threads that are open", () => {
  const rig = () => {
    const abandoned: string[] = [];
    const threads = new ThreadRegistry((threadId) => abandoned.push(threadId));
    return { threads, abandoned };
  };
  const opened = (id = "t") => ({ id, reopened: () => {} });

  it("have the record of the newest handle, else that of the newest opening", () => {
    const { threads } = rig();
    const [first, second, third] = [record(), record(), record()];
    expect([threads.get("t"), threads.has("t")]).toEqual([undefined, false]);
    const opening = threads.announce("t", first);
    using _other = threads.announce("u", third);
    const next = threads.announce("t", second);
    expect(threads.get("t")).toBe(second);
    next[Symbol.dispose]();
    expect([threads.get("t"), threads.has("t")]).toEqual([first, false]);
    opening[Symbol.dispose]();
    expect(threads.get("t")).toBe(undefined);
    expect(threads.get("u")).toBe(third);
    const [a, b] = [opened(), opened()];
    threads.add(a, first);
    threads.add(b, second);
    using _again = threads.announce("t", third);
    expect(threads.get("t")).toBe(second);
    expect([first.handle, second.handle, third.handle]).toEqual([a, b, undefined]);
  });

  it("are closed with their newest handle, all handles of them", () => {
    const { threads, abandoned } = rig();
    const [first, second] = [record(), record()];
    const handles = [opened(), opened()];
    threads.add(handles[0] as ReturnType<typeof opened>, first);
    threads.add(handles[1] as ReturnType<typeof opened>, second);
    expect(threads.close("t", first)).toBe(false);
    expect([first.loaded.end, second.loaded.end]).toEqual([{ reason: "closed" }, null]);
    expect(threads.has("t")).toBe(true);
    const third = record();
    const newest = opened();
    threads.add(newest, third);
    expect(threads.close("t", third)).toBe(true);
    expect([second.loaded.end, third.loaded.end, threads.has("t"), abandoned]).toEqual(
      [{ reason: "closed" }, { reason: "closed" }, false, []],
    );
    expect(threads.close("t", third)).toBe(false);
    expect(handles).toHaveLength(2);
  });

  it("end for all their handles, each by itself", () => {
    const { threads } = rig();
    const [first, second] = [record(), record()];
    const [a, b] = [opened("a"), opened("b")];
    threads.add(a, first);
    threads.add(b, second);
    threads.end("a", { reason: "archived" });
    threads.end("a", { reason: "deleted" });
    threads.end("c", { reason: "deleted" });
    expect([first.loaded.end, second.loaded.end]).toEqual([{ reason: "archived" }, null]);
    expect([...threads]).toEqual([{ threadId: "b", record: second, handle: b }]);
    Object.defineProperty(second, "handle", { value: undefined });
    expect([...threads]).toEqual([]);
    expect(threads.hold(a, b)).toBe(a);
  });

  it("wait for their unloading, also when it fails", async () => {
    const { threads } = rig();
    await threads.unloaded("t");
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const failing = threads.unload("t", first.promise);
    const done = threads.unload("t", second.promise);
    let isUnloaded = false;
    const waiting = threads.unloaded("t").then(() => isUnloaded = true);
    await threads.unloaded("u");
    first.reject(new Error("no"));
    await expect(failing).rejects.toThrow("no");
    await threads.unloaded("u");
    expect(isUnloaded).toBe(false);
    second.resolve();
    await done;
    await waiting;
    const refused = threads.unload("t", Promise.reject(new Error("no")));
    await threads.unloaded("t");
    await expect(refused).rejects.toThrow("no");
  });

  it("keep what their opening brought along", () => {
    const parts = {
      onApproval: () => "accept" as const,
      policy: {} as never,
      tools: new ThreadTools([]),
      overrides: { baseInstructions: "b" },
    };
    expect(new OpenThread(parts)).toMatchObject(parts);
  });
});
