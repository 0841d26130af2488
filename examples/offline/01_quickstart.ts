/** The model asks for a real command, which the runtime runs in its sandbox, and then answers. */
import { execCommand, type OfflineModel } from "../../src/testing/mod.ts";
import { shell } from "./shell.ts";

/** The answers. */
export function script(model: OfflineModel): void {
  model.reply(
    execCommand(shell("uname -sr", "[Environment]::OSVersion.VersionString")),
    (request) =>
      `This machine runs ${request.toolOutputs().at(-1)?.text.trim().split("\n").at(-1)}.`,
  );
}
