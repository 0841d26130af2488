/**
 * `describe`, `it` and the hooks, on `Deno.test`.
 *
 * Every `it` is a separate test, named "suite > test", with all sanitizers on: it can be
 * filtered, it reports alone, and it must clean up alone. Only a suite with `beforeAll` or
 * `afterAll` becomes one test whose `it`s are steps, because what such a suite shares outlives
 * each of them.
 *
 * @module
 */

import { format } from "node:util";
import { withAssertions, withDiff } from "./expect.ts";

type Awaitable<T> = T | Promise<T>;
/** A test body. */
export type TestFunction = (context: TestContext) => Awaitable<unknown>;
type Hook = (context: TestContext) => Awaitable<unknown>;
type SuiteHook = () => Awaitable<unknown>;
type Mode = "run" | "skip" | "only" | "todo";
type Name = string | { readonly name: string };

/** What a test body is given. */
export interface TestContext {
  /** Aborted when the test's time is up. */
  readonly signal: AbortSignal;
  /** Runs after the test, last registered first. */
  onTestFinished(cleanup: () => Awaitable<unknown>): void;
}

/** What the second argument of `it` may say. */
export interface TestOptions {
  /** Default 60,000. */
  timeout?: number;
  skip?: boolean;
  only?: boolean;
  todo?: boolean;
}

interface Case {
  kind: "case";
  name: string;
  mode: Mode;
  timeoutMs: number;
  body: TestFunction;
}

interface Suite {
  kind: "suite";
  name: string;
  mode: Mode;
  parent: Suite | undefined;
  children: (Case | Suite)[];
  beforeAll: SuiteHook[];
  afterAll: SuiteHook[];
  beforeEach: Hook[];
  afterEach: Hook[];
}

const DEFAULT_TIMEOUT_MS = 60_000;
// Taken before any test can replace them with fake ones.
const { setTimeout, clearTimeout } = globalThis;

const file: Suite = newSuite("", "run", undefined);
let collecting = file;
let finishers: (() => Awaitable<unknown>)[] | undefined;

/** One test. */
export const it: TestApi = Object.assign(declareWith("run"), {
  only: declareWith("only"),
  skip: declareWith("skip"),
  todo: (name: Name): void => declare("todo", name, {}, () => {}),
  skipIf: (condition: unknown) => declareWith(condition ? "skip" : "run"),
  runIf: (condition: unknown) => declareWith(condition ? "run" : "skip"),
  each: eachOf((name, body, options) => declare("run", name, options, body)),
});
/** The same as `it`. */
export const test: TestApi = it;

/** A named group of tests; may be nested. */
export const describe: SuiteApi = Object.assign(group("run"), {
  only: group("only"),
  skip: group("skip"),
  todo: (name: Name): void => declare("todo", name, {}, () => {}),
  skipIf: (condition: unknown) => group(condition ? "skip" : "run"),
  runIf: (condition: unknown) => group(condition ? "run" : "skip"),
  each: eachOf((name, body) => group("run")(name, () => void body(undefined as never))),
});

/** Runs before each test of the suite; a function it returns runs after that test. */
export function beforeEach(hook: Hook): void {
  collecting.beforeEach.push(hook);
}

/** Runs after each test of the suite, last registered first. */
export function afterEach(hook: Hook): void {
  collecting.afterEach.push(hook);
}

/** Runs once before the suite; a function it returns runs after it. */
export function beforeAll(hook: SuiteHook): void {
  if (collecting !== file) return void collecting.beforeAll.push(hook);
  Deno.test.beforeAll(async () => {
    const cleanup = await hook();
    if (isFunction(cleanup)) file.afterAll.push(cleanup);
  });
  registerFileCleanup();
}

/** Runs once after the suite, last registered first. */
export function afterAll(hook: SuiteHook): void {
  collecting.afterAll.push(hook);
  if (collecting === file) registerFileCleanup();
}

/** Runs after the test that calls it, last registered first. */
export function onTestFinished(cleanup: () => Awaitable<unknown>): void {
  if (!finishers) throw new Error("Cannot call onTestFinished: no test is running");
  finishers.push(cleanup);
}

interface Declare {
  (name: Name, body: TestFunction, timeoutMs?: number): void;
  (name: Name, options: TestOptions, body: TestFunction): void;
}
interface Each {
  // deno-lint-ignore no-explicit-any -- what the caller's own rows are, as in Vitest
  <T extends readonly any[] | [any]>(
    rows: readonly T[],
  ): (name: Name, body: (...row: T) => Awaitable<unknown>, options?: TestOptions | number) => void;
  <T>(
    rows: readonly T[],
  ): (name: Name, body: (row: T) => Awaitable<unknown>, options?: TestOptions | number) => void;
}
/** The shape of `it`. */
export type TestApi = Declare & {
  only: Declare;
  skip: Declare;
  todo(name: Name): void;
  skipIf(condition: unknown): Declare;
  runIf(condition: unknown): Declare;
  each: Each;
};
type Group = (name: Name, body: () => void) => void;
/** The shape of `describe`. */
export type SuiteApi = Group & {
  only: Group;
  skip: Group;
  todo(name: Name): void;
  skipIf(condition: unknown): Group;
  runIf(condition: unknown): Group;
  each: Each;
};

// Collecting.

function declareWith(mode: Mode): Declare {
  return (name: Name, second: TestFunction | TestOptions, third?: TestFunction | number): void => {
    const body = typeof second === "function" ? second : third as TestFunction;
    declare(mode, name, typeof second === "function" ? third as number | undefined : second, body);
  };
}

function declare(
  mode: Mode,
  name: Name,
  options: TestOptions | number | undefined,
  body: TestFunction,
): void {
  const settings = typeof options === "number" ? { timeout: options } : options ?? {};
  const declared: Case = {
    kind: "case",
    name: nameOf(name),
    mode: modeOf(settings) ?? mode,
    timeoutMs: settings.timeout ?? DEFAULT_TIMEOUT_MS,
    body,
  };
  if (collecting === file) return register(declared, file, []);
  collecting.children.push(declared);
}

function modeOf(options: TestOptions): Mode | undefined {
  if (options.todo) return "todo";
  if (options.skip) return "skip";
  return options.only ? "only" : undefined;
}

function group(mode: Mode): Group {
  return (name, body) => {
    const suite = newSuite(nameOf(name), mode, collecting);
    collecting = suite;
    try {
      body();
    } finally {
      collecting = suite.parent ?? file;
    }
    if (collecting === file) return register(suite, file, []);
    collecting.children.push(suite);
  };
}

function newSuite(name: string, mode: Mode, parent: Suite | undefined): Suite {
  return {
    kind: "suite",
    name,
    mode: mode === "run" && parent ? parent.mode : mode,
    parent,
    children: [],
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  };
}

function eachOf(
  add: (name: string, body: TestFunction, options?: TestOptions | number) => void,
): Each {
  return (rows: readonly unknown[]) =>
  (
    name: Name,
    body: (...row: never[]) => Awaitable<unknown>,
    options?: TestOptions | number,
  ): void =>
    rows.forEach((row, index) => {
      const values = Array.isArray(row) ? row : [row];
      add(rowName(nameOf(name), values, index), () => body(...values as never[]), options);
    });
}

/** Fills printf places, `%#` (index), `%$` (number) and `$field` of a row that is an object. */
function rowName(name: string, values: unknown[], index: number): string {
  const numbered = name.replaceAll("%#", `${index}`).replaceAll("%$", `${index + 1}`);
  const places = numbered.match(/%[sdifjoO]/g)?.length ?? 0;
  const [first] = values;
  if (typeof first !== "object" || first === null) {
    return format(numbered, ...values.slice(0, places));
  }
  const named = numbered.replace(/\$([\w.]+)/g, (_, path: string) => String(field(first, path)));
  return format(named, ...values.slice(0, places));
}

function field(row: object, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    row,
  );
}

function nameOf(name: Name): string {
  return typeof name === "string" ? name : name.name;
}

// Registering with Deno.

function register(node: Case | Suite, owner: Suite, path: string[]): void {
  const named = [...path, node.name];
  if (node.kind === "case") return registerCase(node, owner, named);
  if (sharesState(node)) return registerGroup(node, named);
  for (const child of node.children) register(child, node, named);
}

function registerCase(declared: Case, owner: Suite, path: string[]): void {
  Deno.test({
    name: path.join(" > "),
    ignore: isIgnored(declared, owner),
    only: effectiveMode(declared, owner) === "only",
    sanitizeOps: true,
    sanitizeResources: true,
    sanitizeExit: true,
    fn: () => runCase(declared, owner, path.join(" > ")),
  });
}

function registerGroup(suite: Suite, path: string[]): void {
  Deno.test({
    name: path.join(" > "),
    ignore: suite.mode === "skip",
    only: hasOnly(suite),
    sanitizeOps: true,
    sanitizeResources: true,
    sanitizeExit: true,
    fn: (context) => runGroup(suite, path, context),
  });
}

function sharesState(suite: Suite): boolean {
  return suite.beforeAll.length + suite.afterAll.length > 0;
}

function hasOnly(node: Case | Suite): boolean {
  return node.mode === "only" || (node.kind === "suite" && node.children.some(hasOnly));
}

function effectiveMode(declared: Case, owner: Suite): Mode {
  return declared.mode === "run" ? owner.mode : declared.mode;
}

function isIgnored(declared: Case, owner: Suite): boolean {
  return owner.mode === "skip" || declared.mode === "skip" || declared.mode === "todo";
}

let fileCleanupRegistered = false;
function registerFileCleanup(): void {
  if (fileCleanupRegistered) return;
  fileCleanupRegistered = true;
  Deno.test.afterAll(() => runAll(file.afterAll.toReversed()));
}

// Running.

async function runGroup(suite: Suite, path: string[], context: Deno.TestContext): Promise<void> {
  const cleanups: SuiteHook[] = [];
  try {
    for (const hook of suite.beforeAll) {
      const cleanup = await hook();
      if (isFunction(cleanup)) cleanups.push(cleanup);
    }
    const chosen = hasOnly(suite) && suite.mode !== "only";
    await runSteps(suite, suite, path, context, chosen);
  } finally {
    await runAll([...suite.afterAll.toReversed(), ...cleanups.toReversed()]);
  }
}

async function runSteps(
  top: Suite,
  suite: Suite,
  path: string[],
  context: Deno.TestContext,
  onlyChosen: boolean,
): Promise<void> {
  for (const child of suite.children) {
    const named = [...path, child.name];
    const name = child === top ? child.name : named.slice(1).join(" > ");
    if (child.kind === "suite" && !sharesState(child)) {
      await runSteps(top, child, named, context, onlyChosen && child.mode !== "only");
      continue;
    }
    await context.step({
      name,
      ignore: onlyChosen && !hasOnly(child) ||
        (child.kind === "case" ? isIgnored(child, suite) : child.mode === "skip"),
      sanitizeOps: true,
      sanitizeResources: true,
      fn: (step) =>
        child.kind === "case"
          ? runCase(child, suite, named.join(" > "))
          : runGroup(child, named, step),
    });
  }
}

async function runCase(declared: Case, owner: Suite, name: string): Promise<void> {
  const timeUp = new AbortController();
  const cleanups: (() => Awaitable<unknown>)[] = [];
  finishers = cleanups;
  const context: TestContext = { signal: timeUp.signal, onTestFinished };
  try {
    await withAssertions(name, () => inTime(() => runHooked(declared, owner, context, cleanups)));
  } catch (error) {
    throw withDiff(error);
  } finally {
    finishers = undefined;
  }

  async function inTime(body: () => Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new Error(`Test timed out in ${declared.timeoutMs}ms`);
      timeUp.abort(error);
      late.reject(error);
    }, declared.timeoutMs);
    try {
      await Promise.race([body(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function runHooked(
  declared: Case,
  owner: Suite,
  context: TestContext,
  cleanups: (() => Awaitable<unknown>)[],
): Promise<void> {
  const suites = lineage(owner);
  const undo: SuiteHook[] = [];
  await runAll([
    async () => {
      for (const hook of suites.flatMap((suite) => suite.beforeEach)) {
        const cleanup = await hook(context);
        if (isFunction(cleanup)) undo.push(cleanup);
      }
      await declared.body(context);
    },
    ...suites.toReversed().flatMap((suite) => suite.afterEach.toReversed())
      .map((hook) => () => hook(context)),
    () => runAll(undo.toReversed()),
    () => runAll(cleanups.toReversed()),
  ]);
}

function lineage(suite: Suite): Suite[] {
  return suite.parent ? [...lineage(suite.parent), suite] : [suite];
}

/** Runs every function, also after one has thrown, then throws what they threw. */
async function runAll(functions: (() => Awaitable<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const run of functions) {
    try {
      await run();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors.map(withDiff), "several failures");
}

function isFunction(value: unknown): value is () => Awaitable<unknown> {
  return typeof value === "function";
}
