/**
 * Figures of a source tree that no single lint rule has: sizes, casts, cycles, idioms, documentation.
 *
 * @module
 */
import { dirname, join, normalize, relative } from "node:path/posix";
import ts from "npm:typescript@6.0.3";

/** The figures of one tree, by name, in the order in which they are shown. */
export type Figures = Readonly<Record<string, string>>;

/** A file with its syntax. */
interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly syntax: ts.SourceFile;
  readonly nodes: readonly ts.Node[];
}

interface Size {
  readonly lines: number;
  readonly nesting: number;
}

/** Measures the files of a folder, generated ones and declarations left out. */
export function measureTree(root: string): Figures {
  const sources = listSources(root).map((path) => readSource(root, path));
  const code = sum(sources.map(codeLines));
  const perThousand = (count: number): string => (1000 * count / code).toFixed(1);
  const functions = sources.flatMap(sizesOfFunctions);
  const lengths = functions.map(({ lines }) => lines);
  const classes = nodesOf(sources, ts.isClassLike).map(linesOf);
  const assertions = nodesOf(sources, isCast);
  const double = assertions.filter((node) => isCast(node.expression)).length;
  const files = sources.map(({ lines }) => lines);
  return {
    "files / lines": `${sources.length} / ${sum(files)}`,
    "median / max file": `${quantile(files, 0.5)} / ${quantile(files, 1)}`,
    "median / p95 / max function": [0.5, 0.95, 1].map((q) => quantile(lengths, q)).join(" / "),
    "functions > 40 / > 60": [40, 60].map((max) => lengths.filter((n) => n > max).length)
      .join(" / "),
    "max class": String(quantile(classes, 1)),
    "max nesting; functions >= 4": `${quantile(functions.map(({ nesting }) => nesting), 1)}; ${
      functions.filter(({ nesting }) => nesting >= 4).length
    }`,
    "`any`": String(nodesOf(sources, isAny).length),
    "`as` per 1k code; `as unknown as`": `${perThousand(assertions.length)}; ${double}`,
    "`!`": String(nodesOf(sources, ts.isNonNullExpression).length),
    "ts-ignore": String(
      sum(sources.map(({ text }) => count(text, /@ts-(?:ignore|expect-error)/g))),
    ),
    "cycles by value / with types": [false, true].map((types) => cyclesOf(sources, types).length)
      .join(" / "),
    ...documentation(sources, code),
    "functions per 1k code": perThousand(functions.length),
    "pure forwarders per 1k code": perThousand(nodesOf(sources, isForwarder).length),
    "conditional spreads": String(nodesOf(sources, isConditionalSpread).length),
    "`Object(x)`": String(nodesOf(sources, isObjectCall).length),
    "return of a void call": String(nodesOf(sources, isVoidReturn).length),
    "files under 50 lines": String(files.filter((lines) => lines < 50).length),
    "most files in one folder": String(quantile([...foldersOf(sources).values()], 1)),
  };
}

const SKIPPED = /\.d\.ts$|\/protocol\/(?:types|methods|method_definitions)\.ts$/;

function listSources(root: string): string[] {
  const files = (folder: string): string[] =>
    [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
      const path = join(folder, name);
      return isDirectory ? files(path) : [path];
    });
  return [join(root, "mod.ts"), ...files(join(root, "src"))]
    .filter((path) => path.endsWith(".ts") && !SKIPPED.test(path)).toSorted();
}

function readSource(root: string, path: string): Source {
  const text = Deno.readTextFileSync(path);
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return { path: relative(root, path), text, lines: text.split("\n").length - 1, syntax, nodes };
}

function nodesOf<N extends ts.Node>(
  sources: readonly Source[],
  is: (node: ts.Node) => node is N,
): N[] {
  return sources.flatMap(({ nodes }) => nodes.filter(is));
}

function linesOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getEnd()).line -
    file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

/** Lines with a token: neither empty nor comment alone. */
function codeLines({ syntax }: Source): number {
  const lines = new Set<number>();
  const leaves = (node: ts.Node): void => {
    if (ts.isJSDoc(node) || node.kind === ts.SyntaxKind.EndOfFileToken) return;
    if (node.getChildCount() > 0) return node.getChildren().forEach(leaves);
    for (const at of [node.getStart(), node.getEnd()]) {
      lines.add(syntax.getLineAndCharacterOfPosition(at).line);
    }
  };
  leaves(syntax);
  return lines.size;
}

type WithBody = ts.FunctionLikeDeclaration & { readonly body: ts.Node };

function isFunction(node: ts.Node): node is WithBody {
  return ts.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

function sizesOfFunctions({ nodes }: Source): Size[] {
  return nodes.filter(isFunction).map((node) => ({
    lines: linesOf(node),
    nesting: nestingOf(node.body),
  }));
}

/** Blocks of control flow within each other; a function within counts for itself. */
function nestingOf(node: ts.Node): number {
  let deepest = 0;
  ts.forEachChild(node, (child) => {
    if (ts.isFunctionLike(child)) return;
    const isElseIf = ts.isIfStatement(child) && ts.isIfStatement(node) &&
      node.elseStatement === child;
    const own = isControlFlow(child) && !isElseIf ? 1 : 0;
    deepest = Math.max(deepest, own + nestingOf(child));
  });
  return deepest;
}

function isControlFlow(node: ts.Node): boolean {
  return ts.isIfStatement(node) || ts.isIterationStatement(node, false) ||
    ts.isSwitchStatement(node) || ts.isTryStatement(node);
}

function isAny(node: ts.Node): node is ts.KeywordTypeNode {
  return node.kind === ts.SyntaxKind.AnyKeyword;
}

function isCast(node: ts.Node): node is ts.AsExpression {
  return ts.isAsExpression(node) && node.type.getText() !== "const";
}

/**
 * A function that is one call with its own parameters. What an interface of the language asks for is
 * left out, and so is a call on the result of another call.
 */
function isForwarder(node: ts.Node): node is WithBody {
  if (!isFunction(node) || node.name && ts.isComputedPropertyName(node.name)) return false;
  const call = onlyCall(node.body);
  if (!call || !(ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node))) return false;
  if (!/^[\w#.?]+$/.test(call.expression.getText())) return false;
  const names = new Set(node.parameters.map(({ name }) => name.getText()));
  return call.arguments.every((argument) =>
    names.has(argument.getText()) || /^this(?:\.#?\w+)?$/.test(argument.getText())
  );
}

function onlyCall(body: ts.Node): ts.CallExpression | null {
  let expression: ts.Node | undefined = body;
  if (ts.isBlock(body)) {
    const [only, ...others] = body.statements;
    if (!only || others.length > 0) return null;
    if (!ts.isReturnStatement(only) && !ts.isExpressionStatement(only)) return null;
    expression = only.expression;
  }
  if (expression && ts.isAwaitExpression(expression)) expression = expression.expression;
  return expression && ts.isCallExpression(expression) ? expression : null;
}

function isConditionalSpread(node: ts.Node): node is ts.SpreadAssignment {
  if (!ts.isSpreadAssignment(node)) return false;
  const spread = ts.isParenthesizedExpression(node.expression)
    ? node.expression.expression
    : node.expression;
  if (ts.isBinaryExpression(spread)) {
    return spread.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
  }
  return ts.isConditionalExpression(spread) && [spread.whenTrue, spread.whenFalse].some(isEmpty);
}

function isEmpty(node: ts.Node): boolean {
  return ts.isObjectLiteralExpression(node) && node.properties.length === 0;
}

function isObjectCall(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === "Object";
}

function isVoidReturn(node: ts.Node): node is ts.ReturnStatement {
  if (!ts.isReturnStatement(node) || !node.expression) return false;
  const around = ts.findAncestor(node, ts.isFunctionLike);
  return around?.type?.kind === ts.SyntaxKind.VoidKeyword;
}

/** Groups of files that import each other, with or without imports of types. */
function cyclesOf(sources: readonly Source[], withTypes: boolean): string[][] {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source, withTypes)]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push(trail.slice(start));
    if (start >= 0 || done.has(path)) return;
    for (const imported of imports.get(path) ?? []) visit(imported, [...trail, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return cycles;
}

function importsOf({ path, nodes }: Source, withTypes: boolean): string[] {
  return nodes.flatMap((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return [];
    const isType = ts.isImportDeclaration(node)
      ? node.importClause?.isTypeOnly === true
      : node.isTypeOnly;
    const { moduleSpecifier } = node;
    if (isType && !withTypes || !moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
    return moduleSpecifier.text.startsWith(".")
      ? [normalize(join(dirname(path), moduleSpecifier.text))]
      : [];
  });
}

function documentation(sources: readonly Source[], code: number): Figures {
  const exported = sources.flatMap(({ syntax }) => syntax.statements.filter(isExported));
  const members = exported.flatMap((node) =>
    ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) ? [...node.members] : []
  ).filter(isPublic);
  const comments = sum(
    sources.map(({ text }) =>
      sum([...text.matchAll(/\/\*\*[^]*?\*\//g)].map(([comment]) => comment.split("\n").length))
    ),
  );
  const inline = sum(sources.map(({ text }) => count(text, /^\s*\/\/(?! deno-lint| @ts)/gm)));
  const share = (nodes: readonly ts.Node[]): string =>
    `${Math.round(100 * nodes.filter(isDocumented).length / Math.max(1, nodes.length))} %`;
  const perHundred = (lines: number): string => (100 * lines / code).toFixed(1);
  return {
    "exports documented; members": `${share(exported)}; ${share(members)}`,
    "comment lines per 100 code; inline": `${perHundred(comments + inline)}; ${perHundred(inline)}`,
  };
}

function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) && !ts.isExportDeclaration(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function isPublic(node: ts.Node & { readonly name?: ts.Node | undefined }): boolean {
  if (ts.isPrivateIdentifier(node.name ?? node)) return false;
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) ?? [] : [];
  return !modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}

function isDocumented(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0;
}

function foldersOf(sources: readonly Source[]): Map<string, number> {
  const folders = new Map<string, number>();
  for (const { path } of sources) {
    folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1);
  }
  return folders;
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}
