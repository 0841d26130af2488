import { describe, expect, it } from "vitest";
import { DISPLAY } from "../../../src/display/displayable.ts";
import type { MimeBundle } from "../../../src/display/mod.ts";
import { type Chart, chart, compare, plots } from "../../../src/notebook/mod.ts";
import { running } from "../../../src/notebook/plots/ready_made.ts";
import { response, startOffline } from "../../../src/testing/mod.ts";
import type { TurnResult } from "../../../mod.ts";
import { elementsOf } from "../../support/html.ts";
import { NotebookRig } from "../../support/notebook_rig.ts";
import { ROOT } from "../../support/repository.ts";

const ROWS = [{ city: "Bern <b>", score: 1 }, { city: "Oslo", score: 5 }];

/** What a cell shows for a value. */
async function bundleOf(value: object): Promise<MimeBundle> {
  const { [DISPLAY]: show } = value as { [DISPLAY]: () => Promise<MimeBundle> };
  return await show.call(value);
}

/** The SVG that the HTML of a chart shows as an image. */
async function imageIn(made: Chart): Promise<string> {
  const [image, ...others] = elementsOf((await bundleOf(made))["text/html"] ?? "");
  expect(others).toEqual([]);
  expect(image?.tagName).toBe("img");
  const [, base64 = ""] = /^data:image\/svg\+xml;base64,(.*)$/.exec(image?.attrs[0]?.value ?? "") ??
    [];
  return new TextDecoder().decode(Uint8Array.fromBase64(base64));
}

describe("chart()", () => {
  it("draws any plot without a document, as an image that says what it shows", async () => {
    const made = await chart((Plot) => ({
      title: "Scores & more",
      marks: [Plot.barX(ROWS, { x: "score", y: "city" })],
    }));
    const svg = await imageIn(made);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="640" height="\d+"/);
    expect(svg).toContain("Scores &amp; more");
    expect(svg).toContain("Bern &lt;b&gt;");
    expect((await bundleOf(made))["text/plain"]).toBe("Scores & more");
    expect((await bundleOf(made))["text/html"]).toContain('alt="Scores &amp; more"');
  });

  it("takes plain options too, and a plot without a title", async () => {
    expect((await chart({ width: 100, marks: [] })).description).toBe("A plot");
  });

  it("is an image in a cell, and a PNG that a turn takes", async () => {
    await using rig = await NotebookRig.start();
    const { text, html } = await rig.run(`
      const { chart } = await import("file://${ROOT}src/notebook/mod.ts");
      const { image } = await import("file://${ROOT}mod.ts");
      const drawn = await chart((Plot) => ({ title: "Drawn", marks: [Plot.ruleX([0])] }));
      const [png] = [await drawn.png()];
      await thread.run(["What is this?", image(png)]);
      console.log(codex.model.requests.at(-1).inputImages()[0].slice(0, 22), new DataView(png.buffer).getUint32(16));
      drawn`);
    expect(text).toMatch(/^data:image\/png;base64, 1280\n+Drawn$/);
    expect(html[0]).toMatch(/^<img src="data:image\/svg\+xml;base64,/);
  });
});

describe("plots", () => {
  const result = (start: number, ms: number, tokens: number): TurnResult =>
    ({
      usage: { inputTokens: tokens, outputTokens: 10, cachedInputTokens: 0 },
      startedAt: new Date(start),
      completedAt: new Date(start + ms),
      durationMs: ms,
    }) as TurnResult;
  const results = [result(0, 2000, 100), result(1000, 2000, 200), result(5000, 500, 300)];

  it("show tokens, cost, time and turns in flight of what they are given", async () => {
    const price = { input: 1, cachedInput: 0, output: 1 };
    const made = await Promise.all([
      plots.tokens(results),
      plots.cost(results, price),
      plots.time(results),
      plots.inFlight(results),
    ]);
    expect(made.map(({ description }) => description)).toEqual([
      "Tokens by turn. 630 in all; blue in, orange out",
      "Cost by turn. 0.000630 in all",
      "Time by turn. 4.5 s in all",
      "Turns in flight. 3 turns, at most 2 at a time",
    ]);
    for (const each of made) expect(await imageIn(each)).toMatch(/<(?:rect|path)[^]*aria-label/);
  });

  it("count the turns at each moment", () => {
    expect(running(results).map(({ turns }) => turns)).toEqual([1, 2, 1, 0, 1, 0]);
    expect(running([])).toEqual([]);
  });
});

describe("compare()", () => {
  it("asks each model each prompt with each effort it supports", async () => {
    await using codex = await startOffline();
    const models = (await codex.models()).slice(0, 1);
    const [model] = models;
    const efforts = (model?.supportedReasoningEfforts ?? []).map((each) => each.reasoningEffort);
    const four = response("Four", { usage: { inputTokens: 1e6, outputTokens: 5 } });
    codex.model.on("Two", four);
    const id = model?.id ?? "";
    const compared = await compare(codex, ["Two and two?"], {
      models: [id],
      efforts: [...efforts, "no such effort" as never],
      prices: { [id]: { input: 2, cachedInput: 0, output: 0 } },
    });
    expect(compared.answers.map(({ effort }) => effort)).toEqual(efforts);
    expect(compared.answers[0]).toMatchObject({ answer: "Four", cost: 2, error: null, model: id });
    expect((await bundleOf(compared))["text/plain"]).toContain(`${id} (${efforts[0]})`);
    expect((await compared.plot()).description).toContain(`${efforts.length} answer`);
  });

  it("keeps a failure as an answer, and refuses a model that is not listed", async () => {
    await using codex = await startOffline({ modelOptions: { fallback: "fail" } });
    const [model] = await codex.models();
    const compared = await compare(codex, ["One"], { models: [model?.id ?? ""] });
    expect(compared.answers[0]).toMatchObject({ answer: null, durationMs: null });
    expect(compared.answers[0]?.error).toBeInstanceOf(Error);
    const refused = compare(codex, ["One"], { models: ["gpt-nine"] });
    await expect(refused).rejects.toThrow(/gpt-nine is not listed/);
  });
});
