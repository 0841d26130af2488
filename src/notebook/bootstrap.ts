/**
 * The first import of a notebook that is not in this repository: by the path or URL of this file.
 * It checks what a notebook needs before it loads the rest, and says what it has loaded.
 *
 * ```ts
 * import { bootstrap } from "./bootstrap.ts"; // the path or URL of this file
 *
 * const { notebook, show } = await bootstrap();
 * ```
 *
 * @module
 */
// No static imports: an older Deno could not read what they lead to.

/** Options of {@linkcode bootstrap}. */
export interface BootstrapOptions {
  /**
   * Path or URL of the folder that holds `mod.ts` and `src`. Default: the one that this file
   * belongs to.
   */
  readonly from?: string | URL;
  /** Whether to show the source and its version. Default `true`. */
  readonly banner?: boolean;
}

/** The module that a kernel has loaded from one source. */
interface Loaded {
  readonly version: string;
  /** Sizes and times of its files, or `null` behind a URL. */
  readonly files: string | null;
}

/** The least version of Deno. */
const LEAST_DENO = [2, 9] as const;

const KEY = Symbol.for("codex-deno.bootstrap");

/**
 * Loads the notebook's functions, typed, and shows where from and in which version.
 *
 * A working directory that was deleted is replaced by the folder of the module. When it was deleted
 * before, a kernel imports nothing at all (`Unable to get CWD`): put `Deno.chdir` with the path of
 * the module before the import.
 *
 * A kernel keeps the modules that it has loaded: where the source was upgraded since, a notice says
 * that the kernel has to be restarted, and the loaded version goes on. A source at another address
 * is loaded as a new one.
 *
 * @throws {Error} when Deno is too old, or there is no module at `from`; the message says what to
 * do.
 */
export async function bootstrap(
  options: BootstrapOptions = {},
): Promise<typeof import("./mod.ts")> {
  checkDeno(Deno.version.deno);
  const directory = restoreDirectory();
  const source = sourceOf(options.from);
  const { checkOptions } = await import("../options_check.ts");
  checkOptions("load the module", options, { from: true, banner: true });
  const found = await inspect(source);
  const loaded = loadedSources()[source.href] ??= found;
  const module = await load(source);
  const notes = [
    `codex-deno ${loaded.version} from ${source.href}, Deno ${Deno.version.deno}`,
    ...directory === null ? [] : [`The working directory was deleted; it is ${directory} now`],
    ...staleness(loaded, found),
  ];
  if (options.banner ?? true) await show(notes.join("\n"));
  return module;
}

/** @ignore Throws when the version of Deno is too old. */
export function checkDeno(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map((part) => parseInt(part, 10));
  const [leastMajor, leastMinor] = LEAST_DENO;
  if (major > leastMajor || major === leastMajor && minor >= leastMinor) return;
  throw new Error(
    `Cannot use this module: it needs Deno ${leastMajor}.${leastMinor} or newer, and this is ` +
      `${version}. Run deno upgrade, then deno jupyter --install, and restart the kernel`,
  );
}

/**
 * Leaves a deleted working directory, in which nothing can be imported; the new one, or `null` when
 * the old one is there.
 */
function restoreDirectory(): string | null {
  try {
    Deno.cwd();
    return null;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const own = new URL("../../", import.meta.url);
    Deno.chdir(own.protocol === "file:" ? own : "/");
    return Deno.cwd();
  }
}

function sourceOf(from: string | URL | undefined): URL {
  if (from === undefined) return new URL("../../", import.meta.url);
  const text = String(from);
  const isUrl = /^(?:https?|file):/.test(text);
  const address = isUrl ? text : `file://${Deno.realPathSync(text).replaceAll("\\", "/")}`;
  return new URL(address.endsWith("/") ? address : `${address}/`);
}

function load(source: URL): Promise<typeof import("./mod.ts")> {
  const own = new URL("../../", import.meta.url);
  if (source.href === own.href) return import("./mod.ts");
  return import(new URL("src/notebook/mod.ts", source).href);
}

function loadedSources(): Record<string, Loaded> {
  const holder = globalThis as unknown as Record<symbol, Record<string, Loaded> | undefined>;
  return holder[KEY] ??= {};
}

async function inspect(source: URL): Promise<Loaded> {
  const address = new URL("deno.json", source);
  const isFile = source.protocol === "file:";
  try {
    const text = isFile
      ? await Deno.readTextFile(address)
      : await (await fetch(address, { cache: "no-store" })).text();
    const { version } = JSON.parse(text) as { version: string };
    return { version, files: isFile ? await stateOf(new URL("src/", source)) : null };
  } catch (cause) {
    throw new Error(
      `Cannot load the module: there is none at ${source.href}. Pass the folder or URL that ` +
        "has its mod.ts as from",
      { cause },
    );
  }
}

/** Changes when a module below is written, added or removed. */
async function stateOf(folder: URL): Promise<string> {
  let files = 0;
  let bytes = 0;
  let newest = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      const [inner = 0, size = 0, time = 0] = (await stateOf(new URL(`${name}/`, folder)))
        .split(" ").map(Number);
      [files, bytes, newest] = [files + inner, bytes + size, Math.max(newest, time)];
    } else if (/\.(?:ts|json)$/.test(name)) {
      const { size, mtime } = await Deno.stat(new URL(name, folder));
      [files, bytes] = [files + 1, bytes + size];
      newest = Math.max(newest, mtime?.getTime() ?? 0);
    }
  }
  return `${files} ${bytes} ${newest}`;
}

function staleness(loaded: Loaded, found: Loaded): string[] {
  const then = "Restart the kernel to load it";
  if (loaded.version !== found.version) {
    return [
      `Version ${found.version} is there now, and this kernel has ${loaded.version}. ${then}`,
    ];
  }
  return loaded.files === found.files
    ? []
    : [`Its files have changed since this kernel loaded them. ${then}`];
}

/** In a cell a separate output, elsewhere a line of standard output. */
async function show(text: string): Promise<void> {
  const { kernel } = await import("./kernel_display.ts");
  const jupyter = kernel();
  if (jupyter) {
    const place = { displayId: crypto.randomUUID(), update: false };
    await jupyter.display({ "text/plain": text }, place);
    await jupyter.flush();
  } else {
    const { writeStdout } = await import("./terminal/write.ts");
    writeStdout(`${text}\n`);
  }
}
