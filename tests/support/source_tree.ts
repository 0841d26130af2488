/**
 * The source as data: what each file imports, exports and contains. For tests of the architecture.
 *
 * @module
 */

import { dirname, join, normalize } from "node:path/posix";
import ts from "npm:typescript@6.0.3";
import { readText, ROOT } from "./repository.ts";

/** One file of the repository. */
export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  path: string;
  lines: number;
  /** Every import and re-export, type-only and dynamic ones included. */
  imports: ImportedModule[];
  /**
   * The imports and re-exports that are loaded with the file: neither type-only nor dynamic ones.
   */
  values: ImportedModule[];
  functions: FunctionSize[];
  usesConsole: boolean;
  readsEnvironment: boolean;
  /** Statements that are not `export { … } from "…"`. */
  ownStatements: number;
  /** What is exported as a whole. */
  starExports: ImportedModule[];
}

export interface ImportedModule {
  specifier: string;
  /** From the root of the repository; absent when the module is not ours. */
  path?: string;
}

export interface FunctionSize {
  name: string;
  lines: number;
}

/** Reads every TypeScript file under the folders (or the files themselves), sorted by path. */
export function readSourceTree(...roots: string[]): SourceFile[] {
  return roots.flatMap(listFiles)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    .toSorted()
    .map(readSource);
}

/** Every file under a folder of the repository, or the file itself. */
export function listFiles(root: string): string[] {
  if (!Deno.statSync(join(ROOT, root)).isDirectory) return [root];
  return [...Deno.readDirSync(join(ROOT, root))].flatMap((entry) => {
    const path = join(root, entry.name);
    return entry.isDirectory ? listFiles(path) : [path];
  });
}

/** The files of each import cycle, each cycle once. */
export function findCycles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const file of files) visit(file.path, []);
  return cycles;

  function visit(path: string, trail: string[]): void {
    const start = trail.indexOf(path);
    if (start >= 0) return void cycles.push(trail.slice(start));
    if (done.has(path)) return;
    for (const imported of byPath.get(path)?.imports ?? []) {
      if (imported.path !== undefined) visit(imported.path, [...trail, path]);
    }
    done.add(path);
  }
}

function readSource(path: string): SourceFile {
  const text = readText(path);
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const nodes = [...walk(syntax)];
  const exports = syntax.statements.filter(ts.isExportDeclaration);
  const named = exports.filter((statement) =>
    statement.moduleSpecifier && statement.exportClause &&
    ts.isNamedExports(statement.exportClause)
  );
  return {
    path,
    lines: text.split("\n").length - 1,
    imports: [...new Set(nodes.flatMap(specifierOf))].map((specifier) => locate(path, specifier)),
    values: syntax.statements.filter(isValueImport).flatMap(specifierOf)
      .map((specifier) => locate(path, specifier)),
    functions: nodes.filter(isFunctionWithBody).map((node) => measure(node, syntax)),
    usesConsole: nodes.some((node) => isMember(node, "console")),
    readsEnvironment: nodes.some((node) =>
      isMember(node, "Deno", "env") || isMember(node, "process", "env")
    ),
    ownStatements: syntax.statements.length - named.length,
    starExports: exports.filter((statement) => !statement.exportClause).flatMap(specifierOf)
      .map((specifier) => locate(path, specifier)),
  };
}

function* walk(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* walk(child);
}

function specifierOf(node: ts.Node): string[] {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier ? literal(node.moduleSpecifier) : [];
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return node.arguments[0] ? literal(node.arguments[0]) : [];
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return literal(node.argument.literal);
  }
  return [];
}

function isValueImport(node: ts.Statement): boolean {
  if (ts.isExportDeclaration(node)) return !node.isTypeOnly;
  if (!ts.isImportDeclaration(node)) return false;
  const { importClause } = node;
  if (importClause?.isTypeOnly) return false;
  const { namedBindings: names } = importClause ?? {};
  const isNamed = names !== undefined && ts.isNamedImports(names);
  return !isNamed || names.elements.some((element) => !element.isTypeOnly);
}

function literal(node: ts.Node): string[] {
  return ts.isStringLiteralLike(node) ? [node.text] : [];
}

function locate(importer: string, specifier: string): ImportedModule {
  if (!specifier.startsWith(".")) return { specifier };
  return { specifier, path: normalize(join(dirname(importer), specifier)) };
}

function isFunctionWithBody(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

function measure(node: ts.FunctionLikeDeclaration, file: ts.SourceFile): FunctionSize {
  const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
  const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
  return { name: node.name?.getText() ?? `line ${first + 1}`, lines: last - first + 1 };
}

function isMember(node: ts.Node, object: string, member?: string): boolean {
  return ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) &&
    node.expression.text === object && (member === undefined || node.name.text === member);
}
