import { describe, expect, it } from "vitest";
import {
  applyPatch,
  customToolCall,
  disconnect,
  event,
  execCommand,
  failure,
  Gate,
  guardianVerdict,
  incomplete,
  item,
  message,
  OFFLINE_CATALOG,
  rateLimits,
  reasoning,
  response,
  streamFailure,
  toolCall,
} from "../../../src/testing/mod.ts";
import { catalogJson } from "../../../src/testing/model/catalog.ts";
import { toFullReply } from "../../../src/testing/model/reply.ts";

describe("message()", () => {
  it.each([
    ["Hello world", ["Hello", " world"]],
    ["  two  spaces ", ["  two", "  spaces "]],
    ["line\nbreak", ["line", "\nbreak"]],
    [" ", [" "]],
    ["", []],
  ])("streams %j as words", (text, chunks) => {
    expect(message(text).chunks).toEqual(chunks);
  });

  it("loses no character of a long text, and cuts it into 256 deltas at most", () => {
    const text = "word ".repeat(10_000);
    const { chunks } = message(text);
    expect(chunks).toHaveLength(256);
    expect(chunks.join("")).toBe(text);
  });

  it("cuts a text into as many deltas as wanted, never inside a character", () => {
    const { chunks } = message("a😀b😀c", { deltas: 5 });
    expect(chunks).toHaveLength(5);
    expect(chunks.join("")).toBe("a😀b😀c");
    expect(chunks.every((chunk) => (chunk as string).isWellFormed())).toBe(true);
  });

  it("cuts into parts of about one length", () => {
    expect(message("abcdefg", { deltas: 3 }).chunks).toEqual(["ab", "cd", "efg"]);
    expect(message("abc", { deltas: 3 }).chunks).toEqual(["a", "b", "c"]);
    expect(message("one two").chunks).toEqual(["one", " two"]);
    expect(message("").chunks).toEqual([]);
  });

  it.each([0, -1, 1.5, 4])("refuses to cut three characters into %d deltas", (deltas) => {
    expect(() => message("abc", { deltas })).toThrow(RangeError);
  });

  it("keeps a list of deltas, gates included, and not the caller's array", () => {
    const gate = new Gate();
    const list = ["a", gate, "b"];
    const { chunks } = message(list);
    list.push("c");
    expect(chunks).toEqual(["a", gate, "b"]);
  });
});

describe("toolCall()", () => {
  it("sends arguments as JSON, and a string as it is", () => {
    expect(toolCall("f", { a: 1 }).item).toMatchObject({ name: "f", arguments: '{"a":1}' });
    expect(toolCall("f", "{broken").item).toMatchObject({ arguments: "{broken" });
  });

  it("sends no namespace and no call id unless told", () => {
    expect(toolCall("f").item).toEqual({ type: "function_call", name: "f", arguments: "{}" });
    expect(toolCall("f", {}, { namespace: "mcp__x", callId: "c" }).item).toMatchObject({
      namespace: "mcp__x",
      call_id: "c",
    });
  });
});

describe("customToolCall()", () => {
  it("is a call with free text, which a patch is too", () => {
    const call = { type: "custom_tool_call", name: "f", input: "text" };
    expect(customToolCall("f", "text")).toEqual({ part: "item", item: call });
    const named = { ...call, call_id: "c" };
    expect(customToolCall("f", "text", { callId: "c" }).item).toEqual(named);
    expect(applyPatch("text", { callId: "c" }).item).toEqual({ ...named, name: "apply_patch" });
  });
});

describe("the parts of a reply", () => {
  it.each<[unknown, object]>([
    [message([]), { part: "message", chunks: [], phase: null, id: null, unfinished: false }],
    [message([], { phase: "commentary", id: "m", unfinished: true }), {
      part: "message",
      chunks: [],
      phase: "commentary",
      id: "m",
      unfinished: true,
    }],
    [reasoning({}), { part: "reasoning", summary: [], text: [], id: null }],
    [reasoning({ summary: "a", text: ["b", "c"], id: "r" }), {
      part: "reasoning",
      summary: ["a"],
      text: ["b", "c"],
      id: "r",
    }],
    [event({ type: "x" }), { part: "event", event: { type: "x" } }],
    [streamFailure({ code: "c" }), {
      part: "end",
      end: "failed",
      details: { message: "Scripted failure", code: "c" },
    }],
    [streamFailure({ code: "c", message: "m" }), {
      part: "end",
      end: "failed",
      details: { message: "m", code: "c" },
    }],
    [incomplete("content_filter"), {
      part: "end",
      end: "incomplete",
      details: { reason: "content_filter" },
    }],
    [disconnect(), { part: "end", end: "disconnect", details: {} }],
    [response([]), { reply: "response", parts: [], usage: undefined, headers: {} }],
  ])("are data: %j", (part, data) => {
    expect(part).toEqual(data);
  });

  it.each(["allow", "deny"] as const)("include the verdict %s with its risk", (outcome) => {
    expect(JSON.parse(guardianVerdict(outcome).chunks.join(""))).toEqual({
      outcome,
      risk_level: outcome === "allow" ? "low" : "high",
      user_authorization: outcome === "allow" ? "high" : "low",
      rationale: `Scripted verdict: ${outcome}`,
    });
  });
});

describe("execCommand()", () => {
  it("says only what was asked for", () => {
    expect(execCommand("ls").item.arguments).toBe('{"cmd":"ls"}');
    const full = execCommand("git push", {
      workdir: "repo",
      escalate: true,
      justification: "to publish",
      prefixRule: ["git"],
      yieldTimeMs: 5,
    });
    expect(execCommand("ls", { callId: "c" }).item).toMatchObject({ call_id: "c" });
    expect(JSON.parse(full.item.arguments as string)).toEqual({
      cmd: "git push",
      workdir: "repo",
      sandbox_permissions: "require_escalated",
      justification: "to publish",
      prefix_rule: ["git"],
      yield_time_ms: 5,
    });
  });
});

describe("failure()", () => {
  it("has the service's body and headers", () => {
    const reply = failure({ status: 429, code: "slow_down", message: "Wait", retryAfter: 2 });
    expect(JSON.parse(reply.body)).toEqual({
      error: { message: "Wait", type: null, code: "slow_down" },
    });
    expect(reply.headers).toEqual({ "retry-after": "2" });
    expect(failure({ status: 599, type: "t", headers: { a: "b" }, retryAfter: 0 })).toEqual({
      reply: "failure",
      status: 599,
      headers: { "retry-after": "0", a: "b" },
      body: '{"error":{"message":"Scripted failure","type":"t","code":null}}',
    });
    expect(failure({ status: 400, body: "no JSON" })).toMatchObject({
      body: "no JSON",
      headers: {},
    });
  });

  it.each([200, 399, 600, 404.5])("refuses status %d", (status) => {
    expect(() => failure({ status })).toThrow(RangeError);
  });
});

describe("a reply", () => {
  it.each([
    ["a text", "Hi", ["Hi"]],
    ["a part", reasoning({ text: "hm" }), [reasoning({ text: "hm" })]],
    ["a gate with a text", [new Gate(), "Hi"], [expect.any(Gate), "Hi"]],
    ["nothing", [], []],
  ])("may be %s", (_name, reply, parts) => {
    expect(toFullReply(reply)).toEqual({ reply: "response", parts, usage: undefined, headers: {} });
  });

  it("may be a whole response or a failure, taken as it is", () => {
    const whole = response(item({ type: "x" }), { usage: null, headers: rateLimits({}) });
    expect(toFullReply(whole)).toBe(whole);
    const counted = response("a", { usage: { totalTokens: 1 }, headers: { "x-a": "b" } });
    expect(counted).toEqual({
      reply: "response",
      parts: ["a"],
      usage: { totalTokens: 1 },
      headers: { "x-a": "b" },
    });
    const bad = failure({ status: 500 });
    expect(toFullReply(bad)).toBe(bad);
  });
});

describe("rateLimits()", () => {
  it("makes the headers of the windows that are given", () => {
    expect(rateLimits({})).toEqual({});
    expect(rateLimits({ primary: { usedPercent: 0, windowMinutes: 5 } })).toEqual({
      "x-codex-primary-used-percent": "0",
      "x-codex-primary-window-minutes": "5",
    });
    expect(rateLimits({ secondary: { usedPercent: 12.5, resetsAt: 9 } })).toEqual({
      "x-codex-secondary-used-percent": "12.5",
      "x-codex-secondary-window-minutes": "300",
      "x-codex-secondary-reset-at": "9",
    });
  });
});

describe("guardianVerdict()", () => {
  it("is one JSON object in one delta", () => {
    const { chunks } = guardianVerdict("deny", { rationale: "too much" });
    expect(JSON.parse(chunks.join(""))).toMatchObject({ outcome: "deny", rationale: "too much" });
    expect(chunks).toHaveLength(1);
  });
});

describe("a part of a reply", () => {
  const wrong = { x: 1 } as never;
  it.each<[string, () => unknown]>([
    ["make the message", () => message("a", wrong)],
    ["make the reasoning", () => reasoning(wrong)],
    ["make the reasoning", () => reasoning(null as never)],
    ["make the tool call", () => toolCall("a", {}, wrong)],
    ["make the tool call", () => customToolCall("a", "b", wrong)],
    ["make the command", () => execCommand("ls", wrong)],
    ["make the patch", () => applyPatch("p", wrong)],
    ["make the verdict", () => guardianVerdict("allow", wrong)],
    ["make the failure", () => streamFailure(wrong)],
    ["make the failure", () => streamFailure(null as never)],
    ["make the response", () => response([], wrong)],
    ["report the usage", () => response([], { usage: wrong })],
    ["make the failure", () => failure(wrong)],
    ["make the failure", () => failure(null as never)],
    ["report the limits", () => rateLimits(wrong)],
    ["report the limits", () => rateLimits(null as never)],
    ["report the primary limit", () => rateLimits({ primary: wrong })],
    ["report the secondary limit", () => rateLimits({ secondary: wrong })],
  ])("refuses to %s with options that there are not", (action, act) => {
    expect(act).toThrow(`Cannot ${action}`);
  });
});

describe("the catalog of an offline home", () => {
  it("lists each model as the runtime reads it", () => {
    const plain = {
      slug: "a",
      displayName: "A",
      description: "It is A.",
      efforts: ["low", "high"],
      priority: 7,
    };
    const entry = {
      slug: "a",
      display_name: "A",
      description: "It is A.",
      supported_reasoning_levels: [
        { effort: "low", description: "low reasoning" },
        { effort: "high", description: "high reasoning" },
      ],
      default_reasoning_level: "low",
      shell_type: "unified_exec",
      visibility: "list",
      supported_in_api: true,
      priority: 7,
      support_verbosity: false,
      truncation_policy: { mode: "tokens", limit: 10_000 },
      context_window: 272_000,
      experimental_supported_tools: [],
      base_instructions: "You are a scripted model that runs offline.",
      apply_patch_tool_type: "freeform",
      input_modalities: ["text"],
    };
    const facts = { defaultEffort: "high", images: true, hidden: true, contextWindow: 5 };
    expect(JSON.parse(catalogJson([plain, { ...plain, ...facts }]))).toEqual({
      models: [entry, {
        ...entry,
        default_reasoning_level: "high",
        visibility: "hide",
        context_window: 5,
        input_modalities: ["text", "image"],
      }],
    });
  });

  it("has a model for every difference, the default one first", () => {
    const facts = OFFLINE_CATALOG.map((model) => [
      model.priority,
      model.slug,
      model.efforts.length,
      model.defaultEffort,
      model.images === true,
      model.hidden === true,
      model.contextWindow,
    ]);
    expect(facts).toEqual([
      [1, "offline-model", 3, "medium", true, false, undefined],
      [2, "offline-model-large", 5, "high", true, false, undefined],
      [3, "offline-model-small", 1, undefined, false, false, 32_000],
      [4, "offline-model-hidden", 2, undefined, false, true, undefined],
    ]);
    for (const model of OFFLINE_CATALOG) expect(model.displayName).toMatch(/^Offline model/);
    for (const model of OFFLINE_CATALOG) expect(model.description).toMatch(/^[A-Z].*\.$/);
  });
});
