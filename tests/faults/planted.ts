/**
 * A program that has secrets and writes everything that can be written: fault reports, a
 * checkpoint, exports, a log, what its objects look like, and a server's files; then it is killed.
 * `deno run -A tests/faults/planted.ts <folder>` with the folder as TMPDIR.
 *
 * @module
 */
import { Codex } from "../../mod.ts";
import { Connector } from "../../src/connectors/mod.ts";
import { Fleet } from "../../src/fleet/mod.ts";
import { failure, type OfflineCodex, startOffline } from "../../src/testing/mod.ts";
import { PLANTED } from "../support/planted_secrets.ts";
import { ServerRig } from "../support/server_rig.ts";

async function main(folder: string): Promise<never> {
  const log: unknown[] = [];
  const codex = await startOffline({
    env: { GITHUB_TOKEN: PLANTED.environment },
    config: {
      model_providers: { offline: { http_headers: { "x-own": PLANTED.header } } },
      mcp_servers: { own: { command: "/bin/cat", env: { OWN: PLANTED.serverEnvironment } } },
      "shell_environment_policy.set": { OWN: PLANTED.shell },
    },
    onDiagnostic: (diagnostic) => log.push(diagnostic),
  });
  await codex.loginWithApiKey(PLANTED.login);
  await writeTurns(codex, folder, log);
  await writeServer(folder);
  const unreachable = `redis://user:${encodeURIComponent(PLANTED.storePassword)}@127.0.0.1:1`;
  const lost = await Fleet.connect(unreachable).catch((error) => error);
  await Deno.writeTextFile(`${folder}/store.txt`, everyFormOf([lost]));
  Deno.kill(Deno.pid, "SIGKILL");
  return await new Promise<never>(() => {});
}

async function writeTurns(codex: OfflineCodex, folder: string, log: unknown[]): Promise<void> {
  const remote = Connector.fromMcpServer("remote", {
    url: "http://127.0.0.1:1",
    headers: { authorization: `Bearer ${PLANTED.bearer}` },
    required: false,
  });
  const thread = await codex.startThread({ connectors: [remote] });
  const result = await thread.run("Hello");
  codex.model.reply(failure({ status: 401, message: `wrong key ${PLANTED.serviceAnswer}` }));
  const error = await thread.run("Again").catch((error) => error);
  const run = codex.map([1, 2], (input) => {
    if (input === 2) throw new Error(`cannot: ${PLANTED.thrown}`);
    return Promise.resolve("fine");
  }, { checkpoint: `${folder}/checkpoint.jsonl` });
  const results = await run.collect();
  await Deno.writeTextFile(`${folder}/report.txt`, `${error.report()}\n${codex.diagnostics()}`);
  await Deno.writeTextFile(`${folder}/report.json`, JSON.stringify(codex.diagnostics()));
  await Deno.writeTextFile(`${folder}/thread.html`, await thread.toHtml());
  await Deno.writeTextFile(`${folder}/thread.md`, await thread.toMarkdown());
  await Deno.writeTextFile(`${folder}/results.csv`, results.toCsv() + results.toJsonl());
  await Deno.writeTextFile(`${folder}/log.txt`, everyFormOf([error, log]));
  const values = [codex, codex.client, codex.server, thread, thread.connectors, remote, result];
  await Deno.writeTextFile(`${folder}/objects.txt`, everyFormOf(values));
}

/** A server keeps its token in a file of mode 600, which is where it belongs. */
async function writeServer(folder: string): Promise<void> {
  await using rig = await ServerRig.create();
  const server = await rig.start({
    listen: "ws://127.0.0.1:0",
    token: PLANTED.serverToken,
  });
  {
    await using codex = await Codex.connect(server.address, { token: PLANTED.serverToken });
    await (await codex.startThread()).run("Hello");
    const wrong = await Codex.connect(server.address, { token: `${PLANTED.serverToken}0` })
      .catch((error) => error);
    const shown = everyFormOf([server, codex, await rig.servers(), wrong]);
    await Deno.writeTextFile(`${folder}/server.txt`, shown);
  }
  await Deno.copyFile(server.logFile, `${folder}/server.log`);
}

/** As a program logs values: as text, deeply, and as JSON. */
function everyFormOf(values: readonly unknown[]): string {
  return values.map((value) => [String(value), Deno.inspect(value, { depth: 12 }), inJson(value)])
    .join("\n");
}

function inJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // A cycle has no JSON.
    return "";
  }
}

if (import.meta.main) await main(Deno.args[0] ?? "");
