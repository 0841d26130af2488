/**
 * Vitest's own `expect`, assembled from its published parts and tied to the test that is running.
 *
 * @module
 */

import {
  addCustomEqualityTesters,
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  ChaiStyleAssertions,
  customMatchers,
  getState,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "npm:@vitest/expect@5.1.0";
import type { Assertion, ExpectStatic, MatcherState, Tester } from "npm:@vitest/expect@5.1.0";
import { printDiffOrStringify } from "npm:@vitest/utils@5.1.0/diff";

/** `expect`, with the members that Vitest adds to the published matchers. */
export interface Expect extends ExpectStatic {
  /** Records a failure and goes on; the test fails when it ends. */
  soft: <T>(actual: T, message?: string) => Assertion<void, T>;
  /** Fails when it is reached. */
  unreachable: (message?: string) => never;
  /** Fails the test unless exactly this many assertions ran. */
  assertions: (expected: number) => void;
  /** Fails the test unless an assertion ran. */
  hasAssertions: () => void;
  addEqualityTesters: (testers: Tester[]) => void;
}

/** What the matchers read and write about the running test. */
interface RunningTest {
  type: "test";
  fullTestName: string;
  result: { state: string; errors: SoftError[] };
  /** Assertions on promises that are still open. */
  promises: Promise<unknown>[];
  /** Each throws when its assertion on a promise was never awaited. */
  onFinished: (() => void)[];
}

interface SoftError {
  message: string;
  diff?: string;
  stack?: string;
}

let runningTest: RunningTest | undefined;

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(ChaiStyleAssertions);
chai.use(JestAsymmetricMatchers);

/** The global `expect`. */
export const expect: Expect = createExpect();

/** Runs a test body and everything that only `expect` knows can fail about it. */
export async function withAssertions(name: string, body: () => Promise<void>): Promise<void> {
  const test: RunningTest = {
    type: "test",
    fullTestName: name,
    result: { state: "run", errors: [] },
    promises: [],
    onFinished: [],
  };
  runningTest = test;
  expect.setState(freshState(name));
  try {
    await body();
    await Promise.all(test.promises);
  } finally {
    runningTest = undefined;
  }
  for (const verify of test.onFinished) verify();
  verifyAssertionCount();
  if (test.result.errors.length > 0) throw softFailure(test.result.errors);
}

/** Adds the difference between expected and received to the message, once. */
export function withDiff(error: unknown): unknown {
  if (!(error instanceof chai.AssertionError) || !hasComparison(error)) return error;
  const difference = printDiffOrStringify(error.actual, error.expected);
  if (difference !== undefined && !error.message.endsWith(difference)) {
    error.message += `\n\n${difference}`;
  }
  return error;
}

function hasComparison(
  error: Error,
): error is Error & { actual: unknown; expected: unknown; showDiff: boolean } {
  return "showDiff" in error && error.showDiff === true && "actual" in error &&
    "expected" in error;
}

function createExpect(): Expect {
  const created = Object.assign(
    (value: unknown, message?: string): unknown => {
      setState({ assertionCalls: getState(created).assertionCalls + 1 }, created);
      const assertion = chai.expect(value, message) as Chai.Assertion & Contextual;
      return runningTest ? assertion.withTest(runningTest) : assertion;
    },
  ) as unknown as Expect;
  const shared = globalThis as unknown as Record<symbol, object>;
  Object.assign(created, chai.expect, shared[ASYMMETRIC_MATCHERS_OBJECT], members(created));
  setState(freshState(""), created);
  Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: created, configurable: true });
  created.extend(customMatchers);
  return created;
}

/** What the published plugins add to a Chai assertion without typing it. */
interface Contextual {
  withTest(test: RunningTest): Chai.Assertion;
  withContext(context: { soft: true }): unknown;
}

function members(created: Expect): Partial<Expect> {
  return {
    getState: () => getState(created),
    setState: (state) => setState(state, created),
    extend: (matchers) => extend(created, matchers),
    addEqualityTesters: (testers) => addCustomEqualityTesters(testers),
    soft: (value, message) => {
      const assertion = created(value, message) as unknown as Contextual;
      return assertion.withContext({ soft: true }) as ReturnType<typeof created<typeof value>>;
    },
    unreachable: (message) =>
      chai.assert.fail(`expected ${message ? `"${message}" ` : ""}not to be reached`),
    assertions: (expected) => created.setState({ expectedAssertionsNumber: expected }),
    hasAssertions: () => created.setState({ isExpectingAssertions: true }),
  };
}

function extend(target: Expect, matchers: Parameters<Expect["extend"]>[0]): void {
  const chaiExpect = chai.expect as unknown as {
    extend(expect: Expect, matchers: Parameters<Expect["extend"]>[0]): void;
  };
  chaiExpect.extend(target, matchers);
}

function freshState(testName: string): Partial<MatcherState> {
  return {
    assertionCalls: 0,
    expectedAssertionsNumber: null,
    isExpectingAssertions: false,
    currentTestName: testName,
  };
}

function verifyAssertionCount(): void {
  const { assertionCalls, expectedAssertionsNumber, isExpectingAssertions } = expect.getState();
  if (typeof expectedAssertionsNumber === "number" && expectedAssertionsNumber !== assertionCalls) {
    throw new Error(
      `expected number of assertions to be ${expectedAssertionsNumber}, but got ${assertionCalls}`,
    );
  }
  if (isExpectingAssertions && assertionCalls === 0) {
    throw new Error("expected any number of assertion, but got none");
  }
}

/** What `expect.soft` recorded: plain objects by now, made one error again. */
function softFailure(errors: SoftError[]): Error {
  const failure = new Error(
    errors.map(({ message, diff }) => [message, diff].filter(Boolean).join("\n\n")).join("\n\n"),
  );
  const [first] = errors;
  if (first?.stack !== undefined) failure.stack = first.stack;
  return failure;
}
