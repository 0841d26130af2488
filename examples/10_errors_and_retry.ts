/** What goes wrong, as typed errors with facts as fields, and what is worth trying again. */
import {
  InvalidRequestError,
  isRetryable,
  retryOnOverload,
  ServerBusyError,
  ThreadBusyError,
  TurnFailedError,
} from "../mod.ts";
import { failure, Gate, message } from "../src/testing/mod.ts";
import { check, live, startCodex } from "./setup.ts";

const gate = new Gate();
await using codex = await startCodex({
  script: (model) => model.reply(failure({ status: 429 }), message(["held", gate])),
});
const thread = await codex.startThread();

if (!live) {
  const failed = await thread.run("Fail").catch((error) => error);
  console.log(failed.message);
  check(
    "a failed turn says why",
    failed instanceof TurnFailedError && failed.info.httpStatusCode === 429,
  );
}

const turn = await thread.startTurn("Take your time");
const busy = await thread.run("Now!").catch((error) => error);
console.log(busy.message);
check(
  "a busy thread says which turn runs",
  busy instanceof ThreadBusyError && busy.turnId === turn.id,
);
await turn.interrupt();
gate.open();

const unknown = await codex.resumeThread(crypto.randomUUID()).catch((error) => error);
console.log(unknown.message);
check("an unknown thread is a typed error", unknown instanceof InvalidRequestError);

// An overloaded server did nothing, so calling again is safe; anything else is not tried again.
let attempts = 0;
const models = await retryOnOverload(() => {
  if (++attempts < 3) {
    throw new ServerBusyError("model/list", { code: -32001, message: "overloaded" });
  }
  return codex.models();
}, {
  onRetry: ({ attempt, delayMs }) =>
    console.log(`attempt ${attempt}, again in ${Math.round(delayMs)} ms`),
});
check("overload is tried again", attempts === 3 && models.length > 0);
check("nothing else is", !isRetryable(unknown) && !isRetryable(busy));
