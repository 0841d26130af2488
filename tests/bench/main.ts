/**
 * Side by side: `deno task bench [--quick] [--json file]`. Contenders alternate on one runtime binary, one home and one
 * offline model; a figure is the median of its rounds with the least and the most.
 */
import { parseArgs } from "node:util";
import { installRuntime } from "../../src/runtime/mod.ts";
import { message, OfflineHome, OfflineModel } from "../../src/testing/mod.ts";
import { type Contender, CONTENDERS } from "./contenders.ts";
import { parseOnly, replay, transcript } from "./replay.ts";

/** Figures of one row, by contender; milliseconds. */
interface Row {
  readonly work: string;
  readonly figures: Record<string, readonly number[]>;
}

const { values } = parseArgs({
  args: Deno.args,
  options: { quick: { type: "boolean", default: false }, json: { type: "string" } },
});
const rounds = values.quick ? 2 : 15;
const deltas = values.quick ? 500 : 20_000;

const { executable } = await installRuntime();
await using model = await OfflineModel.start({
  fallback: () => message("five words in one answer", { deltas: 5 }),
});
model.on("LONG", message("word ".repeat(deltas), { deltas }));
await using home = await OfflineHome.create({ modelUrl: model.url });

const rows: Row[] = [
  await compare("start, thread and first turn", rounds, async (start) => {
    await using contender = await start();
    await contender.turn("hello");
  }),
  await compareWarm("warm turn of 5 deltas", rounds * 2, "hello"),
  await compareWarm(
    `turn of ${deltas.toLocaleString("en-US")} deltas`,
    Math.max(2, Math.floor(rounds / 3)),
    "LONG",
  ),
  await replayRow(),
  await importRow(),
];
console.log(table(rows));
if (values.json) await Deno.writeTextFile(values.json, JSON.stringify(rows, null, 1));

type Start = () => Promise<Contender>;

async function compare(
  work: string,
  count: number,
  run: (start: Start) => Promise<void>,
): Promise<Row> {
  const figures: Record<string, number[]> = {};
  for (let round = 0; round < count; round++) {
    for (const [name, start] of Object.entries(CONTENDERS)) {
      const ms = await timed(() => run(() => start(executable, home)));
      (figures[name] ??= []).push(ms);
    }
  }
  return { work, figures };
}

/** Turns on contenders that are up, the first one not counted. */
async function compareWarm(work: string, count: number, text: string): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const figures: Record<string, number[]> = {};
  const contenders: [string, Contender][] = [];
  for (const [name, start] of Object.entries(CONTENDERS)) {
    const contender = stack.use(await start(executable, home));
    await contender.turn("hello");
    contenders.push([name, contender]);
  }
  for (let round = 0; round < count; round++) {
    for (const [name, contender] of contenders) {
      (figures[name] ??= []).push(await timed(() => contender.turn(text)));
    }
  }
  return { work, figures };
}

async function replayRow(): Promise<Row> {
  const lines = transcript(values.quick ? 5000 : 200_000);
  const figures: Record<string, number[]> = { "split and parse alone": [], "codex-deno": [] };
  await replay(lines);
  for (let round = 0; round < Math.max(2, Math.floor(rounds / 2)); round++) {
    figures["split and parse alone"]?.push(parseOnly(lines));
    figures["codex-deno"]?.push(await replay(lines));
  }
  return { work: `replay of ${lines.length.toLocaleString("en-US")} messages`, figures };
}

/** A script that imports mod.ts, over one that imports nothing. */
async function importRow(): Promise<Row> {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/empty.ts`, "");
  await Deno.writeTextFile(
    `${directory}/import.ts`,
    `import "${new URL("../../mod.ts", import.meta.url)}";`,
  );
  const run = (name: string) =>
    timed(() =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "-A", `${directory}/${name}`],
      }).output()
    );
  const over: number[] = [];
  await run("import.ts");
  for (let round = 0; round < rounds; round++) {
    const empty = await run("empty.ts");
    over.push(await run("import.ts") - empty);
  }
  await Deno.remove(directory, { recursive: true });
  return { work: "import of mod.ts, over an empty script", figures: { "codex-deno": over } };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function table(all: readonly Row[]): string {
  const names = ["split and parse alone", ...Object.keys(CONTENDERS)];
  const lines = all.map(({ work, figures }) =>
    `| ${work} | ${names.map((name) => cell(figures[name])).join(" | ")} |`
  );
  return [`| ms | ${names.join(" | ")} |`, `|---|${names.map(() => "---").join("|")}|`, ...lines]
    .join("\n");
}

function cell(figures: readonly number[] | undefined): string {
  if (!figures || figures.length === 0) return "–";
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `**${middle.toFixed(0)}** (${sorted[0]?.toFixed(0)}–${sorted.at(-1)?.toFixed(0)})`;
}
