/**
 * The client tools of a connector.
 *
 * @module
 */
import type { ClientTool } from "../domain/tool.ts";

/**
 * The tools as frozen copies.
 *
 * @throws {TypeError} when an entry is not a tool, or two have the same name.
 */
export function toConnectorTools(
  owner: string,
  tools: Iterable<ClientTool>,
): readonly ClientTool[] {
  const names = new Set<string>();
  const copies = [...tools].map((tool) => {
    if (typeof tool?.name !== "string" || typeof tool.run !== "function") {
      throw new TypeError(
        `Cannot make the connector ${owner}: something among its tools is not a tool. ` +
          "Make tools with defineTool",
      );
    }
    if (names.has(tool.name)) {
      throw new TypeError(
        `Cannot make the connector ${owner}: two of its tools are named ${tool.name}. ` +
          "Give each another name",
      );
    }
    names.add(tool.name);
    return Object.freeze({ ...tool });
  });
  return Object.freeze(copies);
}
