/**
 * Moves the pin to another release of the runtime: `deno task pin <version>`.
 *
 * Writes the table of platforms, regenerates the protocol and reports the changes for review.
 *
 * @module
 */
import { fromFileUrl } from "../../paths.ts";
import { differenceText, protocolDifference, type ProtocolVersion } from "./difference.ts";

if (import.meta.main) Deno.exitCode = await movePin(Deno.args[0]);

/** Resolves to the exit code; a step that fails has said why. */
export async function movePin(version: string | undefined): Promise<number> {
  if (!version || !/^\d+\.\d+\.\d+$/.test(version)) {
    console.error("Usage: deno task pin <version>, such as 0.169.0");
    return 2;
  }
  const before = await readVersion();
  // Other processes, because this one has the old pin loaded.
  if (!await run("./pin_update.ts", version) || !await run("./generate.ts")) return 1;
  console.log(differenceText(protocolDifference(before, await readVersion())));
  return 0;
}

/** The protocol of the pin, as it is in the generated files. */
export async function readVersion(): Promise<ProtocolVersion> {
  const schema = JSON.parse(await Deno.readTextFile(new URL("../schema.json", import.meta.url)));
  const table = await Deno.readTextFile(new URL("../methods.ts", import.meta.url));
  const methods = [...table.matchAll(/^ {2}"([^"]+)": \{ params|^ {2}"([^"]+)": \w+;$/gm)];
  return { definitions: schema.definitions, methods: methods.map(([, a, b]) => a ?? b ?? "") };
}

async function run(script: string, ...args: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", fromFileUrl(new URL(script, import.meta.url)), ...args],
  }).spawn().status;
  return success;
}
