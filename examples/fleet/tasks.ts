/** What the workers of 26_fleet.ts and of the tenth notebook do with a row. */
import { z } from "npm:zod@4.6.7";
import { defineTask } from "../../src/fleet/mod.ts";

export const capital = defineTask({
  name: "capital",
  input: z.object({ country: z.string().min(1) }),
  run: async ({ country }, { thread, signal }) =>
    (await thread.run(`What is the capital of ${country}?`, { signal })).finalResponse,
});
