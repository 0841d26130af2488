import { z } from "npm:zod@4.6.7";
import { z as z40 } from "npm:zod@4.0.17";
import * as mini from "npm:zod@4.0.17/mini";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { OutputValidationError, type Thread, type ZodSchema } from "../../../mod.ts";
import {
  Gate,
  message,
  type OfflineCodex,
  response,
  startOffline,
} from "../../../src/testing/mod.ts";

// Several turns on the real runtime, some with repairs.
vi.setConfig({ testTimeout: 60_000 });

let running: Promise<OfflineCodex> | undefined;

/** The one of the running test. */
function codexOfTest(): Promise<OfflineCodex> {
  running ??= startOffline({ modelOptions: { fallback: "fail" } }).then((codex) => {
    onTestFinished(async () => {
      running = undefined;
      await codex.close();
    });
    return codex;
  });
  return running;
}

/** Runs one turn that answers with `answer`, as JSON unless it is a text. */
async function ask<Output, Input>(
  schema: ZodSchema<Output, Input>,
  answer: unknown,
  options: { repair?: number; more?: unknown[] } = {},
) {
  const { repair = 0, more = [] } = options;
  const codex = await codexOfTest();
  codex.model.clear();
  const before = codex.model.requests.length;
  for (const each of [answer, ...more]) codex.model.reply(message(textOf(each)));
  const thread = await codex.startThread();
  const outcome = await thread.run("Answer", { output: schema, repair })
    .then((result) => ({ result, error: null }), (error: unknown) => ({ result: null, error }));
  return { ...outcome, requests: codex.model.requests.slice(before) };
}

function textOf(answer: unknown): string {
  return typeof answer === "string" ? answer : JSON.stringify(answer);
}

/** The schema as it went over the wire. */
async function sent(schema: ZodSchema<unknown>): Promise<unknown> {
  const { requests, error } = await ask(schema, "{}");
  if (error && !(error instanceof OutputValidationError)) throw error;
  return requests[0]?.outputSchema;
}

describe("a typed answer", () => {
  const person = z.object({
    name: z.string().describe("Full name"),
    age: z.int().min(0),
    email: z.email().optional(),
  });

  it("is checked, and typed", async () => {
    const { result, requests } = await ask(person, { name: "Ada", age: 36, email: null });
    expect(result?.output).toEqual({ name: "Ada", age: 36 });
    const name: string | undefined = result?.output.name;
    expect(name).toBe("Ada");
    expect(result?.rejected).toEqual([]);
    expect(result?.finalResponse).toContain("Ada");
    expect(requests[0]?.outputSchema).toEqual({
      type: "object",
      properties: {
        name: { type: "string", description: "Full name" },
        age: { type: "integer", minimum: 0 },
        email: { anyOf: [{ type: "string", format: "email" }, { type: "null" }] },
      },
      required: ["name", "age", "email"],
      additionalProperties: false,
    });
  });

  it("that does not fit rejects with the text, the issues and the result", async () => {
    const { error } = await ask(person, { name: "Ada", age: -1, email: "nobody" });
    expect(error).toBeInstanceOf(OutputValidationError);
    const { text, issues, result, message } = error as OutputValidationError;
    expect(text).toContain("nobody");
    expect(issues.map(({ path }) => path.join("."))).toEqual(["age", "email"]);
    expect(result).toMatchObject({
      status: "completed",
      usage: { inputTokens: expect.any(Number) },
    });
    expect(message).not.toContain("nobody");
  });

  it("that is not JSON, or missing, rejects alike", async () => {
    expect((await ask(person, "I would rather not")).error).toMatchObject({
      text: "I would rather not",
      issues: [{ path: [], message: "the answer is not JSON" }],
    });
  });

  it("is asked for again with the issues, as often as wanted", async () => {
    const wrong = { name: "Ada", age: -1, email: null };
    const right = { name: "Ada", age: 36, email: null };
    const { result, requests } = await ask(person, wrong, { repair: 2, more: ["no", right] });
    expect(result?.output.age).toBe(36);
    expect(result?.rejected.map(({ text }) => text)).toEqual([JSON.stringify(wrong), "no"]);
    const turnIds = [...result?.rejected.map(({ result }) => result.turnId) ?? [], result?.turnId];
    expect(new Set(turnIds).size).toBe(3);
    expect(requests).toHaveLength(3);
    expect(requests[1]?.lastUserText).toContain("- age:");
    expect(requests[1]?.outputSchema).toEqual(requests[0]?.outputSchema);
    expect(requests[2]?.lastUserText).toContain("not JSON");
  });

  it("costs what all its turns cost", async () => {
    await using codex = await startOffline();
    const answers = ["no", "neither", '{"name":"Ada","age":36,"email":null}'];
    for (const [index, answer] of answers.entries()) {
      const usage = { inputTokens: 100 * (index + 1), outputTokens: 10, cachedInputTokens: 1 };
      codex.model.reply(response([message(answer)], { usage }));
    }
    const thread = await codex.startThread();
    const { usage, rejected } = await thread.run("Answer", { output: person, repair: 2 });
    expect(usage).toMatchObject({
      inputTokens: 600,
      outputTokens: 30,
      cachedInputTokens: 3,
      totalTokens: 630,
      thread: { totalTokens: 630 },
    });
    expect(rejected.map(({ result }) => result.usage?.totalTokens)).toEqual([110, 210]);
  });

  it("that stays wrong rejects with all that was tried", async () => {
    const { error, requests } = await ask(person, "one", { repair: 1, more: ["two"] });
    expect(error).toMatchObject({ text: "two", rejected: [{ text: "one" }] });
    expect(requests).toHaveLength(2);
  });

  it("keeps a null that the schema allows, and takes out one that stands for nothing", async () => {
    const schema = z.object({
      nullable: z.string().nullable(),
      nullish: z.string().nullish(),
      optional: z.string().optional(),
      filled: z.string().default("default"),
      inner: z.object({ optional: z.number().optional() }).optional(),
      list: z.array(z.object({ optional: z.boolean().optional() })),
    });
    const { result } = await ask(schema, {
      nullable: null,
      nullish: null,
      optional: null,
      filled: null,
      inner: { optional: null },
      list: [{ optional: null }, { optional: true }],
    });
    expect(result?.output).toEqual({
      nullable: null,
      nullish: null,
      filled: "default",
      inner: {},
      list: [{}, { optional: true }],
    });
    expect(Object.keys(result?.output ?? {})).not.toContain("optional");
  });

  it("may be recursive", async () => {
    interface Node {
      name: string;
      children?: Node[] | undefined;
    }
    const node: z.ZodType<Node> = z.object({
      name: z.string(),
      get children() {
        return z.array(node).optional();
      },
    });
    const tree = { name: "a", children: [{ name: "b", children: null }] };
    const { result, requests } = await ask(node, tree);
    expect(result?.output).toEqual({ name: "a", children: [{ name: "b" }] });
    expect(requests[0]?.outputSchema).toMatchObject({
      properties: { children: { anyOf: [{ items: { $ref: "#" } }, { type: "null" }] } },
    });
    const list = await ask(z.array(node), { value: [tree] });
    expect(list.result?.output).toEqual([{ name: "a", children: [{ name: "b" }] }]);
  });

  it("may be a union whose members are told apart by their shape", async () => {
    const schema = z.object({
      event: z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("at"), when: z.date() }),
        z.object({ kind: z.literal("note"), when: z.string(), by: z.string().optional() }),
      ]),
    });
    const at = await ask(schema, { event: { kind: "at", when: "2026-01-02T03:04:05Z" } });
    expect(at.result?.output.event.when).toEqual(new Date("2026-01-02T03:04:05Z"));
    const note = await ask(schema, { event: { kind: "note", when: "2026-01-02", by: null } });
    expect(note.result?.output).toEqual({ event: { kind: "note", when: "2026-01-02" } });
  });

  it("may have dates, transforms, codecs and coercions, each by what it takes", async () => {
    const schema = z.object({
      date: z.date(),
      coerced: z.coerce.date(),
      count: z.coerce.number(),
      length: z.string().transform((text) => text.length),
      parsed: z.codec(z.iso.datetime(), z.date(), {
        decode: (text) => new Date(text),
        encode: (date) => date.toISOString(),
      }),
      yes: z.stringbool(),
    });
    const when = "2026-01-02T03:04:05Z";
    const answer = {
      date: when,
      coerced: when,
      count: 5,
      length: "four",
      parsed: when,
      yes: "yes",
    };
    const { result, requests } = await ask(schema, answer);
    const date = new Date(when);
    expect(result?.output).toEqual({
      date,
      coerced: date,
      count: 5,
      length: 4,
      parsed: date,
      yes: true,
    });
    expect(requests[0]?.outputSchema).toMatchObject({
      properties: {
        date: { type: "string", format: "date-time" },
        length: { type: "string" },
        parsed: { type: "string", format: "date-time" },
      },
    });
  });

  it("may be something other than an object", async () => {
    const list = await ask(z.array(z.string()), { value: ["a", "b"] });
    expect(list.result?.output).toEqual(["a", "b"]);
    const choice = await ask(z.enum(["red", "green"]), { value: "red" });
    expect(choice.result?.output).toBe("red");
    expect((await ask(z.union([z.string(), z.number()]), { value: 5 })).result?.output).toBe(5);
    expect((await ask(z.number(), { value: "5" })).error).toBeInstanceOf(OutputValidationError);
  });

  it("may have tuples, mixed literals, and records with known keys", async () => {
    const schema = z.object({
      pair: z.tuple([z.string(), z.date()]),
      level: z.literal([1, "high", null]),
      share: z.record(z.enum(["a", "b"]), z.number()),
      both: z.object({ x: z.number() }).and(z.object({ y: z.number() })),
    });
    const answer = {
      pair: ["2026-01-01", "2026-01-01"],
      level: null,
      share: { a: 1, b: 2 },
      both: { x: 1, y: 2 },
    };
    const { result, requests } = await ask(schema, answer);
    expect(result?.output).toEqual({ ...answer, pair: ["2026-01-01", new Date("2026-01-01")] });
    expect(requests[0]?.outputSchema).toMatchObject({
      properties: {
        level: {
          anyOf: [
            { type: "number", enum: [1] },
            { type: "string", enum: ["high"] },
            { type: "null" },
          ],
        },
        share: { required: ["a", "b"], additionalProperties: false },
      },
    });
  });

  it("is asked for with no rule that the service does not know", async () => {
    const schema = z.object({
      short: z.string().min(1).max(5),
      url: z.url(),
      look: z.string().regex(/^(?=a).*$/),
      plain: z.string().regex(/^a+$/),
      many: z.array(z.string()).min(1).max(3),
      open: z.looseObject({ a: z.string() }),
      shown: z.string().readonly().catch("x"),
    });
    expect(await sent(schema)).toMatchObject({
      properties: {
        short: { type: "string" },
        url: { type: "string" },
        look: { type: "string" },
        plain: { type: "string", pattern: "^a+$" },
        many: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 3 },
        open: { additionalProperties: false },
      },
    });
    const text = JSON.stringify(await sent(schema));
    for (
      const word of ["minLength", "maxLength", "uri", "oneOf", "default", "$schema", "readOnly"]
    ) {
      expect(text).not.toContain(word);
    }
  });
});

describe("a schema that no answer can be held to", () => {
  const refused: [string, z.ZodType, RegExp][] = [
    ["a record", z.object({ a: z.object({ b: z.record(z.string(), z.string()) }) }), /at a\.b,/],
    ["any value", z.object({ list: z.array(z.any()) }), /any value at list\[\]/],
    ["a map", z.object({ m: z.map(z.string(), z.string()) }), /type map at m/],
    ["a big integer", z.tuple([z.bigint()]), /bigint at \[0\]/],
    ["never", z.object({ n: z.never() }), /never be at n/],
    ["a custom check", z.object({ c: z.custom<string>() }), /at c/],
    ["a record at the root", z.record(z.string(), z.number()), /at its root/],
    ["too many choices", z.enum(Array.from({ length: 1001 }, (_, i) => `c${i}`)), /1001 choices/],
    ["too many levels", nested(12), /12 levels/],
  ];

  it("is refused before anything is sent", async () => {
    for (const [name, schema, reason] of refused) {
      const { error, requests } = await ask(schema, "{}");
      expect(error, name).toBeInstanceOf(TypeError);
      expect(String(error)).toMatch(reason);
      expect(requests).toHaveLength(0);
    }
  });

  it("is refused when it is not a schema, or not the only one", async () => {
    await using codex = await startOffline();
    const thread = await codex.startThread();
    const run = (options: object) => thread.run("Answer", options as never);
    await expect(run({ output: { type: "object" } })).rejects.toThrow(TypeError);
    await expect(run({ output: z.object({}), outputSchema: {} })).rejects.toThrow(TypeError);
    await expect(run({ output: z.object({}), repair: -1 })).rejects.toThrow(RangeError);
    expect(codex.model.requests).toHaveLength(0);
  });
});

describe("a schema of another copy of Zod", () => {
  it("works, descriptions and recursion included", async () => {
    const schema = z40.object({
      name: z40.string().describe("Full name"),
      born: z40.date().optional(),
      tags: z40.array(z40.enum(["a", "b"])),
    });
    const { result, requests } = await ask(schema, { name: "Ada", born: null, tags: ["a"] });
    expect(result?.output).toEqual({ name: "Ada", tags: ["a"] });
    expect(requests[0]?.outputSchema).toMatchObject({
      properties: { name: { description: "Full name" } },
    });
  });

  it("works in its small form", async () => {
    const schema = mini.object({ name: mini.string(), age: mini.optional(mini.number()) });
    const { result } = await ask(schema, { name: "Ada", age: null });
    expect(result?.output).toEqual({ name: "Ada" });
  });
});

describe("Turn.partialOutput", () => {
  const schema = z.object({
    title: z.string(),
    points: z.array(z.object({ text: z.string(), weight: z.number().optional() })),
    due: z.date(),
  });

  it("yields the value as it grows and leaves what it yielded alone", async () => {
    await using codex = await startOffline();
    const gates = [new Gate(), new Gate(), new Gate(), new Gate()] as const;
    codex.model.reply(message([
      '{"title":"Pl',
      gates[0],
      'an","points":[{"text":"a',
      gates[1],
      "\\",
      'n b","weight":null}',
      gates[2],
      ',{"text":"\\ud83d',
      "\\ude00",
      gates[3],
      '","weight":1},{"te',
      'xt":"c","weight":2}],"due":"2026-01-01T00:00:00Z"}',
    ]));
    const turn = await startTyped(codex, schema);
    const values: unknown[] = [];
    for await (const value of turn.partialOutput()) {
      values.push(value);
      expect(JSON.stringify(value).includes("\\ud83d")).toBe(false);
      gates.find((gate) => !gate.isOpen)?.open();
    }
    expect(values.at(0)).toEqual({ title: "Pl" });
    expect(values.at(1)).toEqual({ title: "Plan", points: [{ text: "a" }] });
    expect(values.at(2)).toEqual({ title: "Plan", points: [{ text: "a\n b" }] });
    expect(values.at(-1)).toEqual({
      title: "Plan",
      points: [{ text: "a\n b" }, { text: "😀", weight: 1 }, { text: "c", weight: 2 }],
      due: "2026-01-01T00:00:00Z",
    });
    const { output } = await turn.result();
    expect(output.due).toEqual(new Date("2026-01-01T00:00:00Z"));
    expect((await turn.result()).output).toBe(output);
  });

  it("ends with the whole value of a list and starts over with a new message", async () => {
    await using codex = await startOffline();
    const list = z.array(z.number());
    codex.model.reply([
      message("Let me think", { phase: "commentary" }),
      message('{"value":[1,2]}', { phase: "commentary" }),
      message('{"value":[3,4]}', { phase: "final_answer" }),
    ]);
    const turn = await startTyped(codex, list);
    const values = await Array.fromAsync(turn.partialOutput());
    expect(values.at(-1)).toEqual([3, 4]);
    expect(JSON.stringify(values)).not.toContain("2");
    expect((await turn.result()).output).toEqual([3, 4]);
  });

  it("costs no more than in proportion when there are very many deltas", async () => {
    await using codex = await startOffline();
    const items = Array.from({ length: 3000 }, (_, index) => ({ index, text: "word ".repeat(5) }));
    const text = JSON.stringify({ items });
    codex.model.reply(message(text, { deltas: 20_000 }));
    const turn = await startTyped(
      codex,
      z.object({ items: z.array(z.object({ index: z.number(), text: z.string() })) }),
    );
    let yielded = 0;
    let last: unknown;
    for await (const value of turn.partialOutput()) {
      yielded++;
      last = value;
    }
    expect(last).toEqual({ items });
    // Each value costs as much as the text is long; with one for each delta the turn would take minutes.
    expect(yielded).toBeLessThan(5000);
  });

  it("works without a schema of Zod too, and ends when it is aborted", async () => {
    await using codex = await startOffline();
    const gate = new Gate();
    codex.model.reply(message(['{"a":1,', gate, '"b":2}']));
    const thread = await codex.startThread();
    const turn = await thread.startTurn("Answer", { outputSchema: { type: "object" } });
    const stop = new AbortController();
    const reading = (async () => {
      for await (const value of turn.partialOutput({ signal: stop.signal })) {
        expect(value).toEqual({ a: 1 });
        stop.abort(new Error("enough"));
      }
    })();
    await expect(reading).rejects.toThrow("enough");
    gate.open();
    expect((await Array.fromAsync(turn.partialOutput())).at(-1)).toEqual({ a: 1, b: 2 });
  });
});

describe("an interrupted typed turn", () => {
  it("rejects and is not repaired", async () => {
    await using codex = await startOffline();
    codex.model.reply(message(['{"a":', new Gate()]));
    const thread = await codex.startThread();
    const running = thread.run("Answer", { output: z.object({ a: z.number() }), repair: 3 });
    running.catch(() => {});
    await codex.model.nextRequest();
    await codex.client.call("turn/interrupt", { threadId: thread.id, turnId: "" });
    const error = await running.catch((reason) => reason);
    expect(error).toBeInstanceOf(OutputValidationError);
    expect(error.result.status).toBe("interrupted");
    expect(error.issues).toEqual([{ path: [], message: "the turn was interrupted" }]);
    expect(error.message).toContain("the turn was interrupted");
    expect(error.message).not.toContain("does not fit");
    expect(codex.model.requests).toHaveLength(1);
  });
});

async function startTyped<Output, Input>(
  codex: OfflineCodex,
  schema: ZodSchema<Output, Input>,
) {
  const thread: Thread = await codex.startThread();
  return await thread.startTurn("Answer", { output: schema });
}

function nested(levels: number): z.ZodType {
  return levels === 1 ? z.object({ leaf: z.string() }) : z.object({ in: nested(levels - 1) });
}
