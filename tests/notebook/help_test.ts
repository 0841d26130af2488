import { afterEach, describe, expect, it, vi } from "vitest";
import { CodexThread } from "../../src/codex/thread.ts";
import { CodexTurn } from "../../src/codex/turn.ts";
import { MapResults } from "../../src/codex/map/results/results.ts";
import { help, show } from "../../src/notebook/mod.ts";
import { NotebookRig } from "../support/notebook_rig.ts";

// Runs deno doc in a kernel, once for each name.
vi.setConfig({ testTimeout: 60_000 });

async function helpOf(subject: object): Promise<string> {
  let text = "";
  await help(subject, { write: (part) => text += part });
  return text;
}

describe("help()", () => {
  it("shows signature and documentation of a method, a function and an object, in a cell", async () => {
    await using rig = await NotebookRig.start();
    const { text } = await rig.run(`
      const { help } = await import("file://${Deno.cwd()}/src/notebook/mod.ts");
      await help(thread.run);
      await help(codex.map);`);
    expect(text).toMatch(/^run<[^]*input: TurnInput[^]*Runs a turn to its end/);
    expect(text).toMatch(/map<Input, Output[^]*@example/);
    expect(text).not.toContain("Defined in");
    expect(await helpOf(show)).toMatch(/^function show\(turn: Turn[^]*@example/);
  });

  it("refuses what is nothing of this module, and ends with the signal", async () => {
    await expect(helpOf(() => {})).rejects.toThrow(TypeError);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(help(show, { signal })).rejects.toThrow("enough");
  });
});

class Gadget {}

describe("help() without deno doc", () => {
  const { Command } = Deno;
  const asked: { readonly program: string; readonly options: Deno.CommandOptions }[] = [];
  afterEach(() => {
    Reflect.set(Deno, "Command", Command);
    asked.length = 0;
  });

  /** What `deno doc` says of each name, in the entry of that end. */
  function documented(texts: Record<string, string>, code = 0): void {
    Reflect.set(
      Deno,
      "Command",
      class {
        readonly #key: string;
        constructor(program: string, options: Deno.CommandOptions) {
          asked.push({ program, options });
          const [, , name, entry = ""] = options.args ?? [];
          this.#key = `${name} ${entry.split("/").slice(-2).join("/")}`;
        }
        output() {
          return Promise.resolve({
            code,
            stdout: new TextEncoder().encode(texts[this.#key] ?? ""),
          });
        }
      },
    );
  }

  function askedNames(): string[] {
    return [...new Set(asked.map(({ options }) => options.args?.[2] ?? ""))];
  }

  it("asks for the name in each entry until one has it, and shows it without places", async () => {
    documented({
      "show testing/mod.ts":
        "About all.\n\nDefined in a.ts:1:1\n\nprivate function show()\n  Text\n\nDefined in b.ts:2:2\nmore\n\n",
    });
    expect(await helpOf(show)).toBe("show()\n  Text\n\nmore\n");
    const entries = [
      "mod.ts",
      "src/notebook/mod.ts",
      "src/connectors/mod.ts",
      "src/testing/mod.ts",
    ];
    expect(asked).toEqual(entries.map((entry) => ({
      program: Deno.execPath(),
      options: {
        args: ["doc", "--filter", "show", `${Deno.cwd()}/${entry}`],
        env: { NO_COLOR: "1" },
        stdin: "null",
        stderr: "null",
        signal: expect.any(AbortSignal),
      },
    })));
  });

  it.each<[string, object, string[]]>([
    ["a method of one class", MapResults.prototype.toCsv, ["MapResults.toCsv", "toCsv"]],
    ["a method that several have", CodexTurn.prototype.interrupt, ["Turn.interrupt", "interrupt"]],
    ["a name of several classes", { toString() {} }.toString, [
      "Thread.toString",
      "Turn.toString",
      "Codex.toString",
      "MapRun.toString",
      "MapResults.toString",
      "toString",
    ]],
    ["an object", Object.create(CodexThread.prototype), ["Thread"]],
    ["an object of another class", new Gadget(), ["Gadget"]],
    ["an object without a class", Object.create(null), []],
    ["a function without a name", (() => () => {})(), []],
  ])("names %s as the documentation does", async (_, subject, names) => {
    documented({});
    await expect(helpOf(subject)).rejects.toThrow("Pass one, such as thread.run");
    expect(askedNames()).toEqual(names);
    expect(asked.length).toBe(4 * names.length);
  });

  it("takes no text of a command that failed", async () => {
    documented({ "show notebook/mod.ts": "Defined in a.ts:1:1\nshow()" }, 1);
    await expect(helpOf(show)).rejects.toThrow(TypeError);
    expect(asked.length).toBe(4);
  });
});
