/**
 * What a connector needs of a client tool.
 *
 * @module
 */
import type { SchemaIssue } from "../errors/mod.ts";

/** A client tool, as `defineTool` makes it. Only its shape matters here, so connectors stay clear of threads. */
export interface ConnectorTool {
  /** Name the model calls it by. */
  readonly name: string;
  /** What it does, for the model. */
  readonly description: string;
  /** Whether it changes nothing: the connector's labels `write` and `destructive` then do not bind it. */
  readonly readOnly?: boolean;
  /** Zod schema of its arguments. */
  readonly input: ConnectorToolSchema;
  /** Does the work. */
  readonly run: (input: unknown, context: ConnectorToolContext) => unknown;
}

/** What is needed of a Zod 4 schema. */
export interface ConnectorToolSchema {
  /** Checks a value. */
  safeParseAsync(value: unknown): Promise<
    | { readonly success: true; readonly data: unknown }
    | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly SchemaIssue[];
      };
    }
  >;
  /** Marks the schemas of Zod 4. */
  readonly _zod: { readonly input: unknown };
}

/** What a tool knows of its call. */
export interface ConnectorToolContext {
  /** Aborts when the result is no longer wanted. */
  readonly signal: AbortSignal;
  /** Thread whose model calls. */
  readonly threadId: string;
  /** Turn in which it calls. */
  readonly turnId: string;
  /** Id of the call. */
  readonly callId: string;
}

/**
 * The tools as frozen copies.
 *
 * @throws {TypeError} when one is no tool, or two have one name.
 */
export function toConnectorTools(
  owner: string,
  tools: Iterable<ConnectorTool>,
): readonly ConnectorTool[] {
  const names = new Set<string>();
  const copies = [...tools].map((tool) => {
    if (typeof tool?.name !== "string" || typeof tool.run !== "function") {
      throw new TypeError(
        `Cannot make the connector ${owner}: something that is no tool is among its tools. ` +
          "Make tools with defineTool",
      );
    }
    if (names.has(tool.name)) {
      throw new TypeError(
        `Cannot make the connector ${owner}: two of its tools are named ${tool.name}. ` +
          "Give each a name of its own",
      );
    }
    names.add(tool.name);
    return Object.freeze({ ...tool });
  });
  return Object.freeze(copies);
}
