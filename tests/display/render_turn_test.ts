import { type DefaultTreeAdapterTypes, parse } from "npm:parse5@8.1.1";
import { beforeAll, describe, expect, it } from "vitest";
import {
  escapeHtml,
  loadMarkdown,
  markdownHtml,
  type MimeBundle,
  plain,
  renderError,
  renderTable,
  renderTurn,
  TurnView,
} from "../../src/display/mod.ts";
import { approvalBundle } from "../../src/notebook/ask_approval.ts";

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "</pre></details><script>alert(1)</script>",
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  "<style>*{display:none}</style>",
  "[click](javascript:alert(1))",
  "[click](JaVaScRiPt:alert(1))",
  "[click](data:text/html,<script>alert(1)</script>)",
  "[click](vbscript:x 'title\" onclick=\"alert(1)')",
  "![x](http://attacker.test/leak.png)",
  '<a href="javascript:alert(1)">x</a>',
  "```html\n<script>alert(1)</script>\n```",
  "`<b onclick=alert(1)>`",
  "| a |\n|---|\n| <script>alert(1)</script> |",
  "<iframe srcdoc='<script>alert(1)</script>'>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "<!--<script>-->alert(1)<!--</script>-->",
  "[a]: javascript:alert(1)\n[a]",
  "<javascript:alert(1)>",
  'http://ok.test/"onmouseover=alert(1)',
  "\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07",
  "\x1b[31mred\x1b[0m\x1b[2J\x1bc\u202Egnp.exe",
];

/** What no output may contain, looked for in the parsed document. */
function harmful(html: string): string[] {
  return [...elements(parse(`<!doctype html><body>${html}`))].flatMap(({ tagName, attrs }) => [
    ...FORBIDDEN.has(tagName) ? [tagName] : [],
    ...attrs.filter(({ name, value }) => isHarmful(name, value)).map(({ name }) =>
      `${tagName} ${name}`
    ),
  ]);
}

const FORBIDDEN = new Set(
  ["script", "style", "iframe", "object", "embed", "link", "meta", "img", "svg", "form", "base"],
);

function isHarmful(name: string, value: string): boolean {
  if (name === "href") return !/^(https?:|mailto:|#)/i.test(value);
  return name.startsWith("on") || name === "src" || name === "srcdoc";
}

function* elements(
  node: DefaultTreeAdapterTypes.ParentNode,
): Generator<DefaultTreeAdapterTypes.Element> {
  for (const child of node.childNodes) {
    if (!("tagName" in child)) continue;
    yield child;
    yield* elements(child);
  }
}

/** One event for each place where a model or a command can put a text. */
function hostileEvents(text: string): { method: string; params: Record<string, unknown> }[] {
  const item = (id: string, facts: Record<string, unknown>) => ({
    method: "item/completed",
    params: { item: { id, ...facts } },
  });
  return [
    item("1", { type: "agentMessage", text, phase: null }),
    item("2", { type: "agentMessage", text, phase: "commentary" }),
    item("3", { type: "reasoning", summary: [text], content: [text] }),
    item("4", {
      type: "commandExecution",
      command: text,
      cwd: text,
      status: text,
      aggregatedOutput: text,
      exitCode: null,
      durationMs: 1,
    }),
    item("5", {
      type: "fileChange",
      status: text,
      changes: [{ path: text, kind: { type: "add" }, diff: `+${text}\n-${text}` }],
    }),
    item("6", {
      type: "mcpToolCall",
      server: text,
      tool: text,
      status: text,
      arguments: { [text]: text },
      error: { message: text },
    }),
    item("7", { type: "dynamicToolCall", tool: text, status: text, arguments: text }),
    item("8", { type: "imageView", path: text }),
    { method: "turn/plan/updated", params: { plan: [{ step: text, status: text }] } },
    { method: "error", params: { error: { message: text }, willRetry: true } },
    {
      method: "local/requestSettled",
      params: { request: text, decision: text, outcome: "answered", waitedMs: 5 },
    },
    { method: "turn/completed", params: { turn: { status: text } } },
  ];
}

function turnBundle(
  events: readonly { method: string; params: unknown }[],
  label?: string,
): MimeBundle {
  const view = new TurnView();
  for (const event of events) view.accept(event);
  return renderTurn(view, { elapsedMs: 1234, ...(label && { label }) });
}

describe("what a model or a command wrote", () => {
  beforeAll(loadMarkdown);

  for (const [index, text] of HOSTILE.entries()) {
    it(`does no harm in any view (${index})`, () => {
      const error = new Error(text, { cause: new Error(text) });
      error.stack = `Error\n    at ${text}`;
      const bundles = [
        turnBundle(hostileEvents(text), text),
        renderTable({ title: text, columns: [text], rows: [[text]] }),
        renderError(error),
        approvalBundle({
          kind: "command",
          threadId: "t",
          turnId: "u",
          itemId: "i",
          command: text,
          cwd: text,
          reason: text,
        } as never),
      ];
      for (const bundle of bundles) {
        expect(harmful(bundle["text/html"] ?? "")).toEqual([]);
        // deno-lint-ignore no-control-regex -- that is what must not be there
        expect(bundle["text/plain"]).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
      }
    });
  }

  it("is still there to read", () => {
    expect(turnBundle(hostileEvents("<b>bold</b>"))["text/html"]).toContain(
      "&lt;b&gt;bold&lt;/b&gt;",
    );
    expect(plain("\x1b[31mred\x1b[0m\r\nnext\x07")).toBe("red\nnext");
    expect(escapeHtml("a<b>&\"'`")).toBe("a&lt;b&gt;&amp;&quot;&#39;&#96;");
  });

  it("is Markdown where it is meant to be", () => {
    const html = markdownHtml(
      "# T\n\n- **a** [l](https://x.test/?a=1&b=2)\n\n```ts\nlet a = 1 < 2;\n```",
    );
    expect(html).toContain("<h1>T</h1>");
    expect(html).toContain('href="https://x.test/?a=1&amp;b=2"');
    expect(html).toContain("let a = 1 &lt; 2;");
  });
});

describe("a turn's card", () => {
  const delta = (text: string) => ({
    method: "item/agentMessage/delta",
    params: { itemId: "m", delta: text },
  });
  const started = {
    method: "item/started",
    params: { item: { id: "m", type: "agentMessage", text: "", phase: null } },
  };

  it("stays under 50 KB while it runs and under 1 MB ever, and says what is missing", () => {
    const commands = Array.from({ length: 500 }, (_, n) => ({
      method: "item/completed",
      params: {
        item: {
          id: `c${n}`,
          type: "commandExecution",
          command: `echo ${n}`,
          status: "completed",
          aggregatedOutput: "line\n".repeat(10_000),
          exitCode: 0,
        },
      },
    }));
    const running = [
      started,
      ...Array.from({ length: 5000 }, () => delta("some words ")),
      ...commands.slice(0, 8),
    ];
    expect(JSON.stringify(turnBundle(running)).length).toBeLessThan(50_000);
    const ended = [...commands, {
      method: "turn/completed",
      params: { turn: { status: "completed" } },
    }];
    const { "text/html": html = "" } = turnBundle(ended);
    expect(html.length).toBeLessThan(1_000_000);
    expect(html).toContain("100 earlier entries");
    expect(html).toContain("earlier lines");
  });

  it("shows plan, reasoning, exit code, diff, approvals and what was dropped", () => {
    const { "text/html": html = "", "text/plain": text } = turnBundle([
      { method: "turn/plan/updated", params: { plan: [{ step: "Look", status: "completed" }] } },
      started,
      delta("half"),
      { method: "local/itemAbandoned", params: { itemId: "m", reason: "steer" } },
      {
        method: "item/completed",
        params: {
          item: {
            id: "f",
            type: "fileChange",
            status: "completed",
            changes: [{ path: "a.txt", kind: { type: "update" }, diff: "-old\n+new" }],
          },
        },
      },
      {
        method: "item/completed",
        params: {
          item: {
            id: "c",
            type: "commandExecution",
            command: "false",
            status: "failed",
            aggregatedOutput: "",
            exitCode: 1,
          },
        },
      },
      { method: "turn/completed", params: { turn: { status: "completed" } } },
    ]);
    expect(html).toContain("☑ Look");
    expect(html).toContain("message dropped (steer)");
    expect(html).toContain('<span style="color:#e5534b">-old</span>');
    expect(html).toContain("exit 1");
    expect(text).toContain("$ false (exit 1)");
    expect(html).not.toContain("<style");
  });
});

describe("a table", () => {
  it("cuts long cells and counts the rows it leaves out", () => {
    const rows = Array.from({ length: 250 }, (_, n) => [n, "x".repeat(1000)]);
    const bundle = renderTable({ title: "Rows", columns: ["n", "text"], rows });
    expect(bundle["text/plain"]).toContain("50 more rows");
    expect(bundle["text/html"]).toContain("700 more characters");
  });
});
