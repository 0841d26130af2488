/**
 * `describe`, `it` and the hooks, on `Deno.test`.
 *
 * Every `it` is a separate test, named "suite > test", with all sanitizers on: it can be
 * filtered, it reports alone, and it must clean up alone. Only a suite with `beforeAll` or
 * `afterAll` becomes one test whose `it`s are steps, because what such a suite shares outlives
 * each of them. A test that is done without a single `expect` fails.
 *
 * @module
 */

import { format } from "node:util";
import { withAssertions, withDiff } from "./expect.ts";
import { type CallSite, callSite, declareAt } from "./location.ts";

type Awaitable<T> = T | Promise<T>;
/** A test body. */
export type TestFunction = () => Awaitable<unknown>;
type Hook = () => Awaitable<unknown>;

interface Case {
  kind: "case";
  name: string;
  site: CallSite;
  isSkipped: boolean;
  timeoutMs: number;
  body: TestFunction;
}

interface Suite {
  kind: "suite";
  name: string;
  site: CallSite;
  isSkipped: boolean;
  parent: Suite | undefined;
  children: (Case | Suite)[];
  beforeAll: Hook[];
  afterAll: Hook[];
  beforeEach: Hook[];
  afterEach: Hook[];
}

/** A test, or a file of tests, that may take longer says why next to the number. */
let defaultTimeoutMs = 15_000;
/** Where more tests run at once than the machine has processors, all limits are so much longer. */
const limitFactor = Number(Deno.env.get("TEST_LIMIT_FACTOR") ?? 1);
// Taken before any test can replace them with fake ones.
const { setTimeout, clearTimeout } = globalThis;

const file: Suite = newSuite("", { isSkipped: false, parent: undefined });
let collecting = file;
let finishers: Hook[] | undefined;

/** One test. */
export const it: TestApi = Object.assign(declareWith(false), {
  skipIf: (condition: unknown) => declareWith(Boolean(condition)),
  each: eachOf(declareWith(false)),
});

/** A named group of tests; may be nested. */
export const describe: SuiteApi = Object.assign(group(false), {
  skipIf: (condition: unknown) => group(Boolean(condition)),
  each: eachOf(group(false)),
});

/** Runs before each test of the suite. */
export function beforeEach(hook: Hook): void {
  collecting.beforeEach.push(hook);
}

/** Runs after each test of the suite, last registered first. */
export function afterEach(hook: Hook): void {
  collecting.afterEach.push(hook);
}

/** Runs once before the suite. */
export function beforeAll(hook: Hook): void {
  if (collecting === file) Deno.test.beforeAll(async () => void await hook());
  else collecting.beforeAll.push(hook);
}

/** Runs once after the suite, last registered first. */
export function afterAll(hook: Hook): void {
  if (collecting === file) Deno.test.afterAll(async () => void await hook());
  else collecting.afterAll.push(hook);
}

/** Runs after the test that calls it, last registered first. */
export function onTestFinished(cleanup: Hook): void {
  if (!finishers) throw new Error("Cannot call onTestFinished: no test is running");
  finishers.push(cleanup);
}

/** Sets the limit of the tests that the file declares from here on. */
export function setTestTimeout(ms: number): void {
  defaultTimeoutMs = ms;
}

type Declare = (name: string, body: TestFunction, timeoutMs?: number) => void;
type Group = (name: string, body: () => void) => void;
interface Each {
  // deno-lint-ignore no-explicit-any -- what the caller's own rows are, as in Vitest
  <T extends readonly any[] | [any]>(
    rows: readonly T[],
  ): (name: string, body: (...row: T) => Awaitable<unknown>, timeoutMs?: number) => void;
  <T>(
    rows: readonly T[],
  ): (name: string, body: (row: T) => Awaitable<unknown>, timeoutMs?: number) => void;
}
/** The shape of `it`. */
export type TestApi = Declare & { skipIf(condition: unknown): Declare; each: Each };
/** The shape of `describe`. */
export type SuiteApi = Group & { skipIf(condition: unknown): Group; each: Each };

// Collecting.

function declareWith(isSkipped: boolean): Declare {
  return (name, body, timeoutMs = defaultTimeoutMs) => {
    const declared: Case = { kind: "case", name, site: callSite(), isSkipped, timeoutMs, body };
    if (collecting === file) register(declared, file, []);
    else collecting.children.push(declared);
  };
}

function group(isSkipped: boolean): Group {
  return (name, body) => {
    const parent = collecting;
    const suite = newSuite(name, { isSkipped: isSkipped || parent.isSkipped, parent });
    collecting = suite;
    try {
      body();
    } finally {
      collecting = parent;
    }
    if (parent === file) register(suite, file, []);
    else parent.children.push(suite);
  };
}

function newSuite(name: string, of: Pick<Suite, "isSkipped" | "parent">): Suite {
  const hooks = { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] };
  return { kind: "suite", name, site: callSite(), children: [], ...of, ...hooks };
}

/** Declares once for each row, with the row in the printf places of the name. */
function eachOf(declare: (name: string, body: () => void, timeoutMs?: number) => void): Each {
  return (rows: readonly unknown[]) =>
  (name: string, body: (...row: never[]) => Awaitable<unknown>, timeoutMs?: number): void => {
    const places = name.match(/%[sdfjo]/g)?.length ?? 0;
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      const named = format(name, ...values.slice(0, places));
      declare(named, () => body(...values as never[]) as void, timeoutMs);
    }
  };
}

// Registering with Deno.

function register(node: Case | Suite, owner: Suite, path: readonly string[]): void {
  const named = [...path, node.name];
  if (node.kind === "suite" && !sharesState(node)) {
    for (const child of node.children) register(child, node, named);
    return;
  }
  declareAt<Deno.TestDefinition, void>(node.site, Deno.test, {
    name: named.join(" > "),
    ignore: node.isSkipped || owner.isSkipped,
    sanitizeOps: true,
    sanitizeResources: true,
    sanitizeExit: true,
    fn: (context) =>
      node.kind === "case"
        ? runCase(node, owner, named.join(" > "))
        : runGroup(node, named, context),
  });
}

function sharesState(suite: Suite): boolean {
  return suite.beforeAll.length + suite.afterAll.length > 0;
}

// Running.

async function runGroup(
  suite: Suite,
  path: readonly string[],
  context: Deno.TestContext,
): Promise<void> {
  try {
    for (const hook of suite.beforeAll) await hook();
    await runSteps(suite, path, context);
  } finally {
    await runAll(suite.afterAll.toReversed());
  }
}

async function runSteps(
  suite: Suite,
  path: readonly string[],
  context: Deno.TestContext,
): Promise<void> {
  for (const child of suite.children) {
    const named = [...path, child.name];
    if (child.kind === "suite" && !sharesState(child)) {
      await runSteps(child, named, context);
      continue;
    }
    await declareAt<Deno.TestStepDefinition, Promise<boolean>>(child.site, context.step, {
      name: named.slice(1).join(" > "),
      ignore: child.isSkipped,
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
  const cleanups: Hook[] = [];
  finishers = cleanups;
  try {
    await withAssertions(name, () => runHooked(declared, owner, cleanups));
  } catch (error) {
    throw withDiff(error);
  } finally {
    finishers = undefined;
  }
}

async function inTime({ timeoutMs }: Case, body: Hook): Promise<void> {
  const late = Promise.withResolvers<never>();
  const limitMs = timeoutMs * limitFactor;
  const fail = (): void => late.reject(new Error(`Test timed out in ${limitMs}ms`));
  const timer = setTimeout(fail, limitMs);
  try {
    await Promise.race([body(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function runHooked(declared: Case, owner: Suite, cleanups: Hook[]): Promise<void> {
  const suites = lineage(owner);
  const steps: Hook[] = [
    async () => {
      for (const hook of suites.flatMap((suite) => suite.beforeEach)) await hook();
      await declared.body();
    },
    ...suites.toReversed().flatMap((suite) => suite.afterEach.toReversed()),
    () => runAll(cleanups.toReversed()),
  ];
  // Each in its own time: what a test replaced is put back although the test hangs.
  await runAll(steps.map((step) => () => inTime(declared, step)));
}

function lineage(suite: Suite): Suite[] {
  return suite.parent ? [...lineage(suite.parent), suite] : [suite];
}

/** Runs every function, also after one has thrown, then throws what they threw. */
async function runAll(functions: readonly Hook[]): Promise<void> {
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
