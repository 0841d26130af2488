/**
 * Client tools as data: what a tool is, the context of its call, and what may stop it.
 *
 * @module
 */

/** One place where a value does not fit a schema. */
export interface SchemaIssue {
  /** Where, from the outside in. */
  readonly path: readonly PropertyKey[];
  /** The fault in words. */
  readonly message: string;
}

/**
 * A schema of Zod 4. Only what is used is named, so that your copy of Zod need not be of the
 * version this module was made with.
 */
export interface ZodSchema<Output, Input = unknown> {
  /** Checks a value. */
  safeParseAsync(value: unknown): Promise<
    | { readonly success: true; readonly data: Output }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } }
  >;
  /** Marks the schemas of Zod 4, and carries the type of what they take. */
  readonly _zod: { readonly input: Input };
}

/** The context of a tool call. */
export interface ToolContext {
  /**
   * Aborts when the result is no longer wanted: the turn ended or was interrupted, or the
   * connection closed.
   */
  readonly signal: AbortSignal;
  /** Thread whose model calls. */
  readonly threadId: string;
  /** Turn in which it calls. */
  readonly turnId: string;
  /** Id of the call, and of its item. */
  readonly callId: string;
}

/** The question before a call of a tool that needs a consent. */
export interface ToolConsent {
  /** The code that the call runs, in full. */
  readonly code: string;
  /** Where the code runs and what it may do there, in a sentence. */
  readonly reason: string;
  /**
   * Calls that one consent for the session covers, by a common name. Default: those of the tool.
   */
  readonly scope?: string;
  /** Whether the first consent holds for the session. Default `false`. */
  readonly isForSession?: boolean;
}

/** A function the model can call. Made by {@linkcode defineTool}. */
export interface ClientTool<Input = unknown> {
  /** Name the model calls it by: letters, digits, `_` and `-`. */
  readonly name: string;
  /** Its purpose and when to use it, for the model. */
  readonly description: string;
  /**
   * Schema of its arguments, an object; or a function that loads it when a thread first needs it.
   */
  readonly input: ZodSchema<Input> | (() => Promise<ZodSchema<Input>>);
  /** Whether it changes nothing; a label for policies, not enforced. Default `false`. */
  readonly readOnly?: boolean;
  /**
   * The consent that a call needs, or `null` when it needs none: the thread's approval handler is
   * asked, and without a handler the call is refused. Default: none is needed, unless a policy says
   * so.
   */
  readonly consent?: (input: Input) => ToolConsent | null;
  /**
   * Does the work and returns, or promises, what the model gets: a text; bytes or a blob, which are
   * a picture; a list of texts and pictures; anything else as JSON. An async iterable, such as a
   * generator or a stream, yields texts on the way, which appear in the turn's stream, and then the
   * result, if it returns one. The model gets the message of an error it throws, and no more.
   */
  readonly run: (input: Input, context: ToolContext) => unknown;
}

/** Decides before a tool runs: `null` lets it, a text is the refusal for the model. */
export type ToolGate = (
  tool: ClientTool,
  input: unknown,
  context: ToolContext,
) => Promise<string | null>;

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** @throws {TypeError} when a tool cannot have that name. */
export function checkToolName(name: unknown): void {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new TypeError(
      `Cannot define the tool ${JSON.stringify(name)}: its name is not usable. ` +
        "Use 1 to 64 letters, digits, _ and -",
    );
  }
  if (name.startsWith("mcp__")) {
    throw new TypeError(`Cannot define the tool ${name}: mcp__ is reserved. Choose another name`);
  }
}

/** Checks the tools of a thread together; nothing is sent. */
export function checkTools(tools: readonly ClientTool[]): void {
  const names = new Set<string>();
  for (const { name } of tools) {
    checkToolName(name);
    if (names.has(name)) {
      throw new TypeError(
        `Cannot use the tools: two are named ${name}. Rename one of them`,
      );
    }
    names.add(name);
  }
}

/** The schema of a tool's arguments, loaded where it has to be. */
export async function schemaOf<Input>(
  { input }: Pick<ClientTool<Input>, "input">,
): Promise<ZodSchema<Input>> {
  return typeof input === "function" ? await input() : input;
}
