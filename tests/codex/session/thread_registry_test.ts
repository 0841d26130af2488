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
