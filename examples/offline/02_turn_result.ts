/** A thought, a remark, a command and the answer. */
import {
  execCommand,
  message,
  type OfflineModel,
  reasoning,
  response,
} from "../../src/testing/mod.ts";
import { shell } from "./shell.ts";

/** The answers. */
export function script(model: OfflineModel): void {
  model.reply(
    [
      reasoning({ summary: "Counting needs a command" }),
      message("Let me count.", { phase: "commentary" }),
      execCommand(shell("ls | wc -l", "(Get-ChildItem).Count")),
    ],
    response([message("The folder is empty.", { phase: "final_answer" })], {
      usage: { inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 25 },
    }),
  );
}
