import { type ModelRequest, type OfflineModel, toolCall } from "../../src/testing/mod.ts";

/** What the code of the last call printed or gave. */
function lastOutput(request: ModelRequest): string {
  return request.toolOutputs().at(-1)?.text ?? "";
}

const BEST = `const cities = Map.groupBy(sales, (row) => row.city);
[...cities].map(([city, rows]) => {
  const best = rows.toSorted((a, b) => CUPS)[0];
  return \`\${city}: month \${best.month} with \${best.cups} cups\`;
}).join("; ");`;

const PLOT = `chart((Plot) => ({
  title: "Cups by month",
  marks: [
    Plot.lineY(sales.filter((row) => row.cups !== null), { x: "month", y: "cups", stroke: "city" }),
    Plot.text(sales, Plot.selectLast({ x: "month", y: "cups", z: "city", text: "city", dy: -8 })),
    Plot.ruleY([0]),
  ],
}))`;

const REVENUE = `sales.map((row) => {
  const of = sales.filter(({ city }) => city === row.city);
  const at = of.indexOf(row);
  const cups = row.cups ?? (of[at - 1].cups + of[at + 1].cups) / 2;
  return { ...row, cups, revenue: cups * row.price };
})`;

/** An analysis with a mistake in it: the gap in the table, seen in the error and corrected. */
export function script(model: OfflineModel): void {
  let best = "";
  model.reply(
    toolCall("describe", { name: "sales" }),
    toolCall("evaluate", { code: BEST.replace("CUPS", "Number(b.cups.toFixed()) - Number(a.cups.toFixed())") }),
    toolCall("evaluate", { code: BEST.replace("CUPS", "(b.cups ?? 0) - (a.cups ?? 0)") }),
    (request) => {
      best = lastOutput(request).replace("result: ", "");
      return toolCall("display", { code: PLOT });
    },
    () => `${best}.\n\nTo see one city alone, put this into a cell:\n\n` +
      '```ts\nshared.sales.filter((row) => row.city === "Oslo");\n```',
    toolCall("assign", { name: "sales", code: REVENUE }),
    "Each row has a `revenue` now; the missing number is the mean of July and September.",
    toolCall("describe", { name: "table" }),
    (request) => {
      const columns = lastOutput(request).matchAll(/^ {2}(\w+): /gm).map(([, name]) => name);
      const [, rows] = /array of (\d+)/.exec(lastOutput(request)) ?? [];
      return `${rows} rows, with ${[...columns].join(", ")}.`;
    },
  );
}
