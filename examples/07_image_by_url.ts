/**
 * A picture by URL with a text. The runtime takes inline pictures only, so the library fetches and
 * checks it.
 */
import { image, text } from "../mod.ts";
import { startCodex } from "./start.ts";

// A server on this machine stands for the web, so that the example needs no network.
const picture = await (await fetch(new URL("./picture.png", import.meta.url))).bytes();
await using server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  () => new Response(picture, { headers: { "content-type": "image/png" } }),
);
const url = `http://127.0.0.1:${server.addr.port}/picture.png`;

await using codex = await startCodex();
const { finalResponse } = await codex.run([text("What is in this picture?"), image(url)]);
console.log(finalResponse);

// A picture that is not there is an error before anything is sent.
const missing = image("http://127.0.0.1:1/none.png");
await codex.run(missing).catch((error) => console.log(`${error.name}: ${error.message}`));
