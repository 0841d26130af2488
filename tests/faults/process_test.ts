import { describe, expect, it, vi } from "vitest";
import { Codex, type Diagnostic, RuntimeSetupError, TransportClosedError } from "../../mod.ts";
import { StdioTransport } from "../../src/rpc/mod.ts";
import {
  fakeRuntime,
  HANDSHAKE,
  HANG,
  print,
  say,
  type Step,
  TAKE,
} from "../support/fake_runtime.ts";
import { isAlive } from "../support/processes.ts";
import { type JsonObject, sampleOf } from "../support/schema_sample.ts";

// Programs that do not answer are waited for.
vi.setConfig({ testTimeout: 60_000 });

const onUnix = describe.skipIf(Deno.build.os === "windows");

onUnix("a runtime that does not start is a RuntimeSetupError that says where it failed", () => {
  it("locate: the file does not exist", async () => {
    await expectSetupError("/nowhere/codex", { step: "locate" });
  });

  it("locate: the file is not executable", async () => {
    await using fake = await fakeRuntime();
    await Deno.chmod(fake.executable, 0o644);
    const error = await expectSetupError(fake.executable, { step: "locate" });
    expect(error.message).toContain("not marked as executable");
  });

  it("handshake: the file is made for another machine, which the system tries as a script", async () => {
    await using fake = await fakeRuntime();
    // The head of an ELF file of class 64 for a machine that does not exist.
    const head = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 255, 255];
    await Deno.writeFile(fake.executable, new Uint8Array(head));
    await Deno.truncate(fake.executable, 4096);
    await expectSetupError(fake.executable, { step: "handshake" });
  });

  it("handshake: it exits at once, and its last words are told", async () => {
    await using fake = await fakeRuntime("echo 'cannot find my home' >&2", "exit 3");
    const error = await expectSetupError(fake.executable, { step: "handshake" });
    expect(error.message).toContain("exit code 3, saying: cannot find my home");
  });

  it("handshake: it is killed", async () => {
    await using fake = await fakeRuntime("kill -9 $$");
    const error = await expectSetupError(fake.executable, { step: "handshake" });
    expect(error.message).toContain("SIGKILL");
  });

  it("handshake: it stays silent", async () => {
    await using fake = await fakeRuntime(HANG);
    const error = await expectSetupError(fake.executable, { step: "handshake" });
    expect(error.message).toContain("no answer within 200 ms");
  });

  it("handshake: it prints garbage and nothing else", async () => {
    await using fake = await fakeRuntime("printf 'hello\\n\\377\\376{\\n\\000\\n'", HANG);
    await expectSetupError(fake.executable, { step: "handshake" });
  });

  it("handshake: it closes stdout and lives", async () => {
    await using fake = await fakeRuntime("exec >&-", HANG);
    await expectSetupError(fake.executable, { step: "handshake" });
  });

  it("an abort while it stays silent rejects with signal.reason and leaves no process", async () => {
    await using fake = await fakeRuntime('echo $$ > "$0.pid"', "echo started >&2", HANG);
    const abort = new AbortController();
    const starting = Codex.start({
      executable: fake.executable,
      signal: abort.signal,
      onDiagnostic: ({ kind }) => kind === "stderr" && abort.abort("enough"),
    });
    expect(await starting.catch((reason) => reason)).toBe("enough");
    const pid = Number(await Deno.readTextFile(`${fake.executable}.pid`));
    expect(() => Deno.kill(pid, "SIGCONT")).toThrow();
  });
});

onUnix("a runtime that misbehaves on the way", () => {
  it("prints garbage between its messages: it is skipped and told", async () => {
    const garbage = print('\u0001{"id":\nnull\nWARN: something\n');
    await using fake = await fakeRuntime(
      garbage,
      ...HANDSHAKE,
      garbage,
      "printf '\\377\\376\\n'",
      TAKE,
      garbage,
      say({ id: 2, result: sampleOf("GetAccountResponse") }),
      HANG,
    );
    const diagnostics: Diagnostic[] = [];
    await using codex = await start(fake.executable, { onDiagnostic: (d) => diagnostics.push(d) });
    await codex.client.call("account/read", {});
    expect(diagnostics.map(({ kind }) => kind)).toEqual(Array(10).fill("malformedMessage"));
  });

  it("closes stdout and lives: it is ended, and every call gets the one error", async () => {
    await using fake = await fakeRuntime(...HANDSHAKE, TAKE, "exec >&-", HANG);
    await using codex = await start(fake.executable);
    const calls = [codex.client.call("model/list", {}), codex.client.call("thread/list", {})];
    const errors = await Promise.all(calls.map((call) => call.catch((error) => error)));
    expect(errors[0]).toBeInstanceOf(TransportClosedError);
    expect(errors[1]).toBe(errors[0]);
    expect(await codex.client.closed).toBe(errors[0]);
    expect(() => Deno.kill(codex.server.processId ?? 0, "SIGCONT")).toThrow();
  });

  it("writes to stderr without end: calls are answered, the memory of it stays small", async () => {
    await using fake = await fakeRuntime(
      "(while :; do echo 0123456789012345678901234567890123456789; done) >&2 &",
      ...HANDSHAKE,
      TAKE,
      say({ id: 2, result: sampleOf("GetAccountResponse") }),
      HANG,
      "kill $!",
      "exit 9",
    );
    let lines = 0;
    const told = Promise.withResolvers<void>();
    const codex = await start(fake.executable, {
      onDiagnostic: () => {
        if (++lines === 100) told.resolve();
        throw new Error("of the caller");
      },
    });
    await codex.client.call("account/read", {});
    await told.promise;
    const ended = codex.client.call("account/read", {}).catch((error) => error);
    await codex.close();
    expect(await ended).toBeInstanceOf(TransportClosedError);
  });

  it("leaves a child that holds its pipes: closing does not wait for it", async () => {
    await using fake = await fakeRuntime(
      'sleep 300 & echo $! > "$0.pid"',
      ...HANDSHAKE,
      HANG,
    );
    const transport = StdioTransport.spawn({
      executable: fake.executable,
      args: [],
      env: {},
      graceMs: 50,
    });
    const codex = await Codex.attach(transport);
    const pid = Number(await Deno.readTextFile(`${fake.executable}.pid`));
    try {
      await codex.close();
      expect(await isAlive(pid)).toBe(true);
    } finally {
      Deno.kill(pid, "SIGKILL");
    }
  });

  it("ignores the end of its input and SIGTERM: it is killed", async () => {
    await using fake = await fakeRuntime(
      "trap '' TERM",
      ...HANDSHAKE,
      "while :; do sleep 0.05; done",
    );
    const transport = StdioTransport.spawn({
      executable: fake.executable,
      args: [],
      env: { PATH: "/usr/bin:/bin" },
      graceMs: 50,
    });
    const codex = await Codex.attach(transport);
    await codex.close();
    expect(() => Deno.kill(transport.pid, "SIGCONT")).toThrow();
  });

  it("is closed by a reader that has not read to the end: no timer and no pipe stays", async () => {
    await using fake = await fakeRuntime(say("one"), say("two"), HANG);
    const transport = StdioTransport.spawn({ executable: fake.executable, args: [], env: {} });
    const messages = transport.messages[Symbol.asyncIterator]();
    expect((await messages.next()).value).toBe('"one"');
    await transport.close();
  });

  it("answers a call long after its time: the answer is a diagnostic, the connection lives", async () => {
    await using fake = await fakeRuntime(
      ...HANDSHAKE,
      TAKE,
      TAKE,
      say({ id: 2, result: sampleOf("GetAccountResponse") }),
      say({ id: 3, result: sampleOf("GetAccountResponse") }),
      HANG,
    );
    const diagnostics: Diagnostic[] = [];
    await using codex = await start(fake.executable, { onDiagnostic: (d) => diagnostics.push(d) });
    const late = codex.client.call("account/read", {}, { timeoutMs: 50 });
    await expect(late).rejects.toMatchObject({ name: "RequestTimeoutError", timeoutMs: 50 });
    await codex.client.call("account/read", {});
    expect(diagnostics).toMatchObject([{ reason: "answer to no request of ours" }]);
  });
});

onUnix("a runtime that dies, at each step of a turn", () => {
  const steps = turnSteps();

  it("completes the turn when it does not die", async () => {
    await using fake = await fakeRuntime(...steps, HANG);
    await using codex = await start(fake.executable);
    const seen = await runTurn(codex);
    expect(seen).toMatchObject({ error: null, text: "Hello world" });
  });

  for (const [index, step] of steps.entries()) {
    it(`dies before step ${index}: ${nameOf(step)}`, async () => {
      await expectDeath([...steps.slice(0, index), "exit 7"], steps.slice(0, index));
    });
    const half = step.startsWith("printf") ? `${step.slice(0, step.length / 2)}'` : undefined;
    if (half) {
      it(`dies in the middle of step ${index}: ${nameOf(step)}`, async () => {
        await expectDeath([...steps.slice(0, index), half, "kill -9 $$"], steps.slice(0, index));
      });
    }
  }
});

/** Every call, turn and iterator ends with the one error, and what was delivered before is not lost. */
async function expectDeath(steps: Step[], done: readonly Step[]): Promise<void> {
  await using fake = await fakeRuntime(...steps);
  const codex = await start(fake.executable).catch((error) => error);
  if (codex instanceof RuntimeSetupError) {
    expect(codex).toMatchObject({ step: "handshake" });
    expect(codex.cause).toBeInstanceOf(TransportClosedError);
    expect(done.length).toBeLessThan(HANDSHAKE.length);
    return;
  }
  const { error, text } = await runTurn(codex);
  expect(error).toBeInstanceOf(TransportClosedError);
  const killed = steps.at(-1)?.startsWith("kill");
  expect(error).toMatchObject(
    killed ? { exitCode: null, signal: "SIGKILL" } : { exitCode: 7, signal: null },
  );
  expect(await codex.client.closed).toBe(error);
  const deltas = done.filter((step) => step.includes("agentMessage/delta")).length;
  expect(text).toBe(["Hello ", "world"].slice(0, deltas).join(""));
  await codex.close();
}

/** Runs the turn that the script plays, with an approval and a tool that answer; returns the outcome. */
async function runTurn(codex: Codex): Promise<{ error: unknown; text: string }> {
  let text = "";
  try {
    const thread = await codex.startThread();
    const turn = await thread.startTurn("Hello");
    const outcome = turn.result().then(() => null, (error) => error);
    const reading = (async () => {
      for await (const piece of turn.text()) text += piece;
    })().then(() => null, (error) => error);
    const [error, readError] = await Promise.all([outcome, reading]);
    expect(readError).toBe(error);
    return { error, text };
  } catch (error) {
    return { error, text };
  }
}

/** A whole session as the runtime would play it: handshake, thread, turn, approval, tool call, completion. */
function turnSteps(): Step[] {
  const ids = { threadId: "thread-1", turnId: "turn-1" };
  const result = (definition: string, member: string, id: string): JsonObject => {
    const sample = sampleOf(definition) as JsonObject;
    return { ...sample, [member]: { ...sample[member] as JsonObject, id } };
  };
  const turn = { ...sampleOf("Turn") as JsonObject, id: "turn-1", items: [], error: null };
  const item = { type: "agentMessage", id: "item-1", text: "", phase: null };
  const notify = (method: string, params: JsonObject): Step => say({ method, params });
  const delta = (text: string): Step =>
    notify("item/agentMessage/delta", { ...ids, itemId: "item-1", delta: text });
  const ask = (id: number, method: string, definition: string): Step =>
    say({ method, id, params: { ...sampleOf(definition) as JsonObject, ...ids } });
  return [
    ...HANDSHAKE,
    TAKE,
    say({ id: 2, result: result("ThreadStartResponse", "thread", "thread-1") }),
    TAKE,
    say({ id: 3, result: { account: null, requiresOpenaiAuth: false } }),
    TAKE,
    notify("turn/started", { threadId: "thread-1", turn: { ...turn, status: "inProgress" } }),
    say({ id: 4, result: result("TurnStartResponse", "turn", "turn-1") }),
    notify("item/started", { ...ids, item, startedAtMs: 1 }),
    delta("Hello "),
    ask(
      0,
      "item/commandExecution/requestApproval",
      "CommandExecutionRequestApprovalParams",
    ),
    TAKE,
    delta("world"),
    ask(1, "item/tool/call", "DynamicToolCallParams"),
    TAKE,
    notify("item/completed", { ...ids, item: { ...item, text: "Hello world" }, completedAtMs: 2 }),
    notify("turn/completed", { threadId: "thread-1", turn: { ...turn, status: "completed" } }),
  ];
}

function nameOf(step: Step): string {
  return step === TAKE ? "take a message" : /"method":"([^"]+)"/.exec(step)?.[1] ?? "answer";
}

function start(
  executable: string,
  options: { onDiagnostic?: (diagnostic: Diagnostic) => void } = {},
): Promise<Codex> {
  return Codex.start({ executable, ...options });
}

async function expectSetupError(
  executable: string,
  facts: Partial<RuntimeSetupError>,
): Promise<RuntimeSetupError> {
  const error = await Codex.start({ executable, requestTimeoutMs: 200 }).catch((reason) => reason);
  expect(error).toBeInstanceOf(RuntimeSetupError);
  expect(error).toMatchObject(facts);
  return error;
}
