/**
 * Skills of a package.
 *
 * @module
 */
import type { ConnectorSkill } from "../../domain/connector.ts";
import { basename, relative } from "../../paths.ts";
import type { PackageFolder } from "./folder.ts";

/** Largest number of skills in a package; more is a mistake or an attack. */
const MAX_SKILLS = 200;

/**
 * Finds the skills of a package: each directory named is a skill, or holds skills.
 *
 * @param paths Directories of the manifest, or `null` for `skills/`, which need not be there.
 */
export async function findSkills(
  folder: PackageFolder,
  paths: readonly string[] | null,
  manifestFile: string,
): Promise<ConnectorSkill[]> {
  const named = paths ?? (await folder.has("./skills") ? ["./skills"] : []);
  const skills = new Map<string, ConnectorSkill>();
  for (const path of named) {
    const place = { field: "skills", file: manifestFile, kind: "directory" } as const;
    const directory = await folder.resolve(path, place);
    for (const skill of await skillsIn(folder, directory)) skills.set(skill.path, skill);
  }
  if (skills.size > MAX_SKILLS) {
    throw folder.error(`it has ${skills.size} skills. At most ${MAX_SKILLS} are loaded`);
  }
  return [...skills.values()];
}

async function skillsIn(folder: PackageFolder, directory: string): Promise<ConnectorSkill[]> {
  const itself = await skillAt(folder, directory);
  if (itself) return [itself];
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(directory)) if (!isFile) names.push(name);
  const found = await Promise.all(
    // Sorted, because the order of a directory listing is undefined.
    names.sort().map((name) => skillAt(folder, `${directory}/${name}`)),
  );
  return found.filter((skill) => skill !== null);
}

/** The skill in a directory of the package; a link out of the package is an error, not a skill. */
async function skillAt(folder: PackageFolder, directory: string): Promise<ConnectorSkill | null> {
  const inside = `./${relative(folder.root, directory).replaceAll("\\", "/")}`;
  const file = `${inside}/SKILL.md`;
  if (!await folder.has(file)) return null;
  const text = await folder.resolve(file, { field: "skills", file: inside, kind: "file" });
  await folder.checkSize(text, file);
  const path = await folder.resolve(inside, { field: "skills", file: inside, kind: "directory" });
  return Object.freeze({ name: basename(directory), path });
}
