import { describe, expect, it } from "vitest";
import { skill } from "../../../mod.ts";
import { startOffline } from "../../../src/testing/mod.ts";

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
