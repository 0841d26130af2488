/** A conversation goes on in another process: the thread's id is all that has to be kept. */
import { startCodex } from "./start.ts";

const threadId = await firstProcess();
await secondProcess(threadId);

async function firstProcess(): Promise<string> {
  await using codex = await startCodex();
  const thread = await codex.startThread();
  const { finalResponse } = await thread.run("My colour is blue. Remember it.");
  console.log("first: ", finalResponse);
  return thread.id;
}

async function secondProcess(threadId: string): Promise<void> {
  await using codex = await startCodex();
  const thread = await codex.resumeThread(threadId);
  console.log("second:", (await thread.run("What is my colour?")).finalResponse);
}
