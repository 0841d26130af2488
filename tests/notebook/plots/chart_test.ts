import { describe, expect, it } from "vitest";
import { DISPLAY } from "../../../src/display/displayable.ts";
import type { MimeBundle } from "../../../src/display/mod.ts";
import { type Chart, chart, compare, Comparison, plots } from "../../../src/notebook/mod.ts";
import { running } from "../../../src/notebook/plots/ready_made.ts";
import { response, startOffline } from "../../../src/testing/mod.ts";
import type { TokenUsage, TurnResult } from "../../../mod.ts";
import { elementsOf } from "../../support/html.ts";
import { NotebookRig } from "../../support/notebook_rig.ts";
import { ROOT } from "../../support/repository.ts";

const NOTHING = { answer: null, usage: null, cost: null, durationMs: null };
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

/** The bars of a chart by color, in proportion to the first, and what else a reader sees of it. */
function drawing(svg: string) {
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
  const bars = svg.split('aria-label="bar"')[1]?.split("</g>")[0] ?? "";
  const all = [...bars.matchAll(/<rect([^>]*)>/g)].map(([, rect = ""]) => ({
    color: /fill="([^"]*)"/.exec(rect)?.[1] ?? /fill="([^"]*)" aria-label="bar"/.exec(svg)?.[1] ??
      "",
    height: Number(/height="([\d.]+)"/.exec(rect)?.[1]),
  }));
  const unit = all[0]?.height ?? 1;
  const sizes = Object.entries(Object.groupBy(all, ({ color }) => color)).map(([color, each]) =>
    [color, each?.map(({ height }) => Number((height / unit).toFixed(2)))] as const
  );
  return {
    size: /<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg)?.slice(1).join(" x "),
    from: Number(/aria-label="y-grid"><line[^>]*x1="(\d+)"/.exec(svg)?.[1]),
    grids: [...svg.matchAll(/aria-label="(.-grid)"/g)].map(([, name]) => name),
    named: texts.slice(2).filter((text) => !/^[\d.]+[kµ]?$/.test(text) || /^[123]$/.test(text)),
    bars: Object.fromEntries(sizes),
  };
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
    const [tokens = "", cost = "", time = "", inFlight = ""] = await Promise.all(made.map(imageIn));
    const turns = ["1", "2", "3", "turn"];
    expect(drawing(tokens)).toEqual({
      size: "640 x 284",
      from: 60,
      grids: ["y-grid"],
      named: ["↑ tokens", ...turns],
      bars: { "#4269d0": [1, 2, 3], "#e36209": [0.1, 0.1, 0.1] },
    });
    expect(drawing(cost)).toEqual({
      size: "640 x 284",
      from: 60,
      grids: ["y-grid"],
      named: ["↑ cost", ...turns],
      bars: { "#4269d0": [1, 1.91, 2.82] },
    });
    expect(drawing(time)).toEqual({
      size: "640 x 284",
      from: 60,
      grids: ["y-grid"],
      named: ["↑ seconds", ...turns],
      bars: { "#4269d0": [1, 1, 0.25] },
    });
    expect(drawing(inFlight)).toMatchObject({ size: "640 x 284", grids: ["y-grid"], bars: {} });
    expect(inFlight).toMatch(/>↑ turns<[^]*>seconds since the first →<[^]*aria-label="area"/);
    expect(inFlight).toMatch(/>2.0<(?![^]*>2.5<)/);
  });

  it("count what is not known as nothing", async () => {
    const unknown = { usage: null, startedAt: null, completedAt: null, durationMs: null };
    const none = [unknown as TurnResult];
    const made = await Promise.all([
      plots.tokens(none),
      plots.cost(none, { input: 1, cachedInput: 0, output: 1 }),
      plots.time(none),
      plots.inFlight(none),
    ]);
    expect(made.map(({ description }) => description)).toEqual([
      "Tokens by turn. 0 in all; blue in, orange out",
      "Cost by turn. 0.00 in all",
      "Time by turn. 0.0 s in all",
      "Turns in flight. 1 turns, at most 0 at a time",
    ]);
  });

  it("count the turns at each moment", () => {
    expect(running(results.toReversed())).toEqual([
      { seconds: 0, turns: 1 },
      { seconds: 1, turns: 2 },
      { seconds: 2, turns: 1 },
      { seconds: 3, turns: 0 },
      { seconds: 5, turns: 1 },
      { seconds: 5.5, turns: 0 },
    ]);
    // One ends as the next one begins: they never run at the same time.
    const next = [result(0, 1000, 1), result(1000, 1000, 1)];
    for (const results of [next, next.toReversed()]) {
      expect(running(results).map(({ turns }) => turns)).toEqual([1, 0, 1, 0]);
    }
    // Without a duration the times in whole seconds count; without times, nothing does.
    const stored = { startedAt: new Date(0), completedAt: new Date(2000), durationMs: null };
    expect(running([stored, { ...stored, completedAt: null }])).toEqual([
      { seconds: 0, turns: 1 },
      { seconds: 2, turns: 0 },
    ]);
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

  it("is a table of the answers, and a plot of the means of each model", async () => {
    const usage = (outputTokens: number) => ({ outputTokens, totalTokens: 1234 }) as TokenUsage;
    const answer = {
      prompt: "One?",
      model: "a",
      effort: null,
      answer: "1",
      usage: usage(10),
      cost: 0.5,
      durationMs: 2000,
      error: null,
    };
    const compared = new Comparison([
      answer,
      { ...answer, prompt: "Two?", usage: usage(30), durationMs: 4000 },
      { ...answer, model: "b", effort: "high", usage: usage(40), durationMs: 6000 },
      { ...answer, model: "c", usage: null, cost: null, durationMs: null, answer: "" },
      { ...answer, ...NOTHING, model: "d", error: new Error("It failed") },
    ]);
    const { "text/plain": text = "" } = await bundleOf(compared);
    expect(text.split("\n").map((line) => line.trimEnd().replace(/ {2,}/g, " | "))).toEqual([
      "Models side by side (5 answers)",
      "prompt | model | answer | tokens | cost | time",
      "One? | a | 1 | 1,234 | 0.500 | 2.0 s",
      "Two? | a | 1 | 1,234 | 0.500 | 4.0 s",
      "One? | b (high) | 1 | 1,234 | 0.500 | 6.0 s",
      "One? | c",
      "One? | d | Error: It failed",
    ]);
    const plot = await compared.plot();
    expect(plot.description).toBe(
      "Models side by side. Means of 5 answers: left is fast, low is short",
    );
    const svg = await imageIn(plot);
    expect(svg).toMatch(/<svg [^>]*width="640" height="364"/);
    expect(svg).toMatch(/"y-grid"[^]*>↑ output tokens<[^]*"x-grid"[^]*>seconds →</);
    const places = [...svg.matchAll(/<circle ([^>]*)>/g)].map(([, circle = ""]) =>
      ["cx", "cy", "r"].map((name) =>
        Number(new RegExp(`(?:^| )${name}="([\\d.]+)"`).exec(circle)?.[1])
      )
    );
    // Both axes begin at 0, where the model without figures is: 0, 3 and 6 s, 0, 20 and 40 tokens.
    const [a = [], b = [], c = []] = places;
    expect([places.length, c[0]]).toEqual([3, 60]);
    expect(places.map(([, , r]) => r)).toEqual([5, 5, 5]);
    expect([(b[0] ?? 0) - (a[0] ?? 0), (a[1] ?? 0) - (b[1] ?? 0)]).toEqual([
      (a[0] ?? 0) - (c[0] ?? 0),
      (c[1] ?? 0) - (a[1] ?? 0),
    ]);
    const named = [...svg.matchAll(/<text (?:[^>]* )?transform="translate\(([\d.]+),([\d.]+)\)"/g)];
    expect(named.map(([, x, y]) => [Number(x), Number(y)]))
      .toEqual(expect.arrayContaining([a, b, c].map(([x, y]) => [x, y])));
    const names = [...svg.matchAll(/aria-label="text"[^]*?<\/g>/g)].map(([group]) => group);
    expect(names.map((group) => [...group.matchAll(/>([^<>]+)</g)].map(([, name]) => name)))
      .toEqual([["a", "c"], ["b (high)"]]);
    const sides = svg.matchAll(/translate\(6,(-?\d+)\)" text-anchor="start" fill="black" aria-l/g);
    expect([...sides].map(([, dy]) => dy)).toEqual(["-9", "9"]);
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
