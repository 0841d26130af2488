import { afterEach, describe, expect, it, vi } from "vitest";
import type { ClientTool, ToolContext } from "../../../mod.ts";
import type { ShareOptions } from "../../../src/notebook/share/options.ts";
import { share } from "../../../src/notebook/share/share.ts";
import { cellOutputs } from "../../support/cell_outputs.ts";

const CONTEXT: ToolContext = {
  signal: new AbortController().signal,
  threadId: "t",
  turnId: "u",
  callId: "c",
};

/** The tools of shared values by name. */
function toolsOf(values: object, options: ShareOptions = { approve: "allow" }) {
  const shared = share(values, options);
  const { tools } = shared.components();
  const named = Object.fromEntries(tools.map((tool) => [tool.name, tool as ClientTool]));
  const call = async (name: string, input: object, signal = CONTEXT.signal): Promise<unknown> => {
    try {
      return await named[name]?.run(input, { ...CONTEXT, signal });
    } catch (error) {
      return `FAILED ${error instanceof Error ? error.message : error}`;
    }
  };
  return { shared, named, call, evaluate: (code: string) => call("evaluate", { code }) };
}

afterEach(() => void vi.useRealTimers());

describe("describe", () => {
  it("tells values from getters and from what is not shared", async () => {
    const { call } = toolsOf({
      a: 1,
      get b() {
        return 2;
      },
    });
    expect(await call("describe", { name: "a" })).toBe("a: number\n1");
    expect(await call("describe", { name: "b" })).toBe(
      "FAILED b is a getter, which is not run. Evaluate it",
    );
    for (const name of ["c", "name", "components"]) {
      expect(await call("describe", { name })).toBe(
        `FAILED There is no shared value "${name}". Shared: a, b`,
      );
    }
    expect(await toolsOf({}).call("describe", { name: "x".repeat(101) })).toBe(
      `FAILED There is no shared value "${"x".repeat(100)}". Shared: none`,
    );
  });
});

describe("evaluate", () => {
  it("sees the values, the console, a signal and chart, of which shared ones come first", async () => {
    const { evaluate } = toolsOf({
      a: 1,
      get b() {
        return 2;
      },
    });
    expect(await evaluate("a + b")).toBe("result: 3");
    expect(await evaluate("[typeof chart, signal.aborted]")).toBe('result: ["function", false]');
    expect(await evaluate("console.log('hi')")).toBe("printed:\nhi\nresult: undefined");
    const own = toolsOf({ chart: 1, signal: 2 });
    expect(await own.evaluate("[chart, signal]")).toBe("result: [1, 2]");
  });

  it("says where it failed, and what was printed before", async () => {
    const { evaluate } = toolsOf({});
    expect(await evaluate("1;\n   nope()  ")).toBe(
      "FAILED ReferenceError: nope is not defined\n  at line 2: nope()",
    );
    expect(await evaluate("console.log('hi');\nthrow 5")).toBe(
      "FAILED The code threw 5\nprinted before:\nhi",
    );
    expect(await evaluate(`nope("${"x".repeat(300)}")`)).toBe(
      `FAILED ReferenceError: nope is not defined\n  at line 1: nope("${"x".repeat(194)}`,
    );
  });

  it("is ended after 30 s by default", async () => {
    const { evaluate } = toolsOf({});
    await evaluate("1"); // Loads the parser.
    vi.useFakeTimers();
    let answer: unknown = null;
    const asked = evaluate("await new Promise(() => {})").then((text) => answer = text);
    for (let n = 0; n < 20; n++) await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(answer).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(answer).toMatch(/^FAILED The code was ended: its time limit of 30/);
  });

  it("lets errors of the share itself through", async () => {
    const { evaluate } = toolsOf({
      get broken(): never {
        throw new RangeError("broken getter");
      },
    });
    expect(await evaluate("1")).toBe("FAILED broken getter");
  });
});

describe("assign", () => {
  it("makes a property like any other, and describes it", async () => {
    const { shared, call } = toolsOf({ a: 1 });
    expect(await call("assign", { name: "b", code: "console.log('hi'); [a, 2]" })).toBe(
      "printed:\nhi\nassigned b: array of 2 elements\nelements: number; min 1, max 2, mean 1.5\n" +
        "head:\n  1\n  2",
    );
    expect(Object.getOwnPropertyDescriptor(shared, "b")).toEqual({
      value: [1, 2],
      enumerable: true,
      writable: true,
      configurable: true,
    });
    expect(await call("assign", { name: "a", code: "5" })).toContain("assigned a: number");
    expect(shared.a).toBe(5);
  });

  it("runs no code for a name that cannot be", async () => {
    const { call } = toolsOf({});
    expect(await call("assign", { name: "name", code: "globalThis.assigned = 1" })).toContain(
      "the name is taken",
    );
    expect("assigned" in globalThis).toBe(false);
  });
});

describe("display", () => {
  it("shows a value by its name, or that of code with what it printed", async () => {
    const { call } = toolsOf({ a: "text" });
    using outputs = cellOutputs();
    expect(await call("display", { name: "a" })).toContain("shown to the user as text");
    expect(await call("display", { code: "console.log('hi'); a + 1" })).toMatch(
      /^printed:\nhi\nshown to the user as text/,
    );
    expect(outputs.map(({ bundle }) => bundle["text/plain"])).toEqual(["text", "text1"]);
    expect(await call("display", {})).toBe('FAILED There is no shared value "". Shared: a');
    expect(await call("display", { name: "b" })).toContain("Shared: a");
  });
});

describe("the consent for code", () => {
  const here = "It runs in this process with all its permissions, outside the sandbox.";
  const apart =
    "It runs in a separate process without permissions, on copies of the shared values.";

  it.each<[ShareOptions, string, string, boolean]>([
    [{}, here, "code of the notebook", false],
    [{ approve: "each", name: "mine" }, here, "code of mine", false],
    [{ approve: "session" }, here, "code of the notebook", true],
    [{ worker: true }, apart, "code of the notebook", false],
  ])(
    "with %j says where it runs and how long a yes lasts",
    (options, place, scope, isForSession) => {
      const { named } = toolsOf({}, options);
      const reason = `${place} A yes for the session is for all such code on this thread.`;
      for (const name of ["evaluate", "assign", "display"]) {
        expect(named[name]?.consent?.({ name: "a", code: "1" })).toEqual({
          code: "1",
          reason,
          scope,
          isForSession,
        });
      }
      expect(named.display?.consent?.({ name: "a" })).toBe(null);
      expect(named.describe?.consent).toBe(undefined);
    },
  );

  it("is not asked for where the options allow all", () => {
    const { named } = toolsOf({}, { approve: "allow" });
    expect(named.evaluate?.consent?.({ code: "1" })).toBe(null);
  });
});

describe("the tools of a share", () => {
  async function fits(tool: ClientTool | undefined, input: unknown): Promise<boolean> {
    const schema = await (tool?.input as unknown as () => Promise<
      { safeParse(v: unknown): { success: boolean } }
    >)();
    return schema.safeParse(input).success;
  }

  it("are four, of which two are read-only; without code they are those two", () => {
    const readOnly = ({ named }: { named: Record<string, ClientTool> }) =>
      Object.entries(named).map(([name, tool]) => [name, tool.readOnly ?? false]);
    expect(readOnly(toolsOf({}))).toEqual([
      ["describe", true],
      ["evaluate", false],
      ["display", true],
      ["assign", false],
    ]);
    const safe = toolsOf({}, { readOnly: true });
    expect(readOnly(safe)).toEqual([["describe", true], ["display", true]]);
    expect(toolsOf({}).named.display?.description).toContain("TypeScript code");
    expect(safe.named.display?.description).not.toContain("TypeScript code");
  });

  it.each<[tool: string, input: object, does: boolean]>([
    ["describe", { name: "a" }, true],
    ["describe", {}, false],
    ["evaluate", { code: "1" }, true],
    ["evaluate", { code: "" }, false],
    ["evaluate", { code: "x".repeat(20_000) }, true],
    ["evaluate", { code: "x".repeat(20_001) }, false],
    ["evaluate", {}, false],
    ["assign", { name: "a", code: "1" }, true],
    ["assign", { name: "a" }, false],
    ["assign", { code: "1" }, false],
    ["display", { name: "a" }, true],
    ["display", { code: "1" }, true],
    ["display", { name: "a", code: "1" }, false],
    ["display", {}, false],
  ])("%s takes %j or refuses it", async (name, input, does) => {
    expect(await fits(toolsOf({}).named[name], input)).toBe(does);
  });

  it("say why they refuse a call, and what their fields are", async () => {
    const { named } = toolsOf({});
    const schemaOf = async (name: string) => {
      const schema = await (named[name]?.input as unknown as () => Promise<unknown>)();
      return schema as {
        safeParse(value: unknown): { error: { issues: { message: string }[] } };
        shape: Record<string, { description?: string }>;
      };
    };
    const display = await schemaOf("display");
    expect(display.safeParse({}).error.issues[0]?.message).toBe("Give either name or code");
    expect((await schemaOf("assign")).shape.name?.description).toBe("Name that gets the value");
    expect((await schemaOf("describe")).shape.name?.description).toBe("Name of a shared value");
    expect((await schemaOf("evaluate")).shape.code?.description).toMatch(/^TypeScript;/);
    const safe = toolsOf({}, { readOnly: true }).named.display;
    expect(await fits(safe, { code: "1" })).toBe(false);
    expect(await fits(safe, { name: "a" })).toBe(true);
  });
});
