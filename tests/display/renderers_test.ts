import { describe, expect, it } from "vitest";
import { DISPLAY, displayable, type Look } from "../../src/display/displayable.ts";
import type { MimeBundle } from "../../src/display/bundle.ts";
import { RENDERERS } from "../../src/display/renderers.ts";

/** The text that a notebook without HTML shows of a value. */
async function textOf(look: Look, value: object): Promise<string | undefined> {
  const shown = displayable({}, look, () => Promise.resolve(value as never)) as {
    [DISPLAY](): Promise<MimeBundle>;
  };
  return (await shown[DISPLAY]())["text/plain"];
}

const changed = new Date("2025-01-02T03:04:05Z");
const counts = {
  totalTokens: 3,
  inputTokens: 2,
  cachedInputTokens: 1,
  outputTokens: 1,
  reasoningOutputTokens: 0,
};

const turn = {
  id: "u",
  status: "completed",
  durationMs: 1500,
  error: null,
  items: [{ id: "m", type: "agentMessage", text: "Hi" }],
};
const thread = { id: "t", name: null, preview: "Ask", status: "idle", model: "m", cwd: "/w" };

/** A value of each look, and its text, with runs of blanks as one. */
const LOOKS: [Look, object, string][] = [
  [
    "account",
    { type: "chatgpt", email: "a@b.test", planType: "plus", workspaceName: null },
    [
      "Account",
      "type chatgpt",
      "email a@b.test",
      "planType plus",
      "workspaceName –",
    ].join("\n"),
  ],
  [
    "accountUsage",
    {
      lifetimeTokens: 1234567,
      peakDailyTokens: null,
      longestTurnMs: 60_000,
      currentStreakDays: 3,
      days: [{ date: "2025-01-01", tokens: 1 }],
    },
    [
      "Usage of the account",
      "lifetimeTokens 1,234,567",
      "peakDailyTokens –",
      "longestTurnMs 60,000",
      "currentStreakDays 3",
      "days 1",
    ].join("\n"),
  ],
  ["connector", {
    name: "shop",
    description: null,
    skills: [],
    policyLabels: ["write"],
    skipped: [],
    tools: [{ name: "find", description: "Finds" }],
    mcpServers: [],
  }, "Connector shop\npart name what it is\ntool find Finds\nlabel write"],
  [
    "context",
    { model: "m", tools: [], contextWindow: 1000 },
    [
      "What the model sees\nmodel m\ncontextWindow 1,000",
    ].join("\n"),
  ],
  ["error", new TypeError("Cannot do it"), "TypeError: Cannot do it"],
  ["image", { svg: "<svg/>", description: "A chart" }, "A chart"],
  [
    "fleetStatus",
    {
      queue: "q",
      waiting: 1000,
      active: 2,
      delayed: 3,
      completed: 4,
      failed: 5,
      pausedUntil: null,
      workers: [
        {
          name: "a",
          host: "h",
          state: "running",
          active: 1,
          concurrency: 2,
          completed: 7,
          failed: 8,
          tokens: 9,
          oldestMs: 1500,
        },
        {
          name: "b",
          host: "h",
          state: "draining",
          active: 0,
          concurrency: 2,
          completed: 0,
          failed: 0,
          tokens: 0,
          oldestMs: null,
        },
      ],
    },
    [
      "Queue q · 1,000 waiting · 2 active · 3 delayed · 4 completed · 5 failed",
      "worker host state active oldest completed failed tokens",
      "a h running 1 of 2 1.5 s 7 8 9",
      "b h draining 0 of 2 0 0 0",
    ].join("\n"),
  ],
  ["mapResults", {
    rows: [{ index: 0, input: "in", status: "completed", output: "out", restored: false }],
    usage: null,
    cost: null,
    durationMs: 1,
  }, "1 row · 1 ms\n0 in out"],
  [
    "mapRun",
    { concurrency: 4, progress: { done: 1, failed: 0, total: 3 } },
    [
      "Run over many inputs\ndone 1 of 3\nfailed 0\nconcurrency 4",
      "to get the results await run.collect(), or for await (const result of run)",
    ].join("\n"),
  ],
  [
    "models",
    [
      {
        id: "a",
        displayName: "A",
        isDefault: true,
        hidden: true,
        inputModalities: ["text", "image"],
        supportedReasoningEfforts: [{ reasoningEffort: "low" }, { reasoningEffort: "high" }],
      },
      {
        id: "b",
        displayName: "B",
        isDefault: false,
        hidden: false,
        supportedReasoningEfforts: [],
      },
    ],
    [
      "Models (2)",
      " id name efforts input",
      "default, hidden a A low, high text, image",
      " b B text",
    ].join("\n"),
  ],
  [
    "page",
    { data: [{ id: "a", at: changed, deep: {} }, { id: "b", more: 0, no: null }], nextCursor: "n" },
    [
      "List of 2 entries and more; read all with for await",
      "id at more no",
      "a 2025-01-02 03:04 UTC",
      "b 0",
    ].join("\n"),
  ],
  ["page", { data: [{ id: "a" }], nextCursor: null }, "List of 1 entry\nid\na"],
  ["mounted", [{
    name: "shop",
    policyLabels: ["write"],
    parts: [{ kind: "tool", name: "find", action: "ask", because: ["write"] }],
  }], "Connectors (1)\nconnector labels part name policy\nshop write tool find ask: write"],
  [
    "plugins",
    [{
      id: "p",
      name: "P",
      description: "D",
      packagePath: "d",
      enabled: true,
      apps: [{ appName: "cal" }, { appName: "mail" }],
      policyLabels: ["write", "network"],
    }],
    [
      "Plugins (1)",
      "id name description package hosted apps labels",
      "p P D d cal, mail write, network",
    ].join("\n"),
  ],
  [
    "rateLimits",
    {
      planType: "plus",
      windows: [
        { name: "primary", usedPercent: 12.4, durationMs: 47.95 * 3_600_000, resetsAt: changed },
        { name: "secondary", usedPercent: 99.5, durationMs: 48 * 3_600_000, resetsAt: null },
        { name: "secondary", usedPercent: 0, durationMs: null, resetsAt: null },
      ],
    },
    [
      "Rate limits (plus)",
      "limit period used resets",
      "primary 48 h 12 % 2025-01-02 03:04 UTC",
      "secondary 2 days 100 %",
      "secondary 0 %",
    ].join("\n"),
  ],
  ["rateLimits", { planType: null, windows: [] }, "Rate limits\nlimit period used resets"],
  ["result", turn, "Hi\n[✓ completed · 1.5 s]"],
  [
    "runtime",
    { version: null, platform: "linux-x64", source: "executable", executable: "/c" },
    [
      "Runtime\nversion not known before it runs\nplatform linux-x64\nsource executable",
      "executable /c",
    ].join("\n"),
  ],
  [
    "server",
    {
      version: "1.2.3",
      label: null,
      platform: "unix",
      codexHome: "/h",
      runtime: null,
      processId: null,
    },
    [
      "Codex\nversion 1.2.3\nmodel service live\nplatform unix\nhome /h\nexecutable –\nprocess id –",
    ].join("\n"),
  ],
  ["shownThread", { ...thread, turns: [turn] }, "ThreadSnapshot: Ask, 1 turn"],
  ["shownThread", { ...thread, name: "", turns: null }, "ThreadSnapshot: 0 turns"],
  [
    "snapshot",
    { ...thread, updatedAt: changed, turns: null },
    [
      "Thread Ask\nid t\nstatus idle\nmodel m\ncwd /w\nchanged 2025-01-02 03:04 UTC",
    ].join("\n"),
  ],
  ["table", { title: "T", columns: ["a"], rows: [["b"]] }, "T\na\nb"],
  ["thread", { ...thread, secret: "no" }, "Thread\nid t\nmodel m\ncwd /w"],
  [
    "threads",
    {
      data: [{ ...thread, name: "N", preview: "x".repeat(70), updatedAt: changed }],
      nextCursor: "more",
    },
    [
      "Threads (1 and more)",
      "id name preview status changed",
      `t N ${"x".repeat(60)} idle 2025-01-02 03:04 UTC`,
    ].join("\n"),
  ],
  ["threads", { data: [], nextCursor: null }, "Threads (0)\nid name preview status changed"],
  [
    "usage",
    { ...counts, thread: counts, contextWindow: null, contextShare: null },
    [
      "Tokens\n turn thread\ninput 2 2\nof it cached 1 1\noutput 1 1\nof it reasoning 0 0\ntotal 3 3",
    ].join("\n"),
  ],
  ["watched", turn, "TurnResult: ✓ completed · 1.5 s, 1 item"],
];

describe("a value at the end of a cell", () => {
  it.each(LOOKS)("shows what it is: %s", async (look, value, expected) => {
    expect((await textOf(look, value))?.replace(/ +/g, " ")).toBe(expected);
  });

  it("has a look for each name", () => {
    const named = new Set(LOOKS.map(([look]) => look));
    expect(Object.keys(RENDERERS).filter((look) => !named.has(look as Look))).toEqual(["report"]);
  });
});
