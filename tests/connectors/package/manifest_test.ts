import { describe, expect, it } from "vitest";
import { PackageFolder } from "../../../src/connectors/package/folder.ts";
import { checkPart } from "../../../src/connectors/package/manifest.ts";
import { readPackage } from "../../../src/connectors/package/package.ts";
import { failureOf, writePackage } from "../package_fixture.ts";

const folder = await PackageFolder.open(".");

/** What is wrong with a part, without the name of the package. */
async function faultOf(kind: "manifest" | "servers" | "apps", value: unknown): Promise<string> {
  const { message } = await failureOf(checkPart(kind, value, folder, "f.json"));
  return /(\S+) does not fit: .*/.exec(message)?.[0] ?? message;
}

describe("a name in a package", () => {
  it.each([
    ["", /^name does not fit: Too small/],
    ["x".repeat(201), /^name does not fit: Too big/],
    ["a\nb", /^name does not fit: control characters are not allowed/],
    ["a\x7f", /^name does not fit: control characters are not allowed/],
    ["a\x9f", /^name does not fit: control characters are not allowed/],
    [5, /^name does not fit: Invalid input/],
  ])("is not %j", async (name, fault) => {
    expect(await faultOf("manifest", { name })).toMatch(fault);
  });

  it("has at most 200 characters, also as that of a server or an app", async () => {
    const name = "x".repeat(200);
    expect(await checkPart("manifest", { name }, folder, "f.json")).toEqual({ name });
    const servers = { [name]: { command: "c" } };
    expect(await checkPart("servers", servers, folder, "f.json")).toEqual(servers);
    expect(await faultOf("servers", { "a\nb": {} })).toContain("does not fit");
    expect(await faultOf("apps", { [`${name}x`]: { id: "i" } })).toContain("does not fit");
    expect(await faultOf("apps", { a: { id: "" } })).toMatch(/^a\.id does not fit: Too small/);
  });
});

describe("the fields of a package", () => {
  it.each<[string, unknown]>([
    ...["version", "description", "homepage", "license"].map((field) =>
      [field, 5] as [string, unknown]
    ),
    ...["author", "repository", "skills", "mcpServers", "apps"]
      .map((field) => [field, 5] as [string, unknown]),
    ["keywords", "one"],
    ["keywords", [5]],
    ["skills", [5]],
    ["interface", "one"],
  ])("%s is not %j", async (field, value) => {
    expect(await faultOf("manifest", { name: "n", [field]: value })).toContain(field);
  });

  it.each<[string, unknown]>([
    ...[
      "displayName",
      "shortDescription",
      "longDescription",
      "developerName",
      "category",
      "websiteURL",
      "privacyPolicyURL",
      "termsOfServiceURL",
      "brandColor",
      "icon",
      "composerIcon",
      "logo",
      "defaultPrompt",
      "capabilities",
      "screenshots",
    ].map((field) => [field, 5] as [string, unknown]),
    ["capabilities", [5]],
    ["screenshots", [5]],
    ["defaultPrompt", [5]],
  ])("interface.%s is not %j", async (field, value) => {
    const fault = await faultOf("manifest", { name: "n", interface: { [field]: value } });
    expect(fault).toContain(`interface.${field}`);
  });

  it.each([
    ["enabled", "yes"],
    ["type", "other"],
    ["command", ""],
    ["command", 5],
    ["args", [5]],
    ["env", { A: 5 }],
    ["cwd", 5],
    ["url", 5],
    ["headers", { A: 5 }],
    ["enabled_tools", [5]],
    ["disabled_tools", [5]],
    ["startup_timeout_sec", "5"],
    ["tool_timeout_sec", "5"],
  ])("%s of a server is not %j", async (field, value) => {
    expect(await faultOf("servers", { s: { [field]: value } })).toContain(`s.${field}`);
  });

  it.each([["enabled", "yes"], ["id", 5]])("%s of an app is not %j", async (field, value) => {
    expect(await faultOf("apps", { a: { id: "i", [field]: value } })).toContain(`a.${field}`);
  });

  it("are kept, also those that are not known", async () => {
    const person = { name: "A", email: "a@b.test", other: 1 };
    const manifest = {
      name: "n",
      author: person,
      repository: { url: "u" },
      other: 5,
      interface: { defaultPrompt: ["a"], other: 6 },
      mcpServers: { s: {} },
      apps: { a: {} },
    };
    expect(await checkPart("manifest", manifest, folder, "f.json")).toEqual(manifest);
    for (const field of ["name", "email"]) {
      const fault = await faultOf("manifest", { name: "n", author: { ...person, [field]: 5 } });
      expect(fault).toContain("author");
    }
    const servers = { s: { other: 5, type: "sse", startup_timeout_sec: 1.5 } };
    expect(await checkPart("servers", servers, folder, "f.json")).toEqual(servers);
    const apps = { a: { id: "i", enabled: false, other: 5 } };
    expect(await checkPart("apps", apps, folder, "f.json")).toEqual(apps);
  });

  it("are servers and apps, at most a hundred of each", async () => {
    const many = (count: number, entry: object) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`e${n}`, entry]));
    for (const [kind, entry] of [["servers", { command: "c" }], ["apps", { id: "i" }]] as const) {
      const hundred = await checkPart(kind, many(100, entry), folder, "f.json");
      expect(Object.keys(hundred).length).toBe(100);
      expect(await faultOf(kind, many(101, entry)))
        .toMatch(/^it does not fit: at most 100 entries are allowed/);
    }
  });

  it("that are left out are null, or empty", async () => {
    await using made = await writePackage();
    const { description, ...rest } = await readPackage(made.path, {});
    expect(description).toBe(null);
    expect(rest).toEqual({
      name: "orders",
      metadata: {},
      mcpServers: [],
      skills: [],
      skipped: [],
      policyLabels: [],
    });
  });
});
