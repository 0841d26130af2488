import { describe, expect, it } from "vitest";
import { writeDocs } from "./docs.ts";
import { readConfig, readText, ROOT } from "./support/repository.ts";

const MOST_BYTES = 15_000_000;

describe("the API documentation", () => {
  it("is small, leads to every entry point, and has no dead link", async () => {
    const output = await Deno.makeTempDir();
    try {
      await writeDocs(output);
      const files = [...walk(output)];
      const sizes = files.map((path) => Deno.statSync(`${output}/${path}`).size);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
      const first = Deno.readTextFileSync(`${output}/index.html`);
      for (const name of Object.keys(readConfig().exports).filter((name) => name !== ".")) {
        expect(first).toContain(`href="${name.replace("./", "")}/index.html"`);
      }
      expect(first).toContain('href="protocol/types.html"');
      const known = new Set(files);
      const dead = files.filter((path) => path.endsWith(".html")).flatMap((path) =>
        linksOf(output, path).filter((target) => !known.has(target)).map((to) => `${path}: ${to}`)
      );
      expect(dead.slice(0, 10)).toEqual([]);
      const text = files.map((path) => Deno.readTextFileSync(`${output}/${path}`)).join("");
      expect(text).not.toContain(ROOT);
    } finally {
      await Deno.remove(output, { recursive: true });
    }
    // Documents nine entry points.
  }, 300_000);

  it("begins with an example for every entry point", () => {
    for (const entry of Object.values(readConfig().exports)) {
      const text = readText(entry.replace("./", ""));
      expect(text.slice(0, text.indexOf("@module")), entry).toContain("```ts");
    }
  });
});

function* walk(root: string, folder = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${root}/${folder}`)) {
    if (isDirectory) yield* walk(root, `${folder}${name}/`);
    else yield `${folder}${name}`;
  }
}

/** The pages that a page links to, as paths from the root. */
function linksOf(root: string, path: string): string[] {
  const html = Deno.readTextFileSync(`${root}/${path}`);
  const base = new URL(path, "http://docs/");
  return [...html.matchAll(/href="([^"#]+\.html)[^"]*"/g)]
    .map(([, href]) => new URL((href ?? "").replaceAll("&#x2F;", "/"), base))
    .filter(({ host }) => host === "docs")
    .map(({ pathname }) => decodeURIComponent(pathname).slice(1));
}
