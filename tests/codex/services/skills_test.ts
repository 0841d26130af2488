import { describe, expect, it } from "vitest";
import { InvalidRequestError, skill } from "../../../mod.ts";
import { OfflineLoginIssuer, startOffline } from "../../../src/testing/mod.ts";

const file = (name: string) =>
  `---\nname: ${name}\ndescription: About ${name}\n---\nBODY ${name}\n`;

describe("Codex.skills()", () => {
  it("lists those of the repository and of the runtime, ready for a turn", async () => {
    await using codex = await startOffline({
      files: { ".agents/skills/greet/SKILL.md": file("greet") },
    });
    const skills = await codex.skills();
    const greet = skills.find(({ name }) => name === "greet");
    expect(greet).toEqual({
      name: "greet",
      description: "About greet",
      path: `${codex.home.workspace}/.agents/skills/greet/SKILL.md`,
      scope: "repo",
      enabled: true,
    });
    expect(skills.some(({ scope }) => scope === "system")).toBe(true);
    const thread = await codex.startThread();
    await thread.run(["hello", skill(greet?.name ?? "", greet?.path ?? "")]);
    expect(codex.model.requests[0]?.userTexts().join("\n")).toContain("BODY greet");
  });

  it("looks at another directory, and at the disk again, when told to", async () => {
    await using codex = await startOffline({
      files: { "other/.agents/skills/one/SKILL.md": file("one"), "other/.git/HEAD": "" },
    });
    const cwd = `${codex.home.workspace}/other`;
    const names = async (reload: boolean) =>
      (await codex.skills({ cwd, reload })).map(({ name }) => name);
    expect(await names(false)).toContain("one");
    await codex.home.writeFile("other/.agents/skills/two/SKILL.md", file("two"));
    expect(await names(true)).toContain("two");
  });
});

describe("Codex.readPluginSkill()", () => {
  const marketplace = "openai-curated-remote";
  const plugin = "plugin_shop";

  it("reads the Markdown of a plugin that is not installed", async () => {
    const text = "# Refunds\n\nLook the order up first. ✓\n";
    const pluginSkills = { plugin_shop: { refunds: text, "a b/ü": "odd name", empty: null } };
    await using issuer = await OfflineLoginIssuer.start({ pluginSkills });
    await using codex = await startOffline({ env: issuer.env, config: issuer.config });
    const read = (skill: string) => codex.readPluginSkill({ marketplace, plugin, skill });

    await expect(read("refunds")).rejects.toThrow(InvalidRequestError);
    expect(issuer.requests.map(({ path }) => path)).toEqual([]);
    const { accessToken, chatgptAccountId: accountId } = issuer.externalTokens();
    await codex.loginWithTokens({ accessToken, accountId });
    expect(await read("refunds")).toBe(text);
    expect(await read("a b/ü")).toBe("odd name");
    expect(await read("empty")).toBeNull();
    expect(issuer.requests.map(({ path }) => path))
      .toContain("/backend-api/ps/plugins/plugin_shop/skills/refunds");
    await expect(read("gone")).rejects.toThrow(/404/);
    const elsewhere = { marketplace: "nowhere", plugin, skill: "refunds" };
    await expect(codex.readPluginSkill(elsewhere)).rejects.toThrow(/`nowhere` is not supported/);
  });

  it("refuses empty names and misspelled options, before the service is asked", async () => {
    await using codex = await startOffline();
    const whole = { marketplace, plugin, skill: "refunds" };
    await expect(codex.readPluginSkill({ ...whole, skill: "" }))
      .rejects.toThrow("Cannot read the skill of a plugin: skill is not a name");
    for (const name of ["marketplace", "plugin", "skill"]) {
      for (const value of ["", 7]) {
        await expect(codex.readPluginSkill({ ...whole, [name]: value }))
          .rejects.toThrow(`${name} is not a name. Pass a string with characters`);
      }
    }
    await expect(codex.readPluginSkill({ ...whole, market: "x" } as never))
      .rejects.toThrow('no option "market". Use marketplace');
    await expect(codex.readPluginSkill(undefined as never))
      .rejects.toThrow("Cannot read the skill of a plugin: its options are null");
    const gone = new Error("gone");
    await expect(codex.readPluginSkill({ ...whole, signal: AbortSignal.abort(gone) }))
      .rejects.toBe(gone);
  });
});
