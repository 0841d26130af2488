import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { runBoard } from "../../src/fleet/board.ts";
import { FleetStore } from "../../src/fleet/store.ts";
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
});

describe("the command of the dashboard", () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  afterAll(() => redis[Symbol.asyncDispose]());

  afterEach(() => void vi.restoreAllMocks());

  it("answers no page of another site, and no other host", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {});
    const directory = await Deno.makeTempDir();
    try {
      const file = `${directory}/store`;
      await Deno.writeTextFile(file, `${redis.url}\n`);
      await using board = await runBoard(["--store-file", file, "--port", "0", "--queue", "q"]);
      const own = `http://127.0.0.1:${board?.port}`;
      expect(said.mock.calls).toEqual([[`The dashboard is at ${own}/`]]);
      const statusOf = async (origin?: string) => {
        const response = await fetch(`${own}/api/queues`, {
          headers: origin === undefined ? {} : { origin },
        });
        const text = await response.text();
        return [response.status, response.ok ? JSON.parse(text).queues[0].name : text];
      };
      expect(await statusOf()).toEqual([200, "q"]);
      expect(await statusOf(own)).toEqual([200, "q"]);
      for (const origin of ["http://evil.example", "null", `http://localhost:${board?.port}`]) {
        expect(await statusOf(origin)).toEqual([403, "Forbidden"]);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });

  it("answers to no name but those of the loopback interface", async () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    await using board = await runBoard(["--store", redis.url, "--port", "0"]);
    const port = board?.port ?? 0;
    const statusOf = async (host: string): Promise<string> => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const request = `GET /api/queues HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: close`;
      await connection.write(new TextEncoder().encode(`${request}\r\n\r\n`));
      const answer = new Uint8Array(12);
      await connection.read(answer);
      return new TextDecoder().decode(answer);
    };
    expect(await statusOf("localhost")).toBe("HTTP/1.1 200");
    expect(await statusOf("evil.example")).toBe("HTTP/1.1 403");
  });

  it("serves the queue codex of the usual store on port 3000, unless it is told others", async () => {
    const stores: string[] = [];
    vi.spyOn(FleetStore.prototype, "check").mockImplementation(function (this: FleetStore) {
      stores.push(this.address);
      return Promise.reject(new Error("not now"));
    });
    await expect(runBoard([])).rejects.toThrow("not now");
    await expect(runBoard(["--store", "redis://h:1"])).rejects.toThrow("not now");
    expect(stores).toEqual(["127.0.0.1:6379", "h:1"]);
    vi.restoreAllMocks();
    const server = { addr: { port: 3000 }, shutdown: () => Promise.resolve() };
    const serving = vi.spyOn(Deno, "serve").mockImplementation((() => server) as never);
    await using board = await runBoard(["--store", redis.url]);
    expect(board?.port).toBe(3000);
    expect(serving.mock.calls[0]?.[0]).toMatchObject({ hostname: "127.0.0.1", port: 3000 });
  });

  it("tells its options, and refuses others without repeating them", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {});
    expect(await runBoard(["--help", "--store", "http://no"])).toBe(null);
    const help = String(said.mock.calls[0]?.[0]);
    for (const name of ["store", "store-file", "queue", "port"]) {
      expect(help).toContain(`--${name}`);
    }
    const url = "redis://:sesame-7351@h";
    const error: unknown = await runBoard([url]).catch((error) => error);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/an argument has no option before it\. See --help$/);
    expect(Deno.inspect(error)).not.toContain("sesame");
    await expect(runBoard(["--prot", "1"])).rejects.toThrow("Use --port");
  });
});
