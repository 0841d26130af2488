import { beforeAll, describe, expect, it } from "vitest";
import schema from "../../src/protocol/schema.json" with { type: "json" };
import { NOTIFICATION_PARAMS } from "../../src/protocol/method_definitions.ts";
import { loadSchema, validateDefinition, validateNotification } from "../../src/protocol/mod.ts";
import { notificationKind } from "../../src/protocol/validate.ts";
import { type RecordedMessage, recordMessages } from "./recorded_messages.ts";
import { changed, pathText, type Position, positionsOf } from "./schema_positions.ts";

const definitions: Record<string, { properties?: Record<string, { type?: unknown }> }> = schema
  .definitions as never;

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

  it("have been asked about questions of the runtime and a picture", () => {
    const methods = messages.map(({ method }) => method);
    expect(methods).toContain("item/commandExecution/requestApproval");
    expect(methods).toContain("item/fileChange/requestApproval");
    expect(JSON.stringify(messages)).toContain('"type":"image"');
  });

  it("leave the value as it was", () => {
    for (const { definition, value } of messages) {
      const before = JSON.stringify(value);
      validateDefinition(definition, value);
      expect(JSON.stringify(value)).toBe(before);
    }
  });
});

describe("validateDefinition", () => {
  const issuesOf = async (definition: string, value: unknown): Promise<string[] | undefined> => {
    await loadSchema();
    return validateDefinition(definition, value)?.map(({ path }) => path);
  };

  it("checks the fields of a variant that itself has variants", async () => {
    const picture = { type: "imageGeneration", id: "i", status: "completed", result: "" };
    expect(await issuesOf("ThreadItem", picture)).toBe(undefined);
    expect(await issuesOf("ThreadItem", { ...picture, id: 7 })).toEqual(["id"]);
    expect(await issuesOf("ThreadItem", { ...picture, result: 7 })).toEqual(["result"]);
    expect(await issuesOf("UserInput", { type: "image", url: 7 })).toEqual(["url"]);
  });

  it("tells a variant without a tag by its required fields", async () => {
    const granular = { mcp_elicitations: true, rules: 7, sandbox_approval: true };
    expect(await issuesOf("AskForApproval", { granular })).toEqual(["granular.rules"]);
    const source = { subAgent: { thread_spawn: { depth: "1", parent_thread_id: "t" } } };
    expect(await issuesOf("SessionSource", source)).toEqual(["subAgent.thread_spawn.depth"]);
  });

  it("accepts a variant without a tag that it does not know", async () => {
    expect(await issuesOf("AskForApproval", { ofTomorrow: {} })).toBe(undefined);
    expect(await issuesOf("SessionSource", { subAgent: { ofTomorrow: 1 } })).toBe(undefined);
    expect(await issuesOf("AskForApproval", 7)).toEqual([""]);
  });
});

describe("validateNotification", () => {
  it("knows nothing to say of an unknown method, even one that is a name of every object", async () => {
    await loadSchema();
    expect(validateNotification("thread/ofTomorrow", { a: 1 })).toBe(null);
    expect(validateNotification("constructor", {})).toBe(null);
  });
});

describe("a notification", () => {
  it("is checked as its definition says, field by field", async () => {
    await loadSchema();
    for (const [method, definition] of Object.entries(NOTIFICATION_PARAMS)) {
      for (const value of valuesFor(definition ?? "")) {
        const issues = definition ? validateDefinition(definition, value) : null;
        expect([method, value, validateNotification(method, value)])
          .toEqual([method, value, issues]);
      }
    }
    const delta = { threadId: "t", turnId: "u", itemId: "i", delta: "d" };
    expect(validateNotification("item/agentMessage/delta", delta)).toBe(null);
    expect(validateNotification("item/agentMessage/delta", { ...delta, delta: 1 })?.[0]?.path)
      .toBe("delta");
  });

  it("is known by its method, which is one string for all its events", () => {
    const method = notificationKind(["turn", "completed"].join("/"))?.method;
    expect(method).toBe("turn/completed");
    expect(notificationKind("turn/start")).toBe(undefined);
  });
});

/** An object with a value for each field, then the same with each field left out or mistyped. */
function* valuesFor(definition: string): Generator<unknown> {
  const { properties = {} } = definitions[definition] ?? {};
  const samples: Record<string, unknown> = { boolean: true, integer: 1, number: 1.5 };
  const whole = Object.fromEntries(
    Object.entries(properties).map(([name, { type }]) => [name, samples[String(type)] ?? "text"]),
  );
  yield* [whole, { ...whole, tomorrow: 1 }, {}, null, "text", [], undefined];
  for (const name of Object.keys(whole)) {
    const { [name]: _, ...others } = whole;
    yield others;
    for (const wrong of [null, {}, [], 7, "x", false]) yield { ...whole, [name]: wrong };
  }
}

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
