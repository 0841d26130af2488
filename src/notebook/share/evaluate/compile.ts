/**
 * Code of a model made ready to run: types removed, its last expression returned, and loops and
 * functions that can be ended.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import { loadScriptParser, type ScriptNode } from "../../../deps.ts";
import { GUARD } from "./function.ts";
import { EvaluationError } from "./outcome.ts";

/**
 * The body of an async function that runs the code and returns `{ value }` of its last expression.
 * Each line stays the line it was.
 *
 * @throws {EvaluationError} when it is not TypeScript that can run here.
 */
export async function compileCode(code: string): Promise<string> {
  const { parse } = await loadScriptParser();
  const parsed = (script: string): Program =>
    parse(script, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowReturnOutsideFunction: true,
      locations: true,
    }) as unknown as Program;
  const script = withoutTypes(asExpression(code), parsed);
  let program: Program;
  try {
    program = parsed(script);
  } catch (error) {
    throw syntaxError(error);
  }
  refuseImports(program);
  return edited(script, [...resultEdits(program, script), ...guardEdits(program)]);
}

/** A literal of an object alone would be read as a block. */
function asExpression(code: string): string {
  if (!/^\s*\{[^]*\}\s*$/.test(code)) return code;
  const literal = `(${code}\n)`;
  try {
    stripTypeScriptTypes(literal, { mode: "strip" });
    return literal;
  } catch {
    return code;
  }
}

interface Program extends ScriptNode {
  readonly body: readonly Statement[];
}

interface Statement extends ScriptNode {
  readonly expression?: ScriptNode;
}

/** Enums and parameter properties are code and not only types; their lines may move. */
function withoutTypes(code: string, parsed: (script: string) => Program): string {
  try {
    return stripTypeScriptTypes(code, { mode: "strip" });
  } catch (error) {
    if (/not supported in strip-only mode/.test(String(error))) {
      return stripTypeScriptTypes(code, { mode: "transform" });
    }
    // The library that removes types does not name the line; the parser does, for plain code.
    try {
      parsed(code);
    } catch (precise) {
      throw syntaxError(precise);
    }
    throw syntaxError(error);
  }
}

function syntaxError(error: unknown): EvaluationError {
  const { message, loc } = error as { message: string; loc?: { line: number } };
  const text = message.replace(/ \(\d+:\d+\)$/, "").replace(/ at file:\S*$/, "");
  return new EvaluationError(`SyntaxError: ${text}`, { line: loc?.line ?? null });
}

function refuseImports({ body }: Program): void {
  const node = body.find(({ type }) => /^(Import|Export)/.test(type));
  if (!node) return;
  throw new EvaluationError(
    "SyntaxError: import and export statements do not run here. Use `const { x } = await import(…)`",
    { line: node.loc?.start.line ?? null },
  );
}

/** A text to put in at a place of the code. */
interface Edit {
  readonly at: number;
  readonly text: string;
}

/**
 * A value that is not returned in an object could have its `then` called, and a function would get
 * the name of the member without the comma.
 */
function resultEdits({ body }: Program, script: string): Edit[] {
  const last = body.at(-1);
  if (last?.type !== "ExpressionStatement" || !last.expression) return [];
  const end = script.slice(0, last.end).replace(/;\s*$/, "").length;
  return [{ at: last.start, text: "return { value: (0," }, { at: end, text: "\n) }" }];
}

const LOOP = /^(For|ForIn|ForOf|While|DoWhile)Statement$/;

/** Without them a loop without an `await` could be ended only with the whole kernel. */
function guardEdits(program: Program): Edit[] {
  return nodesOf(program).flatMap((node) => {
    const { body } = node as { body?: ScriptNode };
    const isLoop = LOOP.test(node.type);
    if (!body || (!isLoop && !/Function/.test(node.type))) return [];
    if (body.type === "BlockStatement") return [{ at: body.start + 1, text: `${GUARD}();` }];
    const [open, close] = isLoop ? [`{${GUARD}();`, "}"] : [`(${GUARD}(),`, ")"];
    return [{ at: body.start, text: open }, { at: body.end, text: close }];
  });
}

function nodesOf(node: ScriptNode): ScriptNode[] {
  const children = Object.values(node).flatMap((child) => Array.isArray(child) ? child : [child])
    .filter((child): child is ScriptNode => typeof child?.type === "string");
  return [node, ...children.flatMap(nodesOf)];
}

/** Of two edits in one place the outer one was found first: it opens first and closes last. */
function edited(script: string, edits: readonly Edit[]): string {
  let [text, from] = ["", 0];
  for (const place of [...new Set(edits.map(({ at }) => at))].sort((a, b) => a - b)) {
    const here = edits.filter(({ at }) => at === place).map((edit) => edit.text);
    const closing = here.filter((each) => /^[\n)}]/.test(each)).reverse();
    const opening = here.filter((each) => !/^[\n)}]/.test(each));
    text += script.slice(from, place) + closing.join("") + opening.join("");
    from = place;
  }
  return text + script.slice(from);
}
