/**
 * A program in the runtime's place that says and does what a test wants, as a shell script.
 *
 * @module
 */

/** One thing the program does, as a line of shell. */
export type Step = string;

/** Waits for a line of the client. */
export const TAKE: Step = "read -r line";

/** Stays silent until its input ends. */
export const HANG: Step = "cat > /dev/null";

/** Prints a text as it is, without a line end. */
export function print(text: string): Step {
  return `printf %s '${text.replaceAll("'", `'\\''`)}'`;
}

/** Prints a JSON value as a line. */
export function say(message: unknown): Step {
  return print(`${JSON.stringify(message)}\n`);
}

/** The handshake as the client starts it, answered. */
export const HANDSHAKE: readonly Step[] = [
  TAKE,
  say({
    id: 1,
    result: {
      userAgent: "fake/1.0.0",
      codexHome: "/fake",
      platformFamily: "unix",
      platformOs: "linux",
    },
  }),
  TAKE,
];

/** A script on disk; dispose it to remove it. */
export interface FakeRuntime extends AsyncDisposable {
  /** Path of the executable. */
  readonly executable: string;
}

/** Writes the program. After its last step it exits with code 0. */
export async function fakeRuntime(...steps: readonly Step[]): Promise<FakeRuntime> {
  const folder = await Deno.makeTempDir();
  const executable = `${folder}/fake-runtime`;
  await Deno.writeTextFile(executable, ["#!/bin/sh", ...steps, ""].join("\n"), { mode: 0o755 });
  return {
    executable,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
