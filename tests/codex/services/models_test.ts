import { describe, expect, it } from "vitest";
import { Codex, type CodexOptions, pickEffort, pickModel } from "../../../mod.ts";
import type { Model } from "../../../src/protocol/mod.ts";
import { OFFLINE_MODEL, startOffline } from "../../../src/testing/mod.ts";

/**
 * The list as the runtime ships it: a home without our catalog. Listing models needs no network.
 */
async function shippedModels(includeHidden = false): Promise<Model[]> {
  await using home = await emptyHome();
  await using codex = await Codex.start(home.options);
  return await codex.models({ includeHidden });
}

async function emptyHome(): Promise<AsyncDisposable & { options: CodexOptions }> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  for (const name of ["home", "tmp"]) await Deno.mkdir(`${root}/${name}`);
  const env = { HOME: `${root}/home`, CODEX_HOME: `${root}/home`, TMPDIR: `${root}/tmp` };
  const config = {
    features: { plugins: false, apps: false },
    check_for_update_on_startup: false,
    analytics: { enabled: false },
  };
  return {
    options: { cwd: root, env: { ...env, PATH: "/usr/bin:/bin" }, clearEnv: true, config },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

describe("Codex.models()", () => {
  it("hides the pages, and hidden models unless they are wanted", async () => {
    const visible = await shippedModels();
    const all = await shippedModels(true);
    expect(visible.length).toBeGreaterThan(3);
    expect(all.length).toBeGreaterThan(visible.length);
    expect(visible.every(({ hidden }) => !hidden)).toBe(true);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it("lists a catalog of one's own", async () => {
    await using codex = await startOffline();
    expect((await codex.models()).map(({ id }) => id)).toEqual([
      OFFLINE_MODEL,
      "offline-model-large",
      "offline-model-small",
    ]);
    expect((await codex.models({ includeHidden: true })).length).toBe(4);
  });
});

describe("pickModel and pickEffort", () => {
  it("choose from the real list what it would start with, at its highest effort", async () => {
    const models = await shippedModels(true);
    const model = pickModel(models);
    expect(model.hidden).toBe(false);
    const listed = models.map(({ id }) => id);
    expect(model.upgrade && listed.includes(model.upgrade)).toBeFalsy();
    const efforts = model.supportedReasoningEfforts.map(({ reasoningEffort }) => reasoningEffort);
    expect(efforts).toContain(pickEffort(model));
    for (const wish of ["none", "minimal", "low", "medium", "high", "max"] as const) {
      expect(efforts).toContain(pickEffort(model, wish));
    }
    for (const each of models) {
      expect(pickModel(models, { prefer: each.id }).id).toBe(each.id);
    }
  });

  const model = (id: string, more: Partial<Model> = {}): Model => ({
    id,
    model: id,
    displayName: id.toUpperCase(),
    hidden: false,
    supportedReasoningEfforts: [],
    defaultReasoningEffort: "medium",
    inputModalities: ["text"],
    ...more,
  } as Model);
  const efforts = (...names: string[]) => ({
    supportedReasoningEfforts: names.map((reasoningEffort) => ({
      reasoningEffort,
      description: "",
    })),
  } as Partial<Model>);

  it("take the first preferred name that is listed, by id or display name", () => {
    const models = [model("a"), model("b")];
    expect(pickModel(models, { prefer: ["x", "b", "a"] }).id).toBe("b");
    expect(pickModel(models, { prefer: "B" }).id).toBe("b");
    expect(pickModel(models, { prefer: "x" }).id).toBe("a");
  });

  it("skip what is hidden, superseded, or does not take the input", () => {
    const models = [
      model("hidden", { hidden: true }),
      model("old", { upgrade: "new" }),
      model("new"),
      model("seeing", { inputModalities: ["text", "image"] }),
    ];
    expect(pickModel(models).id).toBe("new");
    expect(pickModel(models, { input: "image" }).id).toBe("seeing");
    expect(pickModel([model("old", { upgrade: "unlisted" })]).id).toBe("old");
  });

  it("fall back to a hidden model, one that is not superseded first", () => {
    const hidden = (id: string, more: Partial<Model> = {}) => model(id, { hidden: true, ...more });
    expect(pickModel([hidden("old", { upgrade: "new" }), hidden("new")]).id).toBe("new");
    expect(pickModel([hidden("new"), model("seen", { upgrade: "new" })]).id).toBe("seen");
    const seeing = hidden("seeing", { inputModalities: ["text", "image"] });
    expect(pickModel([model("blind"), seeing], { input: "image" }).id).toBe("seeing");
  });

  it("throw RangeError when nothing fits, and say what to do", () => {
    expect(() => pickModel([])).toThrow(RangeError);
    expect(() => pickModel([])).toThrow("the list is empty. List the hidden ones too");
    expect(() => pickModel([model("t")], { input: "image" })).toThrow(RangeError);
    expect(() => pickModel([model("t")], { input: "image" })).toThrow("takes image");
  });

  it("clamp a wished effort to what is supported", () => {
    const some = model("m", efforts("low", "high"));
    expect(pickEffort(some)).toBe("high");
    expect(pickEffort(some, "medium")).toBe("low");
    expect(pickEffort(some, "max")).toBe("high");
    expect(pickEffort(some, "minimal")).toBe("low");
    expect(pickEffort(model("none"))).toBe("medium");
    // "none" is the first of the known efforts, wherever the model lists it.
    const odd = model("m", efforts("minimal", "none"));
    expect([pickEffort(odd), pickEffort(odd, "none")]).toEqual(["minimal", "none"]);
    const unknown = model("m", efforts("low", "beyond"));
    expect(pickEffort(unknown, "none")).toBe("beyond");
  });
});
