/**
 * Skills: instructions the model can be given by name.
 *
 * @module
 */
import { CALL_SIGNAL, checkOptions, type OptionNames } from "../../options_check.ts";
import type { MethodCaller } from "../../client/app_server_client.ts";
import type { SkillMetadata } from "../../protocol/mod.ts";
import type { CallSignal } from "../../domain/call_signal.ts";

/** A skill; give it to a turn with `skill(name, path)`. */
export interface Skill {
  /** Name by which a prompt mentions it. */
  readonly name: string;
  /** Its purpose, in the skill's words. */
  readonly description: string;
  /** Path of its `SKILL.md`. */
  readonly path: string;
  /** Where it comes from: the repository, the user's home, the runtime itself, an administrator. */
  readonly scope: SkillMetadata["scope"];
  /** Whether the instructions for the model name it. */
  readonly enabled: boolean;
}

/** Options of listing skills. */
export interface SkillsOptions extends CallSignal {
  /** Directory whose repository's skills count. Default: the runtime's working directory. */
  readonly cwd?: string;
  /** Look at the disk again. Default `false`. */
  readonly reload?: boolean;
}

const SKILLS_OPTIONS = {
  ...CALL_SIGNAL,
  cwd: true,
  reload: true,
} as const satisfies OptionNames<SkillsOptions>;

export async function listSkills(
  client: MethodCaller,
  options: SkillsOptions,
): Promise<Skill[]> {
  checkOptions("list the skills", options, SKILLS_OPTIONS);
  const { cwd, reload = false, signal } = options;
  const params = { cwds: cwd === undefined ? undefined : [cwd], forceReload: reload };
  const { data } = await client.call("skills/list", params, { signal });
  return data.flatMap(({ skills }) => skills).map(
    ({ name, description, path, scope, enabled }) => ({ name, description, path, scope, enabled }),
  );
}

/** A skill of a plugin that need not be installed. */
export interface PluginSkillOptions extends CallSignal {
  /** Name of the remote marketplace, such as `openai-curated-remote`. */
  readonly marketplace: string;
  /** Id of the plugin there, as `plugin/list` names it. */
  readonly plugin: string;
  /** Name of the skill. */
  readonly skill: string;
}

const PLUGIN_SKILL_OPTIONS = {
  ...CALL_SIGNAL,
  marketplace: true,
  plugin: true,
  skill: true,
} as const satisfies OptionNames<PluginSkillOptions>;

export async function readPluginSkill(
  client: MethodCaller,
  options: PluginSkillOptions,
): Promise<string | null> {
  const action = "read the skill of a plugin";
  checkOptions(action, options ?? null, PLUGIN_SKILL_OPTIONS);
  const { marketplace, plugin, skill, signal } = options;
  for (const [name, value] of Object.entries({ marketplace, plugin, skill })) {
    if (typeof value === "string" && value !== "") continue;
    throw new TypeError(`Cannot ${action}: ${name} is not a name. Pass a string with characters`);
  }
  const params = { remoteMarketplaceName: marketplace, remotePluginId: plugin, skillName: skill };
  const { contents } = await client.call("plugin/skill/read", params, { signal });
  return contents ?? null;
}
