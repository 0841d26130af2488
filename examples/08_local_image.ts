/** A picture in a file with a text. */
import { localImage, text } from "../mod.ts";
import { startCodex } from "./start.ts";

// When this program is loaded by URL, its picture is fetched first.
const file = await Deno.makeTempFile({ suffix: ".png" });
const picture = await fetch(new URL("./picture.png", import.meta.url));
await Deno.writeFile(file, await picture.bytes());

await using codex = await startCodex();
const input = [text("What is in this picture?"), localImage(file)];
const { finalResponse, items } = await codex.run(input);
console.log(items.find(({ type }) => type === "userMessage"));
console.log(finalResponse);
await Deno.remove(file);
