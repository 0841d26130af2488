/**
 * Writes the table of `src/codex/parity.md`, and `names.ts`, which type-checks only if everything
 * in the table exists; with `--check` it only says whether both are fresh.
 *
 * @module
 */
import { parityRows, parityTable, typeModule } from "./ours.ts";

const PAGE = new URL("../../src/codex/parity.md", import.meta.url);
const NAMES = new URL("names.ts", import.meta.url);
const TABLE = /(?<=<!-- table -->\n)[^]*(?=<!-- end of table -->)/;

/** A file as it is, and as it has to be. */
export interface ParityFile {
  readonly path: URL;
  readonly stored: string;
  readonly fresh: string;
}

/** The page and the types. */
export async function parityFiles(): Promise<readonly ParityFile[]> {
  const { rows } = parityRows();
  const [page, names] = await Promise.all([PAGE, NAMES].map((path) => Deno.readTextFile(path)));
  const table = page?.replace(TABLE, () => `\n${parityTable(rows)}\n\n`) ?? "";
  return [
    { path: PAGE, stored: page ?? "", fresh: await formatted(table, "md") },
    { path: NAMES, stored: names ?? "", fresh: await formatted(typeModule(rows), "ts") },
  ];
}

async function formatted(text: string, extension: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext", extension, "-"],
    cwd: new URL("../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

if (import.meta.main) {
  for (const { path, stored, fresh } of await parityFiles()) {
    if (!Deno.args.includes("--check")) await Deno.writeTextFile(path, fresh);
    else if (stored !== fresh) {
      // deno-lint-ignore no-console -- this is a program, not the library
      console.error(`${path.pathname} is stale. Run deno task parity`);
      Deno.exitCode = 1;
    }
  }
}
