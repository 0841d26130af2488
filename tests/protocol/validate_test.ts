import { beforeAll, describe, expect, it } from "vitest";
import { loadSchema, validateDefinition, validateNotification } from "../../src/protocol/mod.ts";
import { type RecordedMessage, recordMessages } from "./recorded_messages.ts";
import { changed, pathText, type Position, positionsOf } from "./schema_positions.ts";

describe("validators, held against mutated messages of the real runtime", () => {
  let messages: RecordedMessage[] = [];

  beforeAll(async () => {
    await loadSchema();
    messages = await recordMessages();
  });

  it("accept what the runtime says, from at least thirty methods", () => {
    for (const { method, definition, value } of messages) {
      expect(validateDefinition(definition, value), method).toBe(null);
    }
    expect(new Set(messages.map(({ method }) => method)).size).toBeGreaterThanOrEqual(30);
  });

  it("accept an unknown field in every object", () => {
    expectAccepted(messages, "object", (object) => ({ ...Object(object), fieldOfTomorrow: [1] }));
  });

  it("accept an unknown value of every enum", () => {
    expectAccepted(messages, "enum", () => "valueOfTomorrow");
  });

  it("accept an unknown variant of every tagged union", () => {
    expectAccepted(messages, "tag", () => "variantOfTomorrow");
  });

  it("name the path of every required field that is missing", () => {
    expectIssues(messages, "required", () => undefined);
  });

  it("name the path of every basic value of another type, and not the value", () => {
    expectIssues(messages, "basic", (old) => typeof old === "boolean" ? "secret-value" : true);
  });

  it("leave the value as it was", () => {
    for (const { definition, value } of messages) {
      const before = JSON.stringify(value);
      validateDefinition(definition, value);
      expect(JSON.stringify(value)).toBe(before);
    }
  });
});

describe("validateNotification", () => {
  it("knows nothing to say of an unknown method, even one that is a name of every object", async () => {
    await loadSchema();
    expect(validateNotification("thread/ofTomorrow", { a: 1 })).toBe(null);
    expect(validateNotification("constructor", {})).toBe(null);
  });
});

type Change = (old: unknown) => unknown;

/** One mutation a place; the same place of many messages of one method counts once. */
function* mutations(
  messages: readonly RecordedMessage[],
  kind: Position["kind"],
  change: Change,
): Generator<{ definition: string; path: Position["path"]; value: unknown }> {
  const seen = new Set<string>();
  for (const { definition, value } of messages) {
    for (const position of positionsOf(definition, value)) {
      const key = `${definition} ${pathText(position.path).replaceAll(/\d+/g, "n")}`;
      if (position.kind !== kind || seen.has(key)) continue;
      seen.add(key);
      yield { definition, path: position.path, value: changed(value, position.path, change) };
    }
  }
}

function expectAccepted(
  messages: readonly RecordedMessage[],
  kind: Position["kind"],
  change: Change,
): void {
  let count = 0;
  for (const { definition, path, value } of mutations(messages, kind, change)) {
    expect(validateDefinition(definition, value), `${definition} ${pathText(path)}`).toBe(null);
    count++;
  }
  expect(count).toBeGreaterThan(10);
}

function expectIssues(
  messages: readonly RecordedMessage[],
  kind: Position["kind"],
  change: Change,
): void {
  let count = 0;
  for (const { definition, path, value } of mutations(messages, kind, change)) {
    const issues = validateDefinition(definition, value);
    const where = `${definition} ${pathText(path)}`;
    expect(issues?.map((issue) => issue.path), where).toContain(pathText(path));
    expect(JSON.stringify(issues), where).not.toContain("secret-value");
    count++;
  }
  expect(count).toBeGreaterThan(100);
}
