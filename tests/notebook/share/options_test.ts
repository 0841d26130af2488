import { describe, expect, it } from "vitest";
import { checkShareOptions } from "../../../src/notebook/share/options.ts";

describe("checkShareOptions()", () => {
  it("takes each option, up to an hour", () => {
    const all = [
      {},
      { name: "mine", readOnly: true, worker: false },
      ...(["each", "session", "allow"] as const).map((approve) => ({ approve })),
      ...[0.5, 1, 3_600_000].map((timeoutMs) => ({ timeoutMs })),
    ];
    for (const options of all) expect(() => checkShareOptions(options)).not.toThrow();
  });

  it.each<[object, new () => Error, string]>([
    [{ aprove: "each" }, TypeError, 'no option "aprove". Use approve'],
    [{ name: "" }, TypeError, "name must be a string. Pass one, or leave it out"],
    [{ name: " " }, TypeError, "name must be a string. Pass one, or leave it out"],
    [{ name: 5 }, TypeError, "name must be a string. Pass one, or leave it out"],
    [{ approve: "always" }, TypeError, 'approve is "always". Use "each", "session" or "allow"'],
    [{ approve: null }, TypeError, 'approve is null. Use "each", "session" or "allow"'],
    [{ timeoutMs: 0 }, RangeError, "timeoutMs is 0. Pass 1 to 3600000"],
    [{ timeoutMs: 3_600_001 }, RangeError, "timeoutMs is 3600001. Pass 1 to 3600000"],
    [{ timeoutMs: NaN }, RangeError, "timeoutMs is NaN. Pass 1 to 3600000"],
  ])("refuses %j", (options, Class, message) => {
    const check = () => checkShareOptions(options as never);
    expect(check).toThrow(Class);
    expect(check).toThrow(/^Cannot share the values: /);
    expect(check).toThrow(message);
  });
});
