import { describe, expect, it } from "vitest";
import { BrowserPage } from "../support/board_page.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect } from "../support/fleet_tasks.ts";
import { ROOT } from "../support/repository.ts";

/** Runs a test with the address of the dashboard's command. */
async function withBoard(store: string, body: (url: string) => Promise<void>): Promise<void> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net=127.0.0.1",
      "--allow-env",
      "--allow-read",
      "--allow-sys",
      "--no-check",
      "--lock=deno.lock",
      "--frozen",
      "src/fleet/board.ts",
      "--store",
      store,
      "--port",
      "0",
    ],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  try {
    await body(/http:\S+/.exec(value)?.[0] ?? "");
  } finally {
    child.kill();
    while (!(await reader.read()).done);
  }
}

const click = (text: string): string =>
  `[...document.querySelectorAll("button")].find((button) => button.innerText.trim() === "${text}")?.click()`;

describe("the dashboard of a fleet", () => {
  it("shows a job with its prompt, thread and failure, and retries it", async () => {
    const held = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    await using rig = await FleetRig.start(() => {
      held.resolve();
      return answer.promise;
    });
    await rig.startWorker();
    await using fleet = await rig.connect();
    const run = fleet.map([{ n: 7 }], effect);
    const collected = run.collect();
    await held.promise;
    await run.cancel();
    expect((await collected).failed).toMatchObject([{ error: { reason: "cancelled" } }]);
    answer.resolve();
    const [letter] = await Array.fromAsync(fleet.deadLetters());
    await withBoard(rig.redis.url, async (url) => {
      await using page = await BrowserPage.open(`${url}queue/codex?status=failed`);
      await page.until(`document.body.innerText.includes("cancelled")`);
      await page.evaluate(click("Data"));
      await page.until(`document.body.innerText.includes("n:7")`);
      expect(await page.evaluate("document.body.innerText")).toContain(letter?.threadId);
      await page.evaluate(click("Retry all"));
      await page.until(`document.body.innerText.includes("Are you sure")`);
      await page.evaluate(click("Confirm"));
      await page.until(`!document.body.innerText.includes("${letter?.jobId}")`);
    });
    const again = await fleet.map([{ n: 7 }], effect).collect();
    expect(again.rows).toMatchObject([{ status: "completed", output: "answer 7" }]);
    expect(await rig.effects()).toEqual(new Map([[7, 1]]));
  });

  it("answers no page of another site, and no other host", async () => {
    await using rig = await FleetRig.start();
    await withBoard(rig.redis.url, async (url) => {
      const api = `${url}api/queues`;
      const own = await fetch(api);
      expect([own.status, typeof await own.json()]).toEqual([200, "object"]);
      const foreign = await fetch(api, { headers: { origin: "http://evil.example" } });
      expect(foreign.status).toBe(403);
      await foreign.body?.cancel();
    });
  });
});
