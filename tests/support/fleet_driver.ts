/**
 * A driver in a separate process, so that a test can kill it: prints `done N` for each row.
 *
 * @module
 */
import { Fleet } from "../../src/fleet/mod.ts";
import { effect } from "./fleet_tasks.ts";

const [url = "", checkpoint = "", count = "0"] = Deno.args;
await using fleet = await Fleet.connect(url);
const rows = Array.from({ length: Number(count) }, (_, n) => ({ n }));
const options = { run: "driver", ...(checkpoint ? { checkpoint } : {}) };
for await (const { index, status } of fleet.map(rows, effect, options)) {
  console.log(`${status === "completed" ? "done" : "failed"} ${index}`);
}
