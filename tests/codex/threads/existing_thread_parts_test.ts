import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { equip, type ExistingThread } from "../../../src/codex/threads/existing_thread.ts";
import { readStoredThread } from "../../../src/codex/threads/stored_thread.ts";

interface Line {
  readonly type: string;
  readonly payload?: object;
}

/** Runs a test with a file of those lines of a thread. */
async function withFile(lines: readonly (Line | string)[], body: (path: string) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  try {
    const path = join(directory, "rollout.jsonl");
    const texts = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
    await Deno.writeTextFile(path, texts.map((text) => `${text}\n`).join(""));
    await body(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const META: Line = {
  type: "session_meta",
  payload: {
    dynamic_tools: [
      { name: "plain" },
      { name: "space", tools: [{ name: "inner" }, {}] },
      {},
    ],
    selected_capability_roots: [{ id: "skill-1" }, {}],
  },
};

describe("the file of a thread", () => {
  it("names the tools of all namespaces and the skills it was started with", () =>
    withFile([META], async (path) => {
      const stored = await readStoredThread(path);
      expect([...stored?.toolNames ?? []]).toEqual(["plain", "inner"]);
      expect([...stored?.skillIds ?? []]).toEqual(["skill-1"]);
    }));

  it("has no tools and skills where it names none", () =>
    withFile([{ type: "session_meta", payload: { dynamic_tools: null } }], async (path) => {
      const stored = await readStoredThread(path);
      expect([stored?.toolNames.size, stored?.skillIds.size]).toEqual([0, 0]);
    }));

  it("contains a text with any characters, unless a compaction came after it", () => {
    const text = 'Say "hi"\nin ☃';
    const message = { type: "message", payload: { text } };
    const compacted = { type: "compacted", payload: {} };
    return withFile([META, message], async (path) => {
      const stored = await readStoredThread(path);
      expect([stored?.contains(text), stored?.contains("another")]).toEqual([true, false]);
      await withFile([META, message, compacted, { type: "x" }], async (path) => {
        expect((await readStoredThread(path))?.contains(text)).toBe(false);
      });
      await withFile([META, compacted, message], async (path) => {
        expect((await readStoredThread(path))?.contains(text)).toBe(true);
      });
    });
  });

  it.each<[string, Line | string]>([
    ["begins otherwise", { type: "turn", payload: {} }],
    ["has no facts", { type: "session_meta" }],
    ["is no JSON", "hello"],
  ])("is not read when it %s", (_, line) =>
    withFile([line], async (path) => {
      expect(await readStoredThread(path)).toBe(null);
      expect(await readStoredThread(`${path}.gone`)).toBe(null);
    }));
});

/** A connector with one part of each kind, and one that the policy denies. */
function composition(developerInstructions?: string) {
  const part = (kind: string, name: string, action = "allow") => ({ kind, name, action });
  const parts = [
    part("tool", "own"),
    part("tool", "denied", "deny"),
    part("skill", "guide"),
    part("skill", "manual"),
    part("MCP server", "files"),
    part("MCP server", "mail"),
    part("MCP server", "hidden", "deny"),
  ];
  return {
    settings: { developerInstructions },
    tools: [{ name: "own" }, { name: "plain" }, { name: "loose" }],
    skillRoots: [{ id: "skill-1" }, { id: "skill-2" }],
    mounted: [{ name: "kit", parts }],
  } as never;
}

/** What a thread lacks of that connector, and the requests that were made. */
async function equipped(thread: Partial<ExistingThread>, instructions?: string) {
  const sent: unknown[] = [];
  const client = {
    call: (method: string, ...rest: unknown[]) => {
      sent.push([method, ...rest]);
      const server = { name: "files", authStatus: "unsupported", tools: {} };
      return Promise.resolve({ data: [server] });
    },
  };
  const whole = { threadId: "t", path: null, wasLoaded: false, isWhole: true, ...thread };
  const { signal } = new AbortController();
  const parts = await equip(client as never, whole, composition(instructions), { signal });
  const names = parts.map(({ kind, name, connector, isCertain }) =>
    `${kind} ${name} of ${connector}${isCertain ? "" : "?"}`
  );
  return { names, sent, signal };
}

describe("what a thread that exists does not get", () => {
  it("is what is not in its file", () =>
    withFile([META], async (path) => {
      const { names, sent } = await equipped({ path });
      expect(names).toEqual([
        "tool own of kit",
        "tool loose of null",
        "skill manual of kit",
      ]);
      expect(sent).toEqual([]);
    }));

  it("is not certain without the file", async () => {
    const { names } = await equipped({ path: null });
    expect(names).toEqual([
      "tool own of kit?",
      "tool plain of null?",
      "tool loose of null?",
      "skill guide of kit?",
      "skill manual of kit?",
    ]);
  });

  it("has the servers that are not running, where it was loaded", () =>
    withFile([META], async (path) => {
      const { names, sent, signal } = await equipped({ path, wasLoaded: true });
      expect(names.at(-1)).toBe("MCP server mail of kit");
      expect(names.filter((name) => name.startsWith("MCP"))).toHaveLength(1);
      const params = { threadId: "t", cursor: null, detail: "toolsAndAuthOnly" };
      expect(sent).toEqual([["mcpServerStatus/list", params, { signal }]]);
    }));
});

describe("the instructions of a thread that exists", () => {
  const message = (text: string) => ({
    type: "message",
    role: "developer",
    content: [{ type: "input_text", text }],
  });
  const history: Line[] = [META, { type: "message", payload: { text: "Be brief" } }];

  it.each<[string, Partial<ExistingThread>, string, boolean]>([
    ["are told when it does not have them", {}, "Be kind", true],
    ["are not told twice", {}, "Be brief", false],
    ["are told to a copy of its beginning", { isWhole: false }, "Be brief", true],
    ["are not told when there are none", {}, "", false],
  ])("%s", (_, thread, text, isTold) =>
    withFile(history, async (path) => {
      const { sent, signal } = await equipped({ path, ...thread }, text);
      const told = ["thread/inject_items", { threadId: "t", items: [message(text)] }, { signal }];
      expect(sent).toEqual(isTold ? [told] : []);
    }));

  it("are told where the file cannot be read", async () => {
    expect((await equipped({ path: null }, "Be brief")).sent).toHaveLength(1);
  });
});
