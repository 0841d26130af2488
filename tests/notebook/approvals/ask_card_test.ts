import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApprovalRequest } from "../../../mod.ts";
import { askApproval, type AskOptions } from "../../../src/notebook/approvals/ask.ts";
import { stopAll } from "../../../src/stop.ts";
import { type CellOutput, cellOutputs } from "../../support/cell_outputs.ts";

const PLACE = { threadId: "t", turnId: "u", itemId: "i" };
const COMMAND = { kind: "command", ...PLACE, command: "ls", cwd: null, reason: null };
const FORM = { type: "object", properties: { a: { type: "string" } } };
const ELICITATION = {
  kind: "elicitation",
  ...PLACE,
  serverName: "shop",
  message: null,
  requestedSchema: null,
  toolName: null,
  toolArguments: null,
  params: null,
};
const ASKING = {
  kind: "userInput",
  ...PLACE,
  questions: [
    { id: "pin", header: "PIN", question: "Which PIN?", isSecret: true },
    { id: "name", header: "Name", question: "Whose name?" },
  ],
};

let outputs: CellOutput[] & Disposable;
/** What the input box was asked, and what is typed into it. */
let boxes: unknown[][];
let typed: string | null;

beforeEach(() => {
  vi.useFakeTimers();
  outputs = cellOutputs();
  [boxes, typed] = [[], "y"];
  vi.spyOn(globalThis, "prompt").mockImplementation((...question) => {
    boxes.push(question);
    return typed;
  });
});

afterEach(() => {
  outputs[Symbol.dispose]();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A question that is being asked, and its answer as soon as there is one. */
function asking(request: object, options: AskOptions = {}, signal = new AbortController().signal) {
  const question: { answer?: unknown; error?: unknown } = {};
  void Promise.resolve(askApproval(options)(request as ApprovalRequest, { signal })).then(
    (answer) => question.answer = answer,
    (error) => question.error = error,
  );
  return question;
}

const last = (): string => outputs.at(-1)?.bundle["text/plain"] ?? "";

/** The addresses in the card that was shown last, by the names of their buttons. */
function buttons(): Record<string, string> {
  const html = outputs.at(-1)?.bundle["text/html"] ?? "";
  const urls = html.match(/http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]+\/\w+/g) ?? [];
  return Object.fromEntries(urls.map((url) => [url.split("/").at(-1), url]));
}

async function click(url = ""): Promise<void> {
  const headers = { origin: "http://localhost:8888" };
  await (await fetch(url, { method: "POST", headers })).body?.cancel();
  await vi.advanceTimersByTimeAsync(0);
}

describe("a question with buttons", () => {
  it("is answered by a click, however long it takes, and says how", async () => {
    const question = asking(COMMAND);
    await vi.advanceTimersByTimeAsync(0);
    expect(Object.keys(buttons()).sort()).toEqual([
      "accept",
      "acceptForSession",
      "cancel",
      "decline",
      "hello",
    ]);
    const html = outputs[0]?.bundle["text/html"] ?? "";
    expect(html.replace(/<[^>]*>/g, "|")).toMatch(
      /\|Yes\|.*\|Yes, for the session\|.*\|No\|.*\|No, and stop the turn\|/,
    );
    const { hello, acceptForSession } = buttons();
    await click(hello);
    await vi.advanceTimersByTimeAsync(100_000);
    expect([boxes, question, vi.getTimerCount()]).toEqual([[], {}, 0]);
    await click(acceptForSession);
    await vi.advanceTimersByTimeAsync(100);
    expect(question.answer).toBe("acceptForSession");
    expect(last()).toContain("[acceptForSession]");
    expect(outputs.at(-1)).toMatchObject({ update: true, display_id: outputs[0]?.display_id });
    expect(buttons()).toEqual({});
    await expect(click(hello)).rejects.toThrow(TypeError);
  });

  it("is asked in the input box where no page says hello within 1.5 s", async () => {
    const question = asking(COMMAND);
    await vi.advanceTimersByTimeAsync(1499);
    expect(Object.keys(buttons()).length).toBe(5);
    await vi.advanceTimersByTimeAsync(1);
    expect(buttons()).toEqual({});
    expect(last()).toContain("[waits for an answer]");
    await vi.advanceTimersByTimeAsync(149);
    expect(boxes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(boxes).toEqual([[
      "Run this command? ls\ny = yes, s = yes for the session, n = no, c = no and stop the turn: ",
    ]]);
    await vi.advanceTimersByTimeAsync(100);
    expect(question.answer).toBe("accept");
    expect(last()).toContain("[accept]");
  });

  it.each<[string, object, boolean]>([
    ["permissions", { kind: "permissions", ...PLACE, permissions: {} }, true],
    ["an address", ELICITATION, true],
    ["a tool", { ...ELICITATION, toolName: "buy", requestedSchema: FORM }, true],
    ["a form", { ...ELICITATION, requestedSchema: FORM }, false],
    ["the model's questions", ASKING, false],
  ])("is there for what one word answers: %s", async (_, request, hasButtons) => {
    const stop = new AbortController();
    const question = asking(request, {}, stop.signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(Object.keys(buttons()).length).toBe(hasButtons ? 5 : 0);
    stop.abort();
    await vi.advanceTimersByTimeAsync(1000);
    expect(question.answer).toBe("decline");
  });

  it("is not there where the caller prompts", async () => {
    const question = asking(COMMAND, { prompt: () => "c" });
    await vi.advanceTimersByTimeAsync(0);
    expect(buttons()).toEqual({});
    await vi.advanceTimersByTimeAsync(1000);
    expect([question.answer, boxes]).toEqual(["cancel", []]);
  });
});

describe("a question that is withdrawn", () => {
  const reason = new DOMException("Stopped by the user", "AbortError");

  it("before a page said hello, or after it, is declined and not prompted for", async () => {
    for (const isSeen of [false, true]) {
      for (const end of ["abort", "stop"]) {
        const stop = new AbortController();
        const question = asking(COMMAND, {}, stop.signal);
        await vi.advanceTimersByTimeAsync(0);
        const { hello } = buttons();
        if (isSeen) await click(hello);
        if (end === "abort") stop.abort(reason);
        else stopAll(reason);
        await vi.advanceTimersByTimeAsync(1000);
        expect([question, boxes, vi.getTimerCount()]).toEqual([{ answer: "decline" }, [], 0]);
        expect(last()).toContain("[withdrawn]");
        await expect(click(hello)).rejects.toThrow(TypeError);
      }
    }
  });

  it("while another one is prompted for is never shown in the box", async () => {
    const gate = Promise.withResolvers<string>();
    const first = asking(COMMAND, { prompt: () => gate.promise });
    const stop = new AbortController();
    const second = asking(COMMAND, { prompt: () => "y" }, stop.signal);
    await vi.advanceTimersByTimeAsync(1000);
    stop.abort(reason);
    expect([first, second]).toEqual([{}, {}]);
    gate.resolve("n");
    await vi.advanceTimersByTimeAsync(1000);
    expect([first, second]).toEqual([{ answer: "decline" }, { answer: "decline" }]);
    expect(outputs.filter(({ update }) => !update).length).toBe(2);
    expect(last()).toContain("[withdrawn]");
  });

  it("while its prompt waits ends at once, also when the prompt fails for that", async () => {
    for (const isFailing of [false, true]) {
      const stop = new AbortController();
      const failing = () =>
        new Promise<string>((_, reject) =>
          stop.signal.addEventListener("abort", () => reject(new Error("closed")))
        );
      const prompt = isFailing ? failing : () => new Promise<string>(() => {});
      const question = asking(COMMAND, { prompt }, stop.signal);
      await vi.advanceTimersByTimeAsync(1000);
      stop.abort(reason);
      await vi.advanceTimersByTimeAsync(1000);
      expect(question).toEqual({ answer: "decline" });
      expect(last()).toContain("[withdrawn]");
    }
  });

  it("counts no answer that was typed when Stop was already on its way", async () => {
    const prompt = () => {
      setTimeout(() => stopAll(reason), 0);
      return "y";
    };
    const question = asking(COMMAND, { prompt });
    await vi.advanceTimersByTimeAsync(1000);
    expect(question.answer).toBe("decline");
    expect(last()).toContain("[withdrawn]");
  });
});

describe("the input box", () => {
  it("hides what is typed where the question is secret", async () => {
    typed = "typed";
    const question = asking(ASKING);
    await vi.advanceTimersByTimeAsync(1000);
    expect(boxes).toEqual([["Which PIN? ", "", { password: true }], ["Whose name? "]]);
    expect(question.answer).toEqual({
      answers: { pin: { answers: ["typed"] }, name: { answers: ["typed"] } },
    });
    expect(last()).toContain("[answered]");
  });

  it("says how a form was answered", async () => {
    asking({ ...ELICITATION, requestedSchema: FORM });
    await vi.advanceTimersByTimeAsync(1000);
    expect(boxes).toEqual([["a (may be empty) "]]);
    expect(last()).toContain("[accept]");
  });

  it("rejects as its prompt does", async () => {
    const question = asking(COMMAND, { prompt: () => Promise.reject(new Error("no input")) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(question.error).toMatchObject({ message: "no input" });
  });
});

describe("the terminal", () => {
  it("has the card above the line, and hides nothing that is typed", async () => {
    outputs[Symbol.dispose]();
    typed = "1234";
    const question = asking(ASKING);
    await vi.advanceTimersByTimeAsync(0);
    expect(question.answer).toMatchObject({ answers: { pin: { answers: ["1234"] } } });
    expect(boxes.map((box) => [box.length, String(box[0]).split("\n").at(-1)])).toEqual([
      [1, "Which PIN?"],
      [1, "Whose name?"],
    ]);
    expect(outputs.length).toBe(0);
  });

  it("refuses options that are not there", () => {
    expect(() => askApproval({ promt: () => "y" } as never)).toThrow('no option "promt"');
  });
});
