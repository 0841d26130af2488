import { describe, expect, it } from "vitest";
import { Codex } from "../../src/codex/codex.ts";
import { CodexError } from "../../src/errors/mod.ts";
import { AppServerHarness, execCommand, Recording } from "../../src/testing/mod.ts";
import { createTransportPair, type Transport } from "../../src/rpc/mod.ts";

/** A recording of `lines`: `> ` before what was sent, `< ` before what was received. */
function recorded(...lines: string[]): Recording {
  return Recording.parse(
    lines.map((line) => `{"${line.startsWith(">") ? "sent" : "received"}":${line.slice(2)}}`)
      .join("\n"),
  );
}

async function take(transport: Transport, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  const messages = transport.messages[Symbol.asyncIterator]();
  while (taken.length < count) {
    const { done, value } = await messages.next();
    if (done) break;
    taken.push(JSON.parse(value));
  }
  return taken;
}

describe("Recording", () => {
  it("keeps what passes in both directions, in order, and passes it on", async () => {
    const [client, server] = createTransportPair();
    const recording = new Recording();
    const transport = recording.record(client);
    await transport.send('{"id":1,"method":"ping"}');
    await server.send('{"id":1,"result":{}}');
    expect(await take(transport, 1)).toEqual([{ id: 1, result: {} }]);
    expect(await take(server, 1)).toEqual([{ id: 1, method: "ping" }]);
    await transport.close();
    expect(recording.messages).toEqual([
      { direction: "sent", text: '{"id":1,"method":"ping"}' },
      { direction: "received", text: '{"id":1,"result":{}}' },
    ]);
  });

  it("becomes JSON lines and back without loss", () => {
    const texts = [
      '{"id":9007199254740993,"x":1.0}',
      '{ "spaced" : "out" }',
      "not JSON",
      "",
      '"\\ud800"',
      '{"two":\n"lines"}',
      '{"received":1}',
    ];
    const lines = texts.flatMap((text) => [
      JSON.stringify({ sentText: text }),
      JSON.stringify({ receivedText: text }),
    ]);
    const recording = Recording.parse(lines.join("\n"));
    expect(recording.messages.map(({ text }) => text)).toEqual(texts.flatMap((t) => [t, t]));
    const again = recording.toString();
    for (const line of again.trim().split("\n")) JSON.parse(line);
    expect(again).toContain('{"sent":{"id":9007199254740993,"x":1.0}}\n');
    expect(Recording.parse(again).messages).toEqual(recording.messages);
  });

  it.each(["nonsense", "{}", '{"sent":{}', '{"sentText":1}'])("does not read %j", (line) => {
    expect(() => Recording.parse(`{"sent":{}}\n${line}\n`)).toThrow(
      "Cannot read the recording: line 2 is not a recorded message",
    );
  });
});

describe("Recording.replay()", () => {
  it("stays open after its last message until it is closed", async () => {
    const transport = recorded('< {"method":"a"}').replay();
    const messages = transport.messages[Symbol.asyncIterator]();
    expect((await messages.next()).value).toBe('{"method":"a"}');
    let isOver = false;
    const end = messages.next().then(({ done }) => isOver = done === true);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(isOver).toBe(false);
    await transport.close();
    expect(await end).toBe(true);
  });

  it("holds back what came after a request until that is sent again", async () => {
    const transport = recorded(
      '< {"method":"hello"}',
      '> {"id":1,"method":"ping"}',
      '< {"id":1,"result":"pong"}',
    ).replay();
    expect(await take(transport, 1)).toEqual([{ method: "hello" }]);
    const next = take(transport, 1);
    await transport.send('{"id":1,"method":"ping"}');
    expect(await next).toEqual([{ id: 1, result: "pong" }]);
    await transport.close();
  });

  it("answers with the current ids, in any order of requests", async () => {
    const transport = recorded(
      '> {"id":1,"method":"a"}',
      '> {"id":2,"method":"b"}',
      '< {"id":2,"result":"b"}',
      '< {"id":2,"method":"question"}',
      '< {"id":1,"result":"a"}',
    ).replay();
    await transport.send('{"id":"x","method":"b"}');
    await transport.send('{"id":"y","method":"a"}');
    expect(await take(transport, 3)).toEqual([
      { id: "x", result: "b" },
      { id: 2, method: "question" },
      { id: "y", result: "a" },
    ]);
    await transport.close();
  });

  it("waits for the answer to a question of the runtime", async () => {
    const transport = recorded(
      '< {"id":7,"method":"question"}',
      '> {"id":7,"result":{}}',
      '< {"method":"thanks"}',
    ).replay();
    const messages = take(transport, 2);
    await transport.send('{"id":7,"result":{"another":"answer"}}');
    expect(await messages).toHaveLength(2);
    await transport.close();
  });

  it("fails the connection at a request that was never recorded", async () => {
    const transport = recorded('> {"id":1,"method":"a"}', '< {"id":1,"result":1}').replay();
    const reading = take(transport, 1);
    const failed = expect(reading).rejects.toThrow(CodexError);
    await expect(transport.send('{"id":1,"method":"b"}')).rejects.toThrow("Cannot replay b");
    await failed;
  });

  it("fails that request alone when nothing is read", async () => {
    const transport = recorded('> {"id":1,"method":"a"}').replay();
    await expect(transport.send('{"id":1,"method":"b"}')).rejects.toThrow("Cannot replay b");
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    await transport.close();
  });

  it("takes a notification that was never recorded", async () => {
    const transport = recorded('< {"method":"hello"}').replay();
    await transport.send('{"method":"initialized"}');
    expect(await take(transport, 1)).toHaveLength(1);
    await transport.close();
  });

  it("ends when it is closed, also while it waits", async () => {
    const transport = recorded('> {"id":1,"method":"a"}').replay();
    const reading = take(transport, 1);
    await transport.close();
    expect(await reading).toEqual([]);
    await transport.close();
  });

  it("can be played any number of times", async () => {
    const recording = recorded('< {"method":"hello"}');
    for (let n = 0; n < 2; n++) {
      const transport = recording.replay();
      expect(await take(transport, 1)).toEqual([{ method: "hello" }]);
      await transport.close();
    }
  });

  it("plays a real turn again, without a runtime, with the same result", async () => {
    const recording = new Recording();
    const run = async (transport: Transport): Promise<unknown> => {
      await using codex = await Codex.attach(transport);
      const thread = await codex.startThread();
      const { finalResponse, items, usage } = await thread.run("What is here?");
      return { finalResponse, items, usage };
    };
    let original: unknown;
    {
      await using harness = await AppServerHarness.start({ files: { "a.txt": "" } });
      harness.model.reply(execCommand("ls"), "One file.");
      original = await run(recording.record(await harness.openTransport()));
    }
    const copy = Recording.parse(recording.toString());
    expect(await run(copy.replay())).toEqual(original);
    expect(original).toMatchObject({ finalResponse: "One file." });
  });
});
