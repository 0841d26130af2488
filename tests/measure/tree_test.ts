import { describe, expect, it } from "vitest";
import { measureTree } from "./tree.ts";

const FILES = {
  "mod.ts": 'export { a } from "./src/a.ts";\n',
  "src/a.ts": `import { b } from "./b.ts";
/** Adds. */
export function a(value: unknown): number {
  if (value) {
    for (const part of [value]) {
      if (part) return b(part as number);
    }
  }
  return 0;
}
`,
  "src/b.ts": `import type { a } from "./a.ts";
export type A = typeof a;
export function b(n: number): number {
  return c(n);
}
function c(n: number, options = { ...(n > 1 && { n }) }): number {
  const { more } = Object(options) as any;
  return (more as unknown as number)! + n;
}
`,
};

describe("measureTree()", () => {
  it("counts what a reader meets", async () => {
    const root = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${root}/src`);
      for (const [path, text] of Object.entries(FILES)) {
        await Deno.writeTextFile(`${root}/${path}`, text);
      }
      expect(measureTree(root)).toMatchObject({
        "files / lines": "3 / 20",
        "median / max file": "9 / 10",
        "max nesting; functions >= 4": "3; 0",
        "`any`": "1",
        "`!`": "1",
        "cycles by value / with types": "0 / 1",
        "exports documented; members": "33 %; 0 %",
        "pure forwarders per 1k code": "52.6",
        "conditional spreads": "1",
        "`Object(x)`": "1",
        "files under 50 lines": "3",
        "most files in one folder": "2",
      });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
});
