/**
 * Signature and documentation of a value, in a cell.
 *
 * @module
 */
import { Codex } from "../codex/codex.ts";
import { MapRun } from "../codex/map/map.ts";
import { MapResults } from "../codex/map/results/results.ts";
import { CodexThread } from "../codex/thread.ts";
import { CodexTurn } from "../codex/turn.ts";
import { fromFileUrl } from "../paths.ts";
import { type MimeBundle, preformatted } from "../display/mod.ts";
import { asRecord } from "../json.ts";
import { checkOptions } from "../options_check.ts";
import { stopSignalAnd } from "../stop.ts";
import { showBundle } from "./show/value.ts";
import { SHOW_OPTIONS, type ShowOptions } from "./show/watch.ts";

/** The public name of each class whose methods are asked about. */
const CLASSES: readonly (readonly [string, object])[] = [
  ["Thread", CodexThread.prototype],
  ["Turn", CodexTurn.prototype],
  ["Codex", Codex.prototype],
  ["MapRun", MapRun.prototype],
  ["MapResults", MapResults.prototype],
];

const ENTRIES = ["../../mod.ts", "./mod.ts", "../connectors/mod.ts", "../testing/mod.ts"];

/**
 * Shows the signature and the documentation of a function, a method, a class or an object of this
 * module. A Deno kernel does not answer Shift-Tab. This function runs `deno doc`, which takes about
 * a second.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * await using codex = await startOffline();
 * const thread = await codex.startThread();
 * await help(thread.run);
 * ```
 *
 * @throws {TypeError} when the value is nothing of this module; `signal.reason`.
 */
export async function help(subject: object, options: ShowOptions = {}): Promise<void> {
  checkOptions("show help", options, SHOW_OPTIONS);
  const signal = stopSignalAnd(options.signal);
  for (const name of namesOf(subject)) {
    for (const entry of ENTRIES) {
      const text = await documentation(new URL(entry, import.meta.url), name, signal);
      if (text === null) continue;
      await showBundle(bundleOf(text), options);
      return;
    }
  }
  throw new TypeError(
    "Cannot show help: the value is not a function, class or object of this module. Pass one, such as thread.run",
  );
}

/** Names by which the documentation may know a value, best first. */
function namesOf(subject: object): string[] {
  if (typeof subject !== "function") {
    const known = CLASSES.find(([, prototype]) =>
      prototype.constructor.name === subject.constructor?.name
    );
    return known ? [known[0]] : [subject.constructor?.name ?? ""].filter((name) => name !== "");
  }
  const { name } = subject as { name: string };
  const methods = CLASSES.filter(([, prototype]) => name in prototype);
  const own = methods.filter(([, prototype]) => asRecord(prototype)[name] === subject);
  const owners = own.length > 0 ? own : methods;
  return [...owners.map(([owner]) => `${owner}.${name}`), name].filter((each) => each !== "");
}

async function documentation(
  entry: URL,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--filter", name, entry.protocol === "file:" ? fromFileUrl(entry) : entry.href],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stderr: "null",
    signal,
  }).output();
  signal.throwIfAborted();
  const text = new TextDecoder().decode(stdout);
  // What stands above the first definition is about the whole module.
  const start = text.indexOf("Defined in ");
  if (code !== 0 || start < 0) return null;
  const withoutPlaces = text.slice(start).replace(/^Defined in .*\n+/gm, "");
  return withoutPlaces.replace(/^private function /gm, "").trim();
}

function bundleOf(text: string): MimeBundle {
  return { "text/html": preformatted(text), "text/plain": text };
}
