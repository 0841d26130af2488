import { describe, expect, it } from "vitest";
import { ModelRequest } from "../../../src/testing/model/request.ts";

function requestOf(body: Record<string, unknown>, headers: Record<string, string> = {}) {
  const http = { method: "POST", url: "http://127.0.0.1:1/v1/responses?a=1", headers };
  return new ModelRequest(3, http, body, Promise.resolve("sent"));
}

describe("a request to the model", () => {
  it("tells who asks and why, from its headers", async () => {
    const headers = {
      "thread-id": "t",
      "x-codex-turn-metadata": '{"turn_id":"u","request_kind":"compact"}',
    };
    const request = requestOf({ model: "m" }, headers);
    expect(request).toMatchObject({
      index: 3,
      method: "POST",
      path: "/v1/responses",
      model: "m",
      body: { model: "m" },
      threadId: "t",
      turnId: "u",
      kind: "compact",
    });
    expect(await request.outcome).toBe("sent");
    expect(requestOf({}, { ...headers, "x-openai-subagent": "review" }).kind).toBe("review");
    for (const metadata of ["not JSON", "[]", "null", '{"turn_id":5}']) {
      const least = requestOf({}, { "x-codex-turn-metadata": metadata });
      expect(least).toMatchObject({ threadId: null, turnId: null, kind: "turn", model: "" });
    }
  });

  it("has effort and output schema where they are given", () => {
    const schema = { type: "object" };
    const body = { reasoning: { effort: "low" }, text: { format: { schema } } };
    expect(requestOf(body)).toMatchObject({ effort: "low", outputSchema: schema });
    expect(requestOf({ reasoning: 5, text: { format: { schema: "no" } } })).toMatchObject({
      effort: null,
      outputSchema: null,
      input: [],
    });
  });

  it("tells the texts of each role, and the last one that the user wrote", () => {
    const text = (role: string, text: string) => ({ role, content: [{ type: "text", text }] });
    const request = requestOf({
      input: [
        text("developer", "rules"),
        { role: "user", content: "first" },
        text("assistant", "answer"),
        { role: "user", content: [{ text: "a" }, { text: "b" }] },
        text("user", " <environment_context>"),
        text("user", "# AGENTS.md instructions for x"),
        "no object",
        { role: "user", content: [{ type: "input_image" }, "no object"] },
      ],
    });
    expect(request.userTexts()).toEqual([
      "first",
      "a",
      "b",
      " <environment_context>",
      "# AGENTS.md instructions for x",
    ]);
    expect(request.lastUserText).toBe("b");
    expect(request.developerTexts()).toEqual(["rules"]);
    expect(request.assistantTexts()).toEqual(["answer"]);
    expect(requestOf({ input: [text("user", "<skill>x</skill>")] }).lastUserText).toBe(null);
    expect(requestOf({ input: [text("user", "<skills>")] }).lastUserText).toBe("<skills>");
  });

  it("lists the pictures of the user alone", () => {
    const content = [
      { type: "input_image", image_url: "data:a" },
      { type: "input_image", file_id: "f" },
      { type: "input_text", image_url: "no" },
      { type: "input_image" },
    ];
    const request = requestOf({ input: [{ role: "user", content }, { role: "tool", content }] });
    expect(request.inputImages()).toEqual(["data:a", "f", ""]);
  });

  it("names the tools, those of a namespace with it", () => {
    const tools = [
      { type: "function", name: "shell" },
      { type: "web_search" },
      {},
      { type: "namespace", name: "mcp", tools: [{ name: "read" }, {}] },
    ];
    expect(requestOf({ tools }).toolNames()).toEqual([
      "shell",
      "web_search",
      "",
      "mcp.read",
      "mcp.",
    ]);
    expect(requestOf({}).toolNames()).toEqual([]);
  });

  it("gives the outputs of tool calls, as text and as they were sent", () => {
    const parts = [{ type: "input_text", text: "a" }, { type: "input_image" }, { text: "b" }];
    const request = requestOf({
      input: [
        { type: "function_call", call_id: "1" },
        { type: "function_call_output", call_id: "1", output: "done" },
        { type: "custom_tool_call_output", call_id: "2", output: parts },
        { type: "function_call_output", output: 5 },
      ],
    });
    expect(request.toolOutputs()).toEqual([
      { callId: "1", text: "done", output: "done" },
      { callId: "2", text: "ab", output: parts },
      { callId: "", text: "", output: 5 },
    ]);
    expect(request.toolOutput("2")?.text).toBe("ab");
    expect(request.toolOutput("3")).toBe(undefined);
  });
});
