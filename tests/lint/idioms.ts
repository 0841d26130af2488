/**
 * The idioms of the library as lint rules: one way to write each thing, and none that makes a
 * reader stop. `deno lint` runs them over `src/`, `examples/` and `mod.ts`, and the one about spreads
 * of literals over the tests too.
 *
 * @module
 */

type Node = Deno.lint.Node;

const plugin: Deno.lint.Plugin = {
  name: "idioms",
  rules: {
    "conditional-spread": rule((context) => ({
      SpreadElement({ argument, parent }) {
        if (parent.type !== "ObjectExpression" || !isGuardedCopy(argument)) return;
        context.report({
          node: argument,
          message: "Conditional spread of one value: write the property, undefined is dropped",
        });
      },
    })),
    "spread-literal": {
      create: (context) => ({
        SpreadElement({ argument, parent }) {
          const isLiteral = argument.type === "ArrayExpression" ||
            argument.type === "ObjectExpression";
          if (!isLiteral || argument.type !== parent.type) return;
          context.report({
            node: argument,
            message: "Spread of a literal: write its members, the formatter breaks the lines",
          });
        },
      }),
    },
    "optional-undefined": rule((context) => {
      const check = (node: Node): void => {
        const { optional, typeAnnotation } = node as Annotated;
        const type = typeAnnotation?.typeAnnotation;
        const types = type?.type === "TSUnionType" ? type.types : [];
        if (!optional || !types.some(({ type }) => type === "TSUndefinedKeyword")) return;
        context.report({ node, message: "`?: T | undefined` says the same twice: write `?: T`" });
      };
      return { TSPropertySignature: check, PropertyDefinition: check, Identifier: check };
    }),
    "object-call": rule((context) => ({
      CallExpression(node) {
        if (node.callee.type !== "Identifier" || node.callee.name !== "Object") return;
        context.report({ node, message: "`Object(x)` hides its purpose: use asRecord(x)" });
      },
    })),
    "nested-ternary": rule((context) => ({
      ConditionalExpression(node) {
        if (node.parent.type !== "ConditionalExpression") return;
        context.report({ node, message: "Nested ternary: use if, switch or a table" });
      },
    })),
    "void-return": rule((context) => ({
      ReturnStatement(node) {
        const { argument } = node;
        if (!argument || !returnsNothing(functionAround(node))) return;
        context.report({ node, message: "Return of nothing: make it a statement of its own" });
      },
    })),
  },
};

export default plugin;

interface Annotated {
  readonly optional?: boolean;
  readonly typeAnnotation?: Deno.lint.TSTypeAnnotation;
}

type Create = Deno.lint.Rule["create"];

/** A rule for the library; tests and tools write as they like. */
function rule(create: Create): Deno.lint.Rule {
  const isOurs = (path: string): boolean =>
    /^(?!.*\/tests\/).*(?:\/src\/|\/examples\/|\/mod\.ts$)/.test(path);
  return { create: (context) => isOurs(context.filename) ? create(context) : {} };
}

/** `x !== undefined && { x }`, `x && { y: x }` or `x === undefined ? {} : { x }`. */
function isGuardedCopy(node: Node): boolean {
  if (node.type === "LogicalExpression" && node.operator === "&&") {
    return copies(node.right, node.left);
  }
  if (node.type !== "ConditionalExpression") return false;
  const { test, consequent, alternate } = node;
  return copies(consequent, test) && isEmpty(alternate) ||
    copies(alternate, test) && isEmpty(consequent);
}

/** Whether the object has one property, whose value is what the test looks at. */
function copies(node: Node, test: Node): boolean {
  if (node.type !== "ObjectExpression" || node.properties.length !== 1) return false;
  const [property] = node.properties;
  const name = testedName(test);
  return name !== null && property?.type === "Property" && nameOf(property.value) === name;
}

function testedName(test: Node): string | null {
  const isComparison = test.type === "BinaryExpression" && /^[!=]==$/.test(test.operator);
  return nameOf(isComparison ? test.left : test);
}

function nameOf(node: Node): string | null {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression" || node.computed) return null;
  return `${nameOf(node.object)}.${nameOf(node.property)}`;
}

function isEmpty(node: Node): boolean {
  return node.type === "ObjectExpression" && node.properties.length === 0;
}

/** A node of a program, which is in another. */
type Nested = Exclude<Node, Deno.lint.LineComment | Deno.lint.BlockComment>;

type AnyFunction =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

function functionAround(node: Node): AnyFunction | null {
  for (let at = node as Nested; at.type !== "Program"; at = at.parent as Nested) {
    if (at.type === "FunctionDeclaration" || at.type === "FunctionExpression") return at;
    if (at.type === "ArrowFunctionExpression") return at;
  }
  return null;
}

/** Whether the type of the function says `void`, or `Promise<void>` where it is async. */
function returnsNothing(node: AnyFunction | null): boolean {
  const type = node?.returnType?.typeAnnotation;
  if (type?.type === "TSVoidKeyword") return true;
  if (!node?.async || type?.type !== "TSTypeReference") return false;
  return type.typeArguments?.params[0]?.type === "TSVoidKeyword";
}
