import { describe, expect, it } from "vitest";
import plugin from "./idioms.ts";

/** What each rule refuses, and the same as it is to be written. */
const SNIPPETS: Readonly<Record<string, { bad: readonly string[]; good: readonly string[] }>> = {
  "conditional-spread": {
    bad: [
      "const a = { ...(x !== undefined && { x }) };",
      "const a = { ...(o.x && { y: o.x }) };",
      "const a = { ...(x === undefined ? {} : { x }) };",
    ],
    good: [
      "const a = { x };",
      "const a = { ...(flag && { x }) };",
      "const a = { ...(x && { x, y }) };",
      "const a = [...(x ? [x] : [])];",
    ],
  },
  "spread-literal": {
    bad: ['const a = [...["a", "b"]];', "const a = { ...{ b: 1 } };"],
    good: ["const a = [...list];", 'const a = { ...["a"] };', "const a = { ...rest, b: 1 };"],
  },
  "optional-undefined": {
    bad: [
      "interface A { b?: string | undefined }",
      "class A { b?: undefined | string }",
      "function f(b?: string | undefined) {}",
    ],
    good: [
      "interface A { b?: string; c: string | undefined }",
      "class A { b?: string | null }",
      "function f(b: string | undefined) {}",
    ],
  },
  "object-call": {
    bad: ["const { a } = Object(x);"],
    good: ["const a = Object.keys(x);", "const a = new Object();"],
  },
  "nested-ternary": {
    bad: ["const a = b ? 1 : c ? 2 : 3;", "const a = b ? c ? 1 : 2 : 3;"],
    good: ["const a = b ? 1 : 2;", "const a = b ? f(() => (c ? 1 : 2)) : 3;"],
  },
  "void-return": {
    bad: [
      "function f(): void { return g(); }",
      "const f = (): void => { return g(); };",
      "async function f(): Promise<void> { return await g(); }",
    ],
    good: [
      "function f(): void { g(); return; }",
      "function f(): number { return g(); }",
      "function f(): void { list.map((x) => { return x; }); }",
    ],
  },
};

describe.skipIf(!canLint())("the idioms", () => {
  it("are all tested", () => {
    expect(Object.keys(SNIPPETS).toSorted()).toEqual(Object.keys(plugin.rules).toSorted());
  });

  const rows = (kind: "bad" | "good"): [string, string][] =>
    Object.entries(SNIPPETS).flatMap(([rule, snippets]) =>
      snippets[kind].map((code): [string, string] => [rule, code])
    );

  it.each(rows("bad"))("%s refuses: %s", (rule, code) => {
    expect(faults("/code/src/a.ts", code)).toEqual([`idioms/${rule}`]);
  });

  it.each(rows("good"))("%s allows: %s", (_rule, code) => {
    expect(faults("/code/src/a.ts", code)).toEqual([]);
  });

  it("hold in the library and the examples, and not in tests", () => {
    const code = "const a = Object(x);";
    for (const path of ["/code/mod.ts", "/code/src/a/b.ts", "/code/examples/a.ts"]) {
      expect(faults(path, code)).toEqual(["idioms/object-call"]);
    }
    for (const path of ["/code/tests/a.ts", "/code/tests/src/a.ts", "/code/other.ts"]) {
      expect(faults(path, code)).toEqual([]);
    }
  });
});

function faults(path: string, code: string): string[] {
  return Deno.lint.runPlugin(plugin, path, code).map(({ id }) => id);
}

/** The plugins of the linter run in `deno test` only, not under Vitest itself. */
function canLint(): boolean {
  try {
    return faults("/code/src/a.ts", "").length === 0;
  } catch {
    return false;
  }
}
