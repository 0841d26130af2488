/**
 * The console of evaluated code.
 *
 * @module
 */
import { Console } from "node:console";
import { Writable } from "node:stream";
import type { CodeLog } from "./outcome.ts";

/** A console that prints into a log. */
export function logConsole(log: CodeLog): Console {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: unknown, _encoding, done) => {
      log.write(String(chunk));
      done();
    },
  });
  return new Console({ stdout: stream, stderr: stream, colorMode: false });
}
