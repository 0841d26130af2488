import { describe, expect, it } from "vitest";
import { fieldsOf, toFieldValue } from "../../../src/notebook/approvals/form_field.ts";

function field(schema: Record<string, unknown>, required: readonly string[] = []) {
  const [only] = fieldsOf({ properties: { it: schema }, required });
  if (!only) throw new Error("no field");
  return only;
}

describe("a field of a form", () => {
  it("asks with its title, its description, its choices and what an empty answer means", () => {
    expect(field({ type: "string" }).question).toBe("it (may be empty)");
    expect(field({ type: "string", title: "Name" }, ["it"]).question).toBe("Name");
    expect(field({ type: "number", description: "in metres", default: 2 }).question)
      .toBe("it (in metres; number; empty: 2)");
    expect(
      field({ type: "string", oneOf: [{ const: "a", title: "A" }, { const: "b", title: "B" }] }, [
        "it",
      ]).question,
    )
      .toBe("it (1 = a, 2 = b)");
    expect(field({ type: "array", items: { enum: ["x", "y"] } }, ["it"]).question)
      .toBe("it (1 = x, 2 = y; several with commas)");
  });

  it("takes only values of its type", () => {
    const cases: [Record<string, unknown>, string, unknown][] = [
      [{ type: "string" }, "text", "text"],
      [{ type: "integer" }, "3", 3],
      [{ type: "integer" }, "3.5", undefined],
      [{ type: "number" }, "3.5", 3.5],
      [{ type: "number" }, "Infinity", undefined],
      [{ type: "boolean" }, "Yes", true],
      [{ type: "boolean" }, "n", false],
      [{ type: "boolean" }, "perhaps", undefined],
      [{ type: "string", enum: ["a", "b"] }, "2", "b"],
      [{ type: "string", enum: ["a", "b"] }, "a", "a"],
      [{ type: "string", enum: ["a", "b"] }, "c", undefined],
      [{ type: "array", items: { anyOf: [{ const: "x" }, { const: "y" }] } }, "y, 1", ["y", "x"]],
      [{ type: "array", items: { enum: ["x"] } }, "x, z", undefined],
    ];
    for (const [schema, typed, wanted] of cases) {
      expect(toFieldValue(field(schema), typed), JSON.stringify([schema, typed])).toEqual(wanted);
    }
  });

  it("knows what may be left out, and what an empty answer stands for", () => {
    expect(field({ title: 5, description: 5, type: 5 })).toEqual({
      name: "it",
      question: "it (may be empty)",
      isRequired: false,
      preset: undefined,
      type: "string",
      choices: [],
    });
    expect(field({ type: "boolean", default: null }, ["it"])).toMatchObject({
      question: "it (boolean)",
      isRequired: true,
      preset: undefined,
    });
    expect(field({ type: "boolean", default: false }, ["it"])).toMatchObject({
      question: "it (boolean; empty: false)",
      preset: false,
    });
    expect(field({ type: "array", default: ["a"] }).question).toBe(
      'it (array; several with commas; empty: ["a"])',
    );
    expect(field({ type: "string", enum: [1, { const: 2 }] }).choices).toEqual(["1", "2"]);
    expect(fieldsOf({ properties: { a: {} }, required: "a" })[0]?.isRequired).toBe(false);
  });

  it("takes the words and the numbers of a choice as a whole", () => {
    const truth = (typed: string) => toFieldValue(field({ type: "boolean" }), typed);
    expect(["y", "YES", "True", "1"].map(truth)).toEqual([true, true, true, true]);
    expect(["n", "NO", "False", "0"].map(truth)).toEqual([false, false, false, false]);
    expect(["yesterday", "my", "nope", "-1", ""].map(truth)).toEqual(Array(5).fill(undefined));
    const choice = (typed: string) =>
      toFieldValue(field({ type: "string", enum: ["2", "b"] }), typed);
    expect(["2", "1", "0", "3", "1.5"].map(choice)).toEqual([
      "2",
      "2",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is empty for a schema that is not a form", () => {
    for (const schema of [null, undefined, "form", {}, { properties: null }]) {
      expect(fieldsOf(schema)).toEqual([]);
    }
  });
});
