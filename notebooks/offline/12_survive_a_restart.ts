import { execCommand, Gate, message, type OfflineModel } from "../../src/testing/mod.ts";

/** A report that stays half written until another prompt lets it go on. */
export function script(model: OfflineModel): void {
  const half = new Gate();
  model.on(
    "Write the report",
    execCommand("echo 3 files, 120 lines"),
    message(["The first half is about the files. ", half, "The second half is about the lines."]),
  );
  model.on("go on", () => {
    half.open();
    return "It goes on.";
  });
}
