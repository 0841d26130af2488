import { describe, expect, it } from "vitest";
import { configArguments, divideConfig, withSettings } from "../../src/runtime/config_overrides.ts";

describe("configArguments", () => {
  it("gives each leaf a separate argument, as TOML", () => {
    expect(configArguments({
      model: 'quote " and \\',
      "features.goals": true,
      nested: { a: { b: 1.5 }, absent: undefined },
      list: ["x", 2, false],
    })).toEqual([
      "-c",
      'model="quote \\" and \\\\"',
      "-c",
      "features.goals=true",
      "-c",
      "nested.a.b=1.5",
      "-c",
      'list=["x", 2, false]',
    ]);
  });

  it("keeps a table whose keys cannot be dotted in one piece", () => {
    expect(configArguments({ env: { "a.b": "x", "c d": 1 } })).toEqual([
      "-c",
      'env={"a.b" = "x", "c d" = 1}',
    ]);
  });

  it("lets no value become another option", () => {
    const [, argument = ""] = configArguments({ model: "x\n-c\nsandbox_mode=y" });
    expect(argument).toBe('model="x\\n-c\\nsandbox_mode=y"');
    expect(configArguments({ model: "\ud800\x7f" })).toEqual(["-c", 'model="\ufffd\\u007f"']);
  });

  it.each([
    ["a key that is no dotted name", { "a b": 1 }],
    ["an empty key", { "": 1 }],
    ["a key that is an option", { "-c": 1 }],
    ["null", { a: null }],
    ["a function", { a: () => {} }],
    ["not a number", { a: NaN }],
  ])("refuses %s", (_, overrides) => {
    expect(() => configArguments(overrides)).toThrow(TypeError);
  });
});

describe("divideConfig", () => {
  it("keeps secrets out of the arguments, and everything else in them", () => {
    const { args, secrets } = divideConfig({
      mcp_servers: {
        web: {
          command: "serve",
          args: ["--port", "1"],
          env: { LEVEL: "debug", TOKEN: "t" },
          env_vars: ["HOME"],
          bearer_token_env_var: "WEB_TOKEN",
        },
      },
      "model_providers.own": {
        base_url: "https://user:p4ss@models.test/v1",
        env_key: "OWN_KEY",
        env_http_headers: { Authorization: "OWN_HEADER" },
        http_headers: { "x-team": "blue", "x.y": "z" },
        experimental_bearer_token: "b",
      },
      cli_auth_credentials_store: "file",
      model_auto_compact_token_limit: 1000,
      notify: ["notify", "sk-abcdefgh12345"],
    });
    expect(args.filter((_, index) => index % 2 === 1)).toEqual([
      'mcp_servers.web.command="serve"',
      'mcp_servers.web.args=["--port", "1"]',
      'mcp_servers.web.env_vars=["HOME"]',
      'mcp_servers.web.bearer_token_env_var="WEB_TOKEN"',
      'model_providers.own.env_key="OWN_KEY"',
      'model_providers.own.env_http_headers.Authorization="OWN_HEADER"',
      'cli_auth_credentials_store="file"',
      "model_auto_compact_token_limit=1000",
    ]);
    expect(secrets).toEqual({
      "mcp_servers.web.env.LEVEL": "debug",
      "mcp_servers.web.env.TOKEN": "t",
      "model_providers.own.base_url": "https://user:p4ss@models.test/v1",
      "model_providers.own.http_headers": { "x-team": "blue", "x.y": "z" },
      "model_providers.own.experimental_bearer_token": "b",
      notify: ["notify", "sk-abcdefgh12345"],
    });
  });

  it("is empty without overrides", () => {
    expect(divideConfig({ model: "m" })).toEqual({ args: ["-c", 'model="m"'], secrets: null });
  });

  it("refuses a secret that is read at the start alone, without its value", () => {
    const config = { otel: { exporter: { "otlp-http": { headers: { api_key: "planted" } } } } };
    expect(() => divideConfig(config)).toThrow(/otel\.exporter.* is a secret/);
    expect(() => divideConfig(config)).not.toThrow(/planted/);
    expect(() => configArguments({ "mcp_servers.a.env": { A: "planted" } })).toThrow(TypeError);
  });
});

describe("withSettings", () => {
  it("adds settings to those of a thread, which win, whether dotted or nested", () => {
    const secrets = { "a.b.c": 1, "a.b.d": 2 };
    expect(withSettings(secrets, { a: { b: { c: 3 } }, "e.f": 4 })).toEqual({
      "a.b.c": 3,
      "a.b.d": 2,
      "e.f": 4,
    });
    expect(withSettings(secrets, { "a.b": "x" })).toEqual({ "a.b": "x" });
    expect(withSettings(secrets, { a: "x" })).toEqual({ a: "x" });
    expect(withSettings(secrets, null)).toEqual(secrets);
    expect(withSettings(secrets, undefined)).toEqual(secrets);
  });
});
