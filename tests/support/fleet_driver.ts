/**
 * A driver in a separate process, so that a test can kill it: prints `done N` for each row.
 * Arguments: URL of the store, checkpoint or empty, number of rows, number of the first.
 *
 * @module
 */
import { Fleet } from "../../src/fleet/mod.ts";
import { numbered } from "./fleet_tally.ts";
import { effect } from "./fleet_tasks.ts";

const [url = "", checkpoint = "", count = "0", from = "0"] = Deno.args;
await using fleet = await Fleet.connect(url);
const rows = numbered(Number(count), Number(from));
const options = { run: "driver", checkpoint: checkpoint === "" ? undefined : checkpoint };
for await (const { index, status } of fleet.map(rows, effect, options)) {
  console.log(`${status === "completed" ? "done" : "failed"} ${index}`);
}
