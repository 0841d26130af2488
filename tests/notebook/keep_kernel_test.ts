import { describe, expect, it } from "vitest";
import { type JupyterMessage, Kernel } from "../../src/notebook/runner/mod.ts";
import { Gate, message } from "../../src/testing/mod.ts";
import { ROOT } from "../support/repository.ts";
import { ServerRig } from "../support/server_rig.ts";

/** Runs a cell; everything it showed, as plain text. */
async function run(kernel: Kernel, code: string): Promise<string> {
  const shown: JupyterMessage[] = [];
  await kernel.execute(code, (message) => shown.push(message));
  return shown.map(({ type, content }) =>
    type === "stream"
      ? String(content.text)
      : String(Object(content.data)["text/plain"] ?? content.evalue ?? "")
  ).join("\n").trim();
}

function firstCell(rig: ServerRig): string {
  return `import { notebook, show } from "file://${ROOT}src/notebook/mod.ts";
const codex = await notebook(${JSON.stringify({ ...rig.options, keep: "1h" })});`;
}

describe("notebook({ keep }) in the real kernel", () => {
  it("loses no turn when the kernel is killed in the cell that shows it", async () => {
    await using rig = await ServerRig.create();
    const pause = new Gate();
    rig.harness.model.reply(message(["one ", pause, "two"]));
    await using first = await Kernel.start();
    await run(first, firstCell(rig));
    const dying = run(first, `await show(await codex.startThread(), "Write the report");`)
      .catch((error) => error);
    await pause.reached();
    Deno.kill(first.pid, "SIGKILL");
    expect(await dying).toBeInstanceOf(Error);

    await using second = await Kernel.start();
    const again = await run(second, firstCell(rig));
    expect(again).toContain("Write the report");
    const [, goOn = ""] = /to go on: (await show\(.+\))\]/.exec(again) ?? [];
    const shown = run(second, goOn);
    pause.open();
    expect(await shown).toContain("one two");
    expect(rig.harness.model.requests.length).toBe(1);
  });

  it("has one server for two kernels that start at once, and ends it from either", async () => {
    await using rig = await ServerRig.create();
    await using first = await Kernel.start();
    await using second = await Kernel.start();
    await Promise.all([run(first, firstCell(rig)), run(second, firstCell(rig))]);
    expect((await rig.servers()).map(({ name }) => name)).toEqual(["notebook"]);
    rig.harness.model.on("who", (request) => `you are ${request.lastUserText?.at(-1)}`);
    const ask = (kernel: Kernel, name: string) =>
      run(kernel, `(await codex.run("who ${name}")).finalResponse`);
    expect(await Promise.all([ask(first, "a"), ask(second, "b")]))
      .toEqual(['"you are a"', '"you are b"']);
    await run(second, "await codex.stopServer()");
    expect(await rig.servers()).toEqual([]);
  });
});
