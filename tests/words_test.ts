import { describe, expect, it } from "vitest";
import { GENERATED, readText } from "./support/repository.ts";
import { listFiles } from "./support/source_tree.ts";

const WIDTH = 100;

/** Phrases that plain technical English rarely needs, and how many per 1,000 words are left. */
const GROUPS: readonly (readonly [phrases: RegExp, most: number])[] = [
  [/\b(?:no|some|every)body\b/gi, 0.1],
  [/\b(?:is|are|was|were) (?:no(?! longer)|none)\b/gi, 0.3],
  [/\b(?:who|what)ever\b|\bbeside\b|\bbeneath\b|\banew\b|\bc[ao]mes? to\b/gi, 0.1],
  [/\bo[fn] (?:its|their|our|your) own\b|\bof (?:ours|yours|theirs)\b|\baffair\b/gi, 0.1],
  [/\bMade by the (?:module|library)\b/g, 0.1],
];

const paths = ["mod.ts", "README.md", "CHANGELOG.md", "src", "notebooks", "examples", "tests"]
  .flatMap(listFiles)
  .filter((path) => !GENERATED.includes(path));
const source = paths.filter((path) => path === "mod.ts" || /^src\/.*\.ts$/.test(path));
const prose = [
  ...source.map((path) => comments(readText(path)).replace(/^ *\* ?|^ *\/\/ ?/gm, "")),
  ...paths.filter((path) => path.endsWith(".md")).map(readText),
  ...paths.filter((path) => /^notebooks\/[^/]*\.ipynb$/.test(path)).map(markdownOf),
].join("\n").replace(/^ *```[^]*?^ *```/gm, "").replace(/\s+/g, " ");
const words = prose.split(" ").length;

describe("the prose", () => {
  it.each(GROUPS)("has few matches of %s, per 1,000 words at most %f", (phrases, most) => {
    const found = [...prose.matchAll(phrases)]
      .map(({ index }) => prose.slice(Math.max(0, index - 40), index + 40));
    expect(words).toBeGreaterThan(10_000);
    expect(found.length * 1000 / words, found.join("\n")).toBeLessThanOrEqual(most);
  });

  it("stays within the width of the code in comments", () => {
    const wide = source.flatMap((path) =>
      comments(readText(path)).split("\n")
        .filter((line) => line.length > WIDTH)
        .map((line) => `${path}: ${line.trim()}`)
    );
    expect(wide).toEqual([]);
  });
});

/** The comments of a file, one below the other; those behind code on the same line are left out. */
function comments(text: string): string {
  return (text.match(/^ *\/\*[^]*?\*\/|^ *\/\/.*$/gm) ?? []).join("\n");
}

function markdownOf(path: string): string {
  const { cells }: { cells: { cell_type: string; source: string | string[] }[] } = JSON.parse(
    readText(path),
  );
  return cells.filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => [source].flat().join(""))
    .join("\n");
}
