import { describe, expect, it } from "vitest";
import { type CodexOptions, NotLoggedInError, TurnFailedError } from "../../../mod.ts";
import {
  failure,
  type OfflineCodex,
  OfflineLoginIssuer,
  startOffline,
} from "../../../src/testing/mod.ts";
import { CodexSession } from "../../../src/codex/session/session.ts";
import { startThread } from "../../../src/codex/threads/open.ts";
import { ScriptedRuntimes } from "../../support/scripted_runtimes.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";

/** A model provider that wants a login, and another one that wants none. */
const WITH_LOGIN: CodexOptions["config"] = {
  model_providers: { offline: { requires_openai_auth: true } },
};

async function errorOf(run: Promise<unknown>): Promise<NotLoggedInError> {
  const error = await run.then(() => null, (reason) => reason);
  expect(error).toBeInstanceOf(NotLoggedInError);
  return error as NotLoggedInError;
}

const start = (): Promise<OfflineCodex> => startOffline({ config: WITH_LOGIN });

describe("a turn without the login that its provider wants", () => {
  it("is refused before the model service is asked, with the ways to log in", async () => {
    await using codex = await start();
    const thread = await codex.startThread();
    const error = await errorOf(thread.run("Hello"));
    expect(error.reason).toBe("missing");
    for (const way of ["loginWithApiKey", "loginWithChatGpt", "apiKey", error.loginCommand]) {
      expect(error.message).toContain(way);
    }
    expect(error.message).toContain("the model provider offline");
    expect(codex.model.requests).toEqual([]);
    await codex.loginWithApiKey("sk-offline");
    expect((await thread.run("Hello")).status).toBe("completed");
  });

  it("is refused in every way that a turn can start", async () => {
    await using codex = await start();
    const thread = await codex.startThread();
    await errorOf(thread.startTurn("Hello"));
    await errorOf(thread.startGoal("Tidy up"));
    await errorOf(thread.review({ instructions: "Look" }));
    await errorOf(thread.compact());
    await errorOf(codex.run("Hello"));
    const [result] = await Array.fromAsync(codex.map(["a"], (_, { thread }) => thread.run("a")));
    expect(result).toMatchObject({ status: "failed", error: { name: "NotLoggedInError" } });
    expect(codex.model.requests).toEqual([]);
  });

  it("is refused where no provider is configured, which means the default one", async () => {
    await using server = await ScriptedServer.start();
    server.answers.set("account/read", () => ({
      result: { account: null, requiresOpenaiAuth: true },
    }));
    const config = server.sample("config/read") as { config: Record<string, unknown> };
    server.answers.set("config/read", () => ({
      result: { ...config, config: { ...config.config, model_provider: null } },
    }));
    const opening = server.sample("thread/start") as Record<string, unknown>;
    for (const modelProvider of ["openai", "another"]) {
      server.answers.set("thread/start", () => ({ result: { ...opening, modelProvider } }));
      const thread = await server.codex.startThread();
      const outcome = await thread.startTurn("Hello").catch((error) => error);
      expect(outcome instanceof NotLoggedInError).toBe(modelProvider === "openai");
      await thread.close();
    }
  });

  it("is refused again after a logout", async () => {
    await using codex = await start();
    await codex.loginWithApiKey("sk-offline");
    const thread = await codex.startThread();
    await thread.run("Hello");
    await codex.logout();
    await errorOf(thread.run("Hello"));
  });

  it("is refused by a runtime that was started again and has lost it", async () => {
    const runtimes = new ScriptedRuntimes((server, start) => {
      server.answers.set("account/read", () => ({
        result: { account: start === 1 ? { type: "apiKey" } : null, requiresOpenaiAuth: true },
      }));
      const config = server.sample("config/read") as { config: Record<string, unknown> };
      server.answers.set("config/read", () => ({
        result: { ...config, config: { ...config.config, model_provider: "openai" } },
      }));
      const opening = server.sample("thread/start") as Record<string, unknown>;
      server.answers.set("thread/start", () => ({
        result: { ...opening, modelProvider: "openai" },
      }));
    });
    const session = await CodexSession.open(runtimes.open, {});
    await (await startThread(session, {})).startTurn("Hello");
    await session.restart();
    await errorOf((await startThread(session, {})).startTurn("Hello"));
    await session.close();
  });

  it("rejects with the reason of an aborted signal instead", async () => {
    await using codex = await start();
    const thread = await codex.startThread();
    await expect(thread.run("Hello", { signal: AbortSignal.abort("no") })).rejects.toBe("no");
  });

  it("runs where the thread has a provider that wants none", async () => {
    await using codex = await startOffline();
    const { model } = codex;
    await using other = await startOffline({
      model,
      config: {
        model_provider: "account",
        model_providers: {
          account: { name: "Account", base_url: model.url, requires_openai_auth: true },
        },
      },
    });
    const local = await other.startThread({ modelProvider: "offline" });
    expect((await local.run("Hello")).status).toBe("completed");
    await errorOf(other.run("Hello"));
  });
});

describe("a login that the model service refuses", () => {
  it("is a NotLoggedInError with the failed turn as its cause", async () => {
    await using codex = await start();
    await codex.loginWithApiKey("sk-wrong");
    codex.model.reply(failure({ status: 401 }), failure({ status: 401 }));
    const error = await errorOf(codex.run("Hello"));
    expect(error.reason).toBe("refused");
    expect(error.cause).toBeInstanceOf(TurnFailedError);
    expect(error.message).toContain("401");
    expect(Deno.inspect(error)).not.toContain("sk-wrong");
  });

  it("stays a TurnFailedError for a provider that wants no login of the runtime", async () => {
    await using codex = await startOffline();
    codex.model.reply(failure({ status: 401 }));
    const error = await codex.run("Hello").catch((reason) => reason);
    expect(error).toBeInstanceOf(TurnFailedError);
    expect(error.info.httpStatusCode).toBe(401);
  });
});

describe("a login with a key that no store keeps", () => {
  it("is not repeated after a restart when another login has replaced it", async () => {
    await using issuer = await OfflineLoginIssuer.start();
    const { config, env } = issuer;
    await using codex = await startOffline({ config, env });
    await codex.loginWithApiKey("sk-mine");
    const events = codex.client.events();
    const { accessToken, chatgptAccountId } = issuer.externalTokens();
    await codex.loginWithTokens({ accessToken, accountId: chatgptAccountId });
    for await (const { method } of events) if (method === "account/updated") break;
    expect(await codex.account()).toMatchObject({ type: "chatgpt" });
    await codex.restart();
    expect(await codex.account()).toBe(null);
  });
});

describe("Codex.start({ apiKey })", () => {
  it("logs in for this Codex alone and writes nothing", async () => {
    await using codex = await start();
    const { home, model } = codex;
    await using mine = await startOffline({ config: WITH_LOGIN, home, model, apiKey: "sk-mine" });
    await mine.run("Hello");
    expect(model.requests.at(-1)?.headers.get("authorization")).toBe("Bearer sk-mine");
    const files = [...Deno.readDirSync(home.codexHome)].map(({ name }) => name);
    expect(files).not.toContain("auth.json");
    expect(await codex.account()).toBe(null);
    await errorOf(codex.run("Hello"));
  });

  it("neither uses nor changes the login that is stored", async () => {
    const stores = { ...WITH_LOGIN, cli_auth_credentials_store: "file" };
    await using codex = await startOffline({ config: stores });
    await codex.loginWithApiKey("sk-stored");
    const { home, model } = codex;
    const path = `${home.codexHome}/auth.json`;
    const stored = await Deno.readTextFile(path);
    await using mine = await startOffline({ config: WITH_LOGIN, home, model, apiKey: "sk-mine" });
    await mine.run("Hello");
    expect(model.requests.at(-1)?.headers.get("authorization")).toBe("Bearer sk-mine");
    await mine.logout();
    await errorOf(mine.run("Hello"));
    expect(await Deno.readTextFile(path)).toBe(stored);
  });

  it("does not log in again where a logout, or another login, came after it", async () => {
    await using codex = await startOffline({ config: WITH_LOGIN, apiKey: "sk-mine" });
    await codex.loginWithApiKey("sk-other");
    await codex.restart();
    await codex.run("Hello");
    expect(codex.model.requests.at(-1)?.headers.get("authorization")).toBe("Bearer sk-other");
    await codex.logout();
    await codex.restart();
    expect(await codex.account()).toBe(null);
  });

  it("logs in again after a restart", async () => {
    await using codex = await startOffline({ config: WITH_LOGIN, apiKey: "sk-mine" });
    await codex.restart();
    await codex.run("Hello");
    expect(codex.model.requests.at(-1)?.headers.get("authorization")).toBe("Bearer sk-mine");
  });

  it("refuses a key that cannot be one before anything starts, without showing it", async () => {
    const error = await startOffline({ apiKey: "sk secret" }).catch((reason) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).not.toContain("secret");
  });
});
