import { describe, expect, it, onTestFinished, vi } from "vitest";
import { differenceText, protocolDifference } from "../../../src/protocol/tools/difference.ts";
import { movePin, readVersion } from "../../../src/protocol/tools/move_pin.ts";

const BEFORE = {
  methods: ["thread/start", "thread/rollback"],
  definitions: {
    Turn: { properties: { id: { type: "string" }, old: { properties: { enum: {} } } } },
    Status: { enum: ["idle", "busy"] },
    Gone: {},
  },
};
const AFTER = {
  methods: ["thread/start", "thread/revert"],
  definitions: {
    Turn: { oneOf: [{ properties: { id: { type: "string" }, new: { enum: ["a"] } } }] },
    Status: { enum: ["idle", "waiting"] },
    Fresh: {},
  },
};

describe("protocolDifference", () => {
  it("names methods, definitions, fields and values that came and went", () => {
    expect(differenceText(protocolDifference(BEFORE, AFTER)).split("\n")).toEqual([
      "+ method thread/revert",
      "- method thread/rollback",
      "+ definition Fresh",
      "- definition Gone",
      "+ field Turn.new",
      "- field Turn.enum",
      "- field Turn.old",
      '+ value Status "waiting"',
      '+ value Turn "a"',
      '- value Status "busy"',
    ]);
  });

  it("says so without a difference", () => {
    expect(differenceText(protocolDifference(BEFORE, BEFORE))).toBe("The protocol is the same.");
  });
});

describe("movePin", () => {
  /** Has the steps end like this; the programs they ran, and what was printed. */
  function steps(...successes: boolean[]): { programs: string[][]; printed: string[] } {
    const [programs, printed]: [string[][], string[]] = [[], []];
    const print = (text: string): void => void printed.push(text);
    vi.spyOn(console, "log").mockImplementation(print);
    vi.spyOn(console, "error").mockImplementation(print);
    vi.spyOn(Deno, "Command").mockImplementation(
      function (_program: string, { args = [] }: Deno.CommandOptions) {
        programs.push(args.map((arg) => arg.replace(/^.*\//, "")));
        return { spawn: () => ({ status: Promise.resolve({ success: successes.shift() }) }) };
      } as never,
    );
    onTestFinished(() => void vi.restoreAllMocks());
    return { programs, printed };
  }
  const UPDATE = ["run", "-A", "--no-lock", "pin_update.ts", "0.170.0"];
  const GENERATE = ["run", "-A", "--no-lock", "generate.ts"];

  it("updates the tables, then generates, then says what changed", async () => {
    const { programs, printed } = steps(true, true);
    const same = await readVersion();
    const file = vi.spyOn(Deno, "readTextFile");
    const before = { definitions: { ...same.definitions, Gone: {} } };
    file.mockResolvedValueOnce(JSON.stringify(before));
    expect(await movePin("0.170.0")).toBe(0);
    expect(programs).toEqual([UPDATE, GENERATE]);
    expect(printed).toEqual(["- definition Gone"]);
  });

  it.each([
    [[false], [UPDATE]],
    [[true, false], [UPDATE, GENERATE]],
  ])("stops at a step that fails: %j", async (successes, ran) => {
    const { programs, printed } = steps(...successes);
    expect(await movePin("0.170.0")).toBe(1);
    expect([programs, printed]).toEqual([ran, []]);
  });

  it.each([undefined, "", "0.170", "v0.170.0", "0.170.0-x"])("refuses %j", async (version) => {
    const { programs, printed } = steps();
    expect(await movePin(version)).toBe(2);
    expect([programs, printed]).toEqual([[], [
      "Usage: deno task pin <version>, such as 0.169.0",
    ]]);
  });

  it("knows the methods of the generated table, of each kind", async () => {
    const { methods, definitions } = await readVersion();
    expect(methods).toEqual(
      expect.arrayContaining(["thread/start", "turn/completed", "initialized"]),
    );
    expect(methods.length).toBeGreaterThan(100);
    expect(methods).not.toContain("");
    expect(definitions).toHaveProperty("Turn");
  });
});
