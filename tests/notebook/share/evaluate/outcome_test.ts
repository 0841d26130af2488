import { describe, expect, it } from "vitest";
import { logConsole } from "../../../../src/notebook/share/evaluate/log_console.ts";
import { CodeLog, EvaluationError } from "../../../../src/notebook/share/evaluate/outcome.ts";

/** What is kept of these writes. */
function kept(...texts: string[]): string {
  const log = new CodeLog();
  for (const text of texts) log.write(text);
  return log.close();
}

describe("CodeLog", () => {
  it("keeps 5,000 characters at each end, and counts what is between", () => {
    const [head, tail] = ["a".repeat(5000), "z".repeat(5000)];
    expect(kept(head, tail)).toBe(head + tail);
    expect(kept(`${head}${tail}`)).toBe(head + tail);
    expect(kept(head, "x", tail)).toBe(`${head}\n… 1 characters left out …\n${tail}`);
    expect(kept(`${head}${"x".repeat(1234)}`, tail))
      .toBe(`${head}\n… 1,234 characters left out …\n${tail}`);
    expect(kept(...Array(5000).fill("a"), "x", ...Array(5000).fill("z")))
      .toBe(`${head}\n… 1 characters left out …\n${tail}`);
  });

  it("takes no more once it is closed, and ends without blank lines", () => {
    const log = new CodeLog();
    log.write("a\n \n");
    expect(log.isClosed).toBe(false);
    expect(log.close()).toBe("a");
    log.write("b");
    expect([log.isClosed, log.close()]).toEqual([true, "a"]);
  });

  it("is written by a console, without colors", () => {
    const log = new CodeLog();
    const console = logConsole(log);
    console.log("größe", { a: "b" });
    console.error("no");
    console.table([{ a: 1 }]);
    expect(log.close()).toMatch(/^größe { a: 'b' }\nno\n┌[^]*│ 1 +│\n└[─┴]+┘$/);
  });
});

describe("EvaluationError", () => {
  it("has the line and what was printed before", () => {
    expect(new EvaluationError("No", { line: 2 })).toMatchObject({
      name: "EvaluationError",
      message: "No",
      line: 2,
      log: "",
    });
  });
});
