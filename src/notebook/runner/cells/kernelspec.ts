/**
 * The kernel that a notebook is written for.
 *
 * @module
 */
import { asRecord } from "../../../json.ts";
import type { Notebook } from "../notebook_file.ts";

/** Languages of the Deno kernel, for notebooks that name no kernel. */
const LANGUAGES = ["typescript", "javascript"];

/**
 * Checks that a notebook is for the Deno kernel, under any name that is installed, or names no
 * other.
 *
 * @throws {TypeError} with the kernel it names.
 */
export function checkKernelspec({ metadata }: Notebook, name: string): void {
  const spec = asRecord(metadata.kernelspec);
  const names = [spec.name, spec.display_name].filter((name) => typeof name === "string");
  const language = asRecord(metadata.language_info).name ?? spec.language;
  if (names.some((name) => /\bdeno/i.test(name))) return;
  if (names.length === 0 && (language === undefined || LANGUAGES.includes(String(language)))) {
    return;
  }
  const kernel = names.length > 0 ? `kernel ${JSON.stringify(names[0])}` : `language ${language}`;
  throw new TypeError(
    `Cannot run ${name}: it is written for the ${kernel}, not for Deno. Run it with its own ` +
      "kernel, or choose the Deno kernel in Jupyter and save it",
  );
}
