import { describe, expect, it } from "vitest";
import { holdBrowserLogin } from "../support/browser_login.ts";
import { ROOT } from "../support/repository.ts";

/** The least that examples/README.md says they need. */
const FLAGS = ["--allow-read", "--allow-write", "--allow-run", "--allow-net=127.0.0.1"];

const directory = `${ROOT}examples/`;
const names = [...Deno.readDirSync(directory)].map(({ name }) => name)
  .filter((name) => /^\d\d_.+\.ts$/.test(name)).sort();

/** What an example prints beside its checks. */
const SAYS: Readonly<Record<string, RegExp>> = {
  "01_quickstart.ts": /This machine runs Linux|This machine runs Darwin/,
  "02_turn_result.ts": /answer {7}The folder is empty\./,
  "05_resume_thread.ts": /second: Your colour is blue\./,
  "09_concurrent_turns.ts": /Lima: 20 deltas/,
  "14_turn_controls.ts": /Steered by: In German, please/,
  "16_goals.ts": /goal: complete/,
  "17_approvals.ts": /commandExecution completed, fileChange declined/,
  "18_client_tools.ts": /"pieces":12/,
  "20_review.ts": /priority 1/,
};

describe("the examples", () => {
  for (const name of names.filter((name) => name !== "11_chat.ts")) {
    it(`${name} runs with the least flags and passes its own checks`, async () => {
      await using _ = name.startsWith("15_") ? await holdBrowserLogin() : null;
      const { code, stdout, stderr } = await run(name, []);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^ok {3}/m);
      expect(stdout).not.toMatch(/^FAIL/m);
      expect(stdout).toMatch(SAYS[name] ?? /./);
      expect(code).toBe(0);
    });
  }

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

  it("are all in the index", async () => {
    const index = await Deno.readTextFile(`${directory}README.md`);
    expect(names.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });
});

function spawn(name: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...FLAGS, `examples/${name}`],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
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
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(name);
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  await stdin.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
