import { describe, expect, it, vi } from "vitest";
import { z } from "npm:zod@4.6.7";
import type { ConnectorSource } from "../../../src/connectors/mod.ts";
import { defineTool, type Diagnostic, type Thread } from "../../../mod.ts";
import { AppServerHarness, type OfflineCodex } from "../../../src/testing/mod.ts";
import { TemporaryFolder } from "../../connectors/package_fixture.ts";
import { readStoredThread } from "../../../src/codex/threads/stored_thread.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { mcpServers, serversStarted } from "../../support/mcp_server.ts";

// A connector with everything, on three threads.
vi.setConfig({ testTimeout: 60_000 });

const INSTRUCTIONS = 'Ask before you "order".\nAlways.';

/** A connector that has everything. */
function shop(skill: string): ConnectorSource {
  const orders = defineTool({
    name: "orders",
    description: "Lists the orders",
    input: z.object({}),
    run: () => "none",
  });
  const files = {
    name: "files",
    transport: "stdio" as const,
    toConfig: () => Object(mcpServers.files),
  };
  return {
    name: "shop",
    components: () => ({
      tools: [orders],
      mcpServers: [files],
      skills: [{ name: "demo", path: skill }],
      developerInstructions: INSTRUCTIONS,
      policyLabels: [],
    }),
  };
}

/** What the model of a thread is given of the connector in a new turn. */
async function given(codex: OfflineCodex, thread: Thread) {
  await serversStarted(codex, thread);
  await thread.run("Hello");
  const { tools, input } = Object(codex.model.requests.at(-1)?.body);
  const names = tools.map(({ name }: { name?: string }) => name);
  const told: string = input.flatMap(({ role, content }: { role: string; content: Content[] }) =>
    role === "developer" ? content.map(({ text }) => text) : []
  ).join("\n");
  return {
    tool: names.includes("orders"),
    server: names.includes("mcp__files"),
    skill: told.includes("A demo skill"),
    instructions: told.split(INSTRUCTIONS).length - 1,
  };
}

interface Content {
  readonly text: string;
}

const ALL = { tool: true, server: true, skill: true, instructions: 1 };
const LATE = { tool: false, server: true, skill: false, instructions: 1 };
const TOOL = { kind: "tool", name: "orders", connector: "shop", isCertain: true };
const SKILL = { kind: "skill", name: "demo", connector: "shop", isCertain: true };
const SERVER = { kind: "MCP server", name: "files", connector: "shop", isCertain: true };

/** A harness, a connector, and a process whose diagnostics are kept. */
async function setUp() {
  const owned = new AsyncDisposableStack();
  const harness = owned.use(await AppServerHarness.start());
  const folder = owned.use(await TemporaryFolder.create({ "demo/SKILL.md": SKILL_FILE }));
  const reported: Diagnostic[] = [];
  const start = () =>
    harness.startCodex({
      onDiagnostic: (diagnostic) => {
        if (diagnostic.kind === "notMounted") reported.push(diagnostic);
      },
    });
  const connectors = [shop(`${folder.path}/demo`)];
  return { start, reported, connectors, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const SKILL_FILE = "---\nname: demo\ndescription: A demo skill\n---\nBody\n";

describe("a connector of everything", () => {
  it("is whole on a new thread, and on it when it is resumed and copied elsewhere", async () => {
    await using setup = await setUp();
    const { connectors, reported, start } = setup;
    const first = await start();
    const thread = await first.startThread({ connectors });
    expect(await given(first, thread)).toEqual(ALL);
    await first.close();

    const second = await start();
    const resumed = await second.resumeThread(thread.id, { connectors });
    expect(await given(second, resumed)).toEqual(ALL);
    const copy = await second.forkThread(thread.id, { connectors });
    expect(await given(second, copy)).toEqual(ALL);
    expect(reported).toEqual([]);
  });

  it("gets late to a thread without it what it can; the rest is reported", async () => {
    await using setup = await setUp();
    const { connectors, reported, start } = setup;
    const first = await start();
    const thread = await first.startThread();
    await thread.run("Hello");
    await first.close();

    const second = await start();
    const resumed = await second.resumeThread(thread.id, { connectors });
    expect(await given(second, resumed)).toEqual(LATE);
    const copy = await second.forkThread(thread.id, { connectors });
    expect(await given(second, copy)).toEqual(LATE);
    expect(reported).toEqual([
      { kind: "notMounted", threadId: thread.id, parts: [TOOL, SKILL] },
      { kind: "notMounted", threadId: copy.id, parts: [TOOL, SKILL] },
    ]);
  });

  it("brings no server to a thread that is open", async () => {
    await using setup = await setUp();
    const { connectors, reported, start } = setup;
    const codex = await start();
    const thread = await codex.startThread();
    await thread.run("Hello");
    const resumed = await codex.resumeThread(thread.id, { connectors });
    expect(await given(codex, resumed)).toEqual({ ...LATE, server: false });
    expect(reported).toEqual([
      { kind: "notMounted", threadId: thread.id, parts: [TOOL, SKILL, SERVER] },
    ]);
  });
});

describe("a thread whose file cannot be read here", () => {
  it("may have its tools: the report says that it is not certain", async () => {
    const reported = Promise.withResolvers<Diagnostic>();
    await using server = await ScriptedServer.start({ onDiagnostic: reported.resolve });
    const { tools } = shop("/nowhere").components();
    const thread = await server.codex.resumeThread("elsewhere", { tools });
    expect(await reported.promise).toEqual({
      kind: "notMounted",
      threadId: "elsewhere",
      parts: [{ ...TOOL, connector: null, isCertain: false }],
    });
    expect(thread.tools.names).toEqual(["orders"]);
  });

  it("is read as none when its format is unknown", async () => {
    await using folder = await TemporaryFolder.create({
      "empty.jsonl": "",
      "other.jsonl": '{"type":"something"}\n',
      "text.jsonl": "hello",
    });
    for (const name of ["empty", "other", "text", "missing"]) {
      expect(await readStoredThread(`${folder.path}/${name}.jsonl`)).toBe(null);
    }
  });
});

describe("developer instructions", () => {
  it("are told once, however often a thread is resumed with them", async () => {
    await using setup = await setUp();
    const options = { developerInstructions: INSTRUCTIONS };
    const codex = await setup.start();
    const { id } = await codex.startThread().then(async (thread) => {
      await thread.run("Hello");
      return thread;
    });
    for (let count = 0; count < 3; count++) {
      await using thread = await codex.resumeThread(id, options);
      expect((await given(codex, thread)).instructions).toBe(1);
    }
    await using copy = await codex.forkThread(id, options);
    expect((await given(codex, copy)).instructions).toBe(1);
  });

  it("are told by a copy up to a turn before they were given, and after a compaction", async () => {
    await using setup = await setUp();
    const options = { developerInstructions: INSTRUCTIONS };
    const codex = await setup.start();
    const thread = await codex.startThread({ ephemeral: false });
    const { turnId } = await thread.run("Hello");
    const resumed = await codex.resumeThread(thread.id, options);
    await resumed.run("More");
    await using copy = await codex.forkThread(thread.id, { ...options, lastTurnId: turnId });
    expect((await given(codex, copy)).instructions).toBe(1);

    await (await resumed.compact()).result();
    await resumed.close();
    const again = await codex.resumeThread(thread.id, options);
    expect((await given(codex, again)).instructions).toBe(1);
  });
});
