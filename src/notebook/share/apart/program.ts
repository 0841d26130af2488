/**
 * The program of a separate process without permissions: it runs the code that it is given on its
 * standard input, and answers on its standard output.
 *
 * @module
 */
import { deserialize, serialize } from "node:v8";
import { types } from "node:util";
import { preview } from "../describe/preview.ts";
import { functionOf, lineOf } from "../evaluate/function.ts";
import { guardOf } from "../evaluate/guard.ts";
import { logConsole } from "../evaluate/log_console.ts";
import { CodeLog, EvaluationError } from "../evaluate/outcome.ts";
import { rejectionsKnown } from "../evaluate/rejections.ts";
import { thrownText } from "../evaluate/thrown.ts";
import { resultText } from "../result_text.ts";
import type { ApartAnswer, ApartRun } from "./message.ts";

const input = new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
const { token, body, values, timeoutMs } = deserialize(input) as ApartRun;
const log = new CodeLog();
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  log.write(`Unhandled rejection: ${preview(event.reason)}\n`);
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  log.write(`Uncaught error: ${preview(event.error)}\n`);
});
// The code may have replaced what the answer needs.
const { stdout, exit } = Deno;
const encoder = new TextEncoder();
const bytes = encoder.encode(token + serialize(await answer()).toString("base64"));
for (let sent = 0; sent < bytes.length;) sent += await stdout.write(bytes.subarray(sent));
exit(0);

async function answer(): Promise<ApartAnswer> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const names = new Map<string, unknown>([["signal", signal], ["console", logConsole(log)]]);
    for (const [name, bytes] of values) names.set(name, deserialize(bytes));
    const run = functionOf(body, [...names.keys()], 1);
    const box = await run(...names.values(), guardOf(signal, timeoutMs, () => false));
    const value = types.isPromise(box?.value) ? await box.value : box?.value;
    await rejectionsKnown();
    return { ...carried(value), log: log.close() };
  } catch (error) {
    const text = error instanceof EvaluationError ? error.message : thrownText(error);
    return { error: text, line: lineOf(error), log: log.close() };
  }
}

/** The value, or what it is when it cannot be cloned. */
function carried(value: unknown): { readonly value: unknown } | { readonly text: string } {
  try {
    serialize(value);
    return { value };
  } catch {
    return { text: resultText({ value, log: "" }) };
  }
}
