import { describe, expect, it } from "vitest";
import { serviceWords } from "../../src/errors/service_words.ts";
import type { ThreadItem } from "../../src/protocol/mod.ts";

const given = (...texts: string[]): ThreadItem[] =>
  texts.map((text) => ({ type: "userMessage", id: "i", content: [{ type: "text", text }] }));

describe("the words of the model service", () => {
  it.each([
    ["unexpected status 403 Forbidden: Not yours, url: http://127.0.0.1/v1/responses", "Not yours"],
    ["unexpected status 502 Bad Gateway: , url: http://127.0.0.1/v1, cf-ray: 1", null],
    ['{"error":{"message":"No such tool","type":"invalid"}}', "No such tool"],
    ['{"error":"Closed"}', "Closed"],
    ['{"detail":"Not here."}', "Not here"],
    ['{"input":[{"text":"the whole request"}]}', null],
    ['{"error":{"mess', null],
    ["<html><head><title>502</title></head><p>Bad\n gateway</html>", "502 Bad gateway"],
    ["stream disconnected before completion: idle timeout", "idle timeout"],
    ["rate limit exceeded: try again in 1.2s", "try again in 1.2s"],
    ["", null],
    ["42", null],
  ])("of %j are %j", (message, words) => {
    expect(serviceWords(message, [])).toBe(words);
  });

  it("are one short line without secrets and control characters", () => {
    const words = serviceWords(
      `a\u001b[31m\tb\r\n\u202ekey sk-${"1".repeat(40)} ${"c ".repeat(500)}`,
      [],
    );
    expect(words).toMatch(/^a b key \[masked\] c c [c ]+…$/);
    expect(words?.length).toBeLessThan(210);
  });

  it("lose what they share with inputs, answers and outputs", () => {
    const secret = "the plan for the merger of two companies";
    expect(serviceWords(`You wrote: ${secret}`, given(secret))).toBe("You wrote: […]");
    expect(serviceWords("You wrote: the plan for the mer...", given(secret))).toBe(
      "You wrote: […]",
    );
    expect(serviceWords(`Echo ${secret}`, given(`First,\n${secret}`))).toBe("Echo[…]");
    expect(serviceWords(secret, given(secret))).toBeNull();
    const command = { type: "commandExecution", id: "c", aggregatedOutput: secret } as ThreadItem;
    expect(serviceWords(`It printed ${secret}`, [command])).toBe("It printed […]");
  });

  it("keep words that a short input is a part of", () => {
    expect(serviceWords("Invalid input in it", given("in"))).toBe("Invalid input […] it");
    expect(serviceWords("The type text is unknown", given("Go"))).toBe("The type text is unknown");
  });

  it("take inputs of the largest size", () => {
    expect(serviceWords("x".repeat(600), given("y".repeat(1 << 20)))).toMatch(/^x{200} …$/);
  });
});
