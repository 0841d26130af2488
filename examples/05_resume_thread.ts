/** A conversation goes on in another process: the thread's id is all that has to be kept. */
import { OfflineHome, OfflineModel } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using offline = new AsyncDisposableStack();
const model = live ? null : offline.use(await OfflineModel.start());
const home = model && offline.use(await OfflineHome.create({ modelUrl: model.url }));
const options = model && home ? { offline: { model, home } } : {};

model?.reply("I will remember: blue.", (request) => {
  const remembered = request.userTexts().some((text) => text.includes("blue"));
  return remembered ? "Your colour is blue." : "I do not know.";
});

const threadId = await firstProcess();
const answer = await secondProcess(threadId);
check(
  "the second process knows what the first was told",
  live ? answer !== null : answer === "Your colour is blue.",
);

async function firstProcess(): Promise<string> {
  await using codex = await startCodex(options);
  const thread = await codex.startThread();
  console.log("first: ", (await thread.run("My colour is blue. Remember it.")).finalResponse);
  return thread.id;
}

async function secondProcess(threadId: string): Promise<string | null> {
  await using codex = await startCodex(options);
  const thread = await codex.resumeThread(threadId);
  const { finalResponse } = await thread.run("What is my colour?");
  console.log("second:", finalResponse);
  return finalResponse;
}
