import { z } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { type ClientTool, defineTool } from "../../../mod.ts";
import { toToolSpecs } from "../../../src/codex/tools/define.ts";

const whole = {
  name: "weather",
  description: "Tells the weather",
  input: z.object({ city: z.string(), days: z.number().default(1) }),
  run: () => "rain",
};
const define = (change: object): ClientTool => defineTool({ ...whole, ...change } as never);

describe("defineTool()", () => {
  it("gives a copy of what it takes, with every part", () => {
    const tool = { ...whole, readOnly: true, consent: () => null };
    const defined = defineTool(tool);
    expect(defined).toEqual(tool);
    expect(defined).not.toBe(tool);
    expect(define({ input: () => Promise.resolve(whole.input) }).name).toBe("weather");
    for (const name of ["a", "A-b_9", "x".repeat(64)]) expect(define({ name }).name).toBe(name);
  });

  it.each<[object, string]>([
    [{ name: "" }, 'the tool "": its name is not usable. Use 1 to 64 letters, digits, _ and -'],
    [{ name: "two words" }, 'the tool "two words": its name is not usable'],
    [{ name: "x".repeat(65) }, "its name is not usable"],
    [{ name: 7 }, "the tool 7: its name is not usable"],
    [{ name: "mcp__x" }, "the tool mcp__x: mcp__ is reserved. Choose another name"],
    [{ consent: true }, "its consent is not a function. Pass one, or leave it out"],
    [{ run: "rain" }, "run is not a function. Pass one"],
    [{ description: undefined }, "its description is not a string. Say what it does"],
    [{ input: { type: "object" } }, "its input is not a schema of Zod 4. Pass a z.object"],
    [{ input: { _zod: {} } }, "its input is not a schema of Zod 4"],
    [{ input: { safeParseAsync: () => {} } }, "its input is not a schema of Zod 4"],
    [{ input: null }, "its input is not a schema of Zod 4"],
    [{ runs: 1 }, 'there is no option "runs". Use run'],
  ])("refuses %j", (change, message) => {
    expect(() => define(change)).toThrow(TypeError);
    expect(() => define(change)).toThrow(message);
  });

  it("refuses nothing at all", () => {
    for (const tool of [undefined, null]) {
      expect(() => defineTool(tool as never)).toThrow(
        "Cannot define the tool: its options are null",
      );
    }
  });
});

describe("toToolSpecs()", () => {
  it("has the schema of what the model writes, which is not what the tool gets", async () => {
    const [spec, ...others] = await toToolSpecs([define({ readOnly: true })]);
    expect(others).toEqual([]);
    expect(spec).toEqual({
      type: "function",
      name: "weather",
      description: "Tells the weather",
      inputSchema: {
        type: "object",
        properties: { city: { type: "string" }, days: { type: "number", default: 1 } },
        required: ["city"],
      },
    });
    const dated = define({ input: () => Promise.resolve(z.object({ on: z.date() })) });
    expect(await toToolSpecs([dated])).toMatchObject([{
      inputSchema: { type: "object", properties: { on: {} } },
    }]);
    expect(await toToolSpecs([])).toEqual([]);
  });

  it("refuses arguments that are no object", async () => {
    await expect(toToolSpecs([define({ input: z.string() })])).rejects.toThrow(
      "Cannot use the tool weather: its input is not an object. Pass a z.object",
    );
  });
});
