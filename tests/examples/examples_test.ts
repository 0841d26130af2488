import { describe, expect, it, vi } from "vitest";
import { runDeno } from "../support/deno_command.ts";
import { TURN_OPTIONS } from "../../src/codex/turns/options.ts";
import { serveRepository } from "../support/file_server.ts";
import { readText, ROOT } from "../support/repository.ts";

// Each test runs a program, and some of those start several.
vi.setConfig({ testTimeout: 60_000 });

/** The least that examples/README.md says they need. */
const FLAGS = ["--allow-read", "--allow-write", "--allow-run", "--allow-net=127.0.0.1"];

const directory = `${ROOT}examples/`;
const names = [...Deno.readDirSync(directory)].map(({ name }) => name)
  .filter((name) => /^\d\d_.+\.ts$/.test(name)).sort();

/** What each example prints, in order. */
const SAYS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  "01_quickstart.ts": [/This machine runs (Linux|Darwin)/, "status   completed", "offline model"],
  "02_turn_result.ts": [
    "commandExecution",
    "completed",
    "1000",
    "answer       The folder is empty.",
  ],
  "03_stream_events.ts": [
    "started   commandExecution",
    "turn      completed",
    '"turn/started": 1',
    '"turn/completed": 1',
    "text      The command said hello.",
  ],
  "04_models_and_metadata.ts": ["codex app-server", "model   offline model", "* offline-model"],
  "05_resume_thread.ts": ["first:  I will remember: blue.", "second: Your colour is blue."],
  "06_thread_lifecycle.ts": [
    '"Counting" has 2 turns',
    "its fork has 1",
    "compacted: contextCompaction",
    "1 listed, 1 archived",
    "the fork is back",
  ],
  "07_image_by_url.ts": ["data:image/png;base64", "TypeError: Cannot fetch the image"],
  "08_local_image.ts": ['type: "localImage"', "I got 1 picture."],
  "09_concurrent_turns.ts": [/(\w+: \d+ pieces, \w+ is a capital.*\s+){4}/],
  "10_errors_and_retry.ts": [
    "failed:  modelNotFound",
    "busy:    true",
    "unknown: -32600 retryable: false",
    /models: +3/,
  ],
  "12_turn_parameters.ts": ['"offline-model at low"', "sandbox: readOnly"],
  "13_model_selection.ts": [
    "preferred        offline-model-small",
    "low, if possible low",
    "Hello",
  ],
  "14_turn_controls.ts": [
    "Steered by: In German, please",
    "the second turn was interrupted",
    "Still here.",
  ],
  "15_login_and_account.ts": [
    "type OFF-0001",
    "You are logged in.",
    'type: "chatgpt"',
    "primary limit: 40 % used",
  ],
  "16_goals.ts": ["said: Step one", "said: Step two", "goal: complete", "turn: completed"],
  "17_approvals.ts": [
    "command:",
    "because: to make a note",
    "change:",
    "commandExecution completed",
    "fileChange declined",
  ],
  "18_client_tools.ts": ['"plums" } refused', '"apples" } ok', '"pieces":12'],
  "19_typed_output.ts": [
    "Lentil soup, 40 minutes",
    "- salt to taste",
    /ingredients\s+refused: .+\s+Stew, 90 minutes/,
  ],
  "20_review.ts": ["priority 1: [P1] Division by zero (/work/mean.ts:3)"],
  "21_connectors.ts": [
    "left out: archive, ledger, mail",
    "tool today: allow",
    "MCP server orders: ask",
    'asked: Allow the orders MCP server to run tool "find_order"?',
    '"refund"?',
    "The skill was read.",
    "2026-01-01",
    "Order 7: 3 apples",
    "Entry 1 is for order 7",
    "booked: 7",
  ],
  "22_map_prompts.ts": [/review 1: bad, done before\s+review 2: good/, "review 6: good"],
  "23_test_your_agent.ts": ["the agent counted 3", "How many lines has poem.txt?"],
  "24_budgets_and_recovery.ts": [
    "over turnMs: 300",
    "cut off: 1 turn; back: 1 thread",
    "the turn: TransportClosedError",
    "I am back.",
  ],
  "25_server.ts": [
    "the first client reads: I count:",
    "the first client is gone",
    "still running: Count the files here",
    "joined: There are two text files.",
  ],
  "26_fleet.ts": [
    /France: The capital of France is well known\. \((ran|continued|found) by/,
    /(continued|found) by second/,
    "8 completed",
  ],
};

/** What some of them need beyond that. */
const MORE_FLAGS: Readonly<Record<string, readonly string[]>> = {
  "26_fleet.ts": ["--allow-env"],
};

/** Fails at the first text that does not come after the one before. */
function expectInOrder(output: string, texts: readonly (string | RegExp)[]): void {
  let rest = output;
  for (const text of texts) {
    const at = typeof text === "string" ? rest.indexOf(text) : rest.search(text);
    expect(at, `${text} in:\n${output}`).toBeGreaterThanOrEqual(0);
    rest = rest.slice(at + 1);
  }
}

describe("the examples", () => {
  it.each(names.filter((name) => name !== "11_chat.ts"))(
    "%s runs with the least flags, shows what it is about and leaves nothing behind",
    async (name) => {
      const tmp = await Deno.makeTempDir();
      const { code, stdout, stderr } = await run(name, [], { TMPDIR: tmp });
      const left = [...Deno.readDirSync(tmp)].map((entry) => entry.name);
      await Deno.remove(tmp, { recursive: true });
      expect(left).toEqual([]);
      expect(stderr).toBe("");
      expect(code, stdout).toBe(0);
      expect(SAYS[name]?.length).toBeGreaterThan(0);
      expectInOrder(stdout, SAYS[name] ?? []);
      expect(stdout).not.toContain("token-of-the-ledger");
    },
  );

  it("fail without their answers", async () => {
    const { code, stderr } = await runDeno(["run", ...FLAGS, "examples/start.ts"], { cwd: ROOT });
    expect([code, stderr]).toEqual([0, ""]);
    const program = `import { startCodex } from "${new URL(`file://${directory}start.ts`)}";
await using codex = await startCodex();`;
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, program);
    const alone = await runDeno(["run", ...FLAGS, file]);
    await Deno.remove(file);
    expect(alone.code).toBe(1);
    expect(alone.stderr).toContain("offline/");
  });

  it("are programs of a user: the offline scripts are in a folder next to them", () => {
    for (const name of names.filter((name) => !/^2[36]_/.test(name))) {
      const text = readText(`examples/${name}`);
      expect(text, name).not.toMatch(/src\/testing|--live|\blive\b.*\?|check\(/);
      expect(text.match(/(startCodex|serverOptions)\(/g)?.length, name).toBeGreaterThan(0);
      expect(Deno.statSync(`${directory}offline/${name}`).isFile).toBe(true);
    }
  });

  it("run by URL", async () => {
    await using server = serveRepository();
    const folder = await Deno.makeTempDir();
    const options = ["--quiet", ...FLAGS, `--allow-import=${server.host}`];
    try {
      const name = "21_connectors.ts";
      const { code, stdout, stderr } = await runDeno(
        ["run", ...options, `${server.url}examples/${name}`],
        { cwd: folder },
      );
      expect(code, stdout + stderr).toBe(0);
      expectInOrder(stdout, SAYS[name] ?? []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  it("11_chat.ts interrupts the turn at Ctrl-C and goes on", async () => {
    await using chat = start("11_chat.ts");
    await chat.write("tell a story\n");
    await chat.seen("Once upon a time");
    chat.child.kill("SIGINT");
    await chat.seen("[interrupted");
    await chat.write("hello\n/quit\n");
    await chat.seen("You wrote: hello");
    await chat.seen("Bye.");
    expect((await chat.child.status).code).toBe(0);
  });

  it("11_chat.ts answers, obeys commands and ends at the end of its input", async () => {
    const { code, stdout } = await run("11_chat.ts", [
      "hello",
      "/usage",
      "/new",
      "/model",
      "/help",
      "/quit",
    ]);
    expect(stdout).toContain("You wrote: hello");
    expect(stdout).toMatch(/\[completed, \d+ tokens\]/);
    expect(stdout).toMatch(/\d+ tokens on this thread/);
    expect(stdout).toContain("/quit");
    expect(stdout.trimEnd().endsWith("Bye.")).toBe(true);
    expect(code).toBe(0);
  });

  it.each(["examples/12_turn_parameters.ts", "notebooks/sdk_walkthrough.ipynb"])(
    "%s has every parameter of a turn in one call",
    (path) => {
      const [, call = ""] = /thread\.run\("Which model are you(.*?)\}\);/s.exec(
        readText(path).replaceAll('\\"', '"'),
      ) ?? [];
      const names = Object.keys(TURN_OPTIONS);
      expect(names).toEqual(expect.arrayContaining(["cwd", "serviceTier", "personality"]));
      expect(names.filter((name) => !new RegExp(`\\b${name}:`).test(call))).toEqual([]);
    },
  );

  it("are all in the index", async () => {
    const index = await Deno.readTextFile(`${directory}README.md`);
    expect(names.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });
});

function spawn(name: string, env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...FLAGS, ...(MORE_FLAGS[name] ?? []), `examples/${name}`],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function start(name: string) {
  const child = spawn(name);
  const stdin = child.stdin.getWriter();
  const stdout = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    child,
    write: (line: string) => stdin.write(new TextEncoder().encode(line)),
    /** Waits for a text behind the last one that was seen; the end of the output fails. */
    async seen(wanted: string): Promise<void> {
      while (!text.includes(wanted)) {
        const { done, value } = await stdout.read();
        if (done) throw new Error(`It ended without ${wanted}: ${text}`);
        text += value;
      }
      text = text.slice(text.indexOf(wanted) + wanted.length);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await stdin.close().catch(() => {});
      await Promise.all([child.status, stdout.cancel(), child.stderr.cancel()]);
    },
  };
}

async function run(
  name: string,
  lines: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(name, env);
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  await stdin.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
