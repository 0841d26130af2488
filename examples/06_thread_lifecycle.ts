/** A thread from its first turn to the archive and back: name, read, list, fork, compact, archive. */
import { check, startCodex } from "./setup.ts";

await using codex = await startCodex();
const thread = await codex.startThread();
await thread.run("Say one");
await thread.run("Say two");

await thread.rename("Counting");
const { name, turns } = await thread.read({ includeTurns: true });
console.log(`"${name}" has ${turns?.length} turns`);

const firstTurn = turns?.[0]?.id;
const fork = await codex.forkThread(thread.id, firstTurn ? { lastTurnId: firstTurn } : {});
const forked = await fork.read({ includeTurns: true });
console.log(`its fork has ${forked.turns?.length}`);

const compaction = await (await thread.compact()).result();
console.log("compacted:", compaction.items.map(({ type }) => type).join(", "));

await codex.archiveThread(fork.id);
const archived = await Array.fromAsync(codex.listThreads({ archived: true }), ({ id }) => id);
const listed = await Array.fromAsync(codex.listThreads(), ({ id }) => id);
console.log(`${listed.length} listed, ${archived.length} archived`);
const back = await codex.unarchiveThread(fork.id);

check("read gives both turns in order", turns?.length === 2);
check("a fork can end at a turn", forked.turns?.length === 1);
check("the archive is a list of its own", archived.includes(fork.id) && !listed.includes(fork.id));
check("unarchiving keeps the id", back.id === fork.id);
