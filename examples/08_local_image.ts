/** A picture in a file beside a text. */
import { image, localImage, text } from "../mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using codex = await startCodex({
  script: (model) => model.reply((request) => `I got ${request.inputImages().length} picture.`),
});

// Run by URL, the picture is no file of this machine.
const file = new URL("./picture.png", import.meta.url);
const picture = file.protocol === "file:" ? localImage(file) : image(file);

const thread = await codex.startThread();
const { finalResponse, items } = await thread.run([text("What is in this picture?"), picture]);
console.log(finalResponse);
console.log(items.find(({ type }) => type === "userMessage"));
check("the picture reached the model", live || finalResponse === "I got 1 picture.");
