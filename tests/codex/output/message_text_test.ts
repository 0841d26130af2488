import { describe, expect, it } from "vitest";
import { MessageText } from "../../../src/codex/output/message_text.ts";
import type { TurnEvent } from "../../../src/domain/events.ts";

type Step = [method: string, params: object];

/** The texts that the events add, one for each. */
function textsOf(...steps: Step[]): string[] {
  const messages = new MessageText();
  return steps.map(([method, params]) => messages.take({ method, params } as TurnEvent));
}

const delta = (itemId: string, delta: string): Step => [
  "item/agentMessage/delta",
  { itemId, delta },
];
const started = (id: string): Step => ["item/started", { item: { type: "agentMessage", id } }];
const completed = (id: string, text: string, type = "agentMessage"): Step => [
  "item/completed",
  { item: { type, id, text } },
];
const gap: Step = ["local/gap", {}];

describe("MessageText", () => {
  it("gives each delta, and of a whole message what did not come in deltas", () => {
    const steps = [started("a"), delta("a", "On"), delta("a", "e"), completed("a", "One more")];
    expect(textsOf(...steps)).toEqual(["", "On", "e", " more"]);
    expect(textsOf(completed("b", "Two"), delta("c", "Th"), completed("b", "Two"))).toEqual(
      ["Two", "Th", "Two"],
    );
  });

  it("gives nothing of other items and events", () => {
    const plan = completed("a", "A plan", "plan");
    expect(textsOf(plan, ["turn/completed", {}], ["error", {}])).toEqual(["", "", ""]);
    const unknown = { method: "item/agentMessage/delta", params: {}, unknown: true };
    expect(new MessageText().take(unknown as never)).toBe("");
  });

  it("waits after a gap for the end of a message that had begun before it", () => {
    const steps = [
      delta("a", "On"),
      gap,
      delta("a", "cut"),
      started("b"),
      delta("b", "Two"),
      completed("a", "One"),
      completed("b", "Two"),
    ];
    expect(textsOf(...steps)).toEqual(["On", "", "", "", "Two", "e", ""]);
  });
});
