/**
 * A program that has secrets and writes everything that can be written: fault reports, a checkpoint, exports and a
 * log; then it is killed. `deno run -A tests/faults/planted.ts <folder>` with the folder as TMPDIR.
 *
 * @module
 */
import { failure, startOffline } from "../../src/testing/mod.ts";

/** Where each secret is given. */
export const PLANTED = {
  login: "sk-planted0in0the0login0000000000",
  header: "planted-in-a-header-0000000000000",
  serverEnvironment: "planted-in-an-mcp-servers-variable",
  environment: "ghp_planted0in0the0environment000000000000",
  serviceAnswer: "sk-planted0in0an0answer00000000000",
  thrown: "xoxb-planted-in-what-a-task-throws",
} as const;

async function main(folder: string): Promise<never> {
  const log: unknown[] = [];
  const codex = await startOffline({
    env: { GITHUB_TOKEN: PLANTED.environment },
    config: {
      model_providers: { offline: { http_headers: { "x-own": PLANTED.header } } },
      mcp_servers: { own: { command: "/bin/cat", env: { OWN: PLANTED.serverEnvironment } } },
    },
    onDiagnostic: (diagnostic) => log.push(diagnostic),
  });
  await codex.loginWithApiKey(PLANTED.login);
  const thread = await codex.startThread();
  await thread.run("Hello");
  codex.model.reply(failure({ status: 401, message: `wrong key ${PLANTED.serviceAnswer}` }));
  const error = await thread.run("Again").catch((error) => error);
  const results = await Array.fromAsync(codex.map([1, 2], (input) => {
    if (input === 2) throw new Error(`cannot: ${PLANTED.thrown}`);
    return Promise.resolve("fine");
  }, { checkpoint: `${folder}/checkpoint.jsonl` }));
  await Deno.writeTextFile(`${folder}/report.txt`, `${error.report()}\n${codex.diagnostics()}`);
  await Deno.writeTextFile(`${folder}/report.json`, JSON.stringify(codex.diagnostics()));
  await Deno.writeTextFile(`${folder}/thread.html`, await thread.toHtml());
  await Deno.writeTextFile(`${folder}/thread.md`, await thread.toMarkdown());
  await Deno.writeTextFile(`${folder}/log.txt`, Deno.inspect([error.message, error.stack, log]));
  await Deno.writeTextFile(`${folder}/results.txt`, String(results.length));
  Deno.kill(Deno.pid, "SIGKILL");
  return await new Promise<never>(() => {});
}

if (import.meta.main) await main(Deno.args[0] ?? "");
