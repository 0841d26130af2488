/**
 * Tests that need Unix sockets: Deno permits them one by one or all, and the runtime chooses their
 * paths.
 *
 * @module
 */
import { expect, it, vi } from "vitest";
import { fromFileUrl } from "../../src/paths.ts";
import { runDeno } from "./deno_command.ts";

const LIMIT_MS = 240_000;
const MAP = `--import-map=${fromFileUrl(import.meta.resolve("./import_map.json"))}`;

/**
 * Defines the tests where all of the network is permitted; elsewhere one test that runs the file
 * with that.
 */
export function withUnixSockets(file: string, define: () => void): void {
  if (Deno.permissions.querySync({ name: "net" }).state === "granted") {
    // Each starts a server and programs that join it.
    vi.setConfig({ testTimeout: 60_000 });
    define();
    return;
  }
  it("passes where Unix sockets are permitted", async () => {
    const args = [
      "test",
      "-A",
      "--no-check",
      "--lock=deno.lock",
      "--frozen",
      MAP,
      fromFileUrl(file),
    ];
    const { code, stdout, stderr } = await runDeno(args);
    expect(code, stdout + stderr).toBe(0);
  }, LIMIT_MS);
}
