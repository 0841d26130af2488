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
    ["Not\rfound", "Not found"],
    ["unexpected status 500 Oops: No, url: http://a.test/v1, request id: 7\nmore", "No"],
    ["unexpected status 500 Oops: No, url: http://a.test/v1, auth error: 7", "No"],
    ["unexpected status 500 Oops: No, url: http://a.test/v1, other: 7", /^No, url/],
    [' {"message":"Second","detail":"Third"} ', "Second"],
    ['{"error":{"message":"First"},"message":"Second"}', "First"],
    ['{"error":"First","message":"Second"}', "First"],
    ["The end: . ", "The end"],
    ["<a <b> no", "no"],
  ])("of %j are %j", (message, words) => {
    const found = serviceWords(message, []);
    if (words instanceof RegExp) expect(found).toMatch(words);
    else expect(found).toBe(words);
  });

  it("are one short line without secrets and control characters", () => {
    const words = serviceWords(
      `a\u001b[31m\tb\r\n\u202ekey sk-${"1".repeat(40)} ${"c ".repeat(500)}`,
      [],
    );
    expect(words).toMatch(/^a b key \[masked\] c c [c ]+…$/);
    expect(words?.length).toBeLessThan(210);
  });

  it("are whole up to 200 characters", () => {
    expect(serviceWords("x".repeat(200), [])).toBe("x".repeat(200));
    expect(serviceWords("x".repeat(201), [])).toBe(`${"x".repeat(200)} …`);
    expect(serviceWords(`${"x".repeat(199)} yes`, [])).toBe(`${"x".repeat(199)} …`);
  });

  it("share twelve characters in a row, or all of a shorter input that stands alone", () => {
    const twelve = "abcdef ghijk";
    expect(serviceWords(`No ${twelve}`, given(`--${twelve}--`))).toBe("No […]");
    expect(serviceWords(`No ${twelve.slice(1)}`, given(`--${twelve.slice(1)}!!`)))
      .toBe(`No ${twelve.slice(1)}`);
    const output = (text: string) =>
      [{ type: "agentMessage", id: "m", text }] as unknown as ThreadItem[];
    expect(serviceWords(`No ${twelve}`, output(twelve))).toBe("No […]");
    expect(serviceWords("No abcdefghijk", output("abcdefghijk"))).toBe("No abcdefghijk");
    expect(serviceWords("Not one, ones or done", given("one"))).toBe("Not […], ones or done");
    // What the inputs are more than is left out of the search: the last one.
    const large = "y".repeat((1 << 22) - `texttext${twelve}`.length);
    expect(serviceWords(`No ${twelve}`, given(large, twelve))).toBe("No […]");
    expect(serviceWords(`No ${twelve}`, given(`${large}y`, twelve))).toBe(`No ${twelve}`);
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
