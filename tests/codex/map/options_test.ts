import { describe, expect, it } from "vitest";
import { answerSettings, checkMapOptions } from "../../../src/codex/map/options.ts";

type Options = Parameters<typeof checkMapOptions>[0];
const check = (options: Options) => () => checkMapOptions(options, () => {});
const prices = { m: { input: 1, cachedInput: 1, output: 1 } };

describe("checkMapOptions()", () => {
  it("takes the least and the most of each number", () => {
    const least = { concurrency: 1, retries: 0, stagger: 0, timeoutMs: 0 };
    for (const options of [{}, least, { stagger: 0.5, timeoutMs: Infinity }]) {
      expect(check(options)).not.toThrow();
    }
    expect(check({ budget: { usd: 1 }, prices })).not.toThrow();
    expect(check({ budget: { tokens: 1 } })).not.toThrow();
  });

  it.each<[Options, string]>([
    [{ concurrency: 0 }, "concurrency is 0. Pass an integer >= 1"],
    [{ concurrency: 1.5 }, "concurrency is 1.5. Pass an integer >= 1"],
    [{ concurrency: Infinity }, "concurrency is Infinity. Pass an integer >= 1"],
    [{ retries: -1 }, "retries is -1. Pass an integer >= 0"],
    [{ retries: NaN }, "retries is NaN. Pass an integer >= 0"],
    [{ stagger: -1 }, "stagger is -1. Pass milliseconds >= 0"],
    [{ timeoutMs: NaN }, "timeoutMs is NaN. Pass milliseconds >= 0"],
  ])("refuses %j", (options, message) => {
    expect(check(options)).toThrow(RangeError);
    expect(check(options)).toThrow(message);
  });

  it("refuses a task that is none, and a budget in money without prices", () => {
    expect(() => checkMapOptions({}, "text")).toThrow("the task is not a function. Pass one");
    expect(check({ budget: { usd: 1 } })).toThrow("budget.usd needs prices");
  });

  it("refuses what is misspelled at any depth", () => {
    for (const name of ["thread", "budget", "backoff"]) {
      expect(check({ [name]: { misspelled: 1 } })).toThrow('there is no option "misspelled"');
    }
  });
});

describe("answerSettings()", () => {
  it("has what makes a difference to answers, tools and connectors by name", () => {
    const settings = {
      model: "m",
      modelProvider: "p",
      cwd: "/w",
      sandbox: "read-only" as const,
      approvalMode: "ask" as const,
      config: { web_search: "live" as const },
      baseInstructions: "b",
      developerInstructions: "d",
      serviceTier: "fast",
      effort: "low" as const,
      personality: "friendly" as const,
      ephemeral: true,
    };
    const tools = [{ name: "t", run: () => {} }];
    const found = answerSettings({ ...settings, tools, connectors: [{ name: "c" }, {}] });
    const { ephemeral: _, ...expected } = settings;
    expect(found).toMatchObject({ ...expected, tools: ["t"], connectors: ["c", null] });
    expect(found).not.toHaveProperty("ephemeral");
    expect(Object.values(answerSettings({})).filter((value) => value !== undefined)).toEqual([]);
  });
});
