/**
 * Answers as values: a Zod schema says what the model must answer, and checks what it did.
 *
 * @module
 */
import { loadZod, type ZodType } from "../../deps.ts";
import { displayable } from "../../display/displayable.ts";
import { OutputValidationError } from "../../errors/mod.ts";
import { type AnswerShapes, FOREIGN_TYPE, readShapes } from "./shape.ts";
import { isObject, type JsonObject } from "../../json.ts";
import { toInputValue } from "./value.ts";
import type { TurnInput } from "../inputs.ts";
import { isWrapped, toStrictSchema, WRAPPER } from "./strict_schema.ts";
import { sumOfUsage, type TurnResult } from "../../domain/turn_result.ts";
import type { SchemaIssue, ZodSchema } from "../../domain/tool.ts";

/** The outcome of a turn whose answer is a value. */
export interface TypedTurnResult<Output> extends TurnResult {
  /** The answer, checked and transformed by the schema. */
  readonly output: Output;
  /**
   * Answers before this one that did not fit, each with the result of its turn. Empty unless the
   * answer was repaired.
   */
  readonly rejected: readonly OutputValidationError[];
}

/** The result of `run`: with the value where one was asked for. */
export type RunResult<Output> = [Output] extends [never] ? TurnResult : TypedTurnResult<Output>;

/**
 * A value that is still being written, before any check or transform: any part of it may be
 * missing, texts and numbers may go on, and a date is a text.
 */
export type PartialOutput<Input> = Input extends Date ? string
  : Input extends readonly (infer Item)[] ? PartialOutput<Item>[]
  : Input extends object ? { [Name in keyof Input]?: PartialOutput<Input[Name]> }
  : Input;

/** A Zod schema as the model service and the answers see it. */
export class OutputContract<Output = unknown> {
  readonly jsonSchema: JsonObject;
  readonly #schema: ZodSchema<Output>;
  readonly #shapes: AnswerShapes;

  private constructor(schema: ZodSchema<Output>, shapes: AnswerShapes) {
    this.#schema = schema;
    this.#shapes = shapes;
    this.jsonSchema = toStrictSchema(shapes);
  }

  /**
   * Reads a schema.
   *
   * @throws {TypeError} when it is not a Zod 4 schema, or answers cannot be checked against it.
   */
  static async of<Output>(schema: ZodSchema<Output>): Promise<OutputContract<Output>> {
    if (!isObject(schema) || !("_zod" in schema)) {
      throw new TypeError("Cannot ask for the output: it is not a Zod 4 schema. Pass one");
    }
    return new OutputContract(schema, readShapes(await toJsonSchema(schema)));
  }

  /**
   * The value of an answer.
   *
   * @throws {OutputValidationError} when it does not fit.
   */
  async read(result: TurnResult): Promise<Output> {
    const { status, finalResponse: text } = result;
    const fail = (...issues: SchemaIssue[]): OutputValidationError =>
      new OutputValidationError({ text, issues, result });
    if (status === "interrupted") throw fail(issue("the turn was interrupted"));
    if (text === null) throw fail(issue("there is no answer"));
    const parsed = parse(text);
    if (parsed === undefined) throw fail(issue("the answer is not JSON"));
    const checked = await this.#schema.safeParseAsync(this.#content(parsed, false));
    if (!checked.success) throw fail(...checked.error.issues);
    return checked.data;
  }

  /**
   * Plain data from which {@linkcode OutputContract.decode} makes the same output again.
   *
   * @throws {TypeError} when it cannot be computed: a transform of the schema is not reversible.
   */
  async encode(output: unknown): Promise<unknown> {
    const z = await loadZod();
    let encoded = output;
    try {
      encoded = await z.encodeAsync(this.#schema as ZodType, output);
    } catch {
      // A transform in one direction only may still leave its own result as it is.
    }
    const plain: unknown = JSON.parse(JSON.stringify(encoded) ?? "null");
    const { isDeepStrictEqual } = await import("node:util");
    const read = await this.decode(plain);
    if (read && isDeepStrictEqual(read.output, output)) return plain;
    throw new TypeError("Cannot encode the output: the schema does not read it back. Use a codec");
  }

  /** The output that plain data was made from, or `null` when it does not fit the schema. */
  async decode(plain: unknown): Promise<{ readonly output: Output } | null> {
    const { shape } = this.#shapes.root;
    const value = shape ? toInputValue(plain, shape) : plain;
    const checked = await this.#schema.safeParseAsync(value);
    return checked.success ? { output: checked.data } : null;
  }

  /** The value so far of an answer that is still being written. */
  readPartial(value: unknown): unknown {
    return this.#content(value, true);
  }

  #content(value: unknown, partial: boolean): unknown {
    const { root } = this.#shapes;
    const content = isWrapped(this.#shapes) && isObject(value) ? value[WRAPPER] : value;
    return root.shape && content !== undefined
      ? toInputValue(content, root.shape, partial)
      : content;
  }
}

/**
 * Runs a turn, and as often again as `repair` says while its answer does not fit, with what is
 * wrong as the input.
 *
 * @throws {OutputValidationError} of the last answer, with those before it.
 */
export async function repaired(
  repair: number,
  input: TurnInput,
  run: (input: TurnInput) => Promise<TurnResult>,
): Promise<TurnResult> {
  if (!Number.isInteger(repair) || repair < 0) {
    throw new RangeError(`Cannot run the turn: repair is ${repair}. Pass an integer >= 0`);
  }
  const rejected: OutputValidationError[] = [];
  for (;;) {
    try {
      const result = await run(input);
      return rejected.length > 0 ? withRejected(result, rejected) : result;
    } catch (error) {
      if (!(error instanceof OutputValidationError)) throw error;
      if (rejected.length >= repair || error.result.status === "interrupted") {
        throw error.after(rejected);
      }
      rejected.push(error);
      input = repairRequest(error.issues);
    }
  }
}

/** The result of the last turn; what it cost is what all of them cost. */
function withRejected(
  result: TurnResult,
  rejected: readonly OutputValidationError[],
): TurnResult {
  const usage = sumOfUsage([...rejected.map((error) => error.result.usage), result.usage]);
  if (usage) displayable(usage, "usage");
  return displayable({ ...result, usage, rejected }, "result");
}

/** Tells the model what is wrong with its answer, as the input of the next turn. */
function repairRequest(issues: readonly SchemaIssue[]): string {
  const lines = issues.slice(0, MOST_ISSUES).map(({ path, message }) =>
    `- ${path.map(String).join(".") || "the answer"}: ${message}`
  );
  const more = issues.length > MOST_ISSUES ? [`- and ${issues.length - MOST_ISSUES} more`] : [];
  return [
    "Your answer does not fit the required format:",
    ...lines,
    ...more,
    "Give the whole answer again, corrected, as JSON and nothing else.",
  ].join("\n");
}

const MOST_ISSUES = 20;

/**
 * Types of Zod that JSON cannot express, apart from dates and `undefined`, which are converted.
 */
const FOREIGN: ReadonlySet<string> = new Set([
  "date",
  "undefined",
  "void",
  "bigint",
  "symbol",
  "map",
  "set",
  "file",
  "nan",
  "function",
  "custom",
  "transform",
]);

/** Works on schemas of any copy of Zod 4, the caller's own included. */
async function toJsonSchema(schema: ZodSchema<unknown>): Promise<JsonObject> {
  const z = await loadZod();
  try {
    return z.toJSONSchema(schema as unknown as ZodType, {
      io: "input",
      unrepresentable: "any",
      override: ({ zodSchema, jsonSchema }) => {
        const { type } = zodSchema._zod.def;
        if (FOREIGN.has(type)) jsonSchema[FOREIGN_TYPE] = type;
        // Another copy of Zod keeps its descriptions to itself.
        const { description } = zodSchema as { description?: unknown };
        if (typeof description === "string") jsonSchema.description ??= description;
      },
    });
  } catch (cause) {
    throw new TypeError(
      "Cannot ask for the output: Zod makes no JSON Schema of the schema. See the cause",
      { cause },
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function issue(message: string): SchemaIssue {
  return { path: [], message };
}

/** Reads the schema of the answer. */
export async function contractOf(
  output: ZodSchema<unknown>,
  { outputSchema }: { readonly outputSchema?: unknown },
): Promise<OutputContract> {
  if (outputSchema === undefined) return await OutputContract.of(output);
  throw new TypeError("Cannot ask for the output: there is an outputSchema too. Pass one of them");
}
