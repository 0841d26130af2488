import os from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { resolveRuntime } from "../../../src/runtime/mod.ts";
import { fakeRuntime } from "../../support/fake_runtime.ts";
import { readText } from "../../support/repository.ts";

// The formatter of the types counts the processors when it is loaded, which needs a permission.
os.cpus = () => [];
const { generate, update } = await import("../../../src/protocol/tools/generate.ts");

type Definitions = Record<string, unknown>;

const METHOD = (method: string, params?: object): object => ({
  properties: { method: { enum: [method] }, params },
});
const REFERENCE = (name: string): object => ({ $ref: `#/definitions/${name}` });

/** A protocol of one request, in the form in which the runtime prints it. */
function protocolOf(request: object, definitions: Definitions = {}): Definitions {
  return {
    ClientRequest: { oneOf: [request] },
    ServerNotification: { oneOf: [] },
    ServerRequest: { oneOf: [] },
    ClientNotification: { oneOf: [] },
    ThreadTimelineEntry: {
      oneOf: [{ type: "object", properties: { turn_id: { type: "string" } }, required: [] }],
    },
    ...definitions,
  };
}

/** Generates the files of a runtime that prints that protocol. */
async function generated(definitions: Definitions): Promise<Record<string, string>> {
  const stem = "codex_app_server_protocol";
  const print = (name: string, value: object): string =>
    `printf %s '${JSON.stringify({ definitions: value })}' > "$5/${stem}${name}"`;
  await using runtime = await fakeRuntime(
    'test "$1 $2 $3 $4" = "app-server generate-json-schema --experimental --out" || exit 1',
    print(".schemas.json", { v2: {} }),
    print(".v2.schemas.json", definitions),
  );
  return await generate(runtime.executable);
}

describe("the generated files of the protocol", () => {
  it("are those of the pinned runtime", async () => {
    const { executable } = await resolveRuntime();
    const files = await generate(executable);
    expect(Object.keys(files).toSorted()).toEqual([
      "method_definitions.ts",
      "methods.ts",
      "schema.json",
      "types.ts",
    ]);
    for (const [name, text] of Object.entries(files)) {
      expect([name, text === readText(`src/protocol/${name}`)]).toEqual([name, true]);
    }
  });

  it("need a result for each request", async () => {
    const request = METHOD("a/b", REFERENCE("ABParams"));
    const definitions = { ABParams: {}, ABResponse: {} };
    const { "method_definitions.ts": text } = await generated(protocolOf(request, definitions));
    expect(text).toContain('"a/b": "ABResponse"');
    await expect(generated(protocolOf(request, { ABParams: {} }))).rejects.toThrow(
      "Cannot find the result of a/b: add it to RESULT_EXCEPTIONS",
    );
    await expect(generated(protocolOf(request, { ABResponse: {} }))).rejects.toThrow(
      "Cannot find the definition ABParams",
    );
  });

  it("have no correction that the runtime does not need", async () => {
    const request = METHOD("a/b");
    const definitions = {
      ABResponse: {},
      ThreadTimelineEntry: { oneOf: [{ properties: { turnId: {} }, required: ["turnId"] }] },
    };
    await expect(generated(protocolOf(request, definitions))).rejects.toThrow(
      "ThreadTimelineEntry needs no correction with this runtime",
    );
  });

  it("are not made where the runtime does not print its schema, for its reason", async () => {
    await using runtime = await fakeRuntime("echo no such command >&2; exit 3");
    await expect(generate(runtime.executable)).rejects.toThrow("no such command");
  });
});

describe("deno task generate", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("writes what differs, and with --check fails instead", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {});
    const complained = vi.spyOn(console, "error").mockImplementation(() => {});
    const root = await Deno.makeTempDir();
    const directory = new URL(`file://${root}/`);
    try {
      const files = { "a.ts": "a", "b.ts": "b", "empty.ts": "" };
      await Deno.writeTextFile(`${root}/b.ts`, "b");
      expect(await update(files, ["--check"], directory)).toBe(1);
      expect(complained.mock.calls).toEqual([[
        "Stale in src/protocol: a.ts, empty.ts. Run deno task generate",
      ]]);
      expect([...Deno.readDirSync(root)].map(({ name }) => name)).toEqual(["b.ts"]);
      expect(await update(files, [], directory)).toBe(0);
      expect(Deno.readTextFileSync(`${root}/a.ts`)).toBe("a");
      expect(await update(files, ["--check"], directory)).toBe(0);
      expect(said.mock.calls).toEqual([["Written: a.ts, empty.ts"], ["src/protocol is fresh"]]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
});
