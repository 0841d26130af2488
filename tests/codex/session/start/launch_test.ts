import { describe, expect, it } from "vitest";
import { Codex, type Diagnostic, RuntimeSetupError } from "../../../../mod.ts";
import type { Transport } from "../../../../src/client/mod.ts";
import { checkSecret } from "../../../../src/codex/session/secret.ts";
import { launchRuntime } from "../../../../src/codex/session/start/launch.ts";
import { AppServerHarness, startOffline } from "../../../../src/testing/mod.ts";
import { exists } from "../../../support/exists.ts";
import { fakeRuntime, HANDSHAKE, HANG, say, TAKE } from "../../../support/fake_runtime.ts";
import { until } from "../../../support/until.ts";

async function failureOf(options: Parameters<typeof Codex.start>[0]): Promise<RuntimeSetupError> {
  const error = await Codex.start(options).then((codex) => codex.close(), (error) => error);
  expect(error).toBeInstanceOf(RuntimeSetupError);
  return error as RuntimeSetupError;
}

describe("a runtime that cannot be started", () => {
  it("is named when its executable does not exist", async () => {
    const error = await failureOf({ executable: "/no/such/codex" });
    expect(error.step).toBe("locate");
    expect(error.message).toContain("/no/such/codex");
  });

  it("is named when the system refuses it", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "no program");
    await Deno.chmod(file, 0o755);
    const error = await failureOf({ executable: file });
    expect(["spawn", "handshake"]).toContain(error.step);
    await Deno.remove(file);
  });

  it("says how a program other than a runtime ended, with its last lines", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "#!/bin/sh\necho 'I am something else' >&2\nexit 5\n");
    await Deno.chmod(file, 0o755);
    const error = await failureOf({ executable: file });
    expect(error.step).toBe("handshake");
    expect(error.message).toContain("exit code 5, saying: I am something else");
    expect(error.report().connection).toMatchObject({ exitCode: 5, state: "closed" });
    await Deno.remove(file);
  });

  it("says that a program that says nothing gave no answer in time, and ends it", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "#!/bin/sh\nwhile read line; do :; done\n");
    await Deno.chmod(file, 0o755);
    const error = await failureOf({ executable: file, requestTimeoutMs: 100 });
    expect(error).toMatchObject({ step: "handshake" });
    expect(error.message).toContain("no answer within 100 ms");
    await Deno.remove(file);
  });

  it("says that the working directory does not exist", async () => {
    const error = await failureOf({ cwd: "/no/such/directory" });
    expect(error.step).toBe("spawn");
    expect(error.message).toContain("cwd");
  });

  it("rejects with the reason of a signal and leaves no process", async () => {
    const reason = new Error("enough");
    await expect(Codex.start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("a key and a secret setting", () => {
  const never = () => Promise.reject(new Error("not asked"));

  it("are kept in the runtime's memory, and out of its arguments", async () => {
    const folder = await Deno.makeTempDir();
    await using program = await fakeRuntime(
      `echo "$@" > '${folder}/arguments'`,
      ...HANDSHAKE,
      TAKE,
      `echo "$line" > '${folder}/line'; mv '${folder}/line' '${folder}/request'`,
      HANG,
    );
    const { executable } = program;
    const secret = { mcp_servers: { s: { env: { KEY: "planted-secret" } } } };
    const login = { type: "apiKey", apiKey: "sk-planted" };
    const options = { executable, apiKey: login.apiKey, config: { model: "m", ...secret } };
    const opened = await launchRuntime(options)(never, undefined);
    expect(opened).toMatchObject({ login, forgetsLogin: true, cwd: "." });
    void opened.client.call("thread/start", {}).catch(() => {});
    await until(() => exists(`${folder}/request`));
    await opened.client.close();
    const args = await Deno.readTextFile(`${folder}/arguments`);
    expect(args).toContain('model="m"');
    expect(args).toContain('cli_auth_credentials_store="ephemeral"');
    expect(args).not.toContain("planted");
    expect(await Deno.readTextFile(`${folder}/request`)).toContain("planted-secret");
    await Deno.remove(folder, { recursive: true });
  });

  it("are not made up: without them the runtime has its own login", async () => {
    await using program = await fakeRuntime(...HANDSHAKE, HANG);
    const { executable } = program;
    const cwd = Deno.cwd();
    const opened = await launchRuntime({ executable, cwd })(never, undefined);
    expect(opened.cwd).toBe(cwd);
    expect([opened.login, opened.forgetsLogin]).toEqual([undefined, undefined]);
    await opened.client.close();
  });

  it.each(["sk one", "sk-one\n", " sk-one", "", 7])("is refused before the start: %j", (apiKey) => {
    expect(() => launchRuntime({ apiKey: apiKey as string })).toThrow("Cannot log in: the API key");
    expect(() => checkSecret("token", apiKey)).toThrow(TypeError);
  });
});

describe("a runtime that starts", () => {
  it("has its requests answered by the session that starts it", async () => {
    const question = { id: "q", method: "item/tool/call", params: { threadId: "t", turnId: "u" } };
    const folder = await Deno.makeTempDir();
    await using program = await fakeRuntime(
      ...HANDSHAKE,
      say(question),
      TAKE,
      `echo "$line" > '${folder}/line'; mv '${folder}/line' '${folder}/answer'`,
      HANG,
    );
    const asked: string[] = [];
    const opened = await launchRuntime({ executable: program.executable })((request) => {
      asked.push(request.method);
      return Promise.resolve({ contentItems: [], success: true });
    }, undefined);
    await until(() => exists(`${folder}/answer`));
    await opened.client.close();
    expect(asked).toEqual(["item/tool/call"]);
    expect(await Deno.readTextFile(`${folder}/answer`)).toContain('"success":true');
    await Deno.remove(folder, { recursive: true });
  });

  it("gets configuration, environment and diagnostics", async () => {
    const diagnostics: Diagnostic[] = [];
    await using codex = await startOffline({
      config: { model: "offline-model-small", features: { goals: false } },
      env: { MARKER: "here" },
      onDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
      clientInfo: { name: "launch test", version: "1.2.3" },
    });
    const config = await codex.readConfig();
    expect(config.model).toBe("offline-model-small");
    expect(config.features).toMatchObject({ goals: false, plugins: false });
    expect((await codex.exec(["sh", "-c", "echo $MARKER"])).stdout).toBe("here\n");
    expect(codex.server.userAgent).toMatch(/^launch test\//);
    expect(diagnostics.filter(({ kind }) => kind === "malformedMessage")).toEqual([]);
  });

  it("is gone after close(), and a second close() has no effect", async () => {
    const codex = await startOffline();
    const { processId } = codex.server;
    await Promise.all([codex.close(), codex.close()]);
    const { success } = await new Deno.Command("/bin/sh", {
      args: ["-c", `kill -0 ${processId} 2>/dev/null`],
    }).output();
    expect(success).toBe(false);
    await expect(codex.models()).rejects.toMatchObject({ name: "TransportClosedError" });
  });
});

describe("Codex.attach()", () => {
  it("works over any transport, and one bad line costs one line", async () => {
    await using harness = await AppServerHarness.start();
    const diagnostics: Diagnostic[] = [];
    await using codex = await Codex.attach(withGarbage(await harness.openTransport()), {
      onDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
    });
    harness.model.reply("every word arrives");
    const thread = await codex.startThread();
    const turn = await thread.startTurn("hello");
    expect((await Array.fromAsync(turn.text())).join("")).toBe("every word arrives");
    expect((await turn.result()).finalResponse).toBe("every word arrives");
    expect(diagnostics.filter(({ kind }) => kind === "malformedMessage").length)
      .toBeGreaterThan(5);
    expect(codex.server.runtime).toBe(null);
  });
});

/** The transport with a line of garbage before each message. */
function withGarbage(transport: Transport): Transport {
  const garbage = ["{", "null", '{"id":12345678,"result":{}}', "\u0000", "[]"];
  async function* messages(): AsyncGenerator<string> {
    let count = 0;
    for await (const message of transport.messages) {
      yield garbage[count++ % garbage.length] ?? "";
      yield message;
    }
  }
  return {
    messages: messages(),
    send: (message) => transport.send(message),
    close: () => transport.close(),
  };
}
