import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import { TurnView } from "../../../src/display/mod.ts";
import { type PartialEvent, show } from "../../support/turn_view.ts";
import { TurnPrinter } from "../../../src/notebook/terminal/printer.ts";

type Event = PartialEvent;

function printed(events: readonly Event[], facts = { elapsedMs: null }): string {
  const view = new TurnView();
  let text = "";
  const printer = new TurnPrinter(view, (piece) => {
    expect(piece).not.toBe("");
    text += piece;
  });
  for (const event of events) {
    show(view, event);
    printer.print();
  }
  printer.end(facts);
  return text;
}

function message(method: "started" | "completed", text: string): Event {
  return { method: `item/${method}`, params: { item: { id: "m", type: "agentMessage", text } } };
}

function delta(text: string): Event {
  return { method: "item/agentMessage/delta", params: { itemId: "m", delta: text } };
}

describe("TurnPrinter", () => {
  it("writes every character of a message once, however it came", () => {
    fc.assert(fc.property(fc.array(fc.string()), (pieces) => {
      const text = pieces.join("");
      const events = [message("started", ""), ...pieces.map(delta), message("completed", text)];
      expect(printed(events)).toBe(`${text}${text === "" ? "" : "\n"}[… running]\n`);
    }));
  });

  it("waits with a command until it is done, and keeps the order", () => {
    const command = (method: string, facts: Record<string, unknown>): Event => ({
      method,
      params: { item: { id: "c", type: "commandExecution", command: "ls", cwd: "/", ...facts } },
    });
    expect(printed([
      command("item/started", { status: "inProgress" }),
      message("started", "Later"),
      command("item/completed", {
        status: "completed",
        exitCode: 0,
        aggregatedOutput: "a\x1b[0m\n",
      }),
      message("completed", "Later"),
    ])).toBe("$ ls (exit 0)\na\nLater\n[… running]\n");
  });

  it("ends the line of a message that is dropped, and tells that it was", () => {
    expect(printed([
      message("started", ""),
      delta("half a sen"),
      { method: "local/itemAbandoned", params: { itemId: "m", reason: "steer" } },
    ])).toBe("half a sen\n- message dropped (steer)\n[… running]\n");
  });

  it("writes what was not done at the end as well", () => {
    expect(printed([message("started", "cut off")])).toBe("cut off\n[… running]\n");
  });

  it("spells out control sequences of a message, however they arrive", () => {
    const end = "\n[… running]\n";
    expect(printed([message("started", ""), delta("a\x1b[2J"), delta("\x1b]0;t\x07b")]))
      .toBe(`a\\u{1b}[2J\\u{1b}]0;t\\u{7}b${end}`);
    expect(printed([message("completed", "\x9b31mred")])).toBe(`\\u{9b}31mred${end}`);
  });
});
