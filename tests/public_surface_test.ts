import { describe, expect, it, vi } from "vitest";
import { runDeno } from "./support/deno_command.ts";
import { readConfig, readText, ROOT } from "./support/repository.ts";

// Documents every entry point.
vi.setConfig({ testTimeout: 60_000 });

/**
 * Names at the root. A new one has to be what programs write, not what a signature happens to use.
 */
const MOST_NAMES = 155;
/**
 * What a program writes by name although another entry point has it too: what a turn streams, a
 * tool is made of, an installation tells. `Thread` and others of `./protocol` are types of the wire
 * with the same name.
 */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  "./client": ["Diagnostic", "FaultReport", "ServerEvent", "Transport", "TurnEvent"],
  "./connectors": ["ClientTool", "SchemaIssue", "ToolContext", "ZodSchema"],
  "./fleet": [],
  "./notebook": [],
  "./notebook/runner": ["CodexError"],
  "./protocol": ["RateLimitWindow", "ReviewTarget", "Thread", "ThreadSettings", "Turn"],
  "./runtime": [
    "RUNTIME_VERSION",
    "RuntimeInfo",
    "RuntimeProgress",
    "findRuntime",
    "installRuntime",
  ],
  "./testing": ["RateLimitWindow"],
};

describe("the public surface", () => {
  it.each(Object.entries(readConfig().exports))("has no any in %s", async (_, entry) => {
    expect(placesOfAny(await documentation(entry))).toEqual([]);
  });

  it("has at its root what programs name, and nothing that another entry point has", async () => {
    const root = await namesOf("./mod.ts");
    expect(root.length).toBeLessThanOrEqual(MOST_NAMES);
    const { ".": _, ...others } = readConfig().exports;
    const shared = Object.entries(others).map(async ([name, entry]) => {
      const names = await namesOf(entry);
      return [name, names.filter((name) => root.includes(name)).toSorted()] as const;
    });
    expect(Object.fromEntries(await Promise.all(shared))).toEqual(SHARED);
  });

  it("is grouped at its root, each group under a line that says what it is for", () => {
    const [, ...groups] = readText("mod.ts").split(/^\n?(?=\/\/ )/m);
    expect(groups.length).toBeGreaterThan(8);
    for (const group of groups) expect(group).toMatch(/^\/\/ [A-Z].{10,}\.\nexport /);
    const loose = readText("mod.ts").split(/^$/m).slice(1).filter((part) =>
      !/^\s*(?:\/\/|\*)/.test(part)
    );
    expect(loose).toEqual([]);
  });

  it("would show an any", async () => {
    const path = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      await Deno.writeTextFile(path, "export class Box { open(lid: any): void {} }");
      expect(placesOfAny(await documentation(path))).toEqual(["Box.open.lid"]);
    } finally {
      await Deno.remove(path);
    }
  });
});

async function namesOf(entry: string): Promise<string[]> {
  return (await documentation(entry)).map((symbol) => (symbol as { name: string }).name);
}

async function documentation(entry: string): Promise<object[]> {
  const { code, stdout, stderr } = await runDeno(["doc", "--json", entry], { cwd: ROOT });
  if (code !== 0) throw new Error(stderr);
  const { nodes } = JSON.parse(stdout) as { nodes: Record<string, { symbols: object[] }> };
  return Object.values(nodes).flatMap(({ symbols }) => symbols);
}

/** The names that lead to each `any`. */
function placesOfAny(node: unknown, trail: readonly string[] = []): string[] {
  if (typeof node !== "object" || node === null) return [];
  const { name, kind, value, accessibility } = node as Record<string, unknown>;
  if (accessibility === "private") return [];
  const place = typeof name === "string" ? [...trail, name] : trail;
  if (kind === "keyword" && value === "any") return [place.join(".")];
  return Object.values(node).flatMap((child) => placesOfAny(child, place));
}
