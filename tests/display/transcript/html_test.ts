import MarkdownIt from "npm:markdown-it@15.0.3";
import { describe, expect, it } from "vitest";
import { transcriptHtml } from "../../../src/display/transcript/html.ts";
import { transcriptMarkdown } from "../../../src/display/transcript/markdown.ts";
import type { ThreadSnapshot } from "../../../src/domain/thread_summary.ts";
import { applyPatch, execCommand, startOffline } from "../../../src/testing/mod.ts";
import { harmIn, textOf } from "../../support/html.ts";
import { HOSTILE_TEXTS } from "../../support/hostile_texts.ts";

describe("thread.toHtml() and toMarkdown()", () => {
  it("hold every turn, in order, with what was done", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread({ sandbox: "workspace-write" });
    codex.model.reply(
      execCommand("echo 'a ``` b'"),
      applyPatch("*** Begin Patch\n*** Add File: plan.txt\n+Step one\n*** End Patch"),
      "**Done**",
    );
    await thread.run("First <b>question</b>");
    await thread.run("Second question");
    await thread.rename("Notes & plans");
    const [html, markdown] = [await thread.toHtml(), await thread.toMarkdown()];
    expect(html).toMatch(/^<!doctype html>[^]*<title>Notes &amp; plans<\/title>/);
    expect(html).toContain("<strong>Done</strong>");
    expect(textOf(html)).toMatch(
      /First <b>question<\/b>[^]*echo [^]*add .*plan.txt[^]*Done[^]*Second question/,
    );
    expect(markdown).toMatch(
      /^# Notes &\u2060 plans\n[^]*## Turn 1\n\n> First [^]*````sh\n.*echo[^]*```diff\n\+Step one[^]*\*\*Done\*\*[^]*## Turn 2/,
    );
  });

  it("reject with the reason of the signal", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(thread.toHtml({ signal })).rejects.toThrow("enough");
    await expect(thread.toMarkdown({ signal })).rejects.toThrow("enough");
  });

  it("are harmless for any text", async () => {
    for (const text of HOSTILE_TEXTS) {
      const items = [
        { id: "u", type: "userMessage", content: [{ type: "text", text }] },
        { id: "m", type: "agentMessage", text },
        { id: "c", type: "commandExecution", command: text, cwd: "/", status: "completed" },
      ];
      const thread = {
        id: text,
        name: text,
        preview: text,
        cwd: text,
        model: text,
        status: "idle",
        createdAt: new Date(0),
        updatedAt: new Date(0),
        turns: [{ id: "t", status: "completed", items, durationMs: 1 }],
      } as unknown as ThreadSnapshot;
      const body = (await transcriptHtml(thread)).replace(/^[^]*<body>/, "");
      expect(harmIn(body.replaceAll(/<\/?section>|<\/(?:body|html)>/g, ""))).toEqual([]);
      const rendered = new MarkdownIt({ html: true }).render(transcriptMarkdown(thread));
      expect(harmIn(rendered).filter((harm) => !/^<(?:img|code class)|%E2%81%A0/.test(harm)))
        .toEqual([]);
    }
  });
});
