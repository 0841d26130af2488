/**
 * Side by side: `deno task bench [--quick] [--json file] [--only row,...] [--contenders name,...]`.
 *
 * Contenders do the same work in turns, each in a separate process, on one runtime binary and one
 * offline model. A figure is the median of its rounds, with the least and the most; a ratio is the
 * median of the ratios of the rounds.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Growth, measureAllGrowth } from "./growth_table.ts";
import { comparisonTable, growthTable, transportTable } from "./report.ts";
import { Rig } from "./rig.ts";
import { type Effort, type Measure, ROWS } from "./rows.ts";
import { summarize } from "./statistics.ts";

const FULL: Effort = {
  rounds: 1,
  deltas: 20_000,
  turns: 200,
  inputs: 1000,
  events: 50_000,
  contenders: ["raw_probe", "toolkit", "codex_sdk", "ai_sdk"],
};
/** Shows that it runs, with nothing that must be downloaded. */
const QUICK: Effort = {
  rounds: 0,
  deltas: 200,
  turns: 3,
  inputs: 2,
  events: 100,
  contenders: ["raw_probe", "toolkit"],
};

const { values } = parseArgs({
  args: Deno.args,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string" },
    contenders: { type: "string" },
  },
});
const standard = values.quick ? QUICK : FULL;
const contenders = chosen(values.contenders, FULL.contenders) ?? standard.contenders;
const effort = { ...standard, contenders };
const rows = [...Object.keys(ROWS), "growth"];
// A check of all types takes seconds; `import_by_url_test` shows that it passes.
const standardRows = values.quick ? rows.filter((row) => row !== "typeChecks") : rows;
const wanted = chosen(values.only, rows) ?? standardRows;

const measures: Measure[] = [];
await using rig = await Rig.start({ sharesWorkers: values.quick });
for (const [name, row] of Object.entries(ROWS)) {
  if (!wanted.includes(name)) continue;
  progress(name);
  measures.push(...await row(rig, effort));
}
let growth: Growth = {};
if (wanted.includes("growth")) {
  progress("growth");
  growth = await measureAllGrowth(rig, effort);
}

const compared = measures.filter(({ byTransport }) => !byTransport);
const byTransport = measures.filter(({ byTransport }) => byTransport);
if (compared.length > 0) console.log(comparisonTable(compared, effort.contenders));
if (byTransport.length > 0) console.log(`\n${transportTable(byTransport)}`);
if (wanted.includes("growth")) console.log(`\n${growthTable(growth)}`);
if (values.json) await Deno.writeTextFile(values.json, JSON.stringify(facts(), null, 2));

/** The names of a list, or `null` without one. */
function chosen(list: string | undefined, all: readonly string[]): readonly string[] | null {
  if (list === undefined) return null;
  const names = list.split(",");
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length === 0) return names;
  throw new TypeError(`Cannot measure ${unknown.join(", ")}: choose from ${all.join(", ")}`);
}

function progress(name: string): void {
  if (Deno.stderr.isTerminal()) console.error(name);
}

/** Everything that was measured, and on what. */
function facts(): unknown {
  return {
    deno: Deno.version.deno,
    platform: Deno.build.target,
    processors: navigator.hardwareConcurrency,
    effort,
    measures: measures.map((measure) => ({
      ...measure,
      summaries: Object.fromEntries(
        Object.entries(measure.figures).map(([name, series]) => [name, summarize(series)]),
      ),
    })),
    growth,
  };
}
