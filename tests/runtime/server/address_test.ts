import { describe, expect, it } from "vitest";
import { parseListen } from "../../../src/runtime/server/address.ts";

describe("an address to listen on", () => {
  it.each([
    ["ws://127.0.0.1:0", true],
    ["ws://127.9.9.9:65535", true],
    ["ws://[::1]:80", true],
    ["ws://0.0.0.0:1", false],
    ["ws://10.127.0.1:1", false],
    ["ws://[::]:1", false],
    ["ws://[::ffff:1.2.3.4]:1", false],
  ])("%s is one, on loopback: %s", (listen, isLoopback) => {
    expect(parseListen(listen)).toEqual({ kind: "tcp", listen, isLoopback });
  });

  it("may be a socket, whose path is made absolute", () => {
    expect(parseListen("unix:///a/../b.sock")).toEqual({
      kind: "unix",
      listen: "unix:///b.sock",
      path: "/b.sock",
    });
    const path = `${Deno.cwd()}/x`;
    expect(parseListen("unix://x")).toEqual({ kind: "unix", listen: `unix://${path}`, path });
  });

  it.each([
    "unix://",
    "ws://localhost:1",
    "ws://127.0.0.1",
    "ws://127.0.0.1:x",
    "ws://127.0.0.1:1/",
    "wss://127.0.0.1:1",
    " ws://127.0.0.1:1",
    "",
  ])("is not %j", (listen) => {
    expect(() => parseListen(listen)).toThrow(
      `Cannot listen on ${JSON.stringify(listen)}: not an address of a server`,
    );
  });
});
