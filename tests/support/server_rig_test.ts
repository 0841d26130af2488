import { describe, expect, it } from "vitest";
import { runDeno } from "./deno_command.ts";
import { whenGone } from "./processes.ts";

describe("ServerRig", () => {
  it("leaves no server when its program is killed", async () => {
    const program = new URL("killed_rig.ts", import.meta.url).href;
    const { code, stdout } = await runDeno(["run", "-A", "--no-check", program]);
    expect(code).toBe(137);
    await whenGone(Number(stdout));
  });
});
