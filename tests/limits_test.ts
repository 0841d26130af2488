import { describe, expect, it } from "vitest";
import { readText, ROOT } from "./support/repository.ts";

/** A limit of a test or of a file of tests, at the end of a call. */
const LIMIT =
  /^ *(?:vi\.setConfig\(\{ testTimeout: ([\d_]+) \}\);|\}\)?, ([\d_]+)\);|([\d_]+),(?: \/\/.*)?\n *\);)/;
const USUAL_MS = 15_000;

/** Lines with a limit above the usual one that have no comment on them or beside them. */
function unexplained(text: string): string[] {
  const lines = text.split("\n");
  return lines.filter((line, index) => {
    const [, ...limits] = LIMIT.exec(`${line}\n${lines[index + 1]}`) ?? [];
    const limit = limits.find((limit) => limit !== undefined) ?? "0";
    const near = lines.slice(Math.max(0, index - 1), index + 2);
    return Number(limit.replaceAll("_", "")) > USUAL_MS && !near.some((line) => /\/\/ /.test(line));
  });
}

function testsIn(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return testsIn(`${folder}/${name}`);
    return name.endsWith("_test.ts") ? [`${folder}/${name}`] : [];
  });
}

describe("the limit of a test", () => {
  it("is found in each of its spellings", () => {
    const spellings = [
      "vi.setConfig({ testTimeout: 60_000 });",
      "  }, 20_000);",
      "    }), 20_000);",
      "    60_000,",
    ];
    expect(unexplained(`${spellings.join("\n\n")}\n  );`)).toEqual(spellings);
    expect(unexplained("const days = [\n  60_000,\n];")).toEqual([]);
    expect(unexplained("  // Starts a browser.\n  }, 20_000);\n\n\n  }, 15_000);")).toEqual([]);
  });

  it("says why where it is above 15 s", () => {
    const files = testsIn("tests");
    expect(files.length).toBeGreaterThan(200);
    const found = files.flatMap((path) => unexplained(readText(path)).map((line) => path + line));
    expect(found).toEqual([]);
  });
});
