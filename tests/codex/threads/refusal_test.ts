import { describe, expect, it } from "vitest";
import type { Codex } from "../../../mod.ts";
import { InvalidRequestError } from "../../../src/errors/mod.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

const error = { code: -32600, message: "no rollout found for t", data: { a: 1 } };
const refused = () => ({ error });

/** A server on which no thread can be opened, and `t` is stored as told. */
async function refusing(ephemeral: boolean | null, hasTurns: boolean): Promise<ScriptedServer> {
  const server = await ScriptedServer.start();
  for (const method of ["thread/resume", "thread/fork"]) server.answers.set(method, refused);
  const { thread } = server.sample("thread/read") as { thread: object };
  server.answers.set(
    "thread/read",
    () => ephemeral === null ? refused() : { result: { thread: { ...thread, ephemeral } } },
  );
  server.answers.set(
    "thread/turns/list",
    () => hasTurns ? { result: { data: [], nextCursor: null } } : refused(),
  );
  return server;
}

const OPENINGS: [what: string, open: (codex: Codex) => Promise<unknown>][] = [
  ["resumed", (codex) => codex.resumeThread("t")],
  ["forked", (codex) => codex.forkThread("t")],
];

describe.each(OPENINGS)("a thread that cannot be %s", (what, open) => {
  it.each<[string, boolean | null, boolean, string | null]>([
    ["in memory only", true, false, "it is kept in memory only. Use the handle you have"],
    ["without turns", false, false, "it has no turns yet. Run a turn on it first"],
    ["stored", false, true, null],
    ["unknown", null, false, null],
  ])("is told to be %s", async (_, ephemeral, hasTurns, reason) => {
    await using server = await refusing(ephemeral, hasTurns);
    const found = await open(server.codex).then(() => null, (reason: Error) => reason);
    expect(found).toBeInstanceOf(InvalidRequestError);
    expect(found).toMatchObject({ code: -32600, data: { a: 1 } });
    if (reason === null) {
      expect([found?.cause, found?.message]).toEqual([
        undefined,
        expect.stringContaining("no rollout found"),
      ]);
    } else {
      expect(found?.message).toContain(`thread t cannot be ${what}: ${reason}`);
      expect(found?.cause).toMatchObject({ message: expect.stringContaining("no rollout found") });
    }
  });

  it("is not looked up after another failure", async () => {
    await using server = await refusing(true, false);
    for (const method of ["thread/resume", "thread/fork"]) {
      server.answers.set(method, () => ({ error: { code: -32000, message: "a fault" } }));
    }
    await expect(open(server.codex)).rejects.toThrow("a fault");
    expect(server.received.some(({ method }) => method === "thread/read")).toBe(false);
  });
});

describe("the turns of a thread that the runtime does not list", () => {
  it.each<[string, boolean | null]>([
    ["are none, where it has none yet", false],
    ["are refused for one in memory only", true],
    ["are refused for one that is unknown", null],
  ])("%s", async (_, ephemeral) => {
    await using server = await refusing(ephemeral, false);
    const thread = await server.codex.startThread();
    const listing = thread.turns().page();
    if (ephemeral === false) expect(await listing).toEqual({ data: [], nextCursor: null });
    else await expect(listing).rejects.toBeInstanceOf(InvalidRequestError);
  });

  it("reject with the end of the connection", async () => {
    await using server = await ScriptedServer.start();
    const thread = await server.codex.startThread();
    server.answers.set("thread/turns/list", () => void server.end());
    await expect(thread.turns().page()).rejects.toMatchObject({ name: "TransportClosedError" });
  });
});
