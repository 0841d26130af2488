import { describe, expect, it } from "vitest";
import { show } from "../../../src/notebook/mod.ts";
import { Gate, message, response, startOffline } from "../../../src/testing/mod.ts";

describe("show() of a turn", () => {
  it("counts the tokens that the result counts, also when the first request was cut off", async () => {
    await using codex = await startOffline();
    const usage = { inputTokens: 100, outputTokens: 10 };
    const gate = new Gate();
    codex.model.reply(
      response([message("one")], { usage }),
      message(["half ", gate]),
      response([message("two")], { usage }),
    );
    const thread = await codex.startThread();
    await thread.run("First");
    const turn = await thread.startTurn("Second");
    let shown = "";
    const showing = show(turn, { write: (text) => void (shown += text) });
    await gate.reached();
    await turn.steer("and more");
    const result = await showing;
    gate.open();
    expect(result.usage?.totalTokens).toBe(110);
    expect(shown).toContain("110 tokens (100 in, 10 out)");
  });
});
