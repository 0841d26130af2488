import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import { Codex, type Diagnostic } from "../../mod.ts";
import { configArguments } from "../../src/runtime/config_overrides.ts";
import { failure, startOffline } from "../../src/testing/mod.ts";
import { fakeRuntime, HANDSHAKE, HANG } from "../support/fake_runtime.ts";
import { filesWith } from "../support/planted_secrets.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

/** Each looks like what it is, and each is planted in one place. */
const SECRETS = {
  prompt: "PLANTED-IN-THE-PROMPT",
  apiKey: "sk-planted0in0the0login0000000000",
  headerToken: "sk-planted0in0a0header00000000000",
  environment: "sk-planted0in0the0environment0000",
  configValue: "sk-planted0in0a0setting0000000000",
  serviceKey: "sk-planted0in0the0answer0000000000",
};

describe("secrets", () => {
  it("are in no message of an error, no diagnostic and no report of a failing session", async () => {
    const shown: string[] = [];
    const show = (error: unknown) => {
      for (let cause = error; cause instanceof Error; cause = cause.cause) {
        shown.push(cause.message, cause.stack ?? "", String(cause));
      }
    };
    const diagnostics: Diagnostic[] = [];
    const codex = await startOffline({
      env: { OPENAI_API_KEY: SECRETS.environment, RUST_LOG: "debug" },
      config: {
        model_providers: {
          offline: { http_headers: { authorization: `Bearer ${SECRETS.headerToken}` } },
        },
      },
      onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    });
    await codex.loginWithApiKey(SECRETS.apiKey);
    const thread = await codex.startThread();
    const answer = `Key ${SECRETS.serviceKey}\r\nrefused for ${SECRETS.prompt}\u001b[2J. ${
      "x".repeat(5000)
    }`;
    codex.model.on(() => true, failure({ status: 401, message: answer }));
    const failed = await thread.run(SECRETS.prompt).catch((error) => error);
    expect(failed.name).toBe("TurnFailedError");
    // The words of the service: one line, short, masked, and without what the turn was given.
    const told = "the model service answered 401: Key [masked] refused for […]. xxx";
    expect(failed.message).toContain(told);
    expect(failed.message).toMatch(/x \u2026\. Check the login[^\n]*$/);
    expect(failed.message.length).toBeLessThan(400);
    expect(String(failed.report())).not.toContain("refused for");
    show(failed);
    const { client } = codex;
    const wrong: [string, unknown][] = [
      ["turn/start", { threadId: thread.id, input: SECRETS.prompt }],
      ["turn/start", { threadId: SECRETS.prompt, input: [] }],
      ["thread/start", { sandbox: SECRETS.prompt }],
      ["thread/start", { config: { model_providers: SECRETS.prompt } }],
      ["account/login/start", { type: SECRETS.apiKey, apiKey: SECRETS.apiKey }],
      ["account/login/start", { type: "apiKey", apiKey: [SECRETS.apiKey] }],
      [SECRETS.prompt, {}],
    ];
    for (const [method, params] of wrong) {
      const error = await client.call(method as "thread/list", params as never)
        .then(() => null, (error) => error);
      expect(error, method).toBeInstanceOf(Error);
      if (method !== SECRETS.prompt) show(error);
    }
    shown.push(JSON.stringify(codex.server));
    Deno.kill(codex.server.processId ?? 0, "SIGKILL");
    const lost = await client.closed;
    show(lost);
    await codex.close();
    expect(shown.length).toBeGreaterThan(15);
    expect(diagnostics.length).toBeGreaterThan(5);
    for (const [place, secret] of Object.entries(SECRETS)) {
      expect(shown.filter((text) => text.includes(secret)), place).toEqual([]);
    }
    // What the runtime logs, at its most talkative, may quote a prompt, but never a key.
    const logs = JSON.stringify([lost, diagnostics]);
    const { apiKey, headerToken, environment } = SECRETS;
    for (const key of [apiKey, headerToken, environment]) expect(logs).not.toContain(key);
  });

  it("of a setting that the runtime refuses are not in the error of the thread", async () => {
    const config = { model_reasoning_summary: SECRETS.configValue as "auto" };
    await using codex = await startOffline({ config });
    const error = await codex.startThread().catch((reason) => reason);
    expect(error).toMatchObject({ name: "InvalidRequestError" });
    expect(Deno.inspect(error)).not.toContain(SECRETS.configValue);
  });

  it("of a setting that cannot be expressed are not in the error", () => {
    const config = { model_providers: { x: { key: { toString: () => SECRETS.apiKey, f() {} } } } };
    expect(() => configArguments(config)).toThrow(TypeError);
    try {
      configArguments(config);
    } catch (error) {
      expect(Deno.inspect(error)).not.toContain(SECRETS.apiKey);
    }
  });

  it("that the runtime writes to stderr are masked in diagnostics and in the last words", async () => {
    const lines = [
      `Authorization: Bearer ${SECRETS.headerToken}`,
      `api_key = "planted-plain-key"`,
      `{"access_token":"planted-token"}`,
      `eyJhbGciOiJub25lIn0.eyJwbGFudGVkIjoxfQ.c2lnbmF0dXJl`,
    ];
    const print = lines.map((line) => `echo '${line}' >&2`);
    await using fake = await fakeRuntime(...print, ...HANDSHAKE, ...print, "exit 4");
    const diagnostics: Diagnostic[] = [];
    const codex = await Codex.start({
      executable: fake.executable,
      onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
    });
    const error = await codex.client.closed;
    await codex.close();
    expect(diagnostics.length).toBe(8);
    const shown = JSON.stringify([error, error.message, diagnostics]);
    expect(shown).toContain("[masked]");
    expect(shown).not.toMatch(/planted|eyJ/);
  });
});

describe("secret settings", () => {
  const SETTINGS = { token: "planted-token", header: "planted-header", shell: "planted-shell" };

  it.skipIf(Deno.build.os === "windows")(
    "reach threads, their forks and a restarted runtime, and are neither in arguments nor on disk",
    async () => {
      const folder = await Deno.makeTempDir();
      const received = `${folder}/received`;
      const serve = `printf %s "$TOKEN" >> '${received}'; exec cat > /dev/null`;
      await using codex = await startOffline({
        config: {
          "mcp_servers.own": {
            command: "/bin/sh",
            args: ["-c", serve],
            env: { TOKEN: SETTINGS.token },
            startup_timeout_sec: 1,
          },
          model_providers: { offline: { http_headers: { "x-own": SETTINGS.header } } },
          "shell_environment_policy.set": { OWN: SETTINGS.shell },
          "model_reasoning_effort": "low",
        },
      });
      const header = () => codex.model.requests.at(-1)?.headers.get("x-own");
      const thread = await codex.startThread();
      await thread.run("Hello");
      expect(header()).toBe(SETTINGS.header);
      expect(await Deno.readTextFile(received)).toBe(SETTINGS.token);
      await (await codex.forkThread(thread.id)).run("Hello");
      expect(header()).toBe(SETTINGS.header);
      await codex.restart();
      await thread.run("Hello");
      expect(header()).toBe(SETTINGS.header);
      const own = {
        config: { model_providers: { offline: { http_headers: { "x-own": "mine" } } } },
      };
      await (await codex.startThread(own)).run("Hello");
      expect(header()).toBe("mine");
      const args = ["-ww", "-o", "args=", "-p", String(codex.server.processId)];
      const { stdout } = await new Deno.Command("ps", { args }).output();
      const line = new TextDecoder().decode(stdout);
      expect(line).toContain("model_reasoning_effort");
      for (const secret of Object.values(SETTINGS)) expect(line).not.toContain(secret);
      expect(await filesWith(Object.values(SETTINGS), codex.home.root)).toEqual([]);
      await Deno.remove(folder, { recursive: true });
    },
  );
});

describe("what a caller passes is data, never another option of the runtime", () => {
  const nasty = [
    "--yolo",
    '" --config x="y',
    "a\nsandbox_mode = 'danger-full-access'",
    "$(touch /tmp/made)",
    "`id`",
    "'; id; '",
    '"""',
    "\\",
    "\u0000\u0001\u001b[31m\u007f",
    "é𝄞",
    "%PATH%",
    "]",
    "}",
    "#",
  ];

  it("values of every kind arrive as they are in the pinned runtime's own reading", async () => {
    const config = {
      project_doc_fallback_filenames: nasty,
      mcp_servers: {
        probe: { command: "never", enabled: false, env: Object.fromEntries(nasty.entries()) },
      },
    };
    await using codex = await startOffline({ config });
    const { config: read } = await codex.client.call("config/read", { includeLayers: false });
    expect(read).toMatchObject({ project_doc_fallback_filenames: nasty });
    expect(read).toMatchObject({ sandbox_mode: "read-only" });
  });

  it("keys other than dotted names are refused before anything starts", async () => {
    for (const key of ["a=b", "-c", "--enable", "a.", "", "a b", "a\nb", 'a"b', "a..b"]) {
      const starting = Codex.start({ config: { [key]: 1 } });
      await expect(starting, key).rejects.toBeInstanceOf(TypeError);
    }
  });

  it("any text becomes one argument after -c that says key=", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const config = { plain: text, list: [text], table: { [text]: text } };
        const args = configArguments(config);
        expect(args.filter((_, index) => index % 2 === 0)).toEqual(["-c", "-c", "-c"]);
        for (const [index, arg] of args.entries()) {
          if (index % 2 === 1) expect(arg).toMatch(/^(plain|list|table)(\.[\w-]+)?=[^\n]*$/);
        }
      }),
    );
  });

  it.skipIf(Deno.build.os === "windows")(
    "the executable's path goes through no shell",
    async () => {
      await using fake = await fakeRuntime('printf "%s\\n" "$@" > "$0.args"', ...HANDSHAKE, HANG);
      const folder = `${fake.executable} --x $(id) ; 'é" &`;
      await Deno.mkdir(folder);
      const executable = `${folder}/run time`;
      await Deno.rename(fake.executable, executable);
      await using codex = await Codex.start({ executable, cwd: folder, config: { a: "x; y" } });
      expect(codex.server.version).toBe("1.0.0");
      const args = await Deno.readTextFile(`${executable}.args`);
      expect(args).toBe('app-server\n-c\na="x; y"\n');
    },
  );
});

describe("approvals under hostile messages", () => {
  it("an approval of a thread that is not open here is declined without asking the handler", async () => {
    let asked = 0;
    await using server = await ScriptedServer.start({
      onApproval: () => {
        asked++;
        return "accept";
      },
    });
    const params = { threadId: 5, turnId: "t", itemId: "i", command: "rm" };
    server.ask(1, "item/commandExecution/requestApproval", params);
    server.ask(2, "item/commandExecution/approveEverything", params);
    for (const id of [1, 2]) {
      const answer = await server.heard((m) => m.id === id && m.method === undefined);
      expect(JSON.stringify(answer)).not.toContain("accept");
    }
    expect(asked).toBe(0);
  });
});
