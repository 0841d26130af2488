/**
 * Runs code in a separate process without permissions.
 *
 * A worker of this process will not do: its permissions can be set only by an unstable flag, which
 * a kernel does not have, and what it revokes itself is revoked for the whole process (2.9.6).
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { anySignal, TimeLimit } from "../../../async.ts";
import { abortable } from "../../../deps.ts";
import { untilStopped } from "../../../stop.ts";
import { compileCode } from "../evaluate/compile.ts";
import { STOPPED, timeError } from "../evaluate/guard.ts";
import { type CodeRun, EvaluationError, type Outcome } from "../evaluate/outcome.ts";
import type { ApartAnswer, ApartRun } from "./message.ts";

const PROGRAM = new URL("./program.ts", import.meta.url).href;
/** Nothing is allowed, asked for or downloaded. */
const ARGS = ["--quiet", "--no-prompt", "--no-check", "--no-config", "--no-lock", "--cached-only"];
/** The largest answer that is read, in bytes. */
const MAX_ANSWER = 64 * 1024 * 1024;

/**
 * Runs the code on copies of the values that can be cloned. The process is killed at the time
 * limit, at Stop and at an abort.
 *
 * @throws {EvaluationError} for everything that keeps the code from its end.
 */
export function runApart(run: CodeRun): Promise<Outcome> {
  return untilStopped(run.signal, (signal) => runUntil({ ...run, signal }));
}

async function runUntil({ code, names, signal, timeoutMs }: CodeRun): Promise<Outcome> {
  using limit = new TimeLimit(timeoutMs, () => timeError(timeoutMs));
  const over = anySignal(signal, limit.signal);
  const token = randomUUID();
  const { values, missing } = cloned(names);
  const note = missing.length > 0
    ? `Not there, because it cannot be copied: ${missing.join(", ")}\n`
    : "";
  try {
    const body = await compileCode(code);
    const answer = await answerOf({ token, body, values, timeoutMs }, over);
    const log = `${note}${answer.log}`.trimEnd();
    if (!("error" in answer)) return { value: undefined, ...answer, log };
    throw new EvaluationError(answer.error, { line: answer.line, log });
  } catch (error) {
    if (error instanceof EvaluationError) throw error;
    if (over.aborted) throw new EvaluationError(STOPPED, { line: null });
    throw error;
  }
}

function cloned(
  names: ReadonlyMap<string, unknown>,
): { readonly values: ApartRun["values"]; readonly missing: readonly string[] } {
  const values: [string, Uint8Array][] = [];
  const missing: string[] = [];
  for (const [name, value] of names) {
    try {
      values.push([name, new Uint8Array(serialize(value))]);
    } catch {
      missing.push(name);
    }
  }
  return { values, missing };
}

async function answerOf(run: ApartRun, over: AbortSignal): Promise<ApartAnswer> {
  over.throwIfAborted();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...ARGS, PROGRAM],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    // Stop reaches the whole group of a kernel.
    detached: Deno.build.os !== "windows",
  }).spawn();
  const kill = (): void => killed(child);
  over.addEventListener("abort", kill);
  try {
    const output = outputOf(child);
    await Promise.allSettled([sent(child, run)]);
    const text = await abortable(output, over);
    return parsed(text, run.token, await child.status);
  } finally {
    over.removeEventListener("abort", kill);
    killed(child);
    await child.status;
  }
}

/** The process may end before it has read everything. */
async function sent({ stdin }: Deno.ChildProcess, run: ApartRun): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new Uint8Array(serialize(run)));
  await writer.close();
}

async function outputOf(child: Deno.ChildProcess): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER) {
      throw new EvaluationError(`The result has more than ${MAX_ANSWER} bytes`, { line: null });
    }
  }
  return text;
}

function parsed(text: string, token: string, { code, signal }: Deno.CommandStatus): ApartAnswer {
  const start = text.lastIndexOf(token);
  if (start >= 0) {
    return deserialize(Uint8Array.fromBase64(text.slice(start + token.length))) as ApartAnswer;
  }
  const how = signal ?? `exit code ${code}`;
  throw new EvaluationError(`The code ended its process (${how})`, { line: null });
}

function killed(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}
