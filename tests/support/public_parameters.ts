/**
 * The parameters of all public functions, as `deno doc` reads them.
 *
 * @module
 */
import { runDeno } from "./deno_command.ts";
import { readConfig, ROOT } from "./repository.ts";

/** One parameter of a public function. */
export interface PublicParameter {
  /** Such as `Codex.start`, `Thread#run` or `image`, and the parameter behind it: `image(options)`. */
  readonly name: string;
  /** Names of the types in it, such as `ThreadFilter` and `CallSignal`; `{}` for a literal. */
  readonly types: readonly string[];
}

interface Declaration {
  readonly kind: string;
  readonly def?: Definition;
}

interface Definition {
  readonly params?: readonly Parameter[];
  readonly methods?: readonly Method[];
  readonly constructors?: readonly (Definition & { readonly accessibility?: string })[];
}

interface Method extends Definition {
  readonly name: string;
  readonly isStatic?: boolean;
  readonly accessibility?: string;
  readonly functionDef?: Definition;
}

interface Parameter {
  readonly kind: string;
  readonly name?: string;
  readonly left?: Parameter;
  readonly arg?: Parameter;
  readonly tsType?: TypeNode;
}

interface TypeNode {
  readonly kind: string;
  readonly value: unknown;
}

/** Parameters of all functions, methods and constructors of every entry point but the protocol. */
export async function publicParameters(): Promise<PublicParameter[]> {
  const found = new Map<string, PublicParameter>();
  const { "./protocol": _, ...entries } = readConfig().exports;
  for (const symbol of await symbolsOf(Object.values(entries))) {
    const parameters = symbol.declarations.flatMap((each) => parametersOf(symbol.name, each));
    for (const { name, types } of parameters) {
      const all = new Set([...found.get(name)?.types ?? [], ...types]);
      found.set(name, { name, types: [...all] });
    }
  }
  return [...found.values()];
}

interface Symbol {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

async function symbolsOf(entries: readonly string[]): Promise<Symbol[]> {
  const { code, stdout, stderr } = await runDeno(["doc", "--json", ...entries], { cwd: ROOT });
  if (code !== 0) throw new Error(stderr);
  const { nodes } = JSON.parse(stdout) as { nodes: Record<string, { symbols: Symbol[] }> };
  return Object.values(nodes).flatMap(({ symbols }) => symbols);
}

function parametersOf(owner: string, { kind, def }: Declaration): PublicParameter[] {
  if (!def) return [];
  if (kind === "function") return named(owner, def);
  if (kind !== "class" && kind !== "interface") return [];
  const methods = (def.methods ?? []).filter(({ accessibility }) => accessibility !== "private")
    .flatMap((method) =>
      named(
        `${owner}${method.isStatic ? "." : "#"}${method.name}`,
        method.functionDef ?? method,
      )
    );
  const constructors = (def.constructors ?? [])
    .filter(({ accessibility }) => accessibility !== "private")
    .flatMap((constructor) => named(`new ${owner}`, constructor));
  return [...methods, ...constructors];
}

function named(owner: string, { params = [] }: Definition): PublicParameter[] {
  return params.map((parameter, index) => {
    const isLast = index === params.length - 1;
    const { name = isLast ? "options" : "value", tsType } = withoutDefault(parameter);
    return { name: `${owner}(${name})`, types: tsType ? namesIn(tsType) : ["{}"] };
  });
}

/** A parameter that the signature takes apart has no name. */
function withoutDefault(parameter: Parameter): { name?: string; tsType?: TypeNode } {
  const inner = parameter.left ?? parameter.arg;
  if (!inner) return parameter;
  return withoutDefault({ ...inner, tsType: parameter.tsType ?? inner.tsType });
}

/** Names of the object types in a type; those of lists and functions are not what is passed. */
function namesIn({ kind, value }: TypeNode): string[] {
  if (kind === "typeLiteral" || kind === "mapped") return ["{}"];
  if (kind === "union" || kind === "intersection") return (value as TypeNode[]).flatMap(namesIn);
  if (kind === "parenthesized" || kind === "optional") return namesIn(value as TypeNode);
  if (kind !== "typeRef") return [];
  const { typeName, typeParams } = value as { typeName: string; typeParams?: TypeNode[] };
  const isWrapper = ["Omit", "Pick", "Partial", "Readonly"].includes(typeName);
  return isWrapper ? namesIn(typeParams?.[0] ?? { kind: "", value: null }) : [typeName];
}
