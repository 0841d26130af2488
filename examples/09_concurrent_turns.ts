/** Several turns at once on one connection; each sees its own events only. */
import type { Codex } from "../mod.ts";
import { message } from "../src/testing/mod.ts";
import { check, startCodex } from "./setup.ts";

const CITIES = ["Bern", "Oslo", "Rome", "Lima"];

await using codex = await startCodex({
  script: (model) => {
    for (const city of CITIES) {
      model.on(city, message(`${city} is a capital. `.repeat(5), { deltas: 20 }));
    }
  },
});
const answers = await Promise.all(CITIES.map((city) => ask(codex, city)));
for (const { city, deltas, text } of answers) {
  console.log(`${city}: ${deltas} deltas, ${text.slice(0, 40)}…`);
}
check("every answer is about its own city", answers.every(({ city, text }) => text.includes(city)));

async function ask(codex: Codex, city: string) {
  const thread = await codex.startThread({ ephemeral: true });
  const turn = await thread.startTurn(`Tell me about ${city}`);
  let text = "";
  let deltas = 0;
  for await (const delta of turn.text()) {
    text += delta;
    deltas++;
  }
  return { city, deltas, text };
}
