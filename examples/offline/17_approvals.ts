import { applyPatch, execCommand, type OfflineModel } from "../../src/testing/mod.ts";
import { shell } from "./shell.ts";

/** A command and a file change that the sandbox does not allow. */
export function script(model: OfflineModel): void {
  const note = shell("touch note.txt", "New-Item note.txt");
  model.reply(
    execCommand(note, { escalate: true, justification: "to make a note" }),
    applyPatch("*** Begin Patch\n*** Add File: plan.txt\n+Step one\n*** End Patch"),
    "I made a note; the plan was refused.",
  );
}
