/**
 * Calls one function of `src/runtime` in a separate process, whose permissions, environment and
 * working directory the test chose. Prints a JSON line for each progress report and one for the
 * outcome; a line on stdin aborts the call.
 *
 * @module
 */

import * as denoCache from "../../src/runtime/deno_cache.ts";
import * as environment from "../../src/runtime/environment.ts";
import * as executable from "../../src/runtime/locate.ts";
import * as installation from "../../src/runtime/install.ts";
import { installPackage } from "../../src/runtime/release/pinned.ts";
import type { ProbeCall } from "../support/runtime_probe.ts";

const FUNCTIONS: Record<string, unknown> = {
  ...denoCache,
  ...environment,
  ...executable,
  ...installation,
  installPackage,
};

const call: ProbeCall = JSON.parse(Deno.args[0] ?? "{}");
const controller = new AbortController();

for (const [name, value] of Object.entries(call.env ?? {})) {
  if (value === null) Deno.env.delete(name);
  else Deno.env.set(name, value);
}
if (call.standalone) Object.assign(Deno, { build: { ...Deno.build, standalone: true } });

void abortOnInput();
try {
  const called = FUNCTIONS[call.name] as (...args: unknown[]) => unknown;
  const { signal } = controller;
  const reports = call.name === "findRuntime" ? {} : { onProgress };
  const options = call.options && { ...call.options, ...reports, signal };
  print({
    value: await called(...call.args ?? [], ...(options ? [options] : [])) ?? null,
  });
} catch (error) {
  const { name, message, step, version, platform } = Object(error);
  print({ error: { name, message, step, version, platform } });
}
Deno.exit(0);

function onProgress(progress: { phase: string }): void {
  print({ progress });
  if (call.throwOn === progress.phase) throw new Error("the handler failed");
}

async function abortOnInput(): Promise<void> {
  if (await Deno.stdin.read(new Uint8Array(1)) !== null) controller.abort(new Error("stop it"));
}

function print(message: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
}
