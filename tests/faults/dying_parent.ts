/**
 * A program with a runtime, a command and an MCP server under it, that ends in the middle of a turn:
 * `deno run -A tests/faults/dying_parent.ts <folder> exception|rejection|exit|wait`. The ids of the processes
 * are written to files of the folder, that of the runtime last. With the folder as TMPDIR all of it lies there.
 *
 * @module
 */
import { execCommand, startOffline } from "../../src/testing/mod.ts";
import { pidIn } from "../support/processes.ts";

const [folder = "", how] = Deno.args;

/** Notes its process id and then runs something for longer than any test. */
const staying = (name: string, rest: string): string =>
  `echo $$ > '${folder}/${name}.pid'; exec ${rest}`;
/** A server that never answers and ends with its input, as the MCP demands of it. */
const silent = staying("mcp", "cat > /dev/null");

const codex = await startOffline();
codex.model.reply(execCommand(staying("command", "sleep 1000"), { yieldTimeMs: 600_000 }));
await codex.startThread({
  config: { mcp_servers: { staying: { command: "/bin/sh", args: ["-c", silent] } } },
});
const thread = await codex.startThread({ sandbox: "full-access", approvalMode: "deny-all" });
await thread.startTurn("Work");
await pidIn(`${folder}/command.pid`);
await pidIn(`${folder}/mcp.pid`);
await Deno.writeTextFile(`${folder}/runtime.pid`, `${codex.server.processId}`);

if (how === "exit") Deno.exit(3);
if (how === "exception") setTimeout(() => fail());
if (how === "rejection") void Promise.reject(new Error("the program is wrong"));
await new Promise((resolve) => setTimeout(resolve, 600_000));

function fail(): never {
  throw new Error("the program is wrong");
}
