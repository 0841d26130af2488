/**
 * Moves the pin to another release of the runtime: `deno task pin <version>`.
 *
 * Writes the table of platforms, regenerates the protocol and reports the changes for review.
 *
 * @module
 */
import { fromFileUrl } from "../../paths.ts";
import { differenceText, protocolDifference, type ProtocolVersion } from "./difference.ts";

if (import.meta.main) await main(Deno.args);

async function main([version]: readonly string[]): Promise<void> {
  if (!version || !/^\d+\.\d+\.\d+$/.test(version)) {
    console.error("Usage: deno task pin <version>, such as 0.169.0");
    Deno.exit(2);
  }
  const before = await readVersion();
  await run("./pin_update.ts", version);
  // Another process, because this one has the old pin loaded.
  await run("./generate.ts");
  console.log(differenceText(protocolDifference(before, await readVersion())));
}

async function readVersion(): Promise<ProtocolVersion> {
  const schema = JSON.parse(await Deno.readTextFile(new URL("../schema.json", import.meta.url)));
  const table = await Deno.readTextFile(new URL("../methods.ts", import.meta.url));
  const methods = [...table.matchAll(/^ {2}"([^"]+)": \{ params|^ {2}"([^"]+)": \w+;$/gm)];
  return { definitions: schema.definitions, methods: methods.map(([, a, b]) => a ?? b ?? "") };
}

async function run(script: string, ...args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", fromFileUrl(new URL(script, import.meta.url)), ...args],
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (!success) Deno.exit(1);
}
