import type { ThreadItem } from "../../../src/protocol/mod.ts";
import { describe, expect, it } from "vitest";
import { TurnView } from "../../../src/display/mod.ts";
import { embedLocalPictures } from "../../../src/notebook/show/local_pictures.ts";
import { NotebookRig } from "../../support/notebook_rig.ts";
import { ROOT } from "../../support/repository.ts";

const PICTURE = `${ROOT}examples/picture.png`;

describe("the pictures of files that were sent", () => {
  it("are in the card, among those that were sent otherwise and in their order", async () => {
    const here = "data:image/png;base64,iVBORw0KGgo=";
    const [first, second] = await imagesAfter([
      { type: "localImage", path: PICTURE },
      { type: "image", url: here },
    ]);
    const bytes = (await Deno.readFile(PICTURE)).toBase64();
    expect(first).toBe(`data:image/png;base64,${bytes}`);
    expect(second).toBe(here);
  });

  it("stay names when they are gone, too large, or no pictures", async () => {
    const large = await Deno.makeTempFile();
    try {
      await Deno.copyFile(PICTURE, large);
      await Deno.truncate(large, 200_000);
      const paths = ["/no/such.png", large, `${ROOT}deno.json`];
      expect(await imagesAfter(paths.map((path) => ({ type: "localImage", path })))).toEqual(paths);
    } finally {
      await Deno.remove(large);
    }
  });

  it("are shown in the kernel when the turn is over", async () => {
    await using rig = await NotebookRig.start();
    const { html } = await rig.run(`
      await show(thread, ["What is this?", { type: "localImage", path: ${
      JSON.stringify(PICTURE)
    } }]);
      null`);
    expect(html[0]).toMatch(/<img src="data:image\/png;base64,/);
  });
});

async function imagesAfter(content: readonly object[]): Promise<readonly string[]> {
  const view = new TurnView();
  const item = { type: "userMessage", id: "u", content };
  view.acceptItem(item as ThreadItem);
  await embedLocalPictures(view);
  const [entry] = view.entries;
  return entry?.kind === "prompt" ? entry.images : [];
}
