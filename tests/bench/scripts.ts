/**
 * What it costs a script that a package is imported, and that its types are checked.
 *
 * @module
 */
import { toFileUrl } from "../../src/paths.ts";
import { type FileServer, serveRepository } from "../support/file_server.ts";
import { ROOT } from "../support/repository.ts";
import { PACKAGE as AI_SDK } from "./contenders/ai_sdk.ts";
import { PACKAGE as CODEX_SDK } from "./contenders/codex_sdk.ts";

/**
 * Small scripts that use a contender, by its name, `ROOT` being where this repository is; the last
 * one uses nothing.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  raw_probe: `import { contender } from "ROOT/tests/bench/contenders/raw_probe.ts";
export const open = contender.open;`,
  toolkit: `import { Codex } from "ROOT/mod.ts";
export async function ask(question: string): Promise<string | null> {
  await using codex = await Codex.start();
  return (await (await codex.startThread()).run(question)).finalResponse;
}`,
  codex_sdk: `import { Codex } from "${CODEX_SDK}";
export async function ask(question: string): Promise<string> {
  return (await new Codex().startThread().run(question)).finalResponse;
}`,
  ai_sdk: `import { createCodexAppServer } from "${AI_SDK}";
export const model = createCodexAppServer()("offline");`,
  nothing: "export {};",
};

/** Times Deno on scripts in a temporary directory. */
export class ScriptTimer implements AsyncDisposable {
  readonly #directory: string;
  readonly #server: FileServer;
  #count = 0;

  private constructor(directory: string, server: FileServer) {
    this.#directory = directory;
    this.#server = server;
  }

  /** Makes the directory. */
  static async create(): Promise<ScriptTimer> {
    return new ScriptTimer(await Deno.makeTempDir(), serveRepository());
  }

  /** Time to run the script and nothing else, from the second time on, in milliseconds. */
  async run(name: string): Promise<number> {
    const file = `${this.#directory}/${name}.ts`;
    await Deno.writeTextFile(file, scriptOf(name, toFileUrl(ROOT)));
    return await timeDeno(["run", "-A", "--no-check", "--no-lock", file]);
  }

  /**
   * Time to check the types of a new script that imports by URL what is in the cache, in
   * milliseconds.
   */
  async check(name: string): Promise<number> {
    // Under a new name with a new content nothing is known of it.
    const file = `${this.#directory}/${name}_${this.#count++}.ts`;
    const script = scriptOf(name, new URL(this.#server.url));
    await Deno.writeTextFile(file, `${script}\nexport const at = "${crypto.randomUUID()}";`);
    return await timeDeno(["check", "--no-lock", "--allow-import", file]);
  }

  /** Removes the directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

function scriptOf(name: string, root: URL): string {
  return (SCRIPTS[name] ?? "").replace("ROOT/", root.href);
}

async function timeDeno(args: readonly string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], stdin: "null" });
  const startedAt = performance.now();
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return performance.now() - startedAt;
}
