import { describe, expect, it } from "vitest";
import { GENERATED, readText } from "./support/repository.ts";
import { listFiles } from "./support/source_tree.ts";

const WIDTH = 100;
/** Words of prose below which a rate says nothing. */
const LEAST_WORDS = 1000;

/**
 * Phrases that plain technical English rarely needs, and how many per 1,000 words there may be. The
 * comments of Deno's standard library and of dax have 0 to 0.33 of each.
 */
const GROUPS: readonly (readonly [phrases: RegExp, most: number])[] = [
  [/\b(?:no|some|every|any)body\b/gi, 0.1],
  [/\b(?:is|are|was|were) (?:no(?! longer)|none)\b/gi, 0.33],
  [/\b(?:who|what)ever\b|\bbeside\b|\bbeneath\b|\banew\b|\bc[ao]mes? to\b/gi, 0.1],
  [/\bo[fn] (?:its|their|our|your|his) own\b|\bof (?:ours|yours|theirs|your)\b|\baffair\b/gi, 0.15],
  [/\b(?:became|becomes|came|comes) of\b|\bMade by the (?:module|library)\b/g, 0.1],
];
/** A comment names a thing; one that begins with "What" describes it by a detour. */
const MOST_DETOURS = 1.5;

const LITERAL = /"[^"\n]*"|'[^'\n]*'|`[^`]*`/.source;
const ERROR = /(?:new \w*Error\(|setupError\(\s*"\w+",\s*[\w.]+,)/.source;
/** A message that is written where the error is made. */
const MESSAGE = new RegExp(
  `${ERROR}\\s*((?=["'\`]Cannot)(?:${LITERAL})(?:\\s*\\+\\s*(?:${LITERAL}))*)`,
  "g",
);
/** A sentence that follows the first one; a rule that names the valid values; a part put in. */
const NEXT_STEP = /\. [A-Z$"`]|\.\$\{| must be |\}$/;

const paths = ["mod.ts", "README.md", "CHANGELOG.md", "src", "notebooks", "examples", "tests"]
  .flatMap(listFiles)
  .filter((path) => !GENERATED.includes(path) && !path.endsWith(".d.ts"));
const source = paths.filter((path) => /^mod\.ts$|^src\/.*\.ts$/.test(path));
const BODIES: Readonly<Record<string, string>> = {
  "the comments of the source": commentsOf(source),
  "the comments of tests and examples": commentsOf(
    paths.filter((path) => /^(?:tests|examples)\/.*\.ts$/.test(path)),
  ),
  "the pages": proseOf(paths.filter((path) => path.endsWith(".md")).map(readText)),
  "the notebooks": proseOf(
    paths.filter((path) => /^notebooks\/[^/]*\.ipynb$/.test(path)).map(markdownOf),
  ),
};

describe.each(Object.entries(BODIES))("%s", (_, prose) => {
  it.each(GROUPS)("has few matches of %s, per 1,000 words at most %f", (phrases, most) => {
    expect(prose.split(" ").length).toBeGreaterThan(LEAST_WORDS);
    expect(rateOf(prose, phrases), found(prose, phrases).join("\n")).toBeLessThanOrEqual(most);
  });
});

describe("the comments of the source", () => {
  it("name things, and few begin with a question word", () => {
    const openings = source.map((path) => comments(readText(path))).join("\n");
    const detours = openings.match(/\/\*\*(?:\n \*)? What\b/g) ?? [];
    const words = BODIES["the comments of the source"]?.split(" ").length ?? 0;
    expect(detours.length * 1000 / words).toBeLessThanOrEqual(MOST_DETOURS);
  });

  it("stay within the width of the code", () => {
    const wide = source.flatMap((path) =>
      comments(readText(path)).split("\n")
        .filter((line) => line.length > WIDTH)
        .map((line) => `${path}: ${line.trim()}`)
    );
    expect(wide).toEqual([]);
  });
});

describe("the messages of errors", () => {
  const messages = source.filter((path) => !/\/tools\/|\/zmtp\.ts$/.test(path))
    .flatMap((path) => [...readText(path).matchAll(MESSAGE)].map(([, text = ""]) => joined(text)));

  it("say what is wrong and what to do", () => {
    expect(messages.length).toBeGreaterThan(150);
    expect(messages.filter((message) => !NEXT_STEP.test(message))).toEqual([]);
  });

  it("do not end in a period", () => {
    expect(messages.filter((message) => message.endsWith("."))).toEqual([]);
  });
});

/** The text of one literal, or of several in a row. */
function joined(literals: string): string {
  return literals.replace(/["'`]\s*\+\s*["'`]/g, "").trim().slice(1, -1).replace(/\s+/g, " ");
}

function rateOf(prose: string, phrases: RegExp): number {
  return found(prose, phrases).length * 1000 / prose.split(" ").length;
}

function found(prose: string, phrases: RegExp): string[] {
  return [...prose.matchAll(phrases)]
    .map(({ index }) => prose.slice(Math.max(0, index - 40), index + 40));
}

function commentsOf(files: readonly string[]): string {
  return proseOf(
    files.map((path) => comments(readText(path)).replace(/^ *\/?\*+\/? ?|^ *\/\/ ?/gm, "")),
  );
}

/** The texts without their code blocks, as one line. */
function proseOf(texts: readonly string[]): string {
  return texts.join("\n").replace(/^ *```[^]*?^ *```/gm, "").replace(/\s+/g, " ");
}

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
