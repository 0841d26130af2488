import { describe, expect, it } from "vitest";
import { share } from "../../../../src/notebook/mod.ts";
import type { ClientTool, ToolContext } from "../../../../mod.ts";

const sales = [{ month: "May", units: 12 }];
const values = { sales, map: new Map([[1n, new Date(0)]]), fn: () => 1 };

/** Calls a tool of a share whose code runs apart. */
function caller(timeoutMs = 20_000, controller = new AbortController()) {
  const shared = share(values, { worker: true, approve: "allow", timeoutMs });
  const context: ToolContext = {
    signal: controller.signal,
    threadId: "",
    turnId: "",
    callId: "",
  };
  const tools = new Map<string, ClientTool>(
    shared.components().tools.map((tool) => [tool.name, tool]),
  );
  const call = async (name: string, input: unknown): Promise<string> => {
    try {
      return String(await tools.get(name)?.run(input, context));
    } catch (error) {
      return `FAILED ${error instanceof Error ? error.message : error}`;
    }
  };
  return { shared, call, evaluate: (code: string) => call("evaluate", { code }) };
}

describe("worker: true", () => {
  it("runs code on copies, brings values back, and says what is not there", async () => {
    const { shared, evaluate, call } = caller();
    expect(await evaluate("console.log('hi'); sales.push(1); [sales.length, map.get(1n)]")).toBe(
      "printed:\nNot there, because it cannot be copied: fn\nhi\nresult: [2, Date 1970-01-01T00:00:00.000Z]",
    );
    expect(sales.length).toBe(1);
    expect(await evaluate("() => 1")).toContain("result: [function without a name]");
    expect(await call("assign", { name: "best", code: "({ units: sales[0].units as number })" }))
      .toContain("assigned best: object of 1 member");
    expect(shared.best).toEqual({ units: 12 });
    expect(await call("assign", { name: "fails", code: "() => 1" }))
      .toMatch(/^FAILED Cannot bring the value into the notebook/);
    expect(await evaluate("let a = 1;\nnope()"))
      .toContain("FAILED ReferenceError: nope is not defined\n  at line 2: nope()");
  });

  it("brings no result back that is larger than 64 MiB", async () => {
    const { evaluate } = caller(60_000);
    expect(await evaluate('"x".repeat(52_000_000)')).toContain(
      "FAILED The result has more than 67108864 bytes",
    );
  });

  it("has no permission, and its end is not that of the program", async () => {
    const { evaluate } = caller();
    const attempts = [
      'Deno.readTextFileSync("/etc/hostname")',
      'Deno.writeTextFileSync("/tmp/share-apart", "1")',
      'Deno.env.get("HOME")',
      'new Deno.Command("true").outputSync()',
      'await fetch("http://127.0.0.1:80/")',
      '(await import("node:fs")).readFileSync("/etc/hostname")',
    ];
    const outcomes = await Promise.all(attempts.map(evaluate));
    for (const [index, text] of outcomes.entries()) {
      expect([attempts[index], text]).toEqual([
        attempts[index],
        expect.stringMatching(/FAILED (NotCapable|Error|TypeError).*(Requires|access)/),
      ]);
    }
    expect(await evaluate('await import("npm:is-odd@3.0.1")')).toContain("FAILED");
    expect(await evaluate("Deno.exit(3)")).toContain("The code ended its process (exit code 3)");
    const late = await evaluate(`console.log(signal.aborted);
      Promise.reject(5);
      await new Promise((resolve) => setTimeout(() => { setTimeout(resolve); throw 6; }));
      Promise.resolve([7])`);
    for (const line of ["false", "Unhandled rejection: 5", "Uncaught error: 6", "result: [7]"]) {
      expect(late.split("\n")).toContain(line);
    }
  });

  it("is killed at the time limit and at an abort, even in an endless loop", async () => {
    const regexp = '/^(a+)+$/.test("a".repeat(60) + "b")';
    expect(await caller(700).evaluate(regexp)).toMatch(/time limit of 700 ms was reached/);
    const controller = new AbortController();
    const running = caller(20_000, controller).evaluate(regexp);
    controller.abort();
    expect(await running).toContain("FAILED The code was stopped");
  });
});
