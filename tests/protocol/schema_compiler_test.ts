import { describe, expect, it } from "vitest";
import { loadZod } from "../../src/deps.ts";
import { type Schema, SchemaCompiler } from "../../src/protocol/schema_compiler.ts";
import { findUnknownFields } from "../../src/protocol/validate.ts";

const zod = await loadZod();
const REFERENCE = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const object = (properties: Record<string, Schema | boolean>, required: string[] = []): Schema => ({
  type: "object",
  properties,
  required,
});
const tag = (value: string): Schema => ({ type: "string", enum: [value] });
const text: Schema = { type: "string" };
const number: Schema = { type: "integer" };

/** The paths of what is wrong with the value. */
function wrongIn(schema: Schema, value: unknown, definitions: Record<string, Schema> = {}) {
  const compiler = new SchemaCompiler(zod, { ...definitions, Tested: schema });
  const { error } = compiler.validator("Tested").safeParse(value);
  return error ? error.issues.map(({ path }) => path.join(".")) : [];
}

const TREE = object({ name: text, child: REFERENCE("Tree") }, ["name"]);
const TAGGED: Schema = {
  oneOf: [
    object({ type: tag("a"), kind: tag("one"), x: text }, ["type", "x"]),
    object({ type: tag("b"), kind: text, y: number }, ["type", "y"]),
  ],
};
const SHAPES: Schema = {
  anyOf: [object({ x: text }, ["x"]), object({ x: number, y: text }, ["x", "y"]), text],
};
const NESTED: Schema = { anyOf: [REFERENCE("Inner"), number] };
const INNER: Schema = { oneOf: [object({ p: text }, ["p"]), object({ q: text }, ["q"])] };
const BASED: Schema = { ...object({ id: text }, ["id"]), oneOf: TAGGED.oneOf };

describe("a validator", () => {
  it.each<[string, Schema, unknown, string[]]>([
    ["a text", text, "", []],
    ["a text", text, 1, [""]],
    ["a number", { type: "number" }, 1.5, []],
    ["an integer", number, 2, []],
    ["an integer", number, "2", [""]],
    ["a boolean", { type: "boolean" }, false, []],
    ["a boolean", { type: "boolean" }, null, [""]],
    ["null", { type: "null" }, null, []],
    ["null", { type: "null" }, 1, [""]],
    ["a text or null", { type: ["string", "null"] }, null, []],
    ["a text or null", { type: ["string", "null"] }, 1, [""]],
    ["a text or a number", { type: ["string", "integer"] }, 1, []],
    ["a text or a number", { type: ["string", "integer"] }, null, [""]],
    ["anything", {}, null, []],
    ["a list of texts", { type: "array", items: text }, ["a"], []],
    ["a list of texts", { type: "array", items: text }, ["a", 1], ["1"]],
    ["any list", { type: "array" }, [1, "a", null], []],
    ["any list", { type: "array" }, {}, [""]],
    ["an object", object({ a: text, b: number }, ["a"]), { a: "x", extra: 1 }, []],
    ["an object", object({ a: text, b: number }, ["a"]), { b: "x" }, ["a", "b"]],
    ["an object with any member", object({ a: true }, ["a"]), { a: 1 }, []],
    ["a bare object", { type: "object" }, {}, []],
    ["a bare object", { type: "object" }, [], [""]],
    ["a map", { type: "object", additionalProperties: number }, { a: 1 }, []],
    ["a map", { type: "object", additionalProperties: number }, { a: "1" }, ["a"]],
    ["an open object", { type: "object", additionalProperties: true }, { a: "1" }, []],
    ["both", { allOf: [object({ a: text }, ["a"]), object({ b: text }, ["b"])] }, {}, ["a", "b"]],
    ["both", { allOf: [object({ a: text }), object({ b: text })] }, { a: "", b: "" }, []],
    ["nothing", { allOf: [] }, 1, []],
    ["a tree", TREE, { name: "a", child: { name: "b", child: {} } }, ["child.child.name"]],
    ["a variant", TAGGED, { type: "a", x: "" }, []],
    ["a variant", TAGGED, { type: "b", x: "" }, ["y"]],
    ["an unknown variant", TAGGED, { type: "c" }, []],
    ["no variant", TAGGED, {}, ["type"]],
    ["no variant", TAGGED, "a", [""]],
    ["a shape", SHAPES, { x: "" }, []],
    ["the first that fits", SHAPES, { x: "", y: 1 }, []],
    ["the last one", SHAPES, { x: 1, y: 1 }, ["y"]],
    ["an unknown shape", SHAPES, { z: 1 }, []],
    ["another kind", SHAPES, "text", []],
    ["a nested union", NESTED, { p: "" }, []],
    ["a nested union", NESTED, { q: 1 }, ["q"]],
    ["a nested union", NESTED, 3, []],
    ["a union of one", { anyOf: [text] }, 1, [""]],
    ["a union of one or null", { anyOf: [text, { type: "null" }] }, null, []],
    ["a union of one or null", { anyOf: [text, { type: "null" }] }, 1, [""]],
    ["a union without null", { anyOf: [text, number] }, null, [""]],
    ["a union with null", { oneOf: [...SHAPES.anyOf ?? [], { type: "null" }] }, null, []],
    ["shapes without null", SHAPES, null, [""]],
    ["variants with null", { oneOf: [...TAGGED.oneOf ?? [], { type: "null" }] }, null, []],
    ["variants without null", TAGGED, null, [""]],
    ["an object with a union", BASED, { id: "", type: "a", x: "" }, []],
    ["an object with a union", BASED, { type: "a", x: "" }, ["id"]],
    ["an object with a union", BASED, { id: "", type: "a", x: 1 }, ["x"]],
    ["a definition that is not there", REFERENCE("None"), 1, []],
  ])("of %s", (_, schema, value, wrong) => {
    const paths = wrongIn(schema, value, { Tree: TREE, Inner: INNER });
    expect(paths.toSorted()).toEqual(wrong);
  });

  it("is compiled once, and does not change what it checks", () => {
    const compiler = new SchemaCompiler(zod, { Tree: TREE });
    expect(compiler.validator("Tree")).toBe(compiler.validator("Tree"));
    const value = Object.freeze({ name: "a", extra: Object.freeze({ b: 1 }) });
    expect(compiler.validator("Tree").parse(value)).toEqual(value);
    expect(compiler.validator("None").parse(1)).toBe(1);
  });
});

describe("the fields that a definition does not know", () => {
  const ALL = { allOf: [REFERENCE("Base"), object({ b: text })] };
  const definitions: Record<string, Schema> = {
    Tree: TREE,
    Tagged: TAGGED,
    Base: object({ a: text }),
    All: ALL,
    Open: { ...object({ a: text }), additionalProperties: true },
    OpenPart: { allOf: [REFERENCE("Base"), REFERENCE("Open")] },
    Closed: { ...object({ a: text }), additionalProperties: false },
    Free: { type: "object" },
    List: { type: "array", items: REFERENCE("Tree") },
    ListOrText: { anyOf: [text, REFERENCE("List")] },
    Loop: REFERENCE("Loop"),
    Any: object({ a: true }),
  };

  it.each<[string, unknown, string[]]>([
    ["Tree", { name: "a", x: 1, child: { y: 1, child: { z: 1 } } }, [
      "x",
      "child.y",
      "child.child.z",
    ]],
    ["Tree", null, []],
    ["Tree", "text", []],
    ["Tagged", { type: "a", kind: "one", x: "", y: 1 }, ["y"]],
    ["Tagged", { type: "b", kind: "one", x: "", y: 1 }, ["x"]],
    ["Tagged", { type: "c", x: "" }, []],
    ["All", { a: "", b: "", c: "" }, ["c"]],
    ["Open", { a: "", b: "" }, []],
    ["OpenPart", { b: "" }, []],
    ["Closed", { a: "", b: "" }, ["b"]],
    ["Free", { a: 1 }, []],
    ["List", [{ name: "", x: 1 }, { y: 1 }], ["[].x"]],
    ["List", [], []],
    ["ListOrText", [{ x: 1 }], ["[].x"]],
    ["Loop", { a: 1 }, []],
    ["Any", { a: { b: 1 }, toString: 1 }, ["toString"]],
    ["None", { a: 1 }, []],
  ])("of %s", (name, value, found) => {
    expect(findUnknownFields(definitions, name, value)).toEqual(found);
  });

  it("are searched twelve levels deep", () => {
    const nested = (depth: number): object =>
      depth === 0 ? { x: 1 } : { name: "", child: nested(depth - 1) };
    expect(findUnknownFields(definitions, "Tree", nested(12))).toEqual([
      `${"child.".repeat(12)}x`,
    ]);
    expect(findUnknownFields(definitions, "Tree", nested(13))).toEqual([]);
  });
});
