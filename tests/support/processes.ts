/**
 * Which processes run, for tests that look for processes left behind.
 *
 * @module
 */
import { until } from "./until.ts";

/** Whether a process runs; a zombie, which has ended but was not waited for, counts as gone. */
export async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  const state = new TextDecoder().decode(stdout).trim();
  return state !== "" && !state.startsWith("Z");
}

/**
 * The processes that a process has started and that have not ended: all of them, or those with a
 * text in their arguments.
 */
export async function childrenOf(pid: number, text = ""): Promise<number[]> {
  const args = ["-ww", "-o", "pid=,args=", "--ppid", `${pid}`];
  const { stdout } = await new Deno.Command("ps", { args }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.filter((line) => line.includes(text)).map((line) => parseInt(line))
    .filter((child) => child > 0);
}

/** The processes with a text in their arguments or environment, which children inherit. */
export async function processesWith(text: string): Promise<string[]> {
  return (await linesWith(text)).map((line) => line.split(" ", 1)[0] ?? "");
}

/** Process id, command and environment of the processes with a text in one of the last two. */
async function linesWith(text: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["axeww", "-o", "pid=,command="] })
    .output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(text))
    .map((line) => line.trim());
}

/**
 * Resolves when the command runs, with the text in its environment. A runtime that is killed while
 * it still makes the command's sandbox leaves that behind.
 */
export async function whenRuns(command: string, text: string): Promise<void> {
  const begun = new RegExp(`^\\d+ ${command} `);
  await until(async () => (await linesWith(text)).some((line) => begun.test(line)));
}

/** Memory of a process that is in use, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout)) * 1024;
}

/** Resolves when the process is gone. Only a test's time limit ends the wait. */
export async function whenGone(pid: number): Promise<void> {
  await until(async () => !await isAlive(pid));
}

/** Resolves when no process has the text in its environment. Only a test's time limit ends it. */
export async function whenNoneWith(text: string): Promise<void> {
  await until(async () => (await processesWith(text)).length === 0);
}

/** Resolves with the process id in the file, once something has written it there. */
export async function pidIn(file: string): Promise<number> {
  let pid = 0;
  await until(async () => {
    pid = Number(await Deno.readTextFile(file).catch(() => ""));
    return pid > 0;
  });
  return pid;
}
