/**
 * A program that maps numbers without a runtime, so that a test can kill it or let its disk be
 * full. It prints `start N` when a row starts, `done N` when its result was delivered, and at the
 * end how the run ended.
 *
 * @module
 */
import { mapInputs } from "../../src/codex/map/map.ts";
import { FakeHost } from "./map_host.ts";

const [checkpoint = "", count = "0"] = Deno.args;
const task = async (row: number): Promise<string> => {
  say(`start ${row}`);
  await Promise.resolve();
  return "output ".repeat(row % 40);
};
const rows = Array.from({ length: Number(count) }, (_, row) => row);
try {
  for await (const { index } of mapInputs(rows, task, { checkpoint }, new FakeHost())) {
    say(`done ${index}`);
  }
  say("end");
} catch (error) {
  say(`ended by ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
