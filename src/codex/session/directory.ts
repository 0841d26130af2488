/**
 * Working directories of threads and turns.
 *
 * @module
 */
import { resolve } from "../../paths.ts";
import { isAbsence } from "../../runtime/deno_cache.ts";

/**
 * Checks a working directory. The runtime takes one that does not exist, and each command in it
 * fails. Relative ones are relative to `base`. Where reading is not permitted, the runtime decides.
 *
 * @throws {TypeError} when it does not exist or is not a directory.
 */
export async function checkDirectory(cwd: string, base: string): Promise<void> {
  const path = resolve(base, cwd);
  if ((await Deno.permissions.query({ name: "read", path })).state !== "granted") return;
  const state = await Deno.stat(path).then(
    (info) => info.isDirectory ? null : "it is not a directory",
    (error) => isAbsence(error) ? "it does not exist" : null,
  );
  if (state === null) return;
  throw new TypeError(
    `Cannot use the working directory ${JSON.stringify(cwd)}: ${state}. Check the path`,
  );
}
