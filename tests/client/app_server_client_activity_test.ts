import { describe, expect, it } from "vitest";
import { Activity, AppServerClient } from "../../src/client/app_server_client.ts";
import { createTransportPair } from "../../src/rpc/mod.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

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

describe("a client", () => {
  it("keeps the program alive as long as a call is under way, however it ends", async () => {
    const [transport, end] = createTransportPair();
    const server = ScriptedServer.serve(end);
    let keeps = true;
    const client = await AppServerClient.connect(Object.assign(transport, {
      ref: () => void (keeps = true),
      unref: () => void (keeps = false),
    }));
    expect(keeps).toBe(false);
    const answered = client.call("account/read", {});
    expect(keeps).toBe(true);
    await answered;
    expect(keeps).toBe(false);
    const error = { code: -32600, message: "no" };
    server.answers.set("account/read", () => ({ error }));
    const refused = client.call("account/read", {});
    expect(keeps).toBe(true);
    await expect(refused).rejects.toThrow("no");
    expect(keeps).toBe(false);
    const reader = client.events();
    const next = reader.next();
    expect(keeps).toBe(true);
    server.notify("account/updated", { authMode: null, planType: null });
    await next;
    expect(keeps).toBe(false);
    await client.close();
  });

  it("over a transport that took the place of another one keeps it likewise", () => {
    const { activity } = setUp();
    const [transport] = createTransportPair();
    let keeps = true;
    const next = { ref: () => void (keeps = true), unref: () => void (keeps = false) };
    activity.begin();
    activity.use({ ...transport, ...next });
    expect(keeps).toBe(true);
    activity.end();
    expect(keeps).toBe(false);
    keeps = true;
    activity.use({ ...transport, ...next });
    expect(keeps).toBe(false);
  });
});
