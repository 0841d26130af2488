/** Several turns at once on one connection; each sees its own events only. */
import { startCodex } from "./start.ts";

await using codex = await startCodex();
await Promise.all(["Bern", "Oslo", "Rome", "Lima"].map(tellAbout));

async function tellAbout(city: string): Promise<void> {
  await using thread = await codex.startThread({ ephemeral: true });
  const turn = await thread.startTurn(`Tell me about ${city} in one sentence`);
  let pieces = 0;
  for await (const _piece of turn.text()) pieces++;
  const { finalResponse } = await turn.result();
  console.log(`${city}: ${pieces} pieces, ${finalResponse}`);
}
