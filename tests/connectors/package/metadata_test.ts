import { describe, expect, it } from "vitest";
import { toMetadata } from "../../../src/connectors/package/metadata.ts";

describe("toMetadata()", () => {
  it("keeps values as they are, frozen at every level, and leaves the original alone", () => {
    const facts = { text: "a", none: null, no: false, list: [1, { deep: [2] }] };
    const metadata = toMetadata(facts);
    expect(metadata).toEqual(facts);
    const [, inner] = metadata.list as [number, { deep: number[] }];
    for (const part of [metadata, metadata.list, inner, inner.deep]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(facts.list)).toBe(false);
  });

  it("hides values of names that speak of secrets, wherever they stand", () => {
    const names = ["accessToken", "client_secret", "password", "Authorization", "authorisation"];
    const more = ["credentials", "api_key", "apiKey", "api-key", "private-key", "cookies"];
    const whole = ["env", "headers", "http_headers", "auth"];
    for (const name of [...names, ...more, ...whole, "ENV"]) {
      expect(toMetadata({ list: [{ [name]: { a: "planted" } }] })).toEqual({
        list: [{ [name]: "[hidden]" }],
      });
    }
    const harmless = { author: "Ada", environment: "x", header: "y", key: "z", authored: 1 };
    expect(toMetadata(harmless)).toEqual(harmless);
  });

  it("cuts circles where they begin, and not what stands twice", () => {
    const circle: Record<string, unknown> = { name: "a" };
    circle.self = circle;
    circle.list = [circle];
    expect(toMetadata({ circle })).toEqual({
      circle: { name: "a", self: "[cut]", list: ["[cut]"] },
    });
    const twice = { a: 1 };
    expect(toMetadata({ one: twice, other: [twice] })).toEqual({ one: twice, other: [twice] });
  });

  it("cuts what is nested more than 20 levels deep", () => {
    const nested = (levels: number): unknown => levels === 0 ? {} : { in: nested(levels - 1) };
    const depthOf = (value: unknown): number =>
      typeof value === "object" && value !== null && "in" in value ? 1 + depthOf(value.in) : 0;
    expect(JSON.stringify(toMetadata({ in: nested(19) }))).not.toContain("[cut]");
    const cut = toMetadata({ in: nested(30) });
    expect(depthOf(cut)).toBe(21);
    expect(JSON.stringify(cut)).toContain('"[cut]"');
  });
});
