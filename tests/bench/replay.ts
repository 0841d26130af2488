/**
 * Recorded turns, played through the memory transport.
 *
 * @module
 */
import { Codex, type Thread } from "../../mod.ts";
import { createTransportPair, type Transport } from "../../src/client/mod.ts";
import { type AppServerHarness, type RecordedMessage, Recording } from "../../src/testing/mod.ts";

/** Records turns of this module on one thread of the runtime until there are that many messages. */
export async function record(harness: AppServerHarness, messages: number): Promise<Recording> {
  const recording = new Recording();
  await using codex = await Codex.attach(recording.record(await harness.openTransport()));
  const thread = await codex.startThread();
  while (recording.messages.length < messages) await thread.run("items");
  return recording;
}

/** Time for the turns of a recording with routing, validation and folding, and reading the text, in milliseconds. */
export async function replayTurns(
  messages: readonly RecordedMessage[],
  reads: boolean,
): Promise<number> {
  const turns =
    messages.filter(({ direction, text }) =>
      direction === "received" && text.includes('"method":"turn/completed"')
    ).length;
  const [client, server] = createTransportPair();
  const playing = play(server, messages);
  const codex = await Codex.attach(client);
  const thread = await codex.startThread();
  const startedAt = performance.now();
  for (let n = 0; n < turns; n++) await (reads ? readTurn(thread) : thread.run("items"));
  const ms = performance.now() - startedAt;
  await codex.close();
  await playing;
  return ms;
}

/** Runs a turn and reads its text, which must be that of the result. */
async function readTurn(thread: Thread): Promise<void> {
  const turn = await thread.startTurn("items");
  let length = 0;
  for await (const piece of turn.text()) length += piece.length;
  const { items } = await turn.result();
  const texts = items.map((item) => item.type === "agentMessage" ? item.text.length : 0);
  const whole = texts.reduce((sum, each) => sum + each, 0);
  if (length !== whole) throw new Error(`The text has ${length} characters of ${whole}`);
}

/** Answers each message with what followed it in the recording; the client numbers its requests as it did then. */
async function play(server: Transport, messages: readonly RecordedMessage[]): Promise<void> {
  let next = 0;
  for await (const _ of server.messages) {
    next++;
    for (; messages[next]?.direction === "received"; next++) {
      void server.send(messages[next]?.text ?? "");
    }
  }
}
