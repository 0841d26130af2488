/**
 * Stands for `src/testing/home.ts` in the import map of `deno task test`: an offline home begins with
 * what the pinned runtime writes into an empty one, its databases and its own skills, and with a path
 * on which no slow script tells the release of the system. That is two thirds of the time of a start.
 * Programs that tests start may import it; examples and notebooks do not, so their homes begin empty.
 *
 * @module
 */
import { denoCacheDirectory } from "../../src/runtime/deno_cache.ts";
import { RUNTIME_VERSION } from "../../src/runtime/about.ts";
import { OfflineHome } from "../../src/testing/home.ts";

export * from "../../src/testing/home.ts";

const cache = denoCacheDirectory();
const template = `${cache}/codex-deno/warm-homes/${RUNTIME_VERSION}`;
const createEmpty = OfflineHome.create;

if (cache && Deno.build.os === "linux") {
  OfflineHome.create = async (options) => {
    const home = await createEmpty(options);
    try {
      await fill(home, options.path);
      return home;
    } catch (error) {
      await home[Symbol.asyncDispose]();
      throw error;
    }
  };
}

async function fill({ codexHome, env }: OfflineHome, path: string | undefined): Promise<void> {
  const names = await namesIn(template).catch(makeTemplate);
  const databases = names.filter((name) => name.endsWith(".sqlite"));
  await Promise.all(
    databases.map((name) => Deno.copyFile(`${template}/${name}`, `${codexHome}/${name}`)),
  );
  await Deno.mkdir(`${codexHome}/skills`);
  await Deno.symlink(`${template}/skills/.system`, `${codexHome}/skills/.system`);
  if (!path) Object.assign(env, { PATH: `${template}/bin:${env.PATH}` });
}

/** Several processes may make it at once: the first one's stays. */
async function makeTemplate(): Promise<string[]> {
  const { OfflineModel, startOffline } = await import("../../src/testing/mod.ts");
  const { cp } = await import("node:fs/promises");
  await using model = await OfflineModel.start();
  await using home = await createEmpty({ modelUrl: model.url });
  const codex = await startOffline({ home, model });
  await codex.close();
  const made = `${template}.${crypto.randomUUID()}`;
  await Deno.mkdir(`${made}/bin`, { recursive: true });
  await Deno.symlink("/bin/false", `${made}/bin/lsb_release`);
  for (const name of await namesIn(home.codexHome)) {
    const isTaken = name === "skills" || name.includes(".sqlite");
    if (isTaken) await cp(`${home.codexHome}/${name}`, `${made}/${name}`, { recursive: true });
  }
  for (const name of await namesIn(made)) {
    if (name.endsWith(".sqlite")) await takeLogIn(`${made}/${name}`);
  }
  await Deno.rename(made, template).catch(() => Deno.remove(made, { recursive: true }));
  return await namesIn(template);
}

/** The last one that closes a database moves its write-ahead log into it. */
async function takeLogIn(path: string): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite");
  using database = new DatabaseSync(path);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

async function namesIn(folder: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
}
