import { delimiter, dirname } from "node:path";
import { type OfflineModel, type OfflineOptions, toolCall } from "../../src/testing/mod.ts";

/** The server of the package is started by name. */
export const options: OfflineOptions = {
  env: { PATH: [dirname(Deno.execPath()), "/usr/bin", "/bin"].join(delimiter) },
};

/** A call of each connector, then what they said. */
export function script(model: OfflineModel): void {
  model.reply(
    [
      toolCall("today"),
      toolCall("find_order", { order: "7" }, { namespace: "mcp__orders" }),
      toolCall("refund", { order: "7" }, { namespace: "mcp__orders" }),
      toolCall("book", { order: "7" }, { namespace: "mcp__books" }),
    ],
    (request) => {
      const skill = request.userTexts().find((text) => text.startsWith("<skill>")) ?? "";
      const results = request.toolOutputs().map(({ text }) => text.replace(/^[^]*Output:\n?/, ""));
      const said = skill.includes("Look the order up first") ? "read" : "not there";
      return [`The skill was ${said}.`, ...results.map((result) => `- ${result}`)].join("\n");
    },
  );
}
