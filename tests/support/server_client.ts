/**
 * A program on a server: runs a turn for each line of its input, as a terminal does, on one thread,
 * and prints the answers. `server_client.ts ADDRESS [TOKEN_FILE]`.
 *
 * @module
 */
import { Codex } from "../../mod.ts";
import { readLines } from "../../src/rpc/stdio.ts";

const [address = "", tokenFile] = Deno.args;
await using codex = await Codex.connect(address, { tokenFile });
const thread = await codex.startThread();
for await (const line of readLines(Deno.stdin.readable)) {
  console.log((await thread.run(line)).finalResponse);
}
