import { beforeAll, describe, expect, it } from "vitest";
import { loadSchema, unknownFieldsOf } from "../../src/protocol/mod.ts";
import type { Definitions } from "../../src/protocol/schema_compiler.ts";
import { findUnknownFields } from "../../src/protocol/validate.ts";

describe("findUnknownFields", () => {
  const definitions: Definitions = {
    Root: {
      type: "object",
      properties: {
        id: { type: "string" },
        free: { type: "object", additionalProperties: true },
        list: { type: "array", items: { $ref: "#/definitions/Leaf" } },
        maybe: { anyOf: [{ $ref: "#/definitions/Leaf" }, { type: "null" }] },
        shape: {
          oneOf: [
            { properties: { type: { enum: ["a"] }, x: {} }, type: "object" },
            { properties: { type: { enum: ["b"] }, y: {} }, type: "object" },
          ],
        },
        again: { $ref: "#/definitions/Root" },
      },
    },
    Leaf: { type: "object", properties: { name: { type: "string" } } },
  };
  const found = (value: unknown) => findUnknownFields(definitions, "Root", value);

  it("finds new fields at any depth", () => {
    expect(found({ id: "1", added: 1 })).toEqual(["added"]);
    expect(found({ maybe: { name: "", added: 1 } })).toEqual(["maybe.added"]);
    expect(found({ list: [{ name: "", added: 1 }, { other: 1 }] })).toEqual(["list[].added"]);
    expect(found({ again: { again: { added: 1 } } })).toEqual(["again.again.added"]);
  });

  it("takes the variant that the tag names, and leaves an unknown one alone", () => {
    expect(found({ shape: { type: "a", x: 1, y: 1 } })).toEqual(["shape.y"]);
    expect(found({ shape: { type: "new", whatever: 1 } })).toEqual([]);
  });

  it("finds nothing where anything may be, or nothing is", () => {
    for (const value of [{ free: { any: 1 } }, {}, null, "text", { maybe: null, list: [] }]) {
      expect(found(value)).toEqual([]);
    }
    expect(findUnknownFields(definitions, "Missing", { a: 1 })).toEqual([]);
  });
});

describe("unknownFieldsOf", () => {
  beforeAll(loadSchema);

  it("knows the protocol's own messages", () => {
    const item = { type: "agentMessage", id: "i", text: "", brandNew: 1 };
    const params = { threadId: "t", turnId: "u", startedAtMs: 1, item, extra: true };
    expect(unknownFieldsOf("notification", "item/started", params)).toEqual([
      "item.brandNew",
      "extra",
    ]);
    expect(unknownFieldsOf("notification", "brand/new", { a: 1 })).toEqual([]);
    expect(unknownFieldsOf("result", "model/list", { data: [], more: 1 })).toEqual(["more"]);
  });
});
