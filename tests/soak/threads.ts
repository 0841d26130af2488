/**
 * Thousands of threads on one runtime, by hand: `deno run -A tests/soak/threads.ts [threads]`.
 *
 * 2,000 ephemeral threads of one turn each are opened and closed, every tenth with an MCP server. Between a quarter of
 * them and the last, the runtime's resident memory and our heap grow by no more than 10 %, and no MCP server stays.
 *
 * @module
 */
import { message, startOffline } from "../../src/testing/mod.ts";
import { heapInUse } from "../support/garbage.ts";
import { mcpServers } from "../support/mcp_server.ts";
import { childrenOf, residentBytes, whenGone } from "../support/processes.ts";

const [threads = 2000] = Deno.args.map(Number);

await using codex = await startOffline({ modelOptions: { keepRequests: 1 } });
codex.model.on(() => true, message("one two three four five"));
const pid = codex.server.processId ?? fail("there is no runtime process");
const servers = new Set<number>();
const samples: { readonly resident: number; readonly heap: number }[] = [];
const startedAt = performance.now();
for (let count = 1; count <= threads; count++) {
  await using thread = await codex.startThread({
    ephemeral: true,
    ...(count % 10 === 0 && { config: { mcp_servers: mcpServers } }),
  });
  const { finalResponse } = await thread.run(`Thread ${count}`);
  if (finalResponse !== "one two three four five") fail(`thread ${count} gave ${finalResponse}`);
  if (count % 10 === 0) { for (const child of await childrenOf(pid)) servers.add(child); }
  if (count % (threads / 8) === 0) samples.push(await sample());
}
const seconds = (performance.now() - startedAt) / 1000;
await Promise.all([...servers].map(whenGone));
print(
  `${threads} threads in ${
    seconds.toFixed(0)
  } s, ${servers.size} MCP servers, 0 left; after each eighth:\n` +
    `  runtime ${samples.map(({ resident }) => megabytes(resident)).join(" ")} MB\n` +
    `  heap ${samples.map(({ heap }) => megabytes(heap)).join(" ")} MB`,
);
for (const what of ["resident", "heap"] as const) {
  const [before, after] = [samples[1]?.[what] ?? 0, samples.at(-1)?.[what] ?? 0];
  if (after > before * 1.1) fail(`${what} grew from ${before} to ${after} bytes`);
}

async function sample(): Promise<(typeof samples)[number]> {
  return { heap: await heapInUse(), resident: await residentBytes(pid) };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function fail(message: string): never {
  throw new Error(message);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
