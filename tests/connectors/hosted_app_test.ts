import { describe, expect, it } from "vitest";
import { Connector, type HostedConnectorAuthorization } from "../../src/connectors/mod.ts";
import { failureOf, writePackage } from "./package_fixture.ts";

const APPS = {
  calendar: { id: "connector_calendar", note: "kept" },
  mail: { id: "connector_mail" },
};

/** The tokens that the apps of a package are opened with, `null` for those that are left out. */
async function tokens(authorization?: HostedConnectorAuthorization) {
  await using folder = await writePackage({}, { ".app.json": { apps: APPS } });
  const { mcpServers, skipped } = await Connector.fromPackage(folder.path, {
    ...(authorization !== undefined && { authorization }),
    hostedUrl: "https://apps.test/mcp",
  });
  const opened = mcpServers.map((server) => {
    const { Authorization } = server.toConfig().http_headers as Record<string, string>;
    return [server.name, Authorization ?? null];
  });
  return Object.fromEntries([...opened, ...skipped.map(({ name }) => [name, null])]);
}

describe("a hosted app", () => {
  it("is reached where the caller says, with the approval that it says", async () => {
    await using folder = await writePackage({}, { ".app.json": { apps: APPS } });
    const asked: unknown[] = [];
    const { mcpServers } = await Connector.fromPackage(folder.path, {
      authorization: "tok",
      hostedUrl: (...question) => {
        asked.push(question);
        return question[0] === "mail" ? null : "https://apps.test/mcp";
      },
      hostedRequireApproval: "always",
    });
    expect(asked).toEqual([["calendar", "connector_calendar"], ["mail", "connector_mail"]]);
    const [calendar, mail] = mcpServers;
    expect(calendar?.toConfig()).toEqual({
      url: "https://apps.test/mcp",
      http_headers: { Authorization: "Bearer tok" },
      default_tools_approval_mode: "prompt",
    });
    expect([mail?.name, mail?.target, mail?.transport, mail?.deferLoading]).toEqual([
      "mail",
      null,
      "http",
      false,
    ]);
    expect(() => mail?.toConfig()).toThrow("Cannot use the hosted app mail: its URL is unknown");
  });
});

describe("the authorization of hosted apps", () => {
  it("is nothing by default, and nothing opens", async () => {
    expect(await tokens()).toEqual({ calendar: null, mail: null });
  });

  it("can be one token for all", async () => {
    expect(await tokens("tok")).toEqual({ calendar: "Bearer tok", mail: "Bearer tok" });
  });

  it("can be a token for each, by name or connector id; the name wins", async () => {
    expect(await tokens({ calendar: "a", connector_calendar: "b", connector_mail: "c" })).toEqual({
      calendar: "Bearer a",
      mail: "Bearer c",
    });
  });

  it("is not found on the prototype of a map", async () => {
    const map = Object.create({ calendar: "inherited" });
    expect(await tokens(map)).toEqual({ calendar: null, mail: null });
  });

  it("can be asked for, app by app; null and an empty text leave it out", async () => {
    const asked: unknown[] = [];
    const found = await tokens((...question) => {
      asked.push(question);
      return question[0] === "calendar" ? Promise.resolve("late") : null;
    });
    expect(found).toEqual({ calendar: "Bearer late", mail: null });
    expect(asked).toEqual([
      ["calendar", "connector_calendar", APPS.calendar],
      ["mail", "connector_mail", APPS.mail],
    ]);
    expect(await tokens(() => "")).toEqual({ calendar: null, mail: null });
  });

  it("of another type is a TypeError that does not show it", async () => {
    const wrong = (() => ({ token: "sk-planted" })) as unknown as HostedConnectorAuthorization;
    const error = await failureOf(tokens(wrong));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).not.toContain("sk-planted");
  });

  it("that throws lets its own error through", async () => {
    const mine = new Error("vault is closed");
    const failing = () => {
      throw mine;
    };
    expect(await failureOf(tokens(failing))).toBe(mine);
  });
});
