/**
 * A thread from its first turn to the archive and back: name, read, list, fork, compact, archive.
 */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const thread = await codex.startThread();
await thread.run("Say one");
await thread.run("Say two");

await thread.rename("Counting");
const { name, turns } = await thread.read({ includeTurns: true });
console.log(`"${name}" has ${turns?.length} turns`);

const fork = await codex.forkThread(thread.id, { lastTurnId: turns?.[0]?.id });
console.log(`its fork has ${(await fork.read({ includeTurns: true })).turns?.length}`);

const compaction = await (await thread.compact()).result();
console.log("compacted:", compaction.items.map(({ type }) => type).join(", "));

await codex.archiveThread(fork.id);
const archived = await Array.fromAsync(codex.listThreads({ archived: true }));
const listed = await Array.fromAsync(codex.listThreads());
console.log(`${listed.length} listed, ${archived.length} archived`);

const back = await codex.unarchiveThread(fork.id);
console.log(`${back.id === fork.id ? "the fork" : "another thread"} is back`);
