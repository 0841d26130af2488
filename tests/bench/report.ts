/**
 * Figures as Markdown.
 *
 * @module
 */
import type { Growth } from "./growth_table.ts";
import type { Bar, Measure } from "./rows.ts";
import { pairedRatio, summarize } from "./statistics.ts";

/** Names of the contenders in the table. */
const TITLES: Readonly<Record<string, string>> = {
  raw_probe: "raw probe",
  toolkit: "this module",
  codex_sdk: "codex-sdk",
  ai_sdk: "ai-sdk-provider",
};

/** The same of the table by transport. */
const TRANSPORT_TITLES: Readonly<Record<string, string>> = {
  toolkit: "stdio",
  toolkit_unix: "Unix socket",
  toolkit_ws: "WebSocket",
};

/** The side-by-side table. */
export function comparisonTable(
  measures: readonly Measure[],
  contenders: readonly string[],
): string {
  const head = ["", ...contenders.map(titleOf), "this ÷ probe", "bar"];
  const rows = measures.map((measure) => {
    const { title, unit, figures, bar } = measure;
    return [
      unit ? `${title}, ${unit}` : title,
      ...contenders.map((name) => cell(figures[name], measure.p95)),
      ratio(figures.toolkit, figures.raw_probe),
      bar ? verdict(measure, bar) : "",
    ];
  });
  return table([head, ...rows]);
}

/** This module over each transport, held against stdio. */
export function transportTable(measures: readonly Measure[]): string {
  const names = Object.keys(TRANSPORT_TITLES);
  const others = names.slice(1);
  const head = [
    "",
    ...names.map((name) => TRANSPORT_TITLES[name] ?? name),
    ...others.map((name) => `${TRANSPORT_TITLES[name]} ÷ stdio`),
    "bar",
  ];
  const rows = measures.map(({ title, unit, figures, p95, bar }) => {
    const ratios = others.map((name) => ratio(figures[name], figures.toolkit));
    const holds = bar && ratios.every((text) => Number(text) <= bar.limit);
    return [
      `${title}, ${unit}`,
      ...names.map((name) => cell(figures[name], p95)),
      ...ratios,
      bar ? `≤ ${bar.limit} × stdio: ${holds ? "holds" : "MISSED"}` : "",
    ];
  });
  return table([head, ...rows]);
}

/** The table of the growth. */
export function growthTable(growth: Growth): string {
  const rows = Object.entries(growth).map(([dimension, sizes]) => [
    dimension,
    ...Object.entries(sizes).map(([size, { median, min, max }]) =>
      `${size}: **${short(median)}** (${short(min)}–${short(max)})`
    ),
  ]);
  const width = Math.max(...rows.map((row) => row.length));
  return table([["µs an event", ...Array(width - 1).fill("")], ...rows]);
}

function titleOf(name: string): string {
  return TITLES[name] ?? name;
}

function cell(figures: readonly number[] | undefined, withP95 = false): string {
  if (!figures?.length) return "–";
  const { median, p95, min, max } = summarize(figures);
  const spread = `(${short(min)}–${short(max)})`;
  return `**${short(median)}** ${withP95 ? `p95 ${short(p95)} ` : ""}${spread}`;
}

function ratio(
  figures: readonly number[] | undefined,
  others: readonly number[] | undefined,
): string {
  if (!figures?.length || !others?.length) return "";
  return pairedRatio(figures, others).toFixed(2);
}

function verdict({ figures, unit }: Measure, { against, limit, atLeast }: Bar): string {
  const sign = atLeast ? "≥" : "≤";
  const wanted = against ? `${sign} ${limit} × ${titleOf(against)}` : `${sign} ${limit} ${unit}`;
  const ours = figures.toolkit ?? [];
  const theirs = against ? figures[against] ?? [] : [];
  if (ours.length === 0 || (against && theirs.length === 0)) return wanted;
  const value = against ? pairedRatio(ours, theirs) : summarize(ours).median;
  const holds = atLeast ? value >= limit : value <= limit;
  return `${wanted}: ${against ? value.toFixed(2) : short(value)}, ${holds ? "holds" : "MISSED"}`;
}

function table([head = [], ...rows]: string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function short(value: number): string {
  const digits = Math.abs(value) < 2 ? 2 : Math.abs(value) < 10 ? 1 : 0;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
