import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  loadMarkdown,
  markdownHtml,
  renderApproval,
  renderError,
  renderTable,
} from "../../src/display/mod.ts";
import { renderMapResults } from "../../src/display/lists/map_results.ts";
import { transcriptHtml } from "../../src/display/transcript/html.ts";
import type { ThreadSnapshot } from "../../src/domain/thread_summary.ts";
import { readNotebook, toHtml } from "../../src/notebook/runner/mod.ts";
import { Browser } from "../support/browser.ts";
import { ROOT } from "../support/repository.ts";

/** The style sheets of the front ends, as the system packages them. */
const LAB = "/usr/share/jupyter/nbconvert/templates/lab/static";
const NOTEBOOK = "/usr/lib/python3/dist-packages/notebook/static/style/style.min.css";
const needed = ["/usr/bin/chromium", `${LAB}/theme-dark.css`, NOTEBOOK];
const isThere = await Promise.all(needed.map((path) => Deno.stat(path).catch(() => null)));

const LEAST = 4.5;

/** Code that has every kind of token which is coloured. */
const CODE = [
  '```ts\n// comment\n@decorated class A<T extends string> { n: number = 1; s = "text"; r = /x/g;\n' +
  " async run(this: A<T>): Promise<void> { return await import(`a${this.n}`) } }\n```",
  "```python\n# comment\n@decorated\ndef run(a: int = 1) -> str:\n    return f'{a}' if a else None\n```",
  "```html\n<!-- c --><a href=\"x\" class='y'>text</a><style>a { color: #fff }</style>\n```",
  "```diff\n--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n```",
  "```md\n# Title\n> quote\n- item *a* **b** `c` [d](https://e.test)\n```",
  '```json\n{ "a": [1, true, null, "text"] }\n```',
  "```bash\nexport A=1 # comment\nif [ -f x ]; then echo \"$A\" | grep 'x'; fi\n```",
  "```sql\nSELECT count(*) FROM t WHERE a = 'x' -- comment\n```",
];

/** Every kind of card: those of the notebooks, and what they do not show. */
async function cards(): Promise<string> {
  await loadMarkdown();
  const stored: string[] = [];
  for (const { name } of Deno.readDirSync(`${ROOT}notebooks`)) {
    if (!name.endsWith(".ipynb")) continue;
    const { cells } = await readNotebook(`${ROOT}notebooks/${name}`);
    const outputs = cells.flatMap((cell) => (cell.outputs ?? []) as StoredOutput[]);
    stored.push(...outputs.map(({ data }) => [data?.["text/html"] ?? []].flat().join("")));
  }
  const change = { path: "a.ts", kind: { type: "update" as const, move_path: null } };
  const facts = {
    title: "Run it?",
    subject: "touch made",
    changes: [{ ...change, diff: "@@ -1 +1 @@\n-one old line\n+one new line\n" }],
    facts: { reason: "to make it" },
  };
  const buttons = { helloUrl: "data:,", choices: [{ label: "Yes", url: "data:," }] };
  const row = { index: 0, input: "Bern", status: "failed", error: new Error("no") } as const;
  const bundles = [
    renderApproval({ ...facts, answer: null, buttons }),
    renderApproval({ ...facts, answer: "decline" }),
    renderTable({ title: "T", columns: ["a", "b"], rows: [["1", "2"], ["3", "4"], ["5", "6"]] }),
    renderError(new Error("outer", { cause: new TypeError("inner") })),
    renderMapResults({ rows: [row], usage: null, cost: null, durationMs: 1 }),
  ];
  const markdown = [
    ...CODE,
    "A [link](https://a.test), `code`, **bold**.\n\n> quote\n\n|a|\n|-|\n|1|",
  ];
  return [
    ...stored,
    ...bundles.map((bundle) => String(bundle["text/html"])),
    ...markdown.map((each) => markdownHtml(each)),
  ].map((card) => `<div class="card">${card}</div>`).join("\n");
}

interface StoredOutput {
  readonly data?: { readonly "text/html"?: string | string[] };
}

/** For every text that is shown: its colour on what lies behind it, where that is too faint. */
const MEASURE = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  // Every colour that CSS knows, as red, green, blue and opacity.
  const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
  const light = (colour) => colour.map((c) => c / 255)
    .map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const probe = document.createElement("span");
  probe.style.color = "Canvas";
  document.body.append(probe);
  const base = parse(getComputedStyle(probe).color).slice(0, 3);
  probe.remove();
  for (const details of document.querySelectorAll("details")) details.open = true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Map();
  let texts = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    // What is drawn in a picture has its own background.
    if (node.data.trim() === "" || element.closest("style,script,svg,title")) continue;
    if (element.checkVisibility?.() === false) continue;
    texts++;
    const styles = [];
    for (let at = element; at; at = at.parentElement) styles.push(getComputedStyle(at));
    const opacity = styles.reduce((product, style) => product * Number(style.opacity), 1);
    const back = styles.map((style) => parse(style.backgroundColor)).reduceRight((below, colour) => over(colour, below), base);
    const [r, g, b, a] = parse(styles[0].color);
    const front = over([r, g, b, a * opacity], back);
    const [high, low] = [light(front), light(back)].sort((x, y) => y - x);
    const ratio = (high + .05) / (low + .05);
    const key = front.map(Math.round) + " on " + back.map(Math.round);
    const known = seen.get(key);
    if (!known) seen.set(key, { pair: key, ratio: Math.round(ratio * 100) / 100, text: node.data.trim().slice(0, 40), of: element.tagName });
  }
  return { texts, pairs: [...seen.values()].sort((x, y) => x.ratio - y.ratio) };
})()`;

interface Measured {
  readonly texts: number;
  readonly pairs: readonly {
    readonly pair: string;
    readonly ratio: number;
    readonly text: string;
  }[];
}

describe.skipIf(isThere.includes(null))("the contrast of every text on its background", () => {
  let browser: Browser;
  let folder: string;
  let inner: string;

  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    browser = await Browser.start();
    inner = await cards();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  });

  async function measure(html: string, scheme: "light" | "dark"): Promise<Measured> {
    await Deno.writeTextFile(`${folder}/page.html`, html);
    await using page = await browser.open(`file://${folder}/page.html`, SIZE, scheme);
    return await page.evaluate(MEASURE) as Measured;
  }

  it.each(["light", "dark"] as const)("is at least 4.5 in JupyterLab, %s", async (scheme) => {
    const sheets = [`${LAB}/index.css`, `${LAB}/theme-${scheme}.css`];
    const body = `<body class="jp-Notebook" data-jp-theme-light="${scheme === "light"}">
      <div class="jp-Cell"><div class="jp-OutputArea-output jp-RenderedHTMLCommon jp-RenderedHTML">
      ${inner}</div></div></body>`;
    expectReadable(await measure(page(sheets, body), scheme));
  });

  it.each(["light", "dark"] as const)(
    "is at least 4.5 in Notebook 6, which is white also when the system is dark: %s",
    async (scheme) => {
      const body = `<body><div class="output_html rendered_html">${inner}</div></body>`;
      expectReadable(await measure(page([NOTEBOOK], body), scheme));
    },
  );

  it.each(["light", "dark"] as const)("is at least 4.5 in a transcript, %s", async (scheme) => {
    const html = await transcriptHtml(THREAD);
    expectReadable(await measure(html.replace("</body>", `${inner}</body>`), scheme));
  });

  it.each(["light", "dark"] as const)(
    "is at least 4.5 in the runner's page, %s",
    async (scheme) => {
      const notebook = await readNotebook(`${ROOT}notebooks/04_errors_and_retry.ipynb`);
      const html = await toHtml(notebook);
      expectReadable(await measure(html.replace("</body>", `${inner}</body>`), scheme));
    },
  );

  it("would be noticed when it is too small", async () => {
    const { pairs } = await measure('<p style="color:#999">faint</p><p>plain</p>', "light");
    expect(pairs.map(({ text, ratio }) => [text, ratio < LEAST])).toEqual([
      ["faint", true],
      ["plain", false],
    ]);
  });
});

const SIZE = { width: 1000, height: 800 };

const THREAD = {
  id: "t",
  name: "A thread",
  preview: "",
  model: "m",
  cwd: "/",
  turns: [],
  createdAt: new Date(0),
  updatedAt: new Date(0),
} as unknown as ThreadSnapshot;

function page(sheets: readonly string[], body: string): string {
  const links = sheets.map((path) => `<link rel="stylesheet" href="file://${path}">`).join("");
  return `<!doctype html><html><head><meta charset="utf-8">${links}</head>${body}</html>`;
}

function expectReadable({ texts, pairs }: Measured): void {
  expect(pairs.filter(({ ratio }) => ratio < LEAST)).toEqual([]);
  expect(texts).toBeGreaterThan(500);
  expect(pairs.length).toBeGreaterThan(10);
}
