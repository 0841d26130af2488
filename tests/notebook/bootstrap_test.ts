import { describe, expect, it, onTestFinished } from "vitest";
import { MODULE_VERSION } from "../../mod.ts";
import { bootstrap, checkDeno } from "../../src/notebook/bootstrap.ts";
import { Kernel } from "../../src/notebook/runner/mod.ts";
import { OutputFold } from "../../src/notebook/runner/outputs.ts";
import { cellOutputs } from "../support/cell_outputs.ts";
import { runDeno } from "../support/deno_command.ts";
import { serveRepository } from "../support/file_server.ts";
import { ROOT } from "../support/repository.ts";

const AT = `file://${ROOT}`;

describe("bootstrap() in a kernel", () => {
  it("works from a deleted working directory when told where the module is", async () => {
    const { run, remove } = await start();
    await remove();
    const load = `import { bootstrap } from "${AT}src/notebook/bootstrap.ts";
const { notebook, show } = await bootstrap();
typeof notebook + typeof show;`;
    expect(await run(load)).toContain("Unable to get CWD"); // the kernel's own word
    const told = await run(`Deno.chdir("${ROOT}");\n${load}`);
    expect(told).toContain(`codex-deno ${MODULE_VERSION} from ${AT}, Deno ${Deno.version.deno}`);
    expect(told).toContain("functionfunction");
    const turn = await run(`import { startOffline } from "${AT}src/testing/mod.ts";
const codex = await notebook({ start: startOffline });
(await codex.run("Hello")).finalResponse;`);
    expect(turn).toContain("You wrote: Hello");
  });

  it("leaves a working directory that was deleted since, and says so", async () => {
    const { run, remove } = await start();
    const again = `await bootstrap(); Deno.cwd()`;
    const first = await run(
      `import { bootstrap } from "${AT}src/notebook/bootstrap.ts";\n${again}`,
    );
    expect(first).toContain("codex-deno");
    expect(first).not.toContain("was deleted");
    await remove();
    const folder = ROOT.replace(/\/$/, "");
    expect(await run(again)).toContain(`The working directory was deleted; it is ${folder} now`);
  });

  it("says that a restart is needed after an upgrade, and loads another address again", async () => {
    const [old, next] = [await copy("0.1.0"), await copy("0.2.0")];
    const { run } = await start();
    const load = (folder: string, from = "") =>
      run(`const own = await import("file://${folder}/src/notebook/bootstrap.ts");
(await own.bootstrap(${from})).version`);
    expect(await load(old)).toMatch(/codex-deno 0\.1\.0 from file:[^]*code 0\.1\.0/);
    expect(await load(old)).not.toContain("Restart");

    await write(old, "0.2.0");
    const upgraded = await load(old);
    expect(upgraded).toContain(
      "Version 0.2.0 is there now, and this kernel has 0.1.0. Restart the kernel to load it",
    );
    expect(upgraded).toContain("code 0.1.0");
    expect(await load(next)).toMatch(/codex-deno 0\.2\.0 from[^]*code 0\.2\.0/);
    expect(await load(next, `{ from: ${JSON.stringify(old)} }`)).toContain("Restart the kernel");
    await Deno.writeTextFile(`${next}/src/notebook/more.ts`, "");
    expect(await load(next)).toContain(
      "Its files have changed since this kernel loaded them. Restart",
    );
  });
});

describe("bootstrap()", () => {
  it("loads from a URL, and outside a kernel prints a line", async () => {
    await using server = serveRepository();
    const program = `import { bootstrap } from "${server.url}src/notebook/bootstrap.ts";
const { notebook } = await bootstrap();
console.log(typeof notebook);`;
    const { code, stdout, stderr } = await runDeno(
      ["eval", `--allow-import=${server.host}`, "--ext=ts", program],
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^codex-deno ${MODULE_VERSION} from ${server.url}, Deno .*\nfunction\n$`),
    );
  });

  it("says what to do without a module, an option is wrong, or Deno is too old", async () => {
    const none = bootstrap({ from: "http://127.0.0.1:1/" });
    await expect(none).rejects.toThrow(
      "there is none at http://127.0.0.1:1/. Pass the folder or URL",
    );
    await expect(bootstrap({ form: ROOT } as never)).rejects.toThrow('no option "form". Use from');
    for (const version of ["1.46.3", "2.8.9", "2.0.0-rc.1"]) {
      expect(() => checkDeno(version)).toThrow(
        `needs Deno 2.9 or newer, and this is ${version}. Run deno upgrade, then deno jupyter --install`,
      );
    }
    for (const version of ["2.9.0", "2.10.1", "3.0.0", Deno.version.deno]) checkDeno(version);
  });
});

interface Started {
  /** Runs a cell; resolves to everything in it as text. */
  readonly run: (code: string) => Promise<string>;
  /** Deletes the kernel's working directory. */
  readonly remove: () => Promise<void>;
}

async function start(): Promise<Started> {
  const cwd = await Deno.makeTempDir();
  const remove = () => Deno.remove(cwd, { recursive: true });
  onTestFinished(() => remove().catch(() => {}));
  const kernel = await Kernel.start({ cwd });
  onTestFinished(() => kernel[Symbol.asyncDispose]());
  const fold = new OutputFold();
  const run = async (code: string): Promise<string> => {
    const outputs = fold.beginCell();
    await kernel.execute(code, (message) => fold.accept(message));
    return JSON.stringify(outputs.toArray()).replaceAll("\\n", "\n");
  };
  return { run, remove };
}

/** A folder shaped like this module: its bootstrap, what that needs, and a small `mod.ts`. */
async function copy(version: string): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  onTestFinished(() => Deno.remove(folder, { recursive: true }));
  for (const file of ["notebook/bootstrap.ts", "options_check.ts", "notebook/terminal/write.ts"]) {
    await Deno.mkdir(`${folder}/src/notebook/terminal`, { recursive: true });
    await Deno.copyFile(`${ROOT}src/${file}`, `${folder}/src/${file}`);
  }
  const display = `export { kernel } from "${AT}src/notebook/kernel_display.ts";`;
  await Deno.writeTextFile(`${folder}/src/notebook/kernel_display.ts`, display);
  await write(folder, version);
  return folder;
}

async function write(folder: string, version: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ version }));
  const module = `export const version = "code ${version}";`;
  await Deno.writeTextFile(`${folder}/src/notebook/mod.ts`, module);
}

describe("bootstrap() of a folder", () => {
  it("shows version and source, and what has changed since the first call", async () => {
    const folder = await copy("0.1.0");
    await Deno.mkdir(`${folder}/src/deep`);
    const file = `${folder}/src/deep/a.ts`;
    const [then, later] = [new Date(2_000_000_000_000), new Date(2_000_000_001_000)];
    const write = async (path: string, text: string, time = then): Promise<void> => {
      await Deno.writeTextFile(path, text);
      await Deno.utime(path, time, time);
    };
    await write(file, "1");
    using outputs = cellOutputs();
    const load = async (from: string | URL = folder, banner = true): Promise<string[]> => {
      outputs.length = 0;
      const { version } = await bootstrap({ from, banner }) as unknown as { version: string };
      expect(version).toBe("code 0.1.0");
      return outputs.map(({ bundle }) => bundle["text/plain"] ?? "");
    };
    const line = `codex-deno 0.1.0 from file://${folder}/, Deno ${Deno.version.deno}`;
    const stale = `${line}\nIts files have changed since this kernel loaded them. ` +
      "Restart the kernel to load it";
    expect(await load()).toEqual([line]);
    for (const from of [`${folder}/`, new URL(`file://${folder}`), `file://${folder}/`]) {
      expect(await load(from)).toEqual([line]);
    }
    expect(await load(folder, false)).toEqual([]);
    await write(file, "2", later);
    expect(await load()).toEqual([stale]);
    await write(file, "12");
    expect(await load()).toEqual([stale]);
    await write(file, "1");
    expect(await load()).toEqual([line]);
    await write(`${folder}/src/deep/b.json`, "");
    expect(await load()).toEqual([stale]);
    await Deno.remove(`${folder}/src/deep/b.json`);
    await write(`${folder}/src/deep/notes.md`, "of no module");
    expect(await load()).toEqual([line]);
    await write(`${folder}/deno.json`, JSON.stringify({ version: "0.3.0" }));
    expect(await load()).toEqual([
      `${line}\nVersion 0.3.0 is there now, and this kernel has 0.1.0. Restart the kernel to load it`,
    ]);
    await Deno.remove(`${folder}/deno.json`);
    await expect(bootstrap({ from: folder })).rejects.toThrow(
      `Cannot load the module: there is none at file://${folder}/. Pass the folder or URL`,
    );
  });
});
