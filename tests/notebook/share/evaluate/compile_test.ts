import { describe, expect, it } from "vitest";
import { compileCode } from "../../../../src/notebook/share/evaluate/compile.ts";
import { functionOf, lineOf, runOf } from "../../../../src/notebook/share/evaluate/function.ts";
import type { EvaluationError } from "../../../../src/notebook/share/evaluate/outcome.ts";
import { thrownText } from "../../../../src/notebook/share/evaluate/thrown.ts";

/** The compiled code, with a short name for the guard. */
async function compiled(code: string): Promise<string> {
  return (await compileCode(code)).replaceAll("__codexGuard", "G");
}

async function errorOf(code: string): Promise<EvaluationError> {
  return await compileCode(code).then(
    () => Promise.reject(new Error("compiled")),
    (error) => error,
  );
}

/** The value of compiled code, and how often its guard was called. */
async function run(code: string, names: Record<string, unknown> = {}) {
  let guarded = 0;
  const guard = (): void => void guarded++;
  const call = functionOf(await compileCode(code), Object.keys(names), 1);
  return { value: (await call(...Object.values(names), guard))?.value, guarded };
}

describe("compileCode()", () => {
  it.each<[string, string, string]>([
    ["the last expression", "1;\na + 1;", "1;\nreturn { value: (0,a + 1\n) };"],
    ["an expression without its end", "a ", "return { value: (0,a\n) } "],
    ["no statement", "let a = 1;", "let a = 1;"],
    ["nothing", "", ""],
    ["an object", "{ a: 1 }", "return { value: (0,({ a: 1 }\n)\n) }"],
    ["a block that is no object", "{ a; b; }", "{ a; b; }"],
    [
      "types, each as blanks",
      "let a: number = 1;\na as any",
      "let a         = 1;\nreturn { value: (0,a\n) }       ",
    ],
  ])("returns %s", async (_, code, expected) => {
    expect(await compiled(code)).toBe(expected);
  });

  it.each<[string, string]>([
    ["while (a) b();", "while (a) {G();b();}"],
    ["while (a) { b(); }", "while (a) {G(); b(); }"],
    ["do b(); while (a)", "do {G();b();} while (a)"],
    ["for (;;) b();", "for (;;) {G();b();}"],
    ["for (const c in a) b();", "for (const c in a) {G();b();}"],
    ["for (const c of a) b();", "for (const c of a) {G();b();}"],
    ["for (;;) while (a) b();", "for (;;) {G();while (a) {G();b();}}"],
    ["function f() { g(); }", "function f() {G(); g(); }"],
    ["let f = () => 1;", "let f = () => (G(),1);"],
    ["let f = () => ({ a: () => 2 });", "let f = () => ((G(),{ a: () => (G(),2) }));"],
    ["class A { m() { } }", "class A { m() {G(); } }"],
    ["if (a) b();", "if (a) b();"],
  ])("guards %s", async (code, expected) => {
    const made = await compiled(code);
    expect(made.replace("(G(),({ a: () => (G(),2) }))", "((G(),{ a: () => (G(),2) }))")).toBe(
      expected,
    );
  });

  it("runs as it was written", async () => {
    const sum = "let sum = 0;\nfor (const n of list) if (n > 1) sum += n;\nsum";
    expect(await run(sum, { list: [1, 2, 3] })).toEqual({ value: 5, guarded: 3 });
    expect((await run("enum Size { Big = 3 }\nSize.Big")).value).toBe(3);
    expect((await run("{ a: 1, b: [2] }")).value).toEqual({ a: 1, b: [2] });
    expect(Reflect.get((await run("() => 1")).value as object, "name")).toBe("");
    const { value } = await run("let list = 2; list", { list: 1 });
    expect(value).toBe(2);
    expect((await run("return { value: 4 }")).value).toBe(4);
  });

  it("tells the line of a syntax error where the parser does", async () => {
    expect(await errorOf("let a = 1;\nlet b = ;")).toMatchObject({
      message: "SyntaxError: Unexpected token",
      line: 2,
    });
    expect(await errorOf("let a = 1;\nlet a = 2;")).toMatchObject({
      message: "SyntaxError: Identifier 'a' has already been declared",
      line: 2,
    });
    const typed = await errorOf("let a: number = ;");
    expect(typed.message).toMatch(/^SyntaxError: .*[^)]$/);
    expect(typed.message).not.toMatch(/\(\d+:\d+\)| at file:/);
  });

  it("says how to import instead", async () => {
    for (
      const code of ["1;\nimport x from 'y'", "1;\nexport const a = 1", "1;\nexport default 1"]
    ) {
      expect(await errorOf(code)).toMatchObject({
        message: expect.stringContaining("Use `const { x } = await import(…)`"),
        line: 2,
      });
    }
    expect(await compiled("await import('x')")).toContain("await import('x')");
  });
});

describe("the place of an error", () => {
  it("is the line of the code, by the number of its run", async () => {
    const failing = functionOf(await compileCode("1;\n\nfail()"), [], 42);
    const error = await failing(() => {}).catch((error) => error);
    expect(lineOf(error)).toBe(3);
    expect(runOf(error.stack)).toBe(42);
    expect([runOf("at file.ts:1:1"), runOf(5), runOf(null)]).toEqual([null, null, null]);
    const other = new Error("no");
    const broken = Object.defineProperty(new Error("no"), "stack", {
      get: () => {
        throw new Error("run");
      },
    });
    expect([other, broken, "no", new Proxy(other, {})].map(lineOf)).toEqual(Array(4).fill(null));
  });
});

describe("thrownText()", () => {
  it("is what an error says, with its cause, and what anything else is", () => {
    const trapped = Object.defineProperty(new Error("no"), "cause", {
      get: () => {
        throw new Error("run");
      },
    });
    const texts: [unknown, string][] = [
      [new TypeError("no"), "TypeError: no"],
      [new Error("no", { cause: 5 }), "Error: no (cause: 5)"],
      [trapped, "Error: no"],
      [{ a: 1 }, "The code threw { a: 1 }"],
      [undefined, "The code threw undefined"],
      [new Proxy(new Error("no"), {}), "The code threw [Proxy]"],
    ];
    for (const [thrown, text] of texts) expect(thrownText(thrown)).toBe(text);
  });
});
