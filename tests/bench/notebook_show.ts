/**
 * What `show` adds to a turn in a notebook, in the real kernel.
 *
 * @module
 */
import { toFileUrl } from "../../src/paths.ts";
import {
  DENO_METADATA,
  describeFailure,
  runNotebook,
  writeNotebook,
} from "../../src/notebook/runner/mod.ts";
import { ROOT } from "../support/repository.ts";

/** Times of the rounds, in milliseconds. */
export interface ShowFigures {
  /** The turn alone. */
  readonly result: number[];
  /** The turn, shown. */
  readonly show: number[];
}

/** Times turns of that many deltas, shown and not, in turns. */
export async function measureShow(deltas: number, rounds: number): Promise<ShowFigures> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/show.ipynb`;
  try {
    await writeNotebook(path, {
      cells: [SETUP, measuringCell(deltas, rounds)].map((source) => ({
        cell_type: "code",
        source,
        metadata: {},
      })),
      metadata: { ...DENO_METADATA },
      nbformat: 4,
      nbformat_minor: 5,
    });
    const { failure } = await runNotebook(path, { cellTimeoutMs: 600_000 });
    if (failure) throw new Error(describeFailure(failure));
    return JSON.parse(await Deno.readTextFile(`${directory}/figures.json`));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const SETUP = `
import { message, startOffline } from "${toFileUrl(`${ROOT}src/testing/mod.ts`)}";
import { show } from "${toFileUrl(`${ROOT}src/notebook/mod.ts`)}";
const codex = await startOffline();
const thread = await codex.startThread({ ephemeral: true });
const timed = async (run) => {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
};
`;

function measuringCell(deltas: number, rounds: number): string {
  return `
const words = Array.from({ length: ${deltas} }, (_, n) => "word" + n + " ");
codex.model.on("go", message(words));
const figures = { result: [], show: [] };
for (let round = -1; round < ${rounds}; round++) {
  const result = await timed(async () => (await thread.startTurn("go")).result());
  const shown = await timed(() => show(thread, "go"));
  if (round < 0) continue;
  figures.result.push(result);
  figures.show.push(shown);
}
await codex.close();
await Deno.writeTextFile("figures.json", JSON.stringify(figures));
`;
}
