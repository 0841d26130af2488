import { describe, expect, it } from "vitest";
import * as api from "../mod.ts";
import { PAGES } from "./support/pages.ts";
import { readConfig, readText, ROOT } from "./support/repository.ts";

describe("the pages", () => {
  it("name tasks that exist", () => {
    const named = PAGES.flatMap((page) =>
      [...readText(page).matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)].map(([, name]) => name ?? "")
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in readConfig().tasks))).toEqual([]);
  });

  it("link to files that exist", () => {
    for (const page of PAGES) {
      const links = [...readText(page).matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
      for (const path of links) {
        expect(Deno.statSync(new URL(path, `file://${ROOT}${page}`)).isFile, path).toBe(true);
      }
    }
  });

  it("begin on the first page", () => {
    const first = linkedFrom("README.md");
    const reached = new Set([...first, ...first.flatMap(linkedFrom)]);
    expect(PAGES.slice(1).filter((page) => !reached.has(page))).toEqual([]);
    expect(readText("README.md").split("\n").length).toBeLessThan(150);
  });

  it("name every error class", () => {
    const page = readText("src/errors/README.md");
    const classes = Object.keys(api).filter((name) => name.endsWith("Error"));
    expect(classes.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("call only functions and methods that exist in the table of other SDKs", () => {
    const page = readText("src/codex/README.md");
    const table = page.slice(page.indexOf("## Coming from"));
    const here = table.split("\n").filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").at(-2) ?? "").join("\n");
    const called = [...here.matchAll(/(\w+)\(/g)].map(([, name]) => name ?? "");
    expect(called.length).toBeGreaterThan(20);
    expect(called.filter((name) => !isPublic(name))).toEqual([]);
  });

  it("name every entry point on the first page", () => {
    const page = readText("README.md");
    for (const entry of Object.values(readConfig().exports)) {
      const folder = entry.replace("./", "").replace("/mod.ts", "");
      expect(page, folder).toContain(folder);
    }
  });
});

const METHODS = new Set(
  ["codex", "thread", "turn"].flatMap((name) =>
    [...readText(`src/codex/${name}.ts`).matchAll(/^ {2}(?:static )?(?:async )?(\w+)[(<]/gm)]
      .map(([, method]) => method ?? "")
  ),
);

function isPublic(name: string): boolean {
  return name in api || METHODS.has(name);
}

/** The pages that a page names in links. */
function linkedFrom(page: string): string[] {
  const links = [...readText(page).matchAll(/\]\(([^):]+\.md)\)/g)].map(([, link]) => link ?? "");
  return links.map((link) => new URL(link, `file:///${page}`).pathname.slice(1))
    .filter((link) => PAGES.includes(link));
}
