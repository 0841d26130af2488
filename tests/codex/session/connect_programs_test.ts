import { describe, expect, it } from "vitest";
import { Kernel } from "../../../src/notebook/runner/mod.ts";
import { ROOT } from "../../support/repository.ts";
import { ServerRig } from "../../support/server_rig.ts";
import { withUnixSockets } from "../../support/unix_sockets.ts";

const CLIENT = `${ROOT}tests/support/server_client.ts`;

/** A program that reads its prompts from its input; its answers. */
async function runProgram(address: string, prompts: readonly string[]): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", CLIENT, address],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(`${prompts.join("\n")}\n`));
  await stdin.close();
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

/** A notebook that keeps its runtime; its answers. */
async function runNotebook(rig: ServerRig, prompts: readonly string[]): Promise<string[]> {
  await using kernel = await Kernel.start();
  const options = JSON.stringify({ ...rig.options, keep: true, banner: false });
  const code = `import { notebook } from "file://${ROOT}src/notebook/mod.ts";
const codex = await notebook(${options});
const thread = await codex.startThread();
for (const prompt of ${JSON.stringify(prompts)}) {
  console.log((await thread.run(prompt)).finalResponse);
}`;
  let shown = "";
  await kernel.execute(code, ({ type, content }) => {
    if (type === "stream") shown += content.text;
  });
  return shown.trim().split("\n");
}

withUnixSockets(import.meta.url, () => {
  describe("one server", () => {
    it("serves notebooks, scripts and a terminal at once, each with a thread", async () => {
      await using rig = await ServerRig.create();
      const server = await rig.start({ name: "notebook" });
      rig.harness.model.on(() => true, (request) => `answer to ${request.lastUserText}`);
      const users = [
        ...["notebook 1", "notebook 2"].map((name) => ({ name, isNotebook: true })),
        ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({ name: `script ${n}`, isNotebook: false })),
        { name: "terminal", isNotebook: false },
      ];
      const answers = await Promise.all(users.map(({ name, isNotebook }) => {
        const prompts = [1, 2].map((round) => `${name}, round ${round}`);
        return isNotebook ? runNotebook(rig, prompts) : runProgram(server.address, prompts);
      }));
      expect(answers).toEqual(
        users.map(({ name }) => [1, 2].map((round) => `answer to ${name}, round ${round}`)),
      );
      expect(rig.harness.model.requests.length).toBe(20);
      expect((await rig.servers()).map(({ processId }) => processId)).toEqual([server.processId]);
    });
  });
});
