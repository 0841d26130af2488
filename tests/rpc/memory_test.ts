import { describe, expect, it } from "vitest";
import { TransportClosedError } from "../../src/errors/mod.ts";
import { createTransportPair } from "../../src/rpc/mod.ts";

describe("createTransportPair", () => {
  it("delivers in order what is sent before and while the other side reads", async () => {
    const [left, right] = createTransportPair();
    await left.send("1");
    await left.send("2");
    const received: string[] = [];
    for await (const message of right.messages) {
      received.push(message);
      if (message === "2") await left.send("3");
      if (message === "3") await left.close();
    }
    expect(received).toEqual(["1", "2", "3"]);
  });

  it("ends both sides when either closes, after what was sent", async () => {
    const [left, right] = createTransportPair();
    await right.send("last words");
    await right.close();
    expect(await Array.fromAsync(left.messages)).toEqual(["last words"]);
    expect(await Array.fromAsync(right.messages)).toEqual([]);
    await right.close();
  });

  it("refuses to send after the end", async () => {
    const [left, right] = createTransportPair();
    await left.close();
    await expect(left.send("x")).rejects.toBeInstanceOf(TransportClosedError);
    await expect(right.send("x")).rejects.toBeInstanceOf(TransportClosedError);
  });
});
