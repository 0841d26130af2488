import { describe, expect, it } from "vitest";
import { Codex } from "../../src/codex/codex.ts";
import { OfflineHome, OfflineModel, startOffline } from "../../src/testing/mod.ts";

describe("startOffline()", () => {
  it("is a Codex that says that its model is offline, and removes what it made", async () => {
    const codex = await startOffline({ files: { "a.txt": "" } });
    codex.model.reply("Hello.");
    expect(codex).toBeInstanceOf(Codex);
    expect(codex.server.label).toBe("offline model");
    const { finalResponse } = await (await codex.startThread()).run("Hi");
    expect(finalResponse).toBe("Hello.");
    await codex.close();
    await expect(Deno.stat(codex.home.root)).rejects.toThrow(Deno.errors.NotFound);
    await expect(codex.model.nextRequest()).rejects.toThrow("closed");
  });

  it("keeps a model and a home that are the caller's", async () => {
    await using model = await OfflineModel.start();
    await using home = await OfflineHome.create({ modelUrl: model.url });
    {
      await using codex = await startOffline({ model, home });
      await (await codex.startThread()).run("Hi");
    }
    expect((await model.nextRequest()).lastUserText).toBe("Hi");
    expect((await Deno.stat(home.codexHome)).isDirectory).toBe(true);
  });

  it("takes its model's fallback", async () => {
    await using codex = await startOffline({ modelOptions: { fallback: () => "Always this." } });
    expect((await (await codex.startThread()).run("Hi")).finalResponse).toBe("Always this.");
  });

  it("refuses options that there are not, of its model too", async () => {
    const wrong = { x: 1 } as object;
    await expect(startOffline(wrong)).rejects.toThrow("Cannot start Codex offline");
    await expect(startOffline({ modelOptions: wrong })).rejects.toThrow("Cannot start the model");
  });

  it("takes an abort of its start", async () => {
    const reason = new Error("enough");
    await expect(startOffline({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("leaves nothing running when the runtime does not start", async () => {
    await expect(startOffline({ executable: "/nonexistent/codex" })).rejects.toThrow(
      "/nonexistent",
    );
  });
});
