import { describe, expect, it } from "vitest";
import type { ApprovalRequest, Thread, ThreadOptions } from "../../../mod.ts";
import { share } from "../../../src/notebook/mod.ts";
import { startOffline, toolCall } from "../../../src/testing/mod.ts";
import { ShareRig } from "./share_rig.ts";

const sales = [{ month: "May", units: 12 }];

/** What the model got for each call of one reply, in order. */
async function outputs(
  codex: Awaited<ReturnType<typeof startOffline>>,
  thread: Thread,
  ...calls: readonly (readonly [name: string, args: Record<string, string>])[]
): Promise<string[]> {
  const ids = calls.map(() => crypto.randomUUID());
  const parts = calls.map(([name, args], index) => toolCall(name, args, { callId: ids[index] }));
  for (const part of parts) codex.model.reply(part);
  codex.model.reply("done");
  await thread.run("Go");
  const last = codex.model.requests.at(-1);
  return ids.map((id) => last?.toolOutput(id)?.text ?? "no output");
}

describe("the consent to run code", () => {
  it("is asked of the thread's handler for each call, with the code in full", async () => {
    const asked: ApprovalRequest[] = [];
    const answers = ["accept", "decline", "accept"] as const;
    await using codex = await startOffline({
      onApproval: (request) => answers[asked.push(request) - 1] ?? "decline",
    });
    const shared = share({ sales });
    const thread = await codex.startThread({ connectors: [shared] });
    const texts = await outputs(
      codex,
      thread,
      ["describe", { name: "sales" }],
      ["evaluate", { code: "globalThis.ran = 1;\nsales.length" }],
      ["evaluate", { code: "globalThis.ran = 2" }],
      ["assign", { name: "best", code: "sales[0].month" }],
    );
    expect(texts[0]).toContain("sales: array of 1 element");
    expect(texts[1]).toBe("result: 1");
    expect(texts[2]).toBe("The tool evaluate of the notebook was declined by the user");
    expect(Reflect.get(globalThis, "ran")).toBe(1);
    expect(shared.best).toBe("May");
    expect(asked.map((request) => request.kind === "elicitation" && request.code))
      .toEqual(["globalThis.ran = 1;\nsales.length", "globalThis.ran = 2", "sales[0].month"]);
    Reflect.deleteProperty(globalThis, "ran");
  });

  it("is missing without a handler, in deny-all, and when the handler throws", async () => {
    await using codex = await startOffline();
    const call = ["evaluate", { code: "globalThis.ranAlone = 1" }] as const;
    const handlers: readonly ThreadOptions[] = [
      {},
      { approvalMode: "deny-all", onApproval: () => "accept" },
      { onApproval: () => Promise.reject(new Error("no")) },
    ];
    for (const options of handlers) {
      const thread = await codex.startThread({ ...options, connectors: [share({})] });
      expect((await outputs(codex, thread, call))[0]).toMatch(
        /declined by the user|no handler to ask/,
      );
    }
    expect("ranAlone" in globalThis).toBe(false);
  });

  it("holds for the session, or is not needed, where the options say so", async () => {
    let asked = 0;
    await using codex = await startOffline({
      onApproval: () => {
        asked++;
        return "accept";
      },
    });
    const calls = [["evaluate", { code: "1" }], ["assign", { name: "a", code: "2" }]] as const;
    const counts: number[] = [];
    for (const approve of ["each", "session", "allow"] as const) {
      asked = 0;
      const thread = await codex.startThread({ connectors: [share({}, { approve })] });
      expect((await outputs(codex, thread, ...calls))[0]).toBe("result: 1");
      counts.push(asked);
    }
    expect(counts).toEqual([2, 1, 0]);
  });

  it("has no effect on a read-only share, which runs no code", async () => {
    await using codex = await startOffline({ onApproval: () => "accept" });
    const shared = share({ sales }, { readOnly: true });
    expect(shared.components().tools.map(({ name }) => name)).toEqual(["describe", "display"]);
    const thread = await codex.startThread({ connectors: [shared] });
    const texts = await outputs(codex, thread, ["display", { code: "1" }], ["evaluate", {
      code: "1",
    }]);
    expect(texts[0]).toMatch(/do not fit its schema/);
    expect(texts[1]).toMatch(/unsupported call/);
  });

  it("shows the code in the card of the notebook, and a click lets it run", async () => {
    await using rig = await ShareRig.start(`
      const shared = share({ units: [1, 2] });
      const asking = await codex.startThread({
        connectors: [shared],
        onApproval: askApproval({ prompt: () => "y" }),
      });
      codex.model.reply(toolCall("evaluate", { code: "const a = 1;\\n// <b>\\nunits.length + a" }), "3");`);
    const { html, text } = await rig.run('(await show(asking, "Count")).finalResponse');
    const card = html.find((each) => each.includes("Let the notebook run this code")) ?? "";
    expect(card).toContain("with all its permissions, outside the sandbox");
    expect(card).toMatch(/<pre[^>]*><code>.*const.* a = .*1.*;\n.*&lt;b&gt;/);
    expect(text).toContain("result: 3");
  });
});

describe("display", () => {
  it("gives the model the picture, and the card and the transcript have it with the code", async () => {
    await using codex = await startOffline();
    const png =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const code = `const png: string = "${png}";\nUint8Array.fromBase64(png)`;
    const thread = await codex.startThread({ connectors: [share({}, { approve: "allow" })] });
    codex.model.reply(toolCall("display", { code }, { callId: "shown" }), "done");
    await thread.run("Show");
    const output = JSON.stringify(codex.model.requests.at(-1)?.toolOutput("shown")?.output);
    expect(output).toContain("shown to the user as an image");
    expect(output).toContain(`data:image/png;base64,${png}`);
    const [markdown, html] = [await thread.toMarkdown(), await thread.toHtml()];
    expect(markdown).toContain("```ts\nconst png: string");
    expect(markdown).toContain(`![picture](data:image/png;base64,${png})`);
    expect(html).toMatch(/<details open>.*display.*<code>.*const.*Uint8Array/s);
    expect(html).toContain(`<img src="data:image/png;base64,${png}"`);
  });
});

describe("two threads that share different values", () => {
  it("never see each other's", async () => {
    await using codex = await startOffline();
    const [mine, yours] = [
      share({ mine: "my secret" }, { approve: "allow" }),
      share({ yours: "your secret" }, { approve: "allow" }),
    ];
    const first = await codex.startThread({ connectors: [mine] });
    const second = await codex.startThread({ connectors: [yours] });
    const seen = await outputs(
      codex,
      first,
      ["describe", { name: "yours" }],
      ["evaluate", { code: "typeof yours" }],
      ["display", { name: "yours" }],
      ["assign", { name: "yours", code: "1" }],
    );
    expect(seen[0]).toBe('There is no shared value "yours". Shared: mine');
    expect(seen[1]).toBe("result: undefined");
    expect(yours.yours).toBe("your secret");
    expect((await outputs(codex, second, ["evaluate", { code: "typeof mine + yours" }]))[0])
      .toBe("result: undefinedyour secret");
    const texts = codex.model.requests.filter((request) => request.threadId === first.id)
      .map((request) => JSON.stringify(request.body));
    expect(texts.join().includes("your secret")).toBe(false);
  });
});

describe("share()", () => {
  it("refuses what code could not use, with the reason", () => {
    for (
      const name of [
        "class",
        "a b",
        "",
        "1a",
        "name",
        "components",
        "then",
        "await",
        "let",
        "x;alert(1)",
      ]
    ) {
      expect(() => share({ [name]: 1 })).toThrow(
        /^Cannot share a value as ".*Choose another name$/,
      );
    }
    expect(() => share(JSON.parse('{ "__proto__": 1 }'))).toThrow("the name is taken");
    expect(() => share(sales)).toThrow("Pass an object, such as share({ sales })");
    expect(() => share({}, { aprove: "allow" } as never)).toThrow("Use approve");
    expect(() => share({}, { approve: "always" as never })).toThrow('Use "each"');
    for (const name of ["", " ", 5 as never]) {
      expect(() => share({}, { name })).toThrow("name must be a string");
    }
    for (const timeoutMs of [0, -1, 3_600_001, NaN]) {
      expect(() => share({}, { timeoutMs })).toThrow(RangeError);
    }
    for (const timeoutMs of [0.5, 3_600_000]) share({}, { timeoutMs });
  });

  it("runs no getter of the values, and leaves the caller's object alone", () => {
    const values = {
      get costly(): never {
        throw new Error("run");
      },
      sales,
    };
    const shared = share(values);
    expect(Object.keys(shared)).toEqual(["costly", "sales"]);
    expect(Object.keys(values)).toEqual(["costly", "sales"]);
    expect(shared.components().developerInstructions).toContain("- costly: getter\n- sales: array");
  });
});
