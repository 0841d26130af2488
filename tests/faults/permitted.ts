/**
 * Starts a Codex with the permissions of this process, `live` or `offline`, and prints the outcome.
 *
 * @module
 */
import { Codex, RuntimeSetupError } from "../../mod.ts";
import { startOffline } from "../../src/testing/mod.ts";

const [mode] = Deno.args;

Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(await outcome())));

async function outcome(): Promise<{ name: string; message: string; step?: string }> {
  try {
    await using codex = mode === "live" ? await Codex.start() : await startOffline();
    const thread = await codex.startThread();
    if (mode === "offline") await thread.run("Hello");
    return { name: "ok", message: "" };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { name, message, ...(error instanceof RuntimeSetupError && { step: error.step }) };
  }
}
