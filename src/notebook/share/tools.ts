/**
 * The tools of shared values: functions of the values and one call.
 *
 * @module
 */
import { loadZod } from "../../deps.ts";
import type { ClientTool, ToolConsent, ToolContext, ZodSchema } from "../../domain/tool.ts";
import { chart } from "../plots/chart.ts";
import { runApart } from "./apart/run_apart.ts";
import { describeValue } from "./describe/describe.ts";
import { displayValue } from "./display_value.ts";
import { type CodeRun, EvaluationError, type Outcome } from "./evaluate/outcome.ts";
import { runHere } from "./evaluate/run_here.ts";
import { checkValueName } from "./names.ts";
import { resultText } from "./result_text.ts";
import type { ShareOptions } from "./options.ts";

const TIMEOUT_MS = 30_000;
/** The whole code is shown where the user is asked about it. */
const MAX_CODE_CHARS = 20_000;

interface NameInput {
  readonly name: string;
}

interface CodeInput {
  readonly code: string;
}

type DisplayInput = Partial<NameInput & CodeInput>;

/** The tools for the values of an object, which stays their only owner. */
export function shareTools(
  shared: object,
  options: ShareOptions & { readonly name: string },
): ClientTool[] {
  const code = new CodeTools(shared, options);
  const describe: ClientTool<NameInput> = {
    name: "describe",
    description: "Says what a shared value is: kind, size, columns, first rows, statistics",
    readOnly: true,
    input: nameInput,
    run: ({ name }) => describeValue(name, valueOf(shared, name)),
  };
  const tools = options.readOnly
    ? [describe, displayTool(code, { readOnly: true })]
    : [describe, code.evaluate(), displayTool(code, { readOnly: false }), code.assign()];
  return tools as ClientTool[];
}

/** The value of that name. A getter runs: only code and `display` get here by a name. */
function valueOf(shared: object, name: string): unknown {
  const property = Object.getOwnPropertyDescriptor(shared, name);
  if (property?.enumerable && "value" in property) return property.value;
  if (property?.enumerable) {
    throw new EvaluationError(`${name} is a getter, which is not run. Evaluate it`, { line: null });
  }
  const known = Object.keys(shared).join(", ") || "none";
  throw new EvaluationError(
    `There is no shared value ${JSON.stringify(name.slice(0, 100))}. Shared: ${known}`,
    { line: null },
  );
}

/** The common part of the tools that run code. */
class CodeTools {
  readonly shared: object;
  readonly #options: ShareOptions & { readonly name: string };

  constructor(shared: object, options: ShareOptions & { readonly name: string }) {
    this.shared = shared;
    this.#options = options;
  }

  evaluate(): ClientTool<CodeInput> {
    return {
      name: "evaluate",
      description: "Runs TypeScript with the shared values in scope and gives the last expression",
      input: codeInput,
      consent: ({ code }) => this.consent(code),
      run: async ({ code }, context) => resultText(await this.run(code, context)),
    };
  }

  assign(): ClientTool<NameInput & CodeInput> {
    return {
      name: "assign",
      description: "Gives a name the value of TypeScript code; the user's next cell can read it",
      input: assignInput,
      consent: ({ code }) => this.consent(code),
      run: async ({ name, code }, context) => {
        checkValueName(name);
        const outcome = await this.run(code, context);
        const value = broughtHere(outcome);
        const property = { value, enumerable: true, writable: true, configurable: true };
        Object.defineProperty(this.shared, name, property);
        return resultText(outcome, describeValue(`assigned ${name}`, value));
      },
    };
  }

  /** The consent that the user is asked for before the code runs. */
  consent(code: string): ToolConsent | null {
    const { approve = "each", worker = false, name } = this.#options;
    if (approve === "allow") return null;
    const place = worker
      ? "It runs in a separate process without permissions, on copies of the shared values."
      : "It runs in this process with all its permissions, outside the sandbox.";
    const reason = `${place} A yes for the session is for all such code on this thread.`;
    return { code, reason, scope: `code of ${name}`, isForSession: approve === "session" };
  }

  /** Runs code; a result that comes too late is never used. */
  async run(code: string, { signal }: ToolContext): Promise<Outcome> {
    const { worker = false, timeoutMs = TIMEOUT_MS } = this.#options;
    const names = new Map(
      Object.keys(this.shared).map((name) => [name, Reflect.get(this.shared, name)] as const),
    );
    const run: CodeRun = { code, names, signal, timeoutMs };
    try {
      return await (worker ? runApart(run) : runHere({ ...run, names: withHelpers(names) }));
    } catch (error) {
      throw error instanceof EvaluationError ? toldToModel(error, code) : error;
    }
  }
}

/** Functions of this module for the code; a shared value of the same name comes first. */
function withHelpers(names: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([["chart", chart], ...names]);
}

/** @throws {TypeError} when the value stayed in the process that made it. */
function broughtHere({ value, text }: Outcome): unknown {
  if (text === undefined) return value;
  throw new TypeError(
    `Cannot bring the value into the notebook: it cannot be copied (${text}). Return plain data`,
  );
}

/** The model gets the message alone, so everything it can use is in there. */
function toldToModel({ message, line, log }: EvaluationError, code: string): Error {
  const source = line === null ? undefined : code.split("\n")[line - 1];
  const place = source === undefined ? "" : `\n  at line ${line}: ${source.trim().slice(0, 200)}`;
  return new Error(`${message}${place}${log === "" ? "" : `\nprinted before:\n${log}`}`);
}

function displayTool(
  code: CodeTools,
  { readOnly }: { readonly readOnly: boolean },
): ClientTool<DisplayInput> {
  return {
    name: "display",
    description: readOnly
      ? "Shows a shared value in the user's cell: a table, a plot, an image"
      : "Shows a shared value, or the value of TypeScript code, in the user's cell: a table, a " +
        'plot as of chart(), an image as bytes, HTML as { "text/html": "…" }',
    readOnly: true,
    input: readOnly ? nameInput : displayInput,
    consent: (input) => input.code === undefined ? null : code.consent(input.code),
    run: async (input, context) => {
      if (input.code === undefined) {
        return displayValue(valueOf(code.shared, input.name ?? ""), { value: null, log: "" });
      }
      const outcome = await code.run(input.code, context);
      return displayValue(broughtHere(outcome), outcome);
    },
  };
}

const NAME = "Name of a shared value";
const CODE = "TypeScript; the last expression is the value";

async function nameInput(): Promise<ZodSchema<NameInput>> {
  const z = await loadZod();
  return z.object({ name: z.string().describe(NAME) });
}

async function codeInput(): Promise<ZodSchema<CodeInput>> {
  const z = await loadZod();
  return z.object({ code: codeIn(z) });
}

async function assignInput(): Promise<ZodSchema<NameInput & CodeInput>> {
  const z = await loadZod();
  return z.object({ name: z.string().describe("Name that gets the value"), code: codeIn(z) });
}

async function displayInput(): Promise<ZodSchema<DisplayInput>> {
  const z = await loadZod();
  return z.object({ name: z.string().describe(NAME).optional(), code: codeIn(z).optional() })
    .refine(({ name, code }) => (name === undefined) !== (code === undefined), {
      message: "Give either name or code",
    });
}

function codeIn(z: Awaited<ReturnType<typeof loadZod>>) {
  return z.string().min(1).max(MAX_CODE_CHARS).describe(CODE);
}
