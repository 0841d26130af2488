import { describe, expect, it } from "vitest";
import { DISPLAY } from "../../../src/display/displayable.ts";
import { Chart } from "../../../src/notebook/plots/chart.ts";
import { displayValue } from "../../../src/notebook/share/display_value.ts";
import { cellOutputs } from "../../support/cell_outputs.ts";

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

/** What the model gets, and what the cell shows. */
async function shown(
  value: unknown,
  log = "",
): Promise<{ reply: unknown; html: string; plain: string }> {
  using outputs = cellOutputs();
  const reply = await displayValue(value, { value: null, log });
  expect(outputs.length).toBe(1);
  const { "text/html": html = "", "text/plain": plain = "" } = outputs[0]?.bundle ?? {};
  return { reply, html, plain };
}

/** A plot whose picture is made by `png`. */
function plotOf(png: () => Promise<Uint8Array>): object {
  const look = (): Promise<unknown> =>
    Promise.resolve({ "text/html": "<img>", "text/plain": "Plot" });
  return Object.defineProperties(Object.create(Chart.prototype), {
    png: { value: png },
    [DISPLAY]: { value: look },
  });
}

/** A node of a document. */
class Node {
  get outerHTML(): string {
    return "<b>bold</b>";
  }
  appendChild(): void {}
}

function frameOf(records: unknown): object {
  return new (class Frame {
    head(): this {
      return this;
    }
    toRecords(): unknown {
      return records;
    }
  })();
}

/** A value that shows itself. */
const look = (bundle: unknown): object => ({ [DISPLAY]: () => Promise.resolve(bundle) });

describe("displayValue()", () => {
  it.each<[string, unknown, plain: string, reply: string]>([
    ["a text as it is", "a <b>", "a <b>", 'text\nvalue: string of 5 characters\n"a <b>"'],
    ["a number", 5, "5", "text\nvalue: number\n5"],
    ["nothing", null, "null", "text\nvalue: null\nnull"],
    ["a Proxy by its kind", new Proxy([{ a: 1 }], {}), "[Proxy]", "text\nvalue: Proxy"],
    ["bytes of no picture", Uint8Array.of(1, 2), "Uint8Array(2) [1, 2]", "text\nvalue: Uint8Array"],
    ["an empty list", [], "[]", "text\nvalue: array of 0 elements"],
    ["a list of numbers", [1, 2], "[1, 2]", "text\nvalue: array of 2 elements"],
    ["a frame without rows", frameOf("none"), "none", "text\nvalue: data frame Frame"],
    ["HTML with its text", { "text/html": "<i>a</i>", "text/plain": "a!" }, "a!", "HTML"],
    ["HTML without a text", { "text/html": "<i>a</i>b" }, " a b", "HTML"],
    ["a display with HTML", look({ "text/html": "<i>a</i>", "text/plain": "A" }), "A", "HTML"],
    ["a display of text", look({ "text/plain": "A", "x/y": 5 }), "A", "a display"],
    ["a display without a text", look({ "text/markdown": "*a*" }), "a display", "a display"],
    ["a display of no bundle", look("odd"), "odd", "text\nvalue: object"],
    ["a node of a document", new Node(), " bold ", "HTML"],
  ])("shows %s", async (_, value, plain, reply) => {
    const { reply: said, ...output } = await shown(value);
    expect(output.plain).toBe(plain);
    if (reply.startsWith("text")) expect(said).toContain(`shown to the user as ${reply}`);
    else expect(said).toBe(`shown to the user as ${reply}`);
  });

  it("shows HTML as it is, and texts with their markup spelled out", async () => {
    expect((await shown({ "text/html": "<i>a</i>" })).html).toBe("<i>a</i>");
    expect((await shown(look({ "text/html": "<i>b</i>" }))).html).toBe("<i>b</i>");
    expect((await shown(new Node())).html).toBe("<b>bold</b>");
    expect((await shown("a <b>")).html).toMatch(/^<pre.*a &lt;b&gt;/);
    expect((await shown({ "text/html": "x".repeat(30_000) })).plain.length).toBe(20_000);
  });

  it("gives the cell the texts of a display alone", async () => {
    using outputs = cellOutputs();
    for (const bundle of [{ "text/plain": "A", "x/y": 5 }, { "text/markdown": "*a*" }]) {
      await displayValue(look(bundle), { value: null, log: "" });
    }
    expect(outputs.map(({ bundle }) => bundle)).toEqual([
      { "text/plain": "A" },
      { "text/markdown": "*a*", "text/plain": "a display" },
    ]);
  });

  it("gives the model a picture, of bytes and of a file", async () => {
    for (const value of [PNG, new Blob([PNG])]) {
      const { reply, html, plain } = await shown(value);
      expect(reply).toEqual(["shown to the user as an image", PNG]);
      expect(html).toBe(
        `<img src="data:image/png;base64,${PNG.toBase64()}" alt="image/png, 12 bytes" ` +
          'style="max-width:100%">',
      );
      expect(plain).toBe("image/png, 12 bytes");
    }
    expect((await shown(new Blob(["text"]))).plain).toBe("Blob(4 bytes)");
  });

  it("gives the model the picture of a plot, or the reason why there is none", async () => {
    const plot = await shown(plotOf(() => Promise.resolve(PNG)));
    expect(plot).toEqual({
      reply: ["shown to the user as a plot", PNG],
      html: "<img>",
      plain: "Plot",
    });
    const failed = await shown(plotOf(() => Promise.reject(new RangeError("no"))), "hello");
    expect(failed.reply).toBe(
      "printed:\nhello\nshown to the user as a plot (no picture for you: RangeError)",
    );
    expect((await shown(plotOf(() => Promise.reject("no")))).reply).toContain("you: it failed)");
  });

  it("shows rows, and the records of a frame, as a table", async () => {
    const rows = [{ a: 1, b: "x" }, { a: null, c: { d: true } }, { b: undefined, c: 10n }];
    for (const value of [rows, frameOf(rows)]) {
      const { reply, plain } = await shown(value);
      expect(plain).toBe("3 rows\na  b  c\n1  x\n      { d: true }\n      10n");
      expect(reply).toMatch(/^shown to the user as a table\nvalue: (array|data frame)/);
    }
    expect((await shown(frameOf([null, { a: 1 }]))).plain).toBe("2 rows\na\n\n1");
    expect(
      (await shown([{
        get a(): never {
          throw new Error("run");
        },
      }])).plain,
    ).toBe("1 rows\na\n");
  });

  it("takes a list for rows by its first 20, and the columns of the first 200", async () => {
    const rows = (objects: number): unknown[] => [...Array(objects).fill({ a: 1 }), 5];
    expect((await shown(rows(20))).plain).toMatch(/^21 rows\na\n1\n/);
    expect((await shown(rows(19))).plain).toMatch(/^\[\{ a: 1 \}, /);
    const columns = (objects: number) => [...Array(objects).fill({ a: 1 }), { b: 2 }];
    expect((await shown(columns(199))).plain).toMatch(/^200 rows\na {2}b\n/);
    expect((await shown(columns(1200))).plain).toMatch(/^1,201 rows\na\n/);
  });

  it("refuses what is too large for a cell, with its size", async () => {
    const html = (chars: number): object => ({
      "text/html": "x".repeat(chars - 1),
      "text/plain": "y",
    });
    expect((await shown(html(1_000_000))).plain).toBe("y");
    using outputs = cellOutputs();
    const refused = (value: unknown): Promise<unknown> =>
      displayValue(value, { value: null, log: "" });
    await expect(refused(html(1_000_001))).rejects.toThrow(
      "Cannot show it: it has 1000001 characters, and a cell takes 1000000. Show a part of it",
    );
    const bytes = new Uint8Array(1_000_001);
    bytes.set(PNG);
    await expect(refused(bytes)).rejects.toThrow(TypeError);
    await expect(refused(new Blob([bytes.subarray(1)]))).resolves.toContain("as text");
    await expect(refused(new Blob([bytes.subarray(0, 1_000_000)]))).rejects.toThrow(TypeError);
    await expect(refused(new Blob([bytes]))).resolves.toContain("as text");
    expect(outputs.map(({ bundle }) => bundle["text/plain"])).toEqual([
      "Blob(1000000 bytes)",
      "Blob(1000001 bytes)",
    ]);
  });

  it("shows more of a text than a description has, within its limits", async () => {
    const list = Array.from({ length: 150 }, (_, n) => n);
    expect((await shown(list)).plain).toMatch(/, 99, … 50 more\]$/);
    expect((await shown(Array(100).fill("x".repeat(150)))).plain.length).toBeGreaterThan(15_000);
    expect((await shown(Array(100).fill("x".repeat(250)))).plain.length).toBe(20_002);
  });

  it("makes an output of its own for each value", async () => {
    using outputs = cellOutputs();
    for (const value of [1, 2]) await displayValue(value, { value: null, log: "" });
    expect(outputs.map(({ raw, update }) => [raw, update])).toEqual([[true, false], [true, false]]);
    expect(new Set(outputs.map(({ display_id }) => display_id)).size).toBe(2);
  });
});
