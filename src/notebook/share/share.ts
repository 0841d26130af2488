/**
 * Live values of the notebook for a model.
 *
 * @module
 */
import type { Thread } from "../../codex/thread.ts";
import { displayable } from "../../display/displayable.ts";
import type { ConnectorParts, ConnectorSource } from "../../domain/connector.ts";
import { startInterruptWatch } from "./evaluate/interrupt.ts";
import { kindOf } from "./describe/kind.ts";
import { checkValueName, checkValues } from "./names.ts";
import { checkShareOptions, type ShareOptions } from "./options.ts";
import { shareTools } from "./tools.ts";

/**
 * Shared values, and the connector that gives them to a thread. The values are properties; what
 * the model assigns is a property from then on.
 */
export type Share<T extends object> = T & ConnectorSource & { [name: string]: unknown };

const DEFAULT_NAME = "the notebook";

/**
 * Shares live values with the model of a thread, which gets four tools for exactly these values:
 * `describe` says what a value is, `evaluate` runs TypeScript with the names in scope, `display`
 * shows a table, a plot, HTML or an image in the cell, and `assign` gives a name a new value.
 *
 * **`evaluate`, `assign` and `display` of code run in this process, with all its permissions and
 * outside the sandbox of the thread.** Each call asks the thread's approval handler, with the code
 * in full, unless `approve` says otherwise; without a handler nothing runs.
 *
 * @example
 * ```ts
 * import { askApproval } from "@codex-deno/codex/notebook";
 * import { startOffline } from "@codex-deno/codex/testing";
 *
 * const sales = [{ month: "May", units: 12 }, { month: "June", units: 30 }];
 * const shared = share({ sales });
 * await using codex = await startOffline();
 * const thread = await codex.startThread({ connectors: [shared], onApproval: askApproval() });
 * await thread.run("Which month was the best?");
 * console.log(shared.sales.length);
 * ```
 *
 * @throws {TypeError} for a name that code cannot use, and for options that cannot be.
 */
export function share<T extends object>(values: T, options: ShareOptions = {}): Share<T> {
  checkShareOptions(options);
  checkValues(values);
  const { name = DEFAULT_NAME } = options;
  const shared = {};
  const hidden = { enumerable: false, writable: false, configurable: false };
  Object.defineProperty(shared, SHARE, { ...hidden, value: true });
  Object.defineProperty(shared, "name", { ...hidden, value: name });
  const components = (): ConnectorParts => partsOf(shared, { ...options, name });
  Object.defineProperty(shared, "components", { ...hidden, value: components });
  addValues(shared, values);
  return displayable(shared, "table", tableOf) as Share<T>;
}

/** Marks a share; a kernel may load these modules twice. */
const SHARE = Symbol.for("codex-deno.notebook.share");

/**
 * Adds values to those that a thread was started with.
 *
 * @throws {TypeError} when it was started without a share: its tools cannot be added later.
 */
export function shareWith({ connectors }: Pick<Thread, "connectors">, values: object): void {
  checkValues(values);
  const shared = connectors.sources.find((source) => Object.hasOwn(source, SHARE));
  if (!shared) {
    throw new TypeError(
      "Cannot share values with the thread: it was started without share(), and a thread gets " +
        "its tools when it starts. Start it with startThread({ connectors: [share({})] })",
    );
  }
  addValues(shared, values);
}

/** Adds values to those of a share, or replaces them. */
export function addValues(shared: object, values: object): void {
  for (const name of Object.keys(values)) {
    checkValueName(name);
    // A getter stays one.
    const property = Object.getOwnPropertyDescriptor(values, name);
    Object.defineProperty(shared, name, { ...property, enumerable: true, configurable: true });
    if (property && "value" in property) Object.defineProperty(shared, name, { writable: true });
  }
}

function partsOf(
  shared: object,
  options: ShareOptions & { readonly name: string },
): ConnectorParts {
  startInterruptWatch();
  return {
    tools: shareTools(shared, options),
    mcpServers: [],
    skills: [],
    developerInstructions: instructionsFor(shared, options),
    policyLabels: options.readOnly ? ["read_only"] : ["write", "local_execution"],
  };
}

function instructionsFor(shared: object, { readOnly = false }: ShareOptions): string {
  const lines = kindsOf(shared).map(([name, kind]) => `- ${name}: ${kind}`);
  const list = lines.length > 0 ? lines.join("\n") : "- none yet";
  const code = readOnly
    ? "You can look at the values and show them, and not compute with them."
    : "`evaluate` runs TypeScript in the user's Deno notebook with these names, `console`, `chart` " +
      "and `signal` in scope; top-level await works and the last expression is the result. " +
      "Variables do not last from one call to the next: `assign` gives a name a value that lasts " +
      "and that the user's next cell can use. `display` shows a table, an image, or a plot as of " +
      '`chart((Plot) => ({ marks: [Plot.barY(rows, { x: "a", y: "b" })] }))` to the user.';
  return `The user shares live values of a notebook with you:\n${list}\n` +
    `Call \`describe\` before you use a value. ${code}`;
}

function kindsOf(shared: object): [string, string][] {
  return Object.keys(shared).map((name) => {
    const property = Object.getOwnPropertyDescriptor(shared, name) ?? {};
    return [name, "value" in property ? kindOf(property.value) : "getter"];
  });
}

function tableOf(shared: object): { title: string; columns: string[]; rows: string[][] } {
  return { title: "Shared values", columns: ["name", "kind"], rows: kindsOf(shared) };
}
