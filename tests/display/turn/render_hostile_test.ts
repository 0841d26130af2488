import MarkdownIt from "npm:markdown-it@15.0.3";
import { beforeAll, describe, expect, it } from "vitest";
import {
  loadMarkdown,
  type MimeBundle,
  renderApproval,
  renderError,
  renderProgress,
  renderResult,
  renderSnapshot,
  renderTable,
  renderTurn,
} from "../../../src/display/mod.ts";
import { harmIn, textOf } from "../../support/html.ts";
import { type PartialEvent, viewOf } from "../../support/turn_view.ts";
import type { ThreadSnapshot } from "../../../src/domain/thread_summary.ts";
import { HOSTILE_TEXTS } from "../../support/hostile_texts.ts";
import { sampleOf, variantsOf } from "../../support/schema_sample.ts";

type Item = Parameters<typeof renderResult>[0]["items"][number];

/** Members that say which kind of thing it is; all others can be anything. */
const TAGS = ["type", "method", "phase"];

/** The value with the text in the place of every text, and as the name of a member. */
function poisoned(value: unknown, text: string): unknown {
  if (typeof value === "string") return text;
  if (Array.isArray(value)) return value.map((entry) => poisoned(entry, text));
  if (value === null) return null;
  if (typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      TAGS.includes(name)
        ? member
        : name === "arguments"
        ? { [text]: text }
        : poisoned(member, text),
    ]),
  );
}

function poisonedItems(text: string): Item[] {
  return variantsOf("ThreadItem").map((item, index) => ({
    ...poisoned(item, text) as Item,
    id: `item ${index}`,
  }));
}

const ASIDE: Readonly<Record<string, string>> = {
  "turn/plan/updated": "TurnPlanUpdatedNotification",
  "error": "ErrorNotification",
  "warning": "WarningNotification",
  "model/rerouted": "ModelReroutedNotification",
  "item/autoApprovalReview/started": "ItemGuardianApprovalReviewStartedNotification",
  "item/autoApprovalReview/completed": "ItemGuardianApprovalReviewCompletedNotification",
};

/** Every event that the view takes, each with the text wherever a text can be. */
function poisonedEvents(text: string): PartialEvent[] {
  const items = poisonedItems(text);
  return [
    ...items.map((item) => ({ method: "item/started", params: { item } })),
    ...items.flatMap(({ id: itemId }) =>
      ["agentMessage", "plan", "reasoning", "commandExecution"].map((kind) => ({
        method: kind === "commandExecution"
          ? "item/commandExecution/outputDelta"
          : kind === "reasoning"
          ? "item/reasoning/textDelta"
          : `item/${kind}/delta`,
        params: { itemId, delta: text },
      }))
    ),
    ...items.map(({ id: callId }) => ({ method: "local/toolProgress", params: { callId, text } })),
    ...Object.entries(ASIDE).map(([method, definition]) => ({
      method,
      params: poisoned(sampleOf(definition), text),
    })),
    ...["item/commandExecution/requestApproval", text].flatMap((request) => [
      { method: "local/requestOpened", params: { requestId: text, request } },
      {
        method: "local/requestSettled",
        params: { requestId: text, request, outcome: text, decision: text, waitedMs: 5 },
      },
    ]),
    { method: "local/itemAbandoned", params: { itemId: items[0]?.id, reason: text } },
  ];
}

async function bundlesOf(text: string): Promise<MimeBundle[]> {
  const error = Object.assign(new Error(text, { cause: new AggregateError([text], text) }), {
    stack: `Error\n    at ${text}`,
    name: text,
    info: { message: text },
    stderrTail: text,
  });
  const view = viewOf(poisonedEvents(text));
  const ended = viewOf([
    ...poisonedEvents(text),
    ...poisonedItems(text).map((item) => ({ method: "item/completed", params: { item } })),
    { method: "turn/completed", params: { turn: { status: text } } },
  ]);
  const result = { status: text, items: poisonedItems(text), usage: null, durationMs: 1 };
  const thread = {
    id: text,
    name: text,
    preview: text,
    cwd: text,
    model: text,
    status: text,
    updatedAt: new Date(0),
    turns: [result],
  };
  return [
    renderTurn(view, { elapsedMs: 1, label: text }),
    renderTurn(ended, { elapsedMs: 1, label: text }),
    await renderResult(result),
    await renderSnapshot(thread as unknown as ThreadSnapshot),
    renderTable({ title: text, columns: [text, text], rows: [[text, text]] }),
    renderError(error),
    renderError(text),
    renderProgress(0.5, text),
    renderApproval({
      title: text,
      subject: text,
      changes: [{ path: text, kind: { type: "update", move_path: text }, diff: `+${text}` }],
      facts: { reason: text },
      answer: text,
    }),
  ];
}

describe("what a model or a command wrote", () => {
  beforeAll(loadMarkdown);
  const careless = new MarkdownIt({ html: true });
  careless.validateLink = () => true;

  for (const [index, text] of HOSTILE_TEXTS.entries()) {
    it(`does no harm in any place of any view (${index})`, async () => {
      for (const bundle of await bundlesOf(text)) {
        expect(harmIn(bundle["text/html"] ?? "")).toEqual([]);
        expect(bundle["text/plain"].isWellFormed()).toBe(true);
        // deno-lint-ignore no-control-regex -- that is what must not be there
        expect(bundle["text/plain"]).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
        const rendered = careless.render(bundle["text/markdown"] ?? "");
        expect(harmIn(rendered).filter((harm) => !isOnlyCareless(harm))).toEqual([]);
      }
    });
  }

  it("hides nothing behind a control character, except in the output of a command", async () => {
    for (const hiding of ["\r", "\x1b]0;", "\x1b[8m", "\x9b2K", "\b\b\b\b\b\b"]) {
      const items = poisonedItems(`BEFORE${hiding}AFTER`).map((item) =>
        item.type === "commandExecution" ? { ...item, aggregatedOutput: "" } : item
      );
      const result = { status: "completed", items, usage: null, durationMs: 1 };
      const approval = (await bundlesOf(`BEFORE${hiding}AFTER`)).slice(-4);
      for (const bundle of [await renderResult(result), ...approval]) {
        for (const shown of [bundle["text/plain"], textOf(bundle["text/html"] ?? "")]) {
          const [before, after] = ["BEFORE", "AFTER"].map((word) => shown.split(word).length);
          expect(before).toBeGreaterThan(1);
          expect(before).toBeGreaterThanOrEqual(after ?? 0);
          expect(shown).toMatch(/BEFORE\\u\{(?:d|1b|9b|8)\}/);
        }
      }
    }
  });

  it("is the output of a command as a terminal leaves it", () => {
    const item = {
      ...poisonedItems("text").find(({ type }) => type === "commandExecution"),
      command: "touch x; :\recho all is well",
      aggregatedOutput: "10 %\r100 %\x1b[0m",
    };
    const bundle = renderTurn(
      viewOf([{ method: "item/completed", params: { item } }]),
      { elapsedMs: null },
    );
    for (const shown of [bundle["text/plain"], textOf(bundle["text/html"] ?? "")]) {
      expect(shown).toContain("$ touch x; :\\u{d}echo all is well");
      expect(shown).toContain("100 %");
      expect(shown).not.toContain("10 %");
    }
  });

  it("is still there to read", () => {
    const item = {
      ...poisonedItems("text").find(({ type }) => type === "commandExecution"),
      command: "echo '<b>'",
      aggregatedOutput: "<b>",
    };
    const { "text/html": html } = renderTurn(
      viewOf([{ method: "item/completed", params: { item } }]),
      { elapsedMs: null },
    );
    expect(html).toContain("$ echo &#39;&lt;b&gt;&#39;");
    expect(html).toContain("&lt;b&gt;</pre>");
  });

  it("reaches every kind of item that the runtime has", () => {
    const kinds = new Set(variantsOf("ThreadItem").map((item) => (item as Item).type));
    expect(kinds.size).toBeGreaterThan(15);
    for (const item of poisonedItems("text")) {
      const view = viewOf([{ method: "item/completed", params: { item } }]);
      expect(view.entries.length, item.type).toBe(1);
    }
  });
});

/** A renderer without any care fetches pictures and names languages: that is its own doing. It must not run a script. */
function isOnlyCareless(harm: string): boolean {
  if (harm.startsWith('<code class="language-')) return true;
  const [, address] = /^<(?:a href|img src)="(.*)">$/s.exec(harm) ?? [];
  return address !== undefined &&
    ["http:", "https:", "ftp:"].includes(new URL(address, "http://here.test").protocol);
}
