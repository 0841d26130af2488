import { describe, expect, it, vi } from "vitest";
import { runDeno } from "./support/deno_command.ts";
import { readConfig, ROOT } from "./support/repository.ts";

// Documents every entry point.
vi.setConfig({ testTimeout: 60_000 });

/** What a program meets without calling the client: its events, diagnostics and transport. */
const SHARED_WITH_CLIENT = [
  "Diagnostic",
  "DiagnosticHandler",
  "FaultReport",
  "LocalEvent",
  "ServerEvent",
  "Transport",
  "TurnEvent",
  "WhenBusy",
];

describe("the public surface", () => {
  it.each(Object.entries(readConfig().exports))("has no any in %s", async (_, entry) => {
    expect(placesOfAny(await documentation(entry))).toEqual([]);
  });

  it("has nothing at its root that belongs to one of the other entry points alone", async () => {
    const names = async (entry: string): Promise<string[]> =>
      (await documentation(entry)).map((symbol) => (symbol as { name: string }).name);
    const root = await names("./mod.ts");
    expect(
      root.filter((name) => /Facts$|Source$|^(?:PageFetcher|ToolGate|LocalEvents)$/.test(name)),
    )
      .toEqual(["ConfigSource"]);
    const shared = (await names("./src/client/mod.ts")).filter((name) => root.includes(name));
    expect(shared.toSorted()).toEqual(SHARED_WITH_CLIENT);
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
