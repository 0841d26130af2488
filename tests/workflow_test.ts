import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "npm:deno-std@1.4.0/yaml/parse.js";
import { readConfig, readText, ROOT } from "./support/repository.ts";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: {
    readonly gate: {
      readonly strategy: { readonly matrix: { readonly os: readonly string[] } };
      readonly "runs-on": string;
      readonly steps: readonly Step[];
    };
  };
}

const workflow = parse(readText(".github/workflows/ci.yml")) as Workflow;
const { gate } = workflow.jobs;
const steps = gate.steps.filter((step) => step.run !== undefined);

/** Programs that only note how they were called, first on the PATH. */
let stubs: string;
/** A folder with what the scripts need of the system and nothing else: no Deno, no browser. */
let tools: string;

beforeAll(async () => {
  stubs = await Deno.makeTempDir();
  tools = `${stubs}/tools`;
  await Deno.mkdir(tools);
  for (const name of ["env", "bash", "sh", "dirname", "mkdir", "chmod"]) {
    const place = ["/bin", "/usr/bin"].map((directory) => `${directory}/${name}`).find(exists);
    if (place) await Deno.symlink(place, `${tools}/${name}`);
  }
});

afterAll(async () => {
  await Deno.remove(stubs, { recursive: true });
});

async function stub(folder: string, ...names: string[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of names) {
    const script = `#!/bin/sh\necho "${name} $*" >> "$CALLS"\n`;
    await Deno.writeTextFile(`${folder}/${name}`, script, { mode: 0o755 });
  }
}

/** Runs a script of a step in the shell that the step names; resolves to the calls it made. */
async function run(script: string, programs: string): Promise<string[]> {
  const calls = await Deno.makeTempFile({ dir: stubs });
  const { code, stderr } = await new Deno.Command(`${tools}/bash`, {
    args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
    cwd: ROOT,
    clearEnv: true,
    env: {
      PATH: `${programs}:${tools}`,
      HOME: stubs,
      CALLS: calls,
      GITHUB_PATH: `${stubs}/path`,
    },
  }).output();
  expect([code, new TextDecoder().decode(stderr)]).toEqual([0, ""]);
  return (await Deno.readTextFile(calls)).trim().split("\n");
}

describe("the workflow", () => {
  it("runs the gate on three systems, with reading rights alone", () => {
    expect(gate.strategy.matrix.os.map((os) => os.replace(/-.*/, "")))
      .toEqual(["ubuntu", "macos", "windows"]);
    expect(gate["runs-on"]).toBe("${{ matrix.os }}");
    expect(Object.keys(workflow.on)).toEqual(["push", "pull_request", "workflow_dispatch"]);
    expect(workflow.permissions).toEqual({ contents: "read" });
    const last = gate.steps.at(-1);
    expect([last?.run, last?.shell, last?.if]).toEqual([".ci/run", "bash", undefined]);
    // Each script is for bash, which Windows would not take by default.
    expect(steps.map(({ shell }) => shell)).toEqual(steps.map(() => "bash"));
  });

  it("uses the Deno that the gate installs on a machine without it", () => {
    const deno = gate.steps.find(({ uses }) => uses?.startsWith("denoland/setup-deno@"));
    const [, version] = /deno@([\d.]+) task ok/.exec(readText(".ci/run")) ?? [];
    expect(deno?.with?.["deno-version"]).toBe(version);
    expect(gate.steps.every(({ uses }) => uses === undefined || /@v\d+$/.test(uses))).toBe(true);
  });

  it("checks its files out with the line ends that bash and the formatter want", () => {
    expect(readText(".gitattributes")).toMatch(/^\* text=auto eol=lf$/m);
    expect(readText(".ci/run")).not.toContain("\r");
  });
});

describe.skipIf(Deno.build.os === "windows")("the steps of the workflow", () => {
  it("prepare Redis and a browser", async () => {
    await stub(`${stubs}/linux`, "sudo", "google-chrome");
    const [linux, mac] = steps;
    const calls = await run(linux?.run ?? "", `${stubs}/linux`);
    expect(calls.slice(0, 2).map((call) => call.split(" ").slice(0, 3).join(" ")))
      .toEqual(["sudo apt-get update", "sudo apt-get install"]);
    expect(calls[2]).toBe(`sudo ln -s ${stubs}/linux/google-chrome /usr/local/bin/chromium`);
    await stub(`${stubs}/mac`, "brew");
    expect(await run(mac?.run ?? "", `${stubs}/mac`)).toEqual([
      "brew install --quiet redis",
    ]);
    expect(await Deno.readTextFile(`${stubs}/bin/chromium`))
      .toBe(
        '#!/bin/sh\nexec "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "$@"\n',
      );
    expect(await Deno.readTextFile(`${stubs}/path`)).toBe(`${stubs}/bin\n`);
  });

  it("end with the gate: by Deno, or by npx where only Node.js is", async () => {
    expect(Object.keys(readConfig().tasks)).toContain("ok");
    const script = steps.at(-1)?.run ?? "";
    await stub(`${stubs}/deno`, "redis-server", "chromium", "deno");
    expect(await run(script, `${stubs}/deno`)).toEqual(["deno task ok"]);
    await stub(`${stubs}/node`, "redis-server", "chromium", "npx");
    expect(await run(script, `${stubs}/node`)).toEqual(["npx -y deno@2.9.6 task ok"]);
  });
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
