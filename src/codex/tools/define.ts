/**
 * Client tools: functions of the caller's program that the model can call.
 *
 * @module
 */
import { loadZod, type ZodType } from "../../deps.ts";
import { checkToolName, type ClientTool, schemaOf } from "../../domain/tool.ts";
import { asRecord } from "../../json.ts";
import { checkOptions, type OptionNames } from "../../options_check.ts";
import type { DynamicToolSpec } from "../../protocol/mod.ts";

/**
 * Defines a client tool. The arguments are checked with the schema before `run` sees them; where
 * they do not fit, the model gets the reason and the tool does not run.
 *
 * @example
 * ```ts
 * import { startOffline } from "@codex-deno/codex/testing";
 * import { z } from "npm:zod@4.6.7";
 *
 * const weather = defineTool({
 *   name: "weather",
 *   description: "Tells the weather of a city",
 *   input: z.object({ city: z.string() }),
 *   run: ({ city }) => `It rains in ${city}`,
 * });
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ tools: [weather] });
 * ```
 */
export function defineTool<Input>(tool: ClientTool<Input>): ClientTool {
  checkOptions("define the tool", tool ?? null, CLIENT_TOOL);
  checkToolName(tool.name);
  checkParts(tool);
  return { ...tool } as ClientTool;
}

const CLIENT_TOOL = {
  name: true,
  description: true,
  input: true,
  readOnly: true,
  consent: true,
  run: true,
} as const satisfies OptionNames<ClientTool>;

function checkParts<Input>(tool: ClientTool<Input>): void {
  const { name, description, input, consent, run } = tool;
  const faults = [
    consent === undefined || typeof consent === "function"
      ? null
      : "its consent is not a function. Pass one, or leave it out",
    typeof run === "function" ? null : "run is not a function. Pass one",
    typeof description === "string" ? null : "its description is not a string. Say what it does",
    isZodSchema(input) || typeof input === "function"
      ? null
      : "its input is not a schema of Zod 4. Pass a z.object",
  ];
  const fault = faults.find((fault) => fault !== null);
  if (fault) throw new TypeError(`Cannot define the tool ${name}: ${fault}`);
}

function isZodSchema(input: unknown): boolean {
  const { _zod, safeParseAsync } = asRecord(input);
  return _zod !== undefined && typeof safeParseAsync === "function";
}

/** The tools as the protocol has them. */
export async function toToolSpecs(tools: readonly ClientTool[]): Promise<DynamicToolSpec[]> {
  if (tools.length === 0) return [];
  const z = await loadZod();
  return await Promise.all(tools.map(async (tool) => {
    const { name, description } = tool;
    const schema = await schemaOf(tool);
    const { $schema: _, ...inputSchema } = z.toJSONSchema(schema as unknown as ZodType, {
      io: "input",
      unrepresentable: "any",
    });
    if (inputSchema.type !== "object") {
      throw new TypeError(
        `Cannot use the tool ${name}: its input is not an object. Pass a z.object`,
      );
    }
    return { type: "function", name, description, inputSchema } as DynamicToolSpec;
  }));
}
