import { describe, expect, it } from "vitest";
import { AppServerHarness, Gate } from "../../src/testing/mod.ts";

describe("AppServerHarness", () => {
  it("keeps model and home while one runtime ends and another goes on", async () => {
    await using harness = await AppServerHarness.start();
    const first = await harness.startCodex();
    const { id } = await first.startThread().then(async (thread) => {
      await thread.run("Remember the word blue.");
      return thread;
    });
    await first.close();
    const second = await harness.startCodex();
    const thread = await second.resumeThread(id);
    await thread.run("Which word?");
    expect(harness.model.requests.at(-1)?.userTexts()).toContain("Remember the word blue.");
    expect(second.home).toBe(harness.home);
  });

  it("gives its environment to each Codex, and one of a Codex wins", async () => {
    await using harness = await AppServerHarness.start({ env: { COLOUR: "red", SIZE: "large" } });
    const none = { executable: "/nonexistent/codex" };
    await expect(harness.startCodex(none)).rejects.toThrow("/nonexistent");
    const codex = await harness.startCodex({ env: { COLOUR: "blue" } });
    const { stdout } = await codex.exec(["/bin/sh", "-c", "echo $COLOUR $SIZE"]);
    expect(stdout).toBe("blue large\n");
  });

  it("lets two runtimes work on one home at once", async () => {
    await using harness = await AppServerHarness.start();
    const [a, b] = await Promise.all([harness.startCodex(), harness.startCodex()]);
    const results = await Promise.all(
      [a, b].map(async (codex) => await (await codex.startThread()).run("Hi")),
    );
    expect(results.map(({ status }) => status)).toEqual(["completed", "completed"]);
  });

  it("ends what it started when it is closed, in the middle of a turn too", async () => {
    const harness = await AppServerHarness.start();
    const codex = await harness.startCodex();
    const pause = new Gate();
    harness.model.reply([pause, "never sent"]);
    const running = (await codex.startThread()).run("Hi");
    const failed = expect(running).rejects.toThrow();
    await pause.reached();
    await harness.close();
    await failed;
    await expect(Deno.stat(harness.home.root)).rejects.toThrow(Deno.errors.NotFound);
    await harness.close();
  });

  it("opens a transport to its executable, with its environment and what is wanted of it", async () => {
    const executable = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(executable, '#!/bin/sh\npwd\necho "$* $COLOUR $CODEX_HOME" >&2\n');
      await Deno.chmod(executable, 0o755);
      await using harness = await AppServerHarness.start({ executable, env: { COLOUR: "red" } });
      const { home } = harness;
      const stop = AbortSignal.abort(new Error("enough"));
      await expect(harness.openTransport({ signal: stop })).rejects.toThrow("enough");
      const lines: string[] = [];
      const onStderr = (line: string): void => void lines.push(line);
      const transport = await harness.openTransport({ onStderr });
      const messages: string[] = [];
      await expect((async () => {
        for await (const message of transport.messages) messages.push(message);
      })()).rejects.toThrow("exit code 0");
      expect(messages).toEqual([await Deno.realPath(home.workspace)]);
      expect(lines).toEqual([`app-server red ${home.env.CODEX_HOME}`]);
    } finally {
      await Deno.remove(executable);
    }
  });

  it("opens a transport that has not shaken hands", async () => {
    await using harness = await AppServerHarness.start();
    const transport = await harness.openTransport();
    await transport.send('{"id":1,"method":"model/list","params":{}}');
    for await (const message of transport.messages) {
      expect(JSON.parse(message)).toMatchObject({ id: 1, error: { message: "Not initialized" } });
      break;
    }
  });
});
