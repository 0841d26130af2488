/** A picture by URL beside a text. The runtime takes inline pictures only, so it is fetched here. */
import { image, text } from "../mod.ts";
import { check, live, startCodex } from "./setup.ts";

await using codex = await startCodex({
  script: (model) =>
    model.reply((request) => {
      const [picture = "none"] = request.inputImages();
      return `I see a picture of ${picture.length} characters: ${picture.slice(0, 22)}`;
    }),
});

// A server of our own stands for the web, so that the example needs no network.
const picture = await (await fetch(new URL("./picture.png", import.meta.url))).bytes();
await using server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  () => new Response(picture, { headers: { "content-type": "image/png" } }),
);
const url = `http://127.0.0.1:${server.addr.port}/picture.png`;

const thread = await codex.startThread();
const { finalResponse } = await thread.run([text("What is in this picture?"), image(url)]);
console.log(finalResponse);
check(
  "the picture reached the model",
  live || finalResponse?.includes("data:image/png;base64") === true,
);

const missing = await thread.run(image("http://127.0.0.1:1/none.png")).catch((error: Error) =>
  error
);
console.log("a picture that is not there:", missing instanceof Error ? missing.message : missing);
check("a picture that cannot be had is an error before any request", missing instanceof TypeError);
