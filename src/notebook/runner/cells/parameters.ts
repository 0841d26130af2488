/**
 * Parameters of a run, as papermill has them: a cell of assignments behind the one tagged
 * `parameters`.
 *
 * @module
 */
import { DENO_METADATA, type Notebook, type NotebookCell, sourceOf } from "../notebook_file.ts";
import { nearest } from "../../../options_check.ts";
import { hasTag } from "./code_cell.ts";

/** Values by the names of variables. A value is what JSON can hold. */
export type NotebookParameters = Readonly<Record<string, unknown>>;

const DEFAULTS = "parameters";
const INJECTED = "injected-parameters";
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * The notebook with a cell that sets the parameters, tagged `injected-parameters`, behind the cell
 * tagged `parameters`; one of an earlier run is replaced. The variables of the tagged cell are
 * declared with `let` or `var`. Without a tagged cell the new one is the first and declares them.
 *
 * @throws {TypeError} for a name that the tagged cell does not declare, with the nearest that it
 * does; for a `const`; for what is not a name of a variable or not JSON.
 *
 * @example
 * ```ts
 * import { sourceOf, withParameters } from "../mod.ts";
 *
 * const metadata = { tags: ["parameters"] };
 * const cell = { cell_type: "code" as const, metadata, source: "let limit = 5;" };
 * const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
 * const { cells } = withParameters(notebook, { limit: 7 });
 * console.log(cells.map(sourceOf)); // [ "let limit = 5;", "limit = 7;" ]
 * ```
 */
export function withParameters(notebook: Notebook, parameters: NotebookParameters): Notebook {
  const cells = notebook.cells.filter((cell) => !hasTag(cell, INJECTED));
  const at = cells.findIndex((cell) => cell.cell_type === "code" && hasTag(cell, DEFAULTS));
  const defaults = cells[at];
  const declared = defaults && declarations(sourceOf(defaults));
  const lines = Object.entries(parameters).map(([name, value]) => {
    checkName(name, declared ?? null);
    return `${declared ? "" : "let "}${name} = ${literal(name, value)};`;
  });
  const metadata = { tags: [INJECTED] };
  const injected: NotebookCell = { cell_type: "code", metadata, source: lines.join("\n") };
  cells.splice(at + 1, 0, injected);
  return { ...notebook, metadata: { ...DENO_METADATA, ...notebook.metadata }, cells };
}

/** The variables that a text declares at its top level, each with the word that declares it. */
function declarations(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const statements = source.replace(COMMENT, "").split(STATEMENT_END);
  for (const statement of statements) {
    const [, word, list = ""] = /^\s*(let|var|const)\s+([^]*)/.exec(statement) ?? [];
    if (word === undefined) continue;
    for (const [, name = ""] of list.matchAll(DECLARED)) found.set(name, word);
  }
  return found;
}

const COMMENT = /\/\/.*|\/\*[^]*?\*\//g;
const STATEMENT_END = /;|\n(?=\s*(?:let|var|const|import|export|function|class|type|interface)\b)/;
const DECLARED = /(?:^|,)\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?=[:=,]|$)/gu;

function checkName(name: string, declared: ReadonlyMap<string, string> | null): void {
  const action = `Cannot set the parameter ${JSON.stringify(name)}`;
  if (!IDENTIFIER.test(name)) {
    throw new TypeError(`${action}: it is not a name of a variable. Rename it`);
  }
  if (declared === null) return;
  const word = declared.get(name);
  if (word === "const") {
    throw new TypeError(`${action}: its cell declares it with const. Declare it with let`);
  }
  if (word !== undefined) return;
  const near = nearest(name, [...declared.keys()]);
  const next = near === null ? `It declares ${[...declared.keys()].join(", ")}` : `Use ${near}`;
  throw new TypeError(`${action}: the cell tagged ${DEFAULTS} does not declare it. ${next}`);
}

function literal(name: string, value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text !== undefined) return text;
  throw new TypeError(
    `Cannot set the parameter ${JSON.stringify(name)}: its value is not JSON. Pass plain data`,
  );
}
