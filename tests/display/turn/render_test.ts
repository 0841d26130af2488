import fc from "npm:fast-check@4.10.2";
import { beforeAll, describe, expect, it } from "vitest";
import { loadMarkdown, type MimeBundle, renderTurn } from "../../../src/display/mod.ts";
import { type PartialEvent, viewOf } from "../../support/turn_view.ts";
import { elementsOf, harmIn, textOf } from "../../support/html.ts";

function bundleOf(events: readonly PartialEvent[], status?: string): MimeBundle {
  const view = viewOf(events);
  if (status) view.end(status);
  return renderTurn(view, { elapsedMs: 1234, label: "offline model" });
}

function item(id: string, facts: Record<string, unknown>, method = "completed"): PartialEvent {
  return { method: `item/${method}`, params: { item: { id, ...facts } } };
}

function message(id: string, text: string): PartialEvent {
  return item(id, { type: "agentMessage", text, phase: null });
}

function command(id: string, output: string): PartialEvent {
  return item(id, {
    type: "commandExecution",
    command: `make ${id}`,
    cwd: "/",
    status: "completed",
    aggregatedOutput: output,
    exitCode: 0,
    durationMs: 1500,
    commandActions: [],
  });
}

function picturesIn(html = ""): (string | undefined)[] {
  return elementsOf(html).filter(({ tagName }) => tagName === "img")
    .map(({ attrs }) => attrs.find(({ name }) => name === "src")?.value);
}

function sizeOf(bundle: MimeBundle): number {
  return new TextEncoder().encode(JSON.stringify(bundle)).length;
}

describe("a turn's card", () => {
  beforeAll(loadMarkdown);

  it("tells how it stands: status, time, tokens, and whose answers these are", () => {
    const counts = { totalTokens: 1500, inputTokens: 1200, outputTokens: 300 };
    const usage = {
      method: "thread/tokenUsage/updated",
      params: { tokenUsage: { total: counts, last: counts } },
    };
    const line = "✓ completed · 1.2 s · 1,500 tokens (1,200 in, 300 out) · offline model";
    const bundle = bundleOf([usage, message("m", "Hi")], "completed");
    expect(bundle["text/plain"]).toBe(`Hi\n[${line}]`);
    expect(textOf(bundle["text/html"] ?? "")).toContain(line);
  });

  it("shows the answer as Markdown, in all three ways", () => {
    const bundle = bundleOf([message("m", "**Yes** `a < b`")], "completed");
    expect(bundle["text/html"]).toContain(
      '<p dir="auto"><strong>Yes</strong> <code>a &lt; b</code></p>',
    );
    expect(bundle["text/plain"]).toContain("**Yes** `a < b`");
    expect(bundle["text/markdown"]).toContain("**Yes**");
  });

  it("shows the pictures that were sent, if they are here", () => {
    const here = "data:image/png;base64,iVBORw0KGgo=";
    const urls = [here, "https://elsewhere.test/p.png", 'data:image/png;base64,x" onerror="x'];
    const content = [
      { type: "text", text: "Look" },
      ...urls.map((url) => ({ type: "image", url })),
      { type: "localImage", path: "/p.png" },
    ];
    const bundle = bundleOf([item("u", { type: "userMessage", content })], "completed");
    expect(bundle["text/plain"]).toContain("› Look [image] [image] [image] [/p.png]");
    expect(picturesIn(bundle["text/html"])).toEqual([here]);
  });

  it("ticks the steps of the plan", () => {
    const plan = [["Look", "completed"], ["Change", "inProgress"], ["Test", "pending"]]
      .map(([step, status]) => ({ step, status }));
    const bundle = bundleOf([{ method: "turn/plan/updated", params: { plan } }]);
    expect(bundle["text/plain"]).toContain("☑ Look\n▶ Change\n☐ Test");
    expect(elementsOf(bundle["text/html"] ?? "").filter(({ tagName }) => tagName === "li").length)
      .toBe(3);
  });

  it("shows 300 characters of a command in its title, and the whole of a longer one beneath", () => {
    const shown = (command: string): string => {
      const item = { id: "c", type: "commandExecution", command, cwd: "/", status: "completed" };
      const facts = { commandActions: [], aggregatedOutput: "", exitCode: 0 };
      const view = viewOf([{ method: "item/completed", params: { item: { ...item, ...facts } } }]);
      return renderTurn(view, { elapsedMs: null })["text/html"] ?? "";
    };
    expect(shown("x".repeat(300))).toContain(`$ ${"x".repeat(300)}</code>`);
    expect(shown("x".repeat(300)).split("x".repeat(300))).toHaveLength(2);
    expect(shown("x".repeat(301))).toContain(`$ ${"x".repeat(300)} …</code>`);
    expect(shown("x".repeat(301))).toContain("x".repeat(301));
  });

  it("folds a command that is over and opens one that runs", () => {
    const over = bundleOf([command("c", "built\n")]);
    expect(over["text/html"]).toContain('<code dir="ltr">$ make c</code> exit 0, 1.5 s');
    expect(over["text/html"]).toMatch(
      /<details><summary[^>]*><span role="img" aria-label="completed">✓/,
    );
    const running = item("c", {
      type: "commandExecution",
      command: "make",
      cwd: "/",
      status: "inProgress",
      aggregatedOutput: "building\n",
    }, "started");
    expect(bundleOf([running])["text/html"]).toContain("<details open>");
  });

  it("colours what was added and removed, and counts it", () => {
    const changes = [
      {
        path: "a.ts",
        kind: { type: "update", move_path: "b.ts" },
        diff: "@@ -1 +1 @@\n-old\n+new\n",
      },
      { path: "c.ts", kind: { type: "add" }, diff: "one\ntwo\n" },
      { path: "d.ts", kind: { type: "delete" }, diff: "gone\n" },
    ];
    const bundle = bundleOf([item("f", { type: "fileChange", status: "completed", changes })]);
    expect(bundle["text/plain"]).toContain(
      "update a.ts → b.ts (+1 −1) completed\n@@ -1 +1 @@\n-old\n+new",
    );
    expect(bundle["text/plain"]).toContain("add c.ts (+2 −0) completed\n+one\n+two");
    expect(bundle["text/plain"]).toContain("delete d.ts (+0 −1) completed\n-gone");
    const coloured = elementsOf(bundle["text/html"] ?? "").filter(({ tagName }) =>
      tagName === "span"
    ).filter(({ attrs }) => attrs.some(({ value }) => value.startsWith("background")));
    expect(coloured.length).toBe(5);
  });

  it("shows calls of tools with arguments, result and failure", () => {
    const call = { type: "mcpToolCall", server: "files", tool: "read", arguments: { path: "a" } };
    const { "text/plain": text } = bundleOf([
      item("1", {
        ...call,
        status: "completed",
        durationMs: 20,
        result: { content: [{ type: "text", text: "content of a" }] },
      }),
      item("2", { ...call, status: "failed", error: { message: "no such file" } }),
    ]);
    expect(text).toContain('files.read({"path":"a"}) (completed, 20 ms)\ncontent of a');
    expect(text).toContain('files.read({"path":"a"}) (failed)\nno such file');
  });

  it("shows pictures that are here, and fetches none", () => {
    const picture = (imageUrl: string) =>
      item(imageUrl, {
        type: "dynamicToolCall",
        tool: "plot",
        arguments: {},
        status: "completed",
        success: true,
        contentItems: [{ type: "inputImage", imageUrl }],
      });
    const { "text/html": html = "" } = bundleOf([
      picture("data:image/png;base64,iVBORw0KGgo="),
      picture("https://attacker.test/leak.png"),
      picture("data:image/svg+xml;base64,PHN2Zz4="),
    ], "completed");
    expect(picturesIn(html)).toEqual(["data:image/png;base64,iVBORw0KGgo="]);
  });

  it("is readable without any style", () => {
    const { "text/html": html = "" } = bundleOf([
      message("m", "Answer"),
      command("c", "built"),
      item("f", {
        type: "fileChange",
        status: "completed",
        changes: [{ path: "a", kind: { type: "update" }, diff: "-old\n+new" }],
      }),
    ]);
    const bare = html.replaceAll(/ style="[^"]*"/g, "");
    expect(textOf(bare)).toMatch(
      /Answer\s+✓ \$ make c exit 0, 1.5 s\s*built\s*✓ update a \(\+1 −1\) completed\s*-old\s+\+new/,
    );
  });

  it("shows the whole of a long answer when it is over, and its end while it grows", () => {
    const text = `${"word ".repeat(20_000)}END`;
    const over = bundleOf([message("m", text)], "completed");
    expect(textOf(over["text/html"] ?? "")).toContain(text);
    expect(over["text/plain"]).toContain(text);
    const growing = [
      item("m", { type: "agentMessage", text: "", phase: null }, "started"),
      { method: "item/agentMessage/delta", params: { itemId: "m", delta: text } },
    ];
    const { "text/html": html = "" } = bundleOf(growing);
    expect(textOf(html)).toMatch(/… 88,003 earlier characters[^]* END/);
  });

  it("renders long Markdown in one go, so that no second and shorter one is needed", () => {
    const text = "a **b** c\n\n- d ".repeat(20_000);
    const { "text/html": html = "", "text/plain": plain } = bundleOf(
      [message("m", text)],
      "completed",
    );
    expect(plain.length).toBeGreaterThan(100_000);
    expect(textOf(html)).toContain("… 190,000 more characters");
  });

  it("folds long work that is over, and leaves short work and live work as they are", () => {
    const work = (number: number) => Array.from({ length: number }, (_, n) => command(`c${n}`, ""));
    const events = [...work(8), message("m", "Done")];
    const { "text/html": html = "", "text/plain": text } = bundleOf(events, "completed");
    expect(html).toMatch(/<summary[^>]*>8 steps: 8 commands<\/summary>[^]*<\/details>[^]*Done/);
    expect(text.match(/\$ make/g)).toHaveLength(8);
    expect(bundleOf(events)["text/html"]).not.toContain("steps");
    expect(bundleOf(work(5), "completed")["text/html"]).not.toContain("steps");
  });

  it("says what failed among the steps it folds", () => {
    const failed = item("f", { type: "commandExecution", command: "x", status: "failed" });
    const events = [...Array.from({ length: 6 }, (_, n) => command(`c${n}`, "")), failed];
    expect(bundleOf(events, "completed")["text/html"]).toContain("7 steps: 7 commands; 1 failed");
  });

  it("has a name for screen readers, wraps long words and keeps mathematics as text", () => {
    const { "text/html": html = "" } = bundleOf([message("m", "$x$")], "completed");
    const [frame] = elementsOf(html);
    expect(Object.fromEntries(frame?.attrs.map(({ name, value }) => [name, value]) ?? []))
      .toMatchObject({
        role: "group",
        "aria-label": expect.stringContaining("Codex turn: ✓ completed"),
        class: expect.stringContaining("mathjax_ignore"),
        style: expect.stringContaining("overflow-wrap:anywhere"),
      });
    expect(textOf(html)).toContain("$x$");
  });

  it("tells equal retries in one line", () => {
    const retry = (n: number) => ({
      method: "error",
      params: { error: { message: `Reconnecting... ${n}/5` }, willRetry: true },
    });
    const { "text/plain": text } = bundleOf([retry(1), retry(2), retry(3)], "completed");
    expect(text).toMatch(/^- trying again: Reconnecting... 3\/5 \(3 times\)\n\[/);
  });

  it("says how much it leaves out", () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `line ${n}\n`).join("");
    const many = Array.from({ length: 500 }, (_, n) => command(`c${n}`, lines));
    const { "text/html": html = "", "text/plain": text } = bundleOf([
      ...many,
      message("m", "x".repeat(300_000)),
    ], "completed");
    expect(html).toMatch(/… \d{3} earlier entries/);
    expect(html).toContain("… 1,800 earlier lines\nline 1800\n");
    expect(html).toMatch(/… 1\d\d,\d{3} more characters/);
    expect(text).toMatch(/… \d{3} earlier entries/);
  });

  it("stays under 50 KB while it runs and under 1 MB ever, with any content", () => {
    const nasty = fc.constantFrom(
      "<",
      '"',
      "\n",
      "\\",
      "𝄞",
      "漢",
      "|a",
      "- x\n",
      "*a ",
      "> ",
      "`",
      "&",
      "\x1b[0m",
      "a",
    );
    const entries = fc.array(
      fc.tuple(nasty, fc.integer({ min: 1, max: 300_000 }), fc.integer({ min: 0, max: 3 })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(entries, fc.integer({ min: 0, max: 400 }), (parts, commands) => {
        const events = [
          ...Array.from({ length: commands }, (_, n) => command(`c${n}`, "<b>\n".repeat(n))),
          ...parts.map(([unit, length, kind], n) => {
            const text = unit.repeat(length / unit.length);
            if (kind === 0) return command(`p${n}`, text);
            if (kind === 1) return message(`p${n}`, text);
            if (kind === 2) {
              return item(`p${n}`, { type: "reasoning", summary: [text], content: [] });
            }
            const changes = [{ path: text, kind: { type: "add" }, diff: text }];
            return item(`p${n}`, { type: "fileChange", status: text, changes });
          }),
        ];
        expect(sizeOf(bundleOf(events))).toBeLessThan(50_000);
        const whole = bundleOf(events, "completed");
        expect(sizeOf(whole)).toBeLessThan(1_000_000);
        expect(harmIn(whole["text/html"] ?? "")).toEqual([]);
      }),
      { numRuns: 5 },
    );
  });
});
