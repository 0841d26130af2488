import { describe, expect, it } from "vitest";
import * as api from "../mod.ts";
import { runDeno } from "./support/deno_command.ts";
import { readConfig, readText, ROOT } from "./support/repository.ts";

const README = readText("README.md");

describe("the README", () => {
  it("has programs that type-check", async () => {
    const { code, stderr } = await runDeno(["check", "--doc-only", "README.md"], { cwd: ROOT });
    expect(README.match(/^```ts$/gm)?.length).toBeGreaterThan(1);
    expect(code, stderr).toBe(0);
  });

  it("names tasks that exist", () => {
    const named = [...README.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !((name ?? "") in readConfig().tasks))).toEqual([]);
  });

  it("names every error class", () => {
    const classes = Object.keys(api).filter((name) => name.endsWith("Error"));
    expect(classes.filter((name) => !README.includes(`\`${name}\``))).toEqual([]);
  });

  it("links to files that exist", () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path ?? "");
    expect(links.length).toBeGreaterThan(1);
    for (const path of links) expect(Deno.statSync(`${ROOT}${path}`).isFile, path).toBe(true);
  });

  it("calls only functions and methods that exist in its table of other SDKs", () => {
    const table = README.slice(README.indexOf("## Coming from"), README.indexOf("## Contributing"));
    const here = table.split("\n").filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").at(-2) ?? "").join("\n");
    const called = [...here.matchAll(/(\w+)\(/g)].map(([, name]) => name ?? "");
    expect(called.length).toBeGreaterThan(20);
    expect(called.filter((name) => !isPublic(name))).toEqual([]);
  });
});

const METHODS = new Set(
  ["codex", "thread", "turn"].flatMap((name) =>
    [...readText(`src/codex/${name}.ts`).matchAll(/^ {2}(?:static )?(?:async )?(\w+)\(/gm)]
      .map(([, method]) => method ?? "")
  ),
);

function isPublic(name: string): boolean {
  return name in api || METHODS.has(name);
}
