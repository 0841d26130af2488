import { describe, expect, it } from "vitest";
import { Activity } from "../../src/client/app_server_client.ts";
import { createTransportPair } from "../../src/rpc/mod.ts";

/** An activity, and whether it keeps the program alive. */
function setUp(): { activity: Activity; keeps: () => boolean } {
  const [transport] = createTransportPair();
  let keeps = true;
  const ref = (): void => void (keeps = true);
  const unref = (): void => void (keeps = false);
  return { activity: new Activity({ ...transport, ref, unref }), keeps: () => keeps };
}

describe("Activity", () => {
  it("keeps the program alive until the last work has ended, and again with the next", async () => {
    const { activity, keeps } = setUp();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const works = [activity.until(first.promise), activity.until(second.promise)];
    first.resolve();
    await works[0];
    expect(keeps()).toBe(true);
    second.reject(new Error("no"));
    await expect(works[1]).rejects.toThrow("no");
    expect(keeps()).toBe(false);
    activity.begin();
    expect(keeps()).toBe(true);
  });

  it("counts a reader only while it waits for an event", async () => {
    const { activity, keeps } = setUp();
    activity.begin();
    activity.end();
    const arrival = Promise.withResolvers<string>();
    async function* source(): AsyncGenerator<string, void> {
      yield await arrival.promise;
    }
    const reader = activity.reading(source());
    expect(keeps()).toBe(false);
    const next = reader.next();
    expect(keeps()).toBe(true);
    arrival.resolve("event");
    expect(await next).toEqual({ done: false, value: "event" });
    expect(keeps()).toBe(false);
    expect(await reader.return?.()).toEqual({ done: true, value: undefined });
  });
});
