import { describe, expect, it } from "vitest";
import {
  NOTIFICATION_PARAMS,
  REQUEST_RESULTS,
  SERVER_REQUEST_PARAMS,
} from "../../src/protocol/method_definitions.ts";
import type { ServerEvent } from "../../src/domain/events.ts";

describe("the method table", () => {
  it("has every method of the runtime", () => {
    expect(Object.keys(REQUEST_RESULTS).length).toBe(184);
    expect(Object.keys(NOTIFICATION_PARAMS).length).toBe(86);
    expect(Object.keys(SERVER_REQUEST_PARAMS).length).toBe(11);
  });

  it("narrows an event to its params by its method", () => {
    const deltas: string[] = [];
    const read = (event: ServerEvent): void => {
      // This test is the type checker's: without narrowing, `delta` would be no string.
      if (event.method === "item/agentMessage/delta") deltas.push(event.params.delta);
      if (event.unknown) deltas.push(event.method);
    };
    read({
      method: "item/agentMessage/delta",
      params: { threadId: "t", turnId: "u", itemId: "i", delta: "hi" },
    });
    expect(deltas).toEqual(["hi"]);
  });
});
