/**
 * A plot as an image.
 *
 * @module
 */
import { loadPlot, loadSvgRasterizer, newDocument, type PlotLibrary } from "../../deps.ts";
import { displayable } from "../../display/displayable.ts";
import { escapeHtml } from "../../display/mod.ts";

/** Options of Observable Plot. */
export type PlotOptions = NonNullable<Parameters<PlotLibrary["plot"]>[0]>;

/**
 * Options of Observable Plot, or a function that makes them with the library that this module has
 * pinned.
 */
export type PlotSource = PlotOptions | ((Plot: PlotLibrary) => PlotOptions);

/**
 * A plot that is drawn. As the value of a cell it is an image, also in a notebook that is not
 * trusted and in an exported one.
 */
export class Chart {
  /** The image as an SVG document. */
  readonly svg: string;
  /** Its content in a sentence. */
  readonly description: string;

  /** @ignore {@linkcode chart} is the way in. */
  constructor(svg: string, description: string) {
    this.svg = svg;
    this.description = description;
  }

  /**
   * The image as PNG, twice as large, as an input for a model: `image(await plot.png())`.
   *
   * It needs `--allow-ffi` outside a notebook.
   */
  async png(): Promise<Uint8Array> {
    const Rasterizer = await loadSvgRasterizer();
    const fitTo = { mode: "zoom" as const, value: 2 };
    return new Uint8Array(
      new Rasterizer(this.svg, { fitTo, background: "white" }).render().asPng(),
    );
  }
}

displayable(Chart.prototype, "image");

/**
 * Draws an Observable Plot. It needs neither a document nor an installation: the function gets the
 * library.
 *
 * @example
 * ```ts
 * const rows = [{ city: "Bern", score: 1 }, { city: "Oslo", score: 5 }];
 * const plot = await chart((Plot) => ({
 *   title: "Scores",
 *   marks: [Plot.barX(rows, { x: "score", y: "city" })],
 * }));
 * console.log(plot.svg.length > 100); // true
 * ```
 */
export async function chart(source: PlotSource): Promise<Chart> {
  const [Plot, document] = await Promise.all([loadPlot(), newDocument()]);
  const options = typeof source === "function" ? source(Plot) : source;
  const drawn = Plot.plot({ ...options, document: document as PlotOptions["document"] });
  return new Chart(svgOf(drawn, options), descriptionOf(options));
}

/** A plot with a title or a legend is a figure; its images go below each other. */
function svgOf(drawn: unknown, { title, subtitle, caption }: PlotOptions): string {
  const { tagName, outerHTML, querySelectorAll } = drawn as Drawn;
  if (tagName.toLowerCase() === "svg") return documentOf(outerHTML, 0, []);
  const parts = [...querySelectorAll.call(drawn, "svg")];
  const main = parts.sort((a, b) => sizeOf(b.outerHTML).height - sizeOf(a.outerHTML).height)[0];
  const lines = [title, subtitle, caption].filter((line) => typeof line === "string");
  return documentOf(main?.outerHTML ?? "<svg></svg>", 22 * lines.length, lines);
}

interface Drawn {
  readonly tagName: string;
  readonly outerHTML: string;
  querySelectorAll(selector: string): Iterable<Drawn>;
}

/** White, because an image cannot adapt to the page's colours. */
function documentOf(svg: string, top: number, lines: readonly string[]): string {
  const { width, height } = sizeOf(svg);
  const texts = lines.map((line, index) =>
    `<text x="8" y="${17 + 22 * index}" font-size="${index === 0 ? 15 : 12}">${
      escapeHtml(line)
    }</text>`
  );
  const inner = svg.replace(/^<svg /, `<svg y="${top}" `);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + top}" ` +
    `viewBox="0 0 ${width} ${height + top}" font-family="system-ui, sans-serif" color="black">` +
    `<rect width="100%" height="100%" fill="white"/>${texts.join("")}${inner}</svg>`;
}

function sizeOf(svg: string): { width: number; height: number } {
  const attribute = (name: string): number =>
    Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1] ?? 0);
  return { width: attribute("width"), height: attribute("height") };
}

function descriptionOf(
  { title, subtitle, caption, ariaLabel, ariaDescription }: PlotOptions,
): string {
  const texts = [title, subtitle, caption, ariaLabel, ariaDescription]
    .filter((text) => typeof text === "string");
  return texts.length > 0 ? texts.join(". ") : "A plot";
}
