/** What goes wrong, as typed errors with facts as fields, and what is worth trying again. */
import {
  InvalidRequestError,
  isRetryable,
  retryOnOverload,
  ThreadBusyError,
  TurnFailedError,
} from "../mod.ts";
import { startCodex } from "./start.ts";

await using codex = await startCodex();
const thread = await codex.startThread();

try {
  await thread.run("Answer with a model that does not exist", { model: "no-such-model" });
} catch (error) {
  if (!(error instanceof TurnFailedError)) throw error;
  console.log("failed: ", error.info.kind, error.info.httpStatusCode);
}

// One turn at a time: a second one says which turn runs.
const turn = await thread.startTurn("Count to a thousand");
try {
  await thread.run("Now!");
} catch (error) {
  if (!(error instanceof ThreadBusyError)) throw error;
  console.log("busy:   ", error.turnId === turn.id);
}
await turn.interrupt();

try {
  await codex.resumeThread(crypto.randomUUID());
} catch (error) {
  if (!(error instanceof InvalidRequestError)) throw error;
  console.log("unknown:", error.code, "retryable:", isRetryable(error));
}

// An overloaded runtime did nothing, so calling again is safe; any other error is passed on.
const models = await retryOnOverload(() => codex.models(), {
  onRetry: ({ attempt, delayMs }) => console.log(`attempt ${attempt}, again in ${delayMs} ms`),
});
console.log("models: ", models.length);
