import { describe, expect, it } from "vitest";
import { filesWith } from "../support/files_with.ts";
import { PLANTED } from "./planted.ts";

const PROGRAM = new URL("./planted.ts", import.meta.url).href;

describe.skipIf(Deno.build.os === "windows")("a secret that was planted", () => {
  it("is in nothing that a program writes, also not in what it leaves when it is killed", async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    const { stdout, stderr, signal } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", PROGRAM, folder],
      env: { TMPDIR: folder },
      stdin: "null",
    }).output();
    const printed = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    expect([signal, printed]).toEqual(["SIGKILL", ""]);
    const written = [...Deno.readDirSync(folder)].map(({ name }) => name);
    // The home of the killed program is among it.
    expect(written.filter((name) => name.startsWith("codex-offline-")).length).toBe(1);
    expect(written).toEqual(expect.arrayContaining([
      ...["checkpoint.jsonl", "report.txt", "report.json", "thread.html", "thread.md", "log.txt"],
    ]));
    const { serviceAnswer, ...own } = PLANTED;
    expect(await filesWith(Object.values(own), folder)).toEqual([]);
    // The model service's own words are in the runtime's history of the thread, and nowhere of ours.
    const quoted = await filesWith([serviceAnswer], folder);
    expect(quoted.filter((file) => !file.includes("/codex-home/"))).toEqual([]);
    await Deno.remove(folder, { recursive: true });
  });
});
