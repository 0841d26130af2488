import { describe, expect, it, vi } from "vitest";
import { listServers, startServer } from "../../src/runtime/mod.ts";
import { keepOffline } from "../../src/testing/mod.ts";
import { exists } from "../support/exists.ts";
import { ROOT } from "../support/repository.ts";
import { until } from "../support/until.ts";

// A model that is kept ends some seconds after its last server.
vi.setConfig({ testTimeout: 60_000 });

/** A script under a new name, so that no other test shares its process. */
async function withScript(
  source: string,
  use: (script: string) => Promise<void>,
): Promise<void> {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(script, source);
    await use(script);
  } finally {
    await Deno.remove(script);
  }
}

describe("keepOffline", () => {
  it("is one process for all that ask at once, and ends after the last server", async () => {
    const types = `import type { OfflineModel } from "file://${ROOT}src/testing/mod.ts";`;
    const source = `${types}\nexport const script = (model: OfflineModel) => model.reply("kept");`;
    await withScript(source, async (script) => {
      const [first, second] = await Promise.all([keepOffline(script), keepOffline(script)]);
      expect(first).toEqual(second);
      expect(first).toMatchObject({ clearEnv: true, label: "offline model" });
      const { env, clearEnv, cwd } = first;
      const server = await startServer({ env, clearEnv, cwd, listen: "ws://127.0.0.1:0" });
      expect((await listServers({ env, clearEnv })).length).toBe(1);
      await server.stop();
      // The home goes with the process.
      await until(async () => !await exists(cwd));
    });
  });

  it("says what a script throws", async () => {
    await withScript('throw new Error("no answers here");', async (script) => {
      await expect(keepOffline(script)).rejects.toMatchObject({
        name: "RuntimeSetupError",
        message: expect.stringContaining("no answers here"),
      });
    });
  });
});
