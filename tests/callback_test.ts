import { describe, expect, it } from "vitest";
import { retryOnOverload } from "../mod.ts";
import { tell } from "../src/callback.ts";
import { ServerBusyError } from "../src/errors/mod.ts";

describe("tell()", () => {
  it("reports what a listener throws, at once or later, and goes on", async () => {
    const errors: unknown[] = [];
    tell(
      () => {
        throw new Error("at once");
      },
      1,
      (error) => errors.push(error),
    );
    tell(() => Promise.reject(new Error("later")), 1, (error) => errors.push(error));
    await Promise.resolve();
    await Promise.resolve();
    expect(errors).toEqual([new Error("at once"), new Error("later")]);
  });

  it("needs neither a listener nor a report", () => {
    const values: number[] = [];
    tell(undefined, 1);
    tell(() => {
      throw new Error("unreported");
    }, 2);
    tell((value: number) => values.push(value), 3);
    expect(values).toEqual([3]);
  });
});

describe("a callback that throws", () => {
  it("does not end a retry", async () => {
    const busy = new ServerBusyError("m", { code: -32001, message: "busy", data: null });
    let attempts = 0;
    const answer = await retryOnOverload(() => {
      attempts++;
      return attempts < 3 ? Promise.reject(busy) : Promise.resolve("done");
    }, {
      attempts: 3,
      sleep: () => Promise.resolve(),
      onRetry: () => {
        throw new Error("not told");
      },
    });
    expect([answer, attempts]).toEqual(["done", 3]);
  });
});
