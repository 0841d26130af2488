import { z, type ZodType } from "npm:zod@4.6.7";
import { describe, expect, it } from "vitest";
import { FOREIGN_TYPE, readShapes } from "../../../src/codex/output/shape.ts";
import { toStrictSchema } from "../../../src/codex/output/strict_schema.ts";
import { OutputContract } from "../../../src/codex/output/typed_output.ts";
import { toInputValue } from "../../../src/codex/output/value.ts";
import type { JsonObject } from "../../../src/json.ts";

const sent = (schema: JsonObject): JsonObject => toStrictSchema(readShapes(schema));
/** The schema of a property `a`, as it is sent. */
const sentOf = (schema: unknown): unknown => {
  const root = { type: "object", properties: { a: schema }, required: ["a"] };
  return (sent(root).properties as JsonObject).a;
};
const foreign = (type: string): JsonObject => ({ [FOREIGN_TYPE]: type });
const closed = (properties: JsonObject): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** A value of the model as the caller's schema takes it. */
function read(schema: unknown, value: unknown, partial = false): unknown {
  const { root } = readShapes(schema as JsonObject);
  if (!root.shape) throw new Error("no shape");
  return toInputValue(value, root.shape, partial);
}

describe("the schema that is sent", () => {
  it.each<[string, unknown, unknown]>([
    ["a text", { type: "string" }, { type: "string" }],
    ["a format", { type: "string", format: "email", pattern: "x" }, {
      type: "string",
      format: "email",
    }],
    ["an unknown format", { type: "string", format: "emoji" }, { type: "string" }],
    ["a pattern", { type: "string", pattern: "^a" }, { type: "string", pattern: "^a" }],
    ["a pattern with look-around", { type: "string", pattern: "(?<!a)b" }, { type: "string" }],
    ["a pattern with a named group", { type: "string", pattern: "(?<a>b)" }, {
      type: "string",
      pattern: "(?<a>b)",
    }],
    [
      "bounds",
      { type: "number", minimum: 0, exclusiveMaximum: 5, multipleOf: 2, other: 1 },
      { type: "number", multipleOf: 2, minimum: 0, exclusiveMaximum: 5 },
    ],
    [
      "bounds of safe integers",
      {
        type: "integer",
        minimum: Number.MIN_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
        exclusiveMinimum: "0",
      },
      { type: "integer" },
    ],
    ["a constant", { const: "a" }, { type: "string", enum: ["a"] }],
    ["null", { const: null }, { type: "null" }],
    ["choices of several types", { enum: ["a", 1, "b", null] }, {
      anyOf: [{ type: "string", enum: ["a", "b"] }, { type: "number", enum: [1] }, {
        type: "null",
      }],
    }],
    ["a list of types", { type: ["string", "null"], description: "D" }, {
      anyOf: [{ type: "string" }, { type: "null" }],
      description: "D",
    }],
    ["a date", foreign("date"), { type: "string", format: "date-time" }],
    ["nothing", foreign("void"), { type: "null" }],
    ["undefined", foreign("undefined"), { type: "null" }],
    ["a list", { type: "array", items: { type: "string" }, minItems: 1, maxItems: 2 }, {
      type: "array",
      items: { type: "string" },
      minItems: 1,
      maxItems: 2,
    }],
    [
      "places",
      { type: "array", prefixItems: [{ type: "string" }, { type: "number" }] },
      {
        type: "array",
        items: { anyOf: [{ type: "string" }, { type: "number" }] },
        minItems: 2,
        maxItems: 2,
      },
    ],
    [
      "places with a rest",
      { type: "array", prefixItems: [{ type: "string" }], items: { type: "string" }, minItems: 1 },
      { type: "array", items: { type: "string" }, minItems: 1 },
    ],
    [
      "a union in a union, each member once",
      {
        anyOf: [{ type: "string" }, { oneOf: [{ type: "null" }, { type: "string" }] }, {
          type: "null",
        }],
      },
      { anyOf: [{ type: "string" }, { type: "null" }] },
    ],
    ["a union of one", { anyOf: [{ type: "string" }, { type: "string" }] }, { type: "string" }],
    ["an object without properties", { type: "object" }, closed({})],
    [
      "a record of known keys",
      { type: "object", propertyNames: { enum: ["a", 1] }, additionalProperties: { type: "null" } },
      closed({ 1: { type: "null" }, a: { type: "null" } }),
    ],
    [
      "a record of one key",
      { type: "object", propertyNames: { const: "k" }, additionalProperties: { type: "string" } },
      // A key that is not required may be absent, which is sent as null.
      closed({ k: { anyOf: [{ type: "string" }, { type: "null" }] } }),
    ],
    [
      "optional properties",
      {
        type: "object",
        properties: {
          a: { type: "string" },
          b: { type: ["string", "null"] },
          c: foreign("void"),
          d: { anyOf: [{ type: "string" }, { type: "number" }] },
        },
        required: [],
      },
      closed({
        a: { anyOf: [{ type: "string" }, { type: "null" }] },
        b: { anyOf: [{ type: "string" }, { type: "null" }] },
        c: { type: "null" },
        d: { anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] },
      }),
    ],
    ["a description", { type: "string", description: "D" }, { type: "string", description: "D" }],
  ])("has %s", (_, schema, expected) => {
    expect(sentOf(schema)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ["anything", {}, "any value at a"],
    ["true", true, "any value at a"],
    ["an intersection", { allOf: [] }, "an intersection at a"],
    ["never", { not: {} }, "a value that can never be at a"],
    ["no choice", { enum: [] }, "a value that can never be at a"],
    ["an object as a choice", { enum: [{}] }, "a literal of type object at a"],
    ["a map", foreign("map"), "a value of Zod's type map at a"],
    ["a list of anything", { type: "array" }, "any value at a[]"],
    [
      "a place of anything",
      { type: "array", prefixItems: [{ type: "null" }, {}] },
      "any value at a[1]",
    ],
    ["anything within", { type: "object", properties: { b: {} } }, "any value at a.b"],
    [
      "a record",
      { type: "object", additionalProperties: { type: "string" } },
      "a record with keys that are not known at a",
    ],
  ])("cannot have %s", (_, schema, where) => {
    expect(() => sentOf(schema)).toThrow(TypeError);
    expect(() => sentOf(schema)).toThrow(`the schema has ${where}`);
  });

  it("says where the fault is at the root", () => {
    expect(() => sent({})).toThrow("the schema has any value at its root");
  });

  it("is wrapped where its root is no object, also one behind a description", () => {
    const wrapped = (content: JsonObject) => closed({ value: content });
    expect(sent({ type: "string" })).toEqual(wrapped({ type: "string" }));
    expect(sent({ type: "object", description: "D" })).toEqual({ ...closed({}), description: "D" });
  });

  it("names what holds itself: at the root, wrapped, and within", () => {
    const node = (ref: string) => ({
      type: "object",
      properties: { next: { anyOf: [{ $ref: ref }, { type: "null" }] } },
      required: ["next"],
    });
    const next = (ref: string) => closed({ next: { anyOf: [{ $ref: ref }, { type: "null" }] } });
    expect(sent(node("#"))).toEqual(next("#"));
    expect(sent({ type: "array", items: { $ref: "#" } })).toEqual({
      ...closed({ value: { $ref: "#/$defs/__root" } }),
      $defs: { __root: { type: "array", items: { $ref: "#/$defs/__root" } } },
    });
    const shared = {
      type: "object",
      properties: { a: { $ref: "#/$defs/N" }, b: { $ref: "#/$defs/N", description: "D" } },
      required: ["a", "b"],
      $defs: { N: node("#/$defs/N") },
    };
    expect(sent(shared)).toEqual({
      ...closed({ a: { $ref: "#/$defs/N" }, b: { $ref: "#/$defs/N" } }),
      $defs: { N: next("#/$defs/N") },
    });
  });
});

describe("an answer as the caller's schema takes it", () => {
  const object = (properties: JsonObject, required: string[] = []) => ({
    type: "object",
    properties,
    required,
  });
  const date = foreign("date");
  const day = "2025-01-02T03:04:05Z";

  it.each<[string, unknown, unknown, unknown]>([
    ["a date", date, day, new Date(day)],
    ["no date", date, "soon", "soon"],
    ["nothing", foreign("void"), null, undefined],
    ["an absent property", object({ a: { type: "string" } }), { a: null }, {}],
    ["a property that may be null", object({ a: { type: ["string", "null"] } }), { a: null }, {
      a: null,
    }],
    ["a required null", object({ a: date }, ["a"]), { a: null }, { a: null }],
    ["an unknown property", object({}), { b: null }, { b: null }],
    ["dates in lists", { type: "array", items: date }, [day, 5], [new Date(day), 5]],
    [
      "dates by place",
      { type: "array", prefixItems: [{ type: "string" }, date] },
      [day, day],
      [day, new Date(day)],
    ],
    ["another type", { type: "array", items: date }, "text", "text"],
    ["another type for an object", object({ a: date }), 5, 5],
  ])("has %s", (_, schema, value, expected) => {
    expect(read(schema, value)).toEqual(expected);
  });

  it.each<[string, unknown[], unknown, unknown]>([
    ["by choice", [object({ k: { const: "a" }, d: date }), object({ k: { const: "b" } })], {
      k: "a",
      d: day,
    }, { k: "a", d: new Date(day) }],
    [
      "by choice, the other one",
      [
        object({ k: { const: "a" }, d: date }, ["k", "d"]),
        object({ k: { const: "b" }, d: { type: "string" } }, ["k", "d"]),
      ],
      { k: "b", d: day },
      { k: "b", d: day },
    ],
    ["by its properties", [object({ a: date }, ["a"]), object({ b: { type: "string" } }, ["b"])], {
      b: day,
    }, { b: day }],
    ["by type", [{ type: "integer" }, object({ a: date }, ["a"])], { a: day }, {
      a: new Date(day),
    }],
    [
      "by the items of a list",
      [
        { type: "array", items: { type: "number" } },
        { type: "array", items: date },
      ],
      [day],
      [new Date(day)],
    ],
    [
      "by the number of places",
      [
        { type: "array", prefixItems: [date, date] },
        { type: "array", items: { type: "string" } },
      ],
      [day],
      [day],
    ],
    ["by null", [foreign("void"), object({ a: date }, ["a"])], null, undefined],
    ["by true or false", [{ type: "boolean" }, date], day, new Date(day)],
    ["by an optional property", [object({ a: { type: "number" }, d: date }, ["d"])], {
      a: null,
      d: day,
    }, { d: new Date(day) }],
    ["by none of them", [{ type: "number" }, object({ a: date }, ["a"])], { a: 5 }, { a: 5 }],
  ])("is of the member of a union that fits: %s", (_, members, value, expected) => {
    const anyOf = [{ type: "boolean" }, ...members];
    expect(read({ anyOf }, value)).toEqual(expected);
  });

  it("keeps dates as texts while it grows, and knows its member from the beginning", () => {
    expect(read(date, day, true)).toBe(day);
    const one = object({ kind: { const: "alpha" }, a: { type: "string" } }, ["kind"]);
    const other = object({ kind: { const: "beta" }, b: { type: "string" } }, ["kind"]);
    const anyOf = [one, other];
    expect(read({ anyOf }, { kind: "al", a: null }, true)).toEqual({ kind: "al" });
    expect(read({ anyOf }, { kind: "be", b: null }, true)).toEqual({ kind: "be" });
    expect(read({ anyOf }, { b: null }, true)).toEqual({});
    const places = { type: "array", prefixItems: [object({ a: date }), date] };
    expect(read({ anyOf: [{ type: "null" }, places] }, [{ a: null }], true)).toEqual([{}]);
  });
});

describe("an output that is kept", () => {
  const kept = async (schema: ZodType, output: unknown) =>
    await (await OutputContract.of(schema)).encode(output);

  it("is what its schema reads back", async () => {
    const at = new Date("2025-01-02T03:04:05Z");
    expect(await kept(z.object({ n: z.number() }), { n: 1 })).toEqual({ n: 1 });
    expect(await kept(z.object({ a: z.string().optional() }), {})).toEqual({});
    expect(await kept(z.object({ at: z.date() }), { at })).toEqual({ at: at.toISOString() });
    expect(await kept(z.undefined(), undefined)).toBe(null);
  });

  it("is refused where it does not", async () => {
    for (const output of [{ n: "1" }, { n: NaN }, undefined]) {
      await expect(kept(z.object({ n: z.number() }), output)).rejects.toThrow(
        "Cannot encode the output: the schema does not read it back. Use a codec",
      );
    }
  });
});

describe("the size of a schema", () => {
  const objectOf = (members: Record<string, unknown>): JsonObject => ({
    type: "object",
    properties: members,
  });
  /** An object with so many properties, each named by so many letters. */
  const wide = (count: number, letters = 5): JsonObject =>
    objectOf(Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`${n}`.padEnd(letters, "x"), { type: "boolean" }]),
    ));
  const deep = (levels: number): JsonObject =>
    objectOf({ a: levels === 1 ? { type: "string" } : deep(levels - 1) });
  const choices = (count: number, letters = 4): JsonObject => ({
    enum: Array.from({ length: count }, (_, n) => `${n}`.padEnd(letters, "x")),
  });

  it.each<[string, JsonObject, string]>([
    ["properties", wide(5001), "5001 properties, and the model service takes 5000"],
    [
      "properties at any place",
      objectOf({
        a: wide(2500),
        b: { type: "array", items: wide(2400) },
        c: { anyOf: [{ ...wide(90), description: "x" }, { type: "null" }] },
        d: { $ref: "#/$defs/d" },
      }),
      "5004 properties, and the model service takes 5000",
    ],
    ["levels", deep(11), "11 levels, and the model service takes 10"],
    [
      "levels through lists and choices",
      { type: "array", items: { anyOf: [deep(11), { type: "null" }] } },
      "11 levels, and the model service takes 10",
    ],
    ["choices", objectOf({ a: choices(600), b: choices(401) }), "1001 choices"],
    [
      "characters of names",
      wide(4000, 31),
      "124000 characters, and the model service takes 120000",
    ],
    ["characters of choices", objectOf({ abc: choices(1000, 120) }), "120003 characters"],
  ])("has a limit of %s", (_, schema, message) => {
    const whole = { ...schema, $defs: { d: wide(10) } };
    expect(() => sent(whole)).toThrow(
      `Cannot ask for the output: the schema has ${message}`,
    );
  });

  it("may be as large as the limits", () => {
    const most = [
      wide(5000),
      deep(10),
      objectOf({ a: choices(600), b: choices(400) }),
      wide(4000, 30),
      objectOf({ "": choices(1000, 120) }),
    ];
    for (const schema of most) expect(() => sent(schema)).not.toThrow();
  });
});
