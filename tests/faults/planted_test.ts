import { describe, expect, it } from "vitest";
import { type Notebook, writeNotebook } from "../../src/notebook/runner/mod.ts";
import { runDeno } from "../support/deno_command.ts";
import { filesWith, formsOf, PLANTED, tracesIn } from "../support/planted_secrets.ts";
import { ROOT } from "../support/repository.ts";

const PROGRAM = new URL("./planted.ts", import.meta.url).href;

describe.skipIf(Deno.build.os === "windows")("a secret that was planted", () => {
  it("is in nothing that a program writes, also not in what it leaves when it is killed", async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    const { stdout, stderr, signal } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", PROGRAM, folder],
      env: { TMPDIR: folder },
      stdin: "null",
    }).output();
    const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    expect([signal, printed]).toEqual(["SIGKILL", ""]);
    const written = [...Deno.readDirSync(folder)].map(({ name }) => name);
    // The home of the killed program is among it.
    expect(written.filter((name) => name.startsWith("codex-offline-")).length).toBe(1);
    expect(written).toEqual(expect.arrayContaining([
      "checkpoint.jsonl",
      "report.txt",
      "report.json",
      "thread.html",
      "thread.md",
      "log.txt",
      "results.csv",
      "objects.txt",
      "server.txt",
      "server.log",
      "store.txt",
    ]));
    const { serviceAnswer, ...own } = PLANTED;
    expect(await filesWith(Object.values(own), folder)).toEqual([]);
    // The model service's own words are in the runtime's history of the thread, and in none of our
    // files.
    const quoted = await filesWith([serviceAnswer], folder);
    expect(quoted.filter((file) => !file.includes("/codex-home/"))).toEqual([]);
    await Deno.remove(folder, { recursive: true });
  });

  it("is in no notebook that the runner saves, in no report of it, and in none of its lines", async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    const map = JSON.stringify({ importMap: `${ROOT}deno.json` });
    await Deno.writeTextFile(`${folder}/deno.json`, map);
    const cells = CELLS.map((source) => ({ cell_type: "code" as const, source, metadata: {} }));
    const notebook: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    await writeNotebook(`${folder}/n.ipynb`, notebook);
    const { code, stdout, stderr } = await runDeno([
      "run",
      "-A",
      "--no-check",
      "--no-lock",
      `${ROOT}src/notebook/runner/cli.ts`,
      "--verbose",
      "--allow-errors",
      "--write",
      "--html",
      "pages/",
      "--junit",
      "junit.xml",
      "--answer",
      PLANTED.login,
      "n.ipynb",
    ], { cwd: folder, env: { PLANTED: JSON.stringify(PLANTED) } });
    expect([code, tracesIn(stdout + stderr)]).toEqual([0, []]);
    const saved = await Deno.readTextFile(`${folder}/n.ipynb`);
    for (const shown of ["logged in", "TurnFailedError", "failed", "remote"]) {
      expect(saved).toContain(shown);
    }
    expect((await Deno.readTextFile(`${folder}/pages/n.html`)).length).toBeGreaterThan(1000);
    expect((await Deno.readTextFile(`${folder}/junit.xml`)).length).toBeGreaterThan(100);
    expect(await filesWith(Object.values(PLANTED), folder)).toEqual([]);
    await Deno.remove(folder, { recursive: true });
  });

  it("is in no report of a failing test that handles it", async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    await Deno.writeTextFile(`${folder}/failing_test.ts`, FAILING);
    const { code, stdout, stderr } = await runDeno([
      "test",
      "-A",
      "--no-check",
      "--no-lock",
      `--config=${ROOT}deno.json`,
      `${folder}/failing_test.ts`,
    ], { env: { PLANTED: JSON.stringify(PLANTED), ROOT } });
    expect(code).not.toBe(0);
    expect(stdout).toContain("0 passed | 5 failed");
    expect(tracesIn(stdout + stderr)).toEqual([]);
    await Deno.remove(folder, { recursive: true });
  });
});

/** What a user does with secrets in a notebook. They come from outside, so no source holds them. */
const CELLS = [
  `import { notebook, progress, show } from "@codex-deno/codex/notebook";
import { Connector } from "@codex-deno/codex/connectors";
import { failure, startOffline } from "@codex-deno/codex/testing";
const planted = JSON.parse(Deno.env.get("PLANTED"));
const codex = await notebook({
  start: startOffline,
  env: { GITHUB_TOKEN: planted.environment },
  config: {
    model_providers: { offline: { http_headers: { "x-own": planted.header } } },
    "shell_environment_policy.set": { OWN: planted.shell },
  },
});`,
  `await codex.loginWithApiKey(prompt("Key", "", { password: true }));
console.log("logged in");`,
  `const remote = Connector.fromMcpServer("remote", {
  url: "http://127.0.0.1:1",
  headers: { authorization: "Bearer " + planted.bearer },
  required: false,
});
const thread = await codex.startThread({ connectors: [remote] });
console.log(remote, thread.connectors, codex, codex.client, thread, [remote], { codex });
remote`,
  "thread.connectors",
  "codex",
  "thread",
  "codex.server",
  "codex.diagnostics()",
  'await show(thread, "Hello")',
  "await show(codex); await show(thread);",
  `codex.model.reply(failure({ status: 401, message: "wrong key " + planted.serviceAnswer }));
await show(thread, "Again");`,
  `codex.model.reply(failure({ status: 401, message: "wrong key " + planted.serviceAnswer }));
await thread.run("Again").catch((error) => error.report())`,
  "await codex.loginWithTokens({ accessToken: planted.bearer, accountId: planted.bearer })",
  `const results = await codex.map([1], () => {
  throw new Error("cannot: " + planted.thrown);
}).collect();
await show(results.rows)`,
  `import { Fleet } from "@codex-deno/codex/fleet";
await Fleet.connect("redis://user:" + encodeURIComponent(planted.storePassword) + "@127.0.0.1:1")`,
  `import { Codex } from "@codex-deno/codex";
await Codex.connect("ws://127.0.0.1:1", { token: planted.serverToken })`,
];

/** Assertions that fail on values which hold secrets, and errors that are not caught. */
const FAILING = `
import { expect, it } from "vitest";
const { Codex } = await import(Deno.env.get("ROOT") + "mod.ts");
const { Connector } = await import(Deno.env.get("ROOT") + "src/connectors/mod.ts");
const { failure, startOffline } = await import(Deno.env.get("ROOT") + "src/testing/mod.ts");
const planted = JSON.parse(Deno.env.get("PLANTED"));
const start = async () => {
  const codex = await startOffline({
    env: { GITHUB_TOKEN: planted.environment },
    config: { model_providers: { offline: { http_headers: { "x-own": planted.header } } } },
  });
  await codex.loginWithApiKey(planted.login);
  return codex;
};
it("compares a Codex", async () => {
  await using codex = await start();
  expect(codex).toEqual({ client: codex.client });
});
it("compares a thread", async () => {
  await using codex = await start();
  expect(await codex.startThread()).toEqual({});
});
it("compares a connector", () => {
  const headers = { authorization: "Bearer " + planted.bearer };
  const connector = Connector.fromMcpServer("remote", { url: "http://127.0.0.1:1", headers });
  expect([connector]).toEqual([{ name: "other" }]);
});
it("throws the failure of a turn", async () => {
  await using codex = await start();
  codex.model.reply(failure({ status: 401, message: "wrong key " + planted.serviceAnswer }));
  await (await codex.startThread()).run("Hello");
});
it("throws what a connection throws", async () => {
  await Codex.connect("ws://127.0.0.1:1", { token: planted.serverToken });
});
`;

describe("the search", () => {
  it("finds a text in every form, at any place", () => {
    const text = PLANTED.header;
    const around = (inner: string) => [0, 1, 2, 3].map((n) => `${"x".repeat(n)}${inner}yyyy`);
    const contents = [
      text,
      JSON.stringify({ text }),
      JSON.stringify(JSON.stringify({ text })),
      `https://a.test/?key=${encodeURIComponent(text)}`,
      ...around(text).map((each) => btoa(each)),
      ...around(text).map((each) =>
        new TextEncoder().encode(each).toBase64({ alphabet: "base64url" })
      ),
    ];
    for (const content of contents) expect(tracesIn(content), content).toEqual([text]);
    expect(tracesIn("nothing planted here")).toEqual([]);
    for (const each of Object.values(PLANTED)) {
      expect(formsOf(each).every((form) => form.length > 15)).toBe(true);
    }
  });
});
