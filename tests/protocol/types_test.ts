import { describe, expect, it } from "vitest";
import { readText } from "../support/repository.ts";

const types = readText("src/protocol/types.ts");
const methods = readText("src/protocol/methods.ts");
const comments = types.match(/\/\*\*[^]*?\*\//g) ?? [];

describe("the generated types", () => {
  it("keep what the runtime's schema says of definitions, members and variants", () => {
    expect(comments.length).toBeGreaterThan(900);
    expect(types).toMatch(
      /\/\*\* Display name of the selected ChatGPT workspace[^]*?\*\/\n *workspaceName\?:/,
    );
    expect(types).toMatch(
      /- `apikey`: OpenAI API key provided by the caller[^]*?\*\/\nexport type AuthMode =/,
    );
    expect(methods).toMatch(
      /settings changes for one running turn[^]*?\*\/\n *"turn\/settings\/update":/,
    );
  });

  it("have no comment that only repeats a name, and none of the generator's own", () => {
    const [module, ...others] = comments;
    expect(module).toContain("deno task generate");
    expect(others.filter((comment) => /app-server protocol\.|was referenced by/.test(comment)))
      .toEqual([]);
  });

  it("wrap their comments at the code's 100 columns", () => {
    const lines = comments.join("\n").split("\n");
    expect(lines.filter((line) => line.length > 100 && line.trim().split(" ").length > 2)).toEqual(
      [],
    );
  });

  it("cost nothing at run time: the schema has no descriptions", () => {
    const { definitions } = JSON.parse(readText("src/protocol/schema.json"));
    expect(definitions.AuthMode).not.toHaveProperty("description");
    expect(JSON.stringify(definitions)).not.toMatch(/"description":"/);
  });
});
