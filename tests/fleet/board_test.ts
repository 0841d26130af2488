import { describe, expect, it, vi } from "vitest";
import { failure } from "../../src/testing/mod.ts";
import { Browser } from "../support/browser.ts";
import { FleetRig } from "../support/fleet_rig.ts";
import { effect } from "../support/fleet_tasks.ts";
import { RedisServer } from "../support/redis.ts";
import { ROOT } from "../support/repository.ts";

// Each test starts workers and a browser.
vi.setConfig({ testTimeout: 60_000 });

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

const REFUSED = failure({ status: 400, code: "invalid_prompt", message: "No" });

/** Clicks the button with the text, or one so many places before it, which have no texts. */
function click(text: string, before = 0): string {
  return `(() => {
    const buttons = [...document.querySelectorAll("button")];
    const place = buttons.findIndex((button) => button.innerText.trim() === "${text}");
    buttons[place - ${before}].click();
  })()`;
}

function shows(text: string): string {
  return `document.body.innerText.includes(${JSON.stringify(text)})`;
}

describe("the dashboard of a fleet", () => {
  it("opens a job with its prompt, thread and failure, and retries it", async () => {
    const refusals = [REFUSED];
    await using rig = await FleetRig.start(() => {
      const refusal = refusals.pop();
      return refusal && Promise.resolve(refusal);
    });
    await rig.startWorker();
    await using fleet = await rig.connect();
    const rows = [{ n: 7, review: "The bears are lovely." }];
    const { failed } = await fleet.map(rows, effect).collect();
    expect(failed).toMatchObject([{ error: { reason: "task" } }]);
    const [letter] = await Array.fromAsync(fleet.deadLetters());
    await withBoard(rig.redis.url, async (url) => {
      await using browser = await Browser.start();
      const size = { width: 1200, height: 900 };
      await using list = await browser.open(`${url}queue/codex?status=failed`, size);
      const link =
        `[...document.links].find(({ href }) => href.includes("${letter?.jobId}"))?.href`;
      await list.until(`Boolean(${link})`);
      await using page = await browser.open(String(await list.evaluate(link)), size);
      await page.until(shows("TurnFailedError: Cannot complete turn"));
      await page.evaluate(click("Data"));
      await page.until(shows("The bears are lovely."));
      await page.until(shows(letter?.threadId ?? ""));
      // Of the four signs in the corner the first is that of a retry.
      await page.evaluate(click("Error", 4));
      await page.until(shows("Are you sure"));
      await page.evaluate(click("Confirm"));
      await page.until(`!${shows("Failed at")}`);
    });
    const again = await fleet.map(rows, effect).collect();
    expect(again.rows).toMatchObject([{ status: "completed", output: "answer 7" }]);
    expect(await rig.effects()).toEqual(new Map([[7, 1]]));
  });

  it("answers no page of another site, and no other host", async () => {
    await using redis = await RedisServer.start();
    await withBoard(redis.url, async (url) => {
      const api = `${url}api/queues`;
      const own = await fetch(api);
      expect([own.status, typeof await own.json()]).toEqual([200, "object"]);
      const foreign = await fetch(api, { headers: { origin: "http://evil.example" } });
      expect(foreign.status).toBe(403);
      await foreign.body?.cancel();
    });
  });
});
